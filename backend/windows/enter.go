package windows

import (
	"context"
	"errors"
	"slices"
	"time"

	"sightline/backend/fault"
	"sightline/backend/settings"
)

// ErrRaised says that this process has nothing left to do: a window that is open already was raised.
var ErrRaised = errors.New("a window that is open was raised")

const (
	startWait = 15 * time.Second // for a place among the windows
	raiseWait = 5 * time.Second  // for a window that is still opening
	lookAgain = 50 * time.Millisecond
)

// Start is Sightline started by itself: it decides which window this process becomes. Every window that was not closed comes back: this
// process becomes the first of them, Restore starts the others. Where all of them are open it is a new window, or one of them is raised
// (ErrRaised), as the person has set.
func (d Desk) Start(ctx context.Context) (*Window, error) {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	w, open, err := d.decide(ctx)
	if w != nil || err != nil {
		return w, err
	}
	if d.raiseOne(ctx, open) {
		return nil, ErrRaised
	}
	return d.EnterNew(ctx) // none answers, and the person wants to see one
}

// decide gives the window this process becomes, or those of which one is to be raised.
func (d Desk) decide(ctx context.Context) (w *Window, open []string, err error) {
	unlock, err := d.alone(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	running, err := d.runningLocked()
	if err != nil {
		return nil, nil, err
	}
	lost := d.lost(running)
	id := Main
	switch {
	case len(lost) > 0:
		id, lost = lost[0], lost[1:]
	case len(running) > 0 && d.Store.Settings().Again == "raise":
		return nil, running, nil
	case len(running) > 0:
		id = freshID(running)
	}
	w, err = d.claimLocked(ctx, id, running)
	if err != nil || w == nil {
		return nil, running, err
	}
	w.lost = lost
	return w, nil, nil
}

// lost are the windows with saved state that are not open, the main one first.
func (d Desk) lost(running []string) []string {
	lost := slices.DeleteFunc(d.Store.Windows(), func(id string) bool { return slices.Contains(running, id) })
	if i := slices.Index(lost, Main); i > 0 {
		lost = slices.Insert(slices.Delete(lost, i, i+1), 0, Main)
	}
	return lost
}

// Enter makes this process the window id. One that is open is raised instead (ErrRaised): no window is ever open twice.
func (d Desk) Enter(ctx context.Context, id string) (*Window, error) {
	if err := settings.CheckWindowID(id); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, raiseWait)
	defer cancel()
	for {
		w, err := d.claim(ctx, id)
		if w != nil || err != nil {
			return w, err
		}
		err = d.call(ctx, id, raise)
		if err == nil {
			return nil, ErrRaised
		}
		if !errors.Is(err, errNobody) {
			return nil, err
		}
		if pause(ctx) != nil { // it may be opening, or closing
			return nil, silent(id, err)
		}
	}
}

// EnterNew makes this process a new window.
func (d Desk) EnterNew(ctx context.Context) (*Window, error) {
	return d.Enter(ctx, freshID(d.Store.Windows()))
}

func (d Desk) claim(ctx context.Context, id string) (*Window, error) {
	unlock, err := d.alone(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	running, err := d.runningLocked()
	if err != nil || slices.Contains(running, id) {
		return nil, err
	}
	return d.claimLocked(ctx, id, running)
}

// raiseOne raises the first of the open windows that answers, and says whether any did. It waits for those that are still opening.
func (d Desk) raiseOne(ctx context.Context, open []string) bool {
	ctx, cancel := context.WithTimeout(ctx, raiseWait)
	defer cancel()
	for len(open) > 0 {
		opening := open[:0:0]
		for _, id := range open {
			err := d.call(ctx, id, raise)
			if err == nil {
				return true
			}
			if errors.Is(err, errNobody) {
				opening = append(opening, id)
			}
		}
		if open = opening; pause(ctx) != nil {
			return false
		}
	}
	return false
}

func silent(id string, cause error) error {
	return &fault.Error{
		Code: CodeSilent, Message: "The window " + id + " is open and does not answer.",
		Hint: "Close it, or end its process if it does not respond.", Blame: fault.Us, Cause: cause,
	}
}

// pause waits until it is worth looking again, or fails with the context's end.
func pause(ctx context.Context) error {
	timer := time.NewTimer(lookAgain)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
