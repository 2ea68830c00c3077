package gpu

import (
	"context"
	"time"
)

// desk sends one call at a time to its driver, and does without while one is out: a driver call that hangs outlives the look it was made for,
// but only one does. It is safe for concurrent use.
type desk struct {
	driver driver
	turn   chan struct{} // holds one token while somebody is at the desk; guards the fields below
	out    chan struct{} // closed when the call that is out comes back; nil when none is
	sent   time.Time     // when the call that is out was made
	closed bool
}

func newDesk(d driver) *desk { return &desk{driver: d, turn: make(chan struct{}, 1)} }

// ask makes one call of d's driver. What comes in late is thrown away: it is about a moment that has passed. Within ctx there is always an
// end; the fault is CodeSilent where the driver did not answer, and ctx's where somebody called it off.
func ask[T any](ctx context.Context, d *desk, call func(driver) []T) ([]T, error) {
	release, err := d.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if d.closed {
		return nil, nil
	}
	if err := d.awaitFree(ctx); err != nil {
		return nil, err
	}
	answer := make(chan []T, 1)
	d.send(func() { answer <- call(d.driver) })
	if err := d.await(ctx); err != nil {
		return nil, err
	}
	return <-answer, nil
}

// close gives the call that is out a last chance, or else leaves it behind with the driver as it is.
func (d *desk) close(ctx context.Context) {
	release, err := d.enter(ctx)
	if err != nil {
		return
	}
	defer release()
	if d.closed {
		return
	}
	d.closed = true
	if d.await(ctx) != nil {
		return
	}
	d.send(d.driver.close)
	_ = d.await(ctx) // nothing is left to be done about a driver that hangs at its end
}

func (d *desk) enter(ctx context.Context) (release func(), err error) {
	select {
	case d.turn <- struct{}{}:
		return func() { <-d.turn }, nil
	case <-ctx.Done():
		return nil, lateness(ctx)
	}
}

// awaitFree waits for the call that is out as long as that may take in all; one that is older is not waited for again.
func (d *desk) awaitFree(ctx context.Context) error {
	if d.out == nil {
		return nil
	}
	ctx, cancel := context.WithDeadlineCause(ctx, d.sent.Add(patience), errSilent)
	defer cancel()
	return d.await(ctx)
}

func (d *desk) send(call func()) {
	out := make(chan struct{})
	d.out, d.sent = out, time.Now()
	go func() {
		defer close(out)
		call()
	}()
}

// await waits for the call that is out. What has come back is taken in even where ctx has ended.
func (d *desk) await(ctx context.Context) error {
	if d.out == nil {
		return nil
	}
	select {
	case <-d.out:
	case <-ctx.Done():
		select {
		case <-d.out:
		default:
			return lateness(ctx)
		}
	}
	d.out = nil
	return nil
}
