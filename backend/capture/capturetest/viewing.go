package capturetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// viewing is one Run of a source, watched. Its counts go on, but it keeps only the first frames, as cameras' frames are heavy.
type viewing struct {
	cancel  context.CancelFunc
	ended   chan struct{} // closed when Run has returned err
	err     error
	inPut   atomic.Int32
	stopped atomic.Bool

	mu     sync.Mutex
	frames []sight.Frame // the first keep
	stamps []time.Time   // of all
	wrong  error         // the first promise broken on the way
	more   chan struct{} // closed at the next frame
}

const keep = 16

// view starts src; whoever calls it calls stop or end.
func view(ctx context.Context, src capture.Source) *viewing {
	ctx, cancel := context.WithCancel(ctx)
	v := &viewing{cancel: cancel, ended: make(chan struct{}), more: make(chan struct{})}
	go func() {
		defer close(v.ended)
		v.err = src.Run(ctx, v.put)
		v.stopped.Store(true)
	}()
	return v
}

func (v *viewing) put(f sight.Frame) {
	alone := v.inPut.Add(1) == 1
	defer v.inPut.Add(-1)
	runtime.Gosched() // for another caller, which there must not be, also where there is one processor
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wrong == nil {
		v.wrong = v.objectionLocked(f, alone)
	}
	if len(v.frames) < keep {
		v.frames = append(v.frames, f)
	}
	v.stamps = append(v.stamps, f.Captured)
	close(v.more)
	v.more = make(chan struct{})
}

// objectionLocked is what is wrong with a new frame, before anybody looks at its pixels.
func (v *viewing) objectionLocked(f sight.Frame, alone bool) error {
	i := len(v.stamps)
	switch {
	case !alone:
		return errors.New("put was called from two goroutines at once")
	case v.stopped.Load():
		return errors.New("put was called after Run had returned")
	case f.Picture == nil:
		return fmt.Errorf("frame %d has no picture", i)
	case f.Number != 0:
		return fmt.Errorf("frame %d has the number %d: counting is the session's", i, f.Number)
	case f.Captured.IsZero() || f.Captured == f.Captured.Round(0):
		return fmt.Errorf("frame %d: Captured is %v, without a monotonic reading", i, f.Captured)
	case f.Captured.After(time.Now()):
		return fmt.Errorf("frame %d was captured in the future", i)
	case i > 0 && !f.Captured.After(v.stamps[i-1]):
		return fmt.Errorf("frame %d was captured no later than the one before it", i)
	}
	return nil
}

// wait waits for n frames, of which it gives those that are kept.
func (v *viewing) wait(n int, patience time.Duration) ([]sight.Frame, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		frames, count, more := v.now()
		if count >= n {
			return frames, nil
		}
		select {
		case <-more:
		case <-v.ended:
			return nil, fmt.Errorf("Run ended after %d frames of %d: %v", count, n, v.err)
		case <-timeout.C:
			return nil, fmt.Errorf("only %d frames of %d came in %v", count, n, patience)
		}
	}
}

func (v *viewing) now() (frames []sight.Frame, count int, more <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.frames[:len(v.frames):len(v.frames)], len(v.stamps), v.more
}

// rate is the frames a second from the first stamp to the last.
func (v *viewing) rate() float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := len(v.stamps)
	if n < 2 {
		return 0
	}
	return float64(n-1) / v.stamps[n-1].Sub(v.stamps[0]).Seconds()
}

// stop cancels Run and waits for it to end as promised.
func (v *viewing) stop(grace time.Duration) error {
	v.cancel()
	return v.end(context.Canceled, grace)
}

// end waits for Run to end with want, or any error where want is nil, and gives the first promise it broke.
func (v *viewing) end(want error, grace time.Duration) error {
	defer v.cancel()
	select {
	case <-v.ended:
	case <-time.After(grace):
		return errGrace
	}
	if want != nil && !errors.Is(v.err, want) {
		return fmt.Errorf("Run ended with %v; want %v", v.err, want)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.wrong
}
