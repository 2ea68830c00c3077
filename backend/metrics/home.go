package metrics

import (
	"context"
	"crypto/rand"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/fault"
	"sightline/backend/local"
)

const (
	turnLooks   = 400 * time.Millisecond // between looks whether nobody serves any more
	enterWait   = 2 * time.Second        // for another window that comes at the same moment
	enterLooks  = 5 * time.Millisecond
	mostWindows = 64

	markOf, socketOf = ".window", ".sock"
)

// home is the folder in which the windows of one person find each other's figures. There is
//
//	NAME.window    held, as a lock, by a window while it tells its figures at NAME.sock; its name is random and never used again
//	port-N.lock    held by the window that serves at a port, for all; it stays for ever, since to remove it would let two hold it
//	entering.lock  held by a window while it enters, so that what it has not locked yet passes for no leftover
type home struct {
	dir string

	mu   sync.Mutex
	name string // under which this window tells its figures; empty: it does not
}

// claim waits until no other window holds a port. It ends by ctx.
func (h *home) claim(ctx context.Context, port string) (release func(), err error) {
	if err := local.Folder(h.dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(h.dir, "port-"+port+".lock"), flock.SetPermissions(0o600))
	for ctx.Err() == nil {
		got, err := lock.TryLock()
		if err != nil {
			return nil, noHome(h.dir, err)
		}
		if got {
			return func() { _ = lock.Close() }, nil // an end of the process frees it as well
		}
		pause(ctx, turnLooks)
	}
	_ = lock.Close() // it was not ours
	return nil, ctx.Err()
}

// enter takes a name, and listens under it until leave. What windows that crashed have left is taken away.
func (h *home) enter(ctx context.Context) (listener net.Listener, leave func(), err error) {
	if err := local.Folder(h.dir); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, enterWait)
	defer cancel()
	entering := flock.New(filepath.Join(h.dir, "entering.lock"), flock.SetPermissions(0o600))
	defer entering.Close()
	if _, err := entering.TryLockContext(ctx, enterLooks); err != nil {
		return nil, nil, noHome(h.dir, err)
	}
	h.sweepLocked()
	name := strings.ToLower(rand.Text()[:12])
	mark := flock.New(filepath.Join(h.dir, name+markOf), flock.SetPermissions(0o600))
	if _, err := mark.TryLock(); err != nil {
		return nil, nil, noHome(h.dir, err)
	}
	listener, err = local.Listen(filepath.Join(h.dir, name+socketOf))
	if err != nil {
		h.remove(name, mark)
		return nil, nil, err
	}
	h.call(name)
	return listener, func() { h.call(""); _ = listener.Close(); h.remove(name, mark) }, nil
}

// sweepLocked is for who holds the lock of entering. What cannot be swept lies there and is in nobody's way.
func (h *home) sweepLocked() {
	for _, name := range h.names() {
		mark := flock.New(filepath.Join(h.dir, name+markOf), flock.SetPermissions(0o600))
		if got, err := mark.TryLock(); err == nil && got {
			h.remove(name, mark)
			continue
		}
		_ = mark.Close() // somebody is there
	}
}

// remove gives a window's lock back and leaves nothing of it.
func (h *home) remove(name string, mark *flock.Flock) {
	_ = mark.Close() // Windows removes no open file
	_ = os.Remove(filepath.Join(h.dir, name+markOf))
	_ = os.Remove(filepath.Join(h.dir, name+socketOf)) // left where its window crashed
}

func (h *home) call(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.name = name
}

// names are those of all windows in the folder, and of those that crashed.
func (h *home) names() []string {
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		return nil // nobody can be seen
	}
	var names []string
	for _, e := range entries {
		if name, is := strings.CutSuffix(e.Name(), markOf); is {
			names = append(names, name)
		}
	}
	return names
}

// others are the sockets of the other windows.
func (h *home) others() []string {
	h.mu.Lock()
	own := h.name
	h.mu.Unlock()
	var sockets []string
	for _, name := range h.names() {
		if name != own && len(sockets) < mostWindows {
			sockets = append(sockets, filepath.Join(h.dir, name+socketOf))
		}
	}
	return sockets
}

func noHome(dir string, cause error) error {
	return &fault.Error{
		Code: CodeFolder, Message: "Sightline's windows cannot gather their metrics in " + dir + ".",
		Hint: "Check that the folder is yours and can be written.", Blame: fault.Us, Cause: cause,
	}
}
