package windows

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/fault"
	"sightline/backend/local"
	"sightline/backend/settings"
)

const (
	// aloneWait is longer than the settings may take, which are changed under this lock.
	aloneWait  = 10 * time.Second
	aloneRetry = 2 * time.Millisecond
)

// alone takes the lock under which windows come and go. Nobody tries another window's lock without it, so that a look never passes for a
// window.
func (d Desk) alone(ctx context.Context) (unlock func(), err error) {
	for _, dir := range []string{d.Dir, d.folder()} {
		if err := local.Folder(dir); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, aloneWait)
	defer cancel()
	lock := flock.New(d.lockOf(""), flock.SetPermissions(0o600))
	_, err = lock.TryLockContext(ctx, aloneRetry)
	switch {
	case err == nil:
		return func() { _ = lock.Close() }, nil // closing cannot fail in a way that keeps the lock
	case ctx.Err() != nil:
		return nil, &fault.Error{
			Code: CodeBusy, Message: "Another Sightline window is starting or ending, and does not come to its end.",
			Hint: "End the sightline process that does not respond.", Blame: fault.Us, Cause: err,
		}
	}
	return nil, noLock(d.Dir, err)
}

// Running are the IDs of the windows that are open, the one that was active last first.
func (d Desk) Running(ctx context.Context) ([]string, error) {
	if _, err := os.Stat(d.folder()); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a look makes no folder
	}
	unlock, err := d.alone(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return d.runningLocked()
}

// runningLocked also takes away what windows that crashed have left.
func (d Desk) runningLocked() ([]string, error) {
	entries, err := os.ReadDir(d.folder())
	if err != nil {
		return nil, noLock(d.Dir, err)
	}
	var running []string
	active := map[string]time.Time{}
	for _, e := range entries {
		id, isLock := strings.CutSuffix(e.Name(), ".lock")
		if !isLock || settings.CheckWindowID(id) != nil { // such as the lock of them all
			continue
		}
		lock, err := d.tryLocked(id)
		switch {
		case err != nil:
			return nil, err
		case lock != nil:
			d.removeLocked(id, lock)
			continue
		}
		running = append(running, id)
		if info, err := e.Info(); err == nil {
			active[id] = info.ModTime()
		}
	}
	slices.SortStableFunc(running, func(a, b string) int { return active[b].Compare(active[a]) })
	return running, nil
}

// tryLocked takes a window's lock; it gives none where a process has it.
func (d Desk) tryLocked(id string) (*flock.Flock, error) {
	lock := flock.New(d.lockOf(id), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, noLock(d.Dir, err)
	}
	if !got {
		return nil, nil
	}
	return lock, nil
}

// removeLocked gives a window's lock back and leaves nothing of it: IDs are random, and would pile up.
func (d Desk) removeLocked(id string, lock *flock.Flock) {
	_ = lock.Close() // Windows removes no open file
	_ = os.Remove(d.lockOf(id))
	_ = os.Remove(d.socketOf(id)) // left where its window crashed
}

// claimLocked makes this process the window id; it gives none where another process is.
func (d Desk) claimLocked(ctx context.Context, id string, running []string) (*Window, error) {
	lock, err := d.tryLocked(id)
	if err != nil || lock == nil {
		return nil, err
	}
	w := &Window{ID: id, desk: d, lock: lock}
	w.Active()
	d.keepLocked(ctx, append(slices.Clone(running), id))
	return w, nil
}

// keepLocked sees to it that windows which end without a word come back. A very first start saves nothing, so that it is known as one until
// the person has chosen something. What cannot be saved the window itself tells of, when it saves.
func (d Desk) keepLocked(ctx context.Context, ids []string) {
	if len(ids) == 1 && d.Store.FirstRun() {
		return
	}
	saved := d.Store.Windows()
	for _, id := range ids {
		if !slices.Contains(saved, id) {
			_, _ = d.Store.ChangeWindow(ctx, id, func(*settings.Window) error { return nil })
		}
	}
}

// Active notes that the person is at this window: it is the one to raise.
func (w *Window) Active() {
	now := time.Now()
	_ = os.Chtimes(w.desk.lockOf(w.ID), now, now) // else another one is raised
}
