package shared

import (
	"context"
	"errors"
	"net"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/local"
	"sightline/backend/sight"
)

// turn is one Run of a source: its window is a viewer, or the holder, or first the one and then the other.
type turn struct {
	place    place
	device   capture.Source
	put      func(sight.Frame)
	patience patience
	viewed   bool      // a holder was here before this window may hold
	last     time.Time // Captured of the newest frame that came from a holder
	garbage  error     // what came last that could not be read; nil since the next frame that could
}

func newTurn(p place, device capture.Source, put func(sight.Frame)) *turn {
	return &turn{place: p, device: device, put: put, patience: newPatience(time.Now())}
}

func (t *turn) run(ctx context.Context) error {
	for {
		release, err := t.place.claim()
		if err != nil {
			return err
		}
		if release != nil {
			return t.hold(ctx, release)
		}
		if final, err := t.watch(ctx); final {
			return err
		}
		if !pause(ctx) {
			return ctx.Err()
		}
	}
}

// hold runs the device and serves its frames to the others. It has closed the device when it lets go of the lock, and lets go of the lock
// when it tells the others: the first that asks gets it.
func (t *turn) hold(ctx context.Context, release func()) error {
	defer release()
	listener, err := t.listener(ctx)
	if err != nil {
		return err
	}
	serving, stop := context.WithCancelCause(context.WithoutCancel(ctx)) // the viewers stay until the device is closed
	s := newServer(listener)
	s.all.Go(func() { s.accept(serving) })
	err = t.capture(ctx, s)
	_ = listener.Close() // it takes no one in any more, whatever that says
	release()
	if ctx.Err() != nil {
		stop(nil)
	} else {
		stop(ended{err})
	}
	s.all.Wait()
	return err
}

// listener takes the place of the holder before. One that was killed frees its lock a moment before the system closes its socket.
func (t *turn) listener(ctx context.Context) (net.Listener, error) {
	for limit := time.Now().Add(closing); ; {
		listener, err := t.place.listen()
		if !errors.Is(err, &fault.Error{Code: local.CodeTaken}) || time.Now().After(limit) {
			return listener, err
		}
		if !pause(ctx) {
			return nil, ctx.Err()
		}
	}
}

// capture runs the device. One that was just taken over from a process that crashed may not be free yet: then it is tried again, as long as
// nobody would notice.
func (t *turn) capture(ctx context.Context, s *server) error {
	for {
		delivered := false
		err := t.device.Run(ctx, func(f sight.Frame) {
			if !f.Captured.After(t.last) {
				return // older than what the holder before us has shown
			}
			delivered = true
			t.put(f)
			s.offer(f)
		})
		if ctx.Err() != nil || delivered || !t.viewed || t.patience.over(time.Now()) {
			return err
		}
		if !pause(ctx) {
			return ctx.Err()
		}
	}
}
