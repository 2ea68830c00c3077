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
	cam     attached
	wish    wish
	machine *machine
	claim   *claim

	frames chan sight.Frame
	again  chan struct{} // tells that the camera is being opened once more
	stop   chan struct{} // closed when no more frames are wanted
	done   chan struct{} // closed when the driver has let go; err is set then
	err    error

	calm      atomic.Int64        // how long the camera may be silent between two frames, in nanoseconds
	streaming atomic.Pointer[use] // what the driver delivers from; nil before and in between
}

// use is the camera as it is open now: in one take there is a second where the first turned out slow.
type use struct {
	device  device
	closing sync.Once
}

func (u *use) close() { u.closing.Do(u.device.close) }

func newTake(cam attached, w wish, m *machine, c *claim) *take {
	return &take{
		cam: cam, wish: w, machine: m, claim: c,
		frames: make(chan sight.Frame), again: make(chan struct{}), stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// run hands out frames until ctx ends, the camera fails or falls silent.
func (t *take) run(ctx context.Context, put func(sight.Frame)) error {
	go t.drive()
	err := t.watch(ctx, put)
	t.end(ctx)
	return err
}

func (t *take) watch(ctx context.Context, put func(sight.Frame)) error {
	silence, doubts := time.NewTimer(firstFrame), time.NewTimer(time.Hour)
	defer silence.Stop()
	defer doubts.Stop()
	doubts.Stop()
	for {
		select {
		case f := <-t.frames:
			silence.Reset(time.Duration(t.calm.Load()))
			if !t.machine.tells {
				doubts.Reset(doubt)
			}
			put(f)
		case <-t.again:
			silence.Reset(firstFrame)
			doubts.Stop()
		case <-t.done:
			return explain(t.cam, t.err)
		case <-doubts.C:
			if t.machine.vanished(ctx, t.cam) {
				return gone(t.cam.label(), nil)
			}
		case <-silence.C:
			return stalled(t.cam.label())
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// end waits for the driver to let go, and leaves behind what does not return: this is the one goroutine that may outlive Run, with the one
// that is trying to close its camera. A camera that was closed by whoever watched gets its time to return by itself; from one that fell silent
// nothing is to be expected.
func (t *take) end(ctx context.Context) {
	close(t.stop)
	patience := shake
	if ctx.Err() == nil {
		patience = 0
	}
	if endsWithin(t.done, patience) {
		return
	}
	if u := t.streaming.Load(); u != nil {
		go u.close()
	}
	if !endsWithin(t.done, grace-patience) {
		t.claim.abandon()
	}
}

// drive is the goroutine that talks to the driver.
func (t *take) drive() {
	defer close(t.done)
	defer t.claim.release()
	for {
		again, err := t.deliver()
		if !again {
			t.err = err
			return
		}
		select {
		case t.again <- struct{}{}:
		case <-t.stop:
			return
		}
	}
}

// deliver opens the camera and delivers from it. It is to be called again when another mode is better.
func (t *take) deliver() (again bool, err error) {
	u := &use{device: t.cam.device()}
	defer u.close()
	defer t.streaming.Store(nil)
	modes, err := u.device.modes()
	if err != nil {
		return false, err
	}
	t.machine.offers.note(t.cam, modes)
	m, trial, ok := t.choose(modes)
	if !ok {
		return false, unusable(t.cam.label())
	}
	if t.stopped() {
		return false, nil
	}
	in, err := u.device.start(m)
	if err != nil {
		return false, err
	}
	t.calm.Store(int64(calmOf(m)))
	t.streaming.Store(u)
	if !trial {
		return false, t.deliverFrom(in, nil)
	}
	slow := false
	err = t.deliverFrom(in, func(rate float64) bool {
		t.machine.pace.note(t.cam.key, m.size(), rate)
		next, _, _ := t.choose(modes)
		slow = next.size() != m.size()
		return slow
	})
	return slow, err
}

func (t *take) choose(modes []mode) (m mode, trial, ok bool) {
	if t.wish.choosesMode() {
		m, ok = t.wish.nearest(modes)
		return m, false, ok
	}
	return t.machine.pace.choose(t.cam.key, modes)
}

// calmOf is how long a camera may be silent in that mode: who has chosen a frame a second waits longer for the next.
func calmOf(m mode) time.Duration {
	if m.rate <= 0 {
		return nextFrame
	}
	return max(nextFrame, time.Duration(2.5/m.rate*float64(time.Second)))
}

// deliverFrom stops only right after a read has returned: mediadevices' driver for Windows panics when it is closed while a frame waits to
// be read, and none does at that moment. measured, where not nil, hears the rate once it is known, and says whether to stop there.
func (t *take) deliverFrom(in stream, measured func(rate float64) bool) error {
	var rate meter
	for bad := 0; ; {
		s, err := in.read()
		now := time.Now()
		if t.stopped() {
			return nil
		}
		picture, err := pictureOf(s, err)
		if err != nil {
			if bad++; fatal(err) || bad > maxBad {
				return err
			}
			continue
		}
		bad = 0
		t.hand(sight.Frame{Captured: now, Picture: picture})
		if measured == nil {
			continue
		}
		if fps, done := rate.tick(now); done {
			if measured(fps) {
				return nil
			}
			measured = nil
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
