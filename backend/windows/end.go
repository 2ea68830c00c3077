package windows

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// quitWait is how long the other windows have to end.
const quitWait = 5 * time.Second

// Close ends this window's place because the person closed it: one of several is forgotten, the last one comes back at the next start. Two
// that are closed at the same moment agree on which is the last. Nothing of this window may be saved any more after that. On a fault the
// window is kept.
func (w *Window) Close(ctx context.Context) error {
	unlock, err := w.desk.alone(ctx)
	if err != nil {
		w.Keep()
		return err
	}
	defer unlock()
	defer w.desk.removeLocked(w.ID, w.lock)
	running, err := w.desk.runningLocked() // this one among them
	if err != nil || !slices.ContainsFunc(running, func(id string) bool { return id != w.ID }) {
		return err
	}
	return w.desk.Store.ForgetWindow(ctx, w.ID)
}

// Keep ends this window's place so that it comes back at the next start.
func (w *Window) Keep() { _ = w.lock.Close() } // the end of the process frees it in any case

// QuitOthers tells all other windows to end, each of which comes back at the next start, and waits until they have: 5 s at most, and 2 s for
// one that does not answer. It gives those that are still there.
func (w *Window) QuitOthers(ctx context.Context) (left []string) {
	ctx, cancel := context.WithTimeout(ctx, quitWait)
	defer cancel()
	others, err := w.others(ctx)
	if err != nil {
		slog.Warn("the other windows are not known", "cause", err)
		return nil
	}
	var told sync.WaitGroup
	deaf := make([]bool, len(others))
	for i, id := range others {
		told.Go(func() {
			if err := w.desk.reach(ctx, id, quit); err != nil {
				slog.Warn("a window does not end", "window", id, "cause", err)
				deaf[i] = true
			}
		})
	}
	told.Wait()
	var ending []string
	for i, id := range others {
		if deaf[i] {
			left = append(left, id)
		} else {
			ending = append(ending, id)
		}
	}
	return append(left, w.await(ctx, ending)...)
}

// await waits until windows are gone, and gives those that are not when ctx ends.
func (w *Window) await(ctx context.Context, ending []string) (left []string) {
	for left = ending; len(left) > 0 && pause(ctx) == nil; {
		running, err := w.others(ctx)
		if err != nil {
			break
		}
		left = slices.DeleteFunc(left, func(id string) bool { return !slices.Contains(running, id) })
	}
	return left
}

// others are the windows that are open besides this one.
func (w *Window) others(ctx context.Context) ([]string, error) {
	running, err := w.desk.Running(ctx)
	return slices.DeleteFunc(running, func(id string) bool { return id == w.ID }), err
}
