package shared

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"sightline/backend/local"
)

// place is where the windows of one device meet.
type place interface {
	// claim takes the lock of the place; release is nil while another window has it. release may be called twice.
	claim() (release func(), err error)

	listen() (net.Listener, error) // for who has the lock
	dial(ctx context.Context) (net.Conn, error)
}

// folder is a place on disk: DIR/KEY.lock and DIR/KEY.sock. The lock file stays for ever, since to remove it would let two hold it.
type folder struct{ dir, key string }

// inFolder names the place by a hash: short enough for a socket's path, and without what a device's name may hold.
func inFolder(dir, device string) folder {
	sum := sha256.Sum256([]byte(device))
	return folder{dir, fmt.Sprintf("%x", sum[:12])}
}

func (f folder) claim() (release func(), err error) {
	if err := local.Folder(f.dir); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(f.dir, f.key+".lock"), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, noLock(f.dir, err)
	}
	if !got {
		return nil, nil
	}
	return sync.OnceFunc(func() { _ = lock.Unlock() }), nil // an end of the process frees it as well
}

func (f folder) listen() (net.Listener, error) { return local.Listen(f.socket()) }

func (f folder) dial(ctx context.Context) (net.Conn, error) { return local.Dial(ctx, f.socket()) }

func (f folder) socket() string { return filepath.Join(f.dir, f.key+".sock") }
