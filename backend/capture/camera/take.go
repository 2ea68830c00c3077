package camera

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"sightline/backend/sight"
)

// maxBad is how many broken pictures in a row a camera may deliver: one in between is normal, a second of nothing else is not.
const maxBad = 30

// take is one use of a camera. Every call into its driver happens in one goroutine, so that a call that hangs holds up nobody else.
type take struct {
	cam   attached
	claim *claim

	frames chan sight.Frame
	stop   chan struct{} // closed when no more frames are wanted
	done   chan struct{} // closed when the driver has let go; err is set then
	err    error

	streaming atomic.Bool
	closing   sync.Once
}

func newTake(cam attached, c *claim) *take {
	return &take{cam: cam, claim: c, frames: make(chan sight.Frame), stop: make(chan struct{}), done: make(chan struct{})}
}

// run hands out frames until ctx ends, the camera fails or falls silent.
func (t *take) run(ctx context.Context, put func(sight.Frame)) error {
	go t.drive()
	err := t.watch(ctx, put)
	t.end()
	return err
}

func (t *take) watch(ctx context.Context, put func(sight.Frame)) error {
	silence := time.NewTimer(firstFrame)
	defer silence.Stop()
	for {
		select {
		case f := <-t.frames:
			silence.Reset(nextFrame)
			put(f)
		case <-t.done:
			return explain(t.cam.name, t.err)
		case <-silence.C:
			return stalled(t.cam.name)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end waits for the driver to let go, and leaves behind what does not return: this is the one goroutine that may outlive Run, with the one
// that is trying to close its camera.
func (t *take) end() {
	close(t.stop)
	if endsWithin(t.done, shake) {
		return
	}
	if t.streaming.Load() {
		go t.close()
	}
	if !endsWithin(t.done, grace-shake) {
		t.claim.abandon()
	}
}

// drive is the goroutine that talks to the driver.
func (t *take) drive() {
	defer close(t.done)
	defer t.claim.release()
	defer t.close()
	t.err = t.deliver()
}

func (t *take) close() { t.closing.Do(t.cam.device.close) }

func (t *take) deliver() error {
	modes, err := t.cam.device.modes()
	if err != nil {
		return err
	}
	best, ok := choose(modes)
	if !ok {
		return unusable(t.cam.name)
	}
	if t.stopped() {
		return nil
	}
	in, err := t.cam.device.start(best)
	if err != nil {
		return err
	}
	t.streaming.Store(true)
	return t.deliverFrom(in)
}

// deliverFrom stops only right after a read has returned: mediadevices' driver for Windows panics when it is closed while a frame waits to
// be read, and none does at that moment.
func (t *take) deliverFrom(in stream) error {
	for bad := 0; ; {
		s, err := in.read()
		now := time.Now()
		if t.stopped() {
			return nil
		}
		picture, err := pictureOf(s, err)
		if err == nil {
			bad = 0
			t.hand(sight.Frame{Captured: now, Picture: picture})
			continue
		}
		if bad++; fatal(err) || bad > maxBad {
			return err
		}
	}
}

func (t *take) hand(f sight.Frame) {
	select {
	case t.frames <- f:
	case <-t.stop:
	}
}

func (t *take) stopped() bool {
	select {
	case <-t.stop:
		return true
	default:
		return false
	}
}

// fatal tells the end of a camera from a picture that came broken: the system's own error numbers mean the former.
func fatal(err error) bool {
	var number syscall.Errno
	return ended(err) || errors.As(err, &number) && number != syscall.EAGAIN
}
