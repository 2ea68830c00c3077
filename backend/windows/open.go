package windows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/settings"
)

// The flags a window is opened with by another one. A person uses the first alone.
const (
	FlagWindow = "--window"
	FlagKeys   = "--keys-on-stdin" // keys come on stdin; see TakeKeys
	flagFresh  = "--fresh"         // see Fresh
)

const (
	openWait = 10 * time.Second // for another window to come up
	beside   = 32               // pixels a duplicate lies to the right of and below its model
)

// Restore opens the windows that come back with this one, one after the other so that each comes up soon. One that fails stops no other.
func (w *Window) Restore(ctx context.Context) error {
	var failed []error
	for _, id := range w.lost {
		if ctx.Err() != nil {
			break
		}
		if slices.Contains(w.desk.Store.Windows(), id) { // or another start brought it back, and it was closed
			failed = append(failed, w.desk.open(ctx, id))
		}
	}
	return errors.Join(failed...)
}

// OpenNew opens another window, which was never changed, and gives its ID once it is up.
func (w *Window) OpenNew(ctx context.Context) (id string, err error) {
	id = freshID(w.desk.Store.Windows())
	return id, w.openOrForget(ctx, id)
}

// Duplicate opens another window that begins with the choices of this one, and gives its ID once it is up. From then on they are apart.
func (w *Window) Duplicate(ctx context.Context, of settings.Window) (id string, err error) {
	id, err = w.copy(ctx, of)
	if err != nil {
		return "", err
	}
	return id, w.openOrForget(ctx, id)
}

// copy saves a window's choices as another window's, a bit beside it.
func (w *Window) copy(ctx context.Context, of settings.Window) (id string, err error) {
	id = freshID(w.desk.Store.Windows())
	_, err = w.desk.Store.ChangeWindow(ctx, id, func(c *settings.Window) error {
		*c = of
		c.ID = id
		c.Geometry.X += beside
		c.Geometry.Y += beside
		return nil
	})
	return id, err
}

// openOrForget opens a window that was never there, and leaves nothing of it where that fails.
func (w *Window) openOrForget(ctx context.Context, id string) error {
	err := w.desk.open(ctx, id)
	if err == nil {
		return nil
	}
	if running, look := w.desk.Running(ctx); look == nil && !slices.Contains(running, id) {
		if forget := w.desk.Store.ForgetWindow(ctx, id); forget != nil {
			slog.Warn("a window that did not open is still saved", "window", id, "cause", forget)
		}
	}
	return err
}

// open starts the process of a window and waits until it is up.
func (d Desk) open(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	ended, err := d.launch(ctx, id)
	if err != nil {
		return notUp(id, "could not be started", err)
	}
	for {
		if d.call(ctx, id, ping) == nil {
			return nil
		}
		select {
		case err := <-ended:
			if err == nil { // it found the window open, and raised it
				return nil
			}
			return notUp(id, "ended before it was up", err)
		case <-ctx.Done():
			return notUp(id, fmt.Sprintf("is not up after %v", openWait), ctx.Err())
		case <-time.After(lookAgain):
		}
	}
}

// launch starts this program again as another window, which outlives this one and shares nothing with it: a session of its own, no terminal,
// no descriptors, no secret. The keys held for this run go to it through the pipe that is its stdin.
func (d Desk) launch(ctx context.Context, id string) (ended <-chan error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child := exec.CommandContext(context.WithoutCancel(ctx), self, flagFresh, FlagWindow, id)
	child.Env = slices.DeleteFunc(os.Environ(), isSecret)
	child.SysProcAttr = detached()
	held := d.handed()
	if held.Empty() {
		return begin(child, func() {})
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	child.Args = append(child.Args, FlagKeys)
	child.Stdin = out
	return begin(child, func() { hand(in, held) })
}

// begin starts a process, gives it what it is to have, and looks after it until its end, so that nothing is left of it then.
func begin(child *exec.Cmd, give func()) (<-chan error, error) {
	err := child.Start()
	ended := make(chan error, 1)
	go func() {
		give() // in any case: it closes the pipe
		if err == nil {
			ended <- child.Wait()
		}
	}()
	return ended, err
}

// hand writes the keys and closes the pipe. It ends when the other side has read them, or is gone.
func hand(pipe *os.File, held keys.Handed) {
	_ = pipe.SetWriteDeadline(time.Now().Add(openWait)) // where pipes have none, it ends with the other side
	_, err := held.WriteTo(pipe)
	if err := errors.Join(err, pipe.Close()); err != nil {
		slog.Warn("the keys did not reach the new window", "cause", err)
	}
}

// handed is what the new window must be told. Without it, it asks the person.
func (d Desk) handed() keys.Handed {
	if d.Keys == nil {
		return keys.Handed{}
	}
	held, err := d.Keys.Hand()
	if err != nil {
		slog.Warn("no keys are handed to the new window", "cause", err)
	}
	return held
}

// isSecret says of an environment variable that no window inherits it.
func isSecret(variable string) bool { return strings.HasPrefix(variable, "SIGHTLINE_API_KEY=") }

func notUp(id, how string, cause error) error {
	return &fault.Error{
		Code: CodeOpen, Message: "The new window " + how + ".",
		Hint: "Run sightline " + FlagWindow + " " + id + " in a terminal to see what is wrong.", Blame: fault.Us, Cause: cause,
	}
}
