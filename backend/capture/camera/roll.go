package camera

import (
	"context"
	"sync"
	"time"
)

// roll is the list of cameras, asked of the driver by one call at a time: whoever asks while a call is under way shares its result. So a
// driver that hangs holds one goroutine, however often it is asked.
type roll struct {
	hardware hardware

	mu      sync.Mutex
	current *rollCall // nil while none is under way
	seats   seats     // only the call under way uses it
}

// rollCall is one list in the making; found and err are set once done is closed.
type rollCall struct {
	began time.Time
	done  chan struct{}
	found []attached
	err   error
}

// call lists the cameras. It waits for the driver as long as patience, and no longer than grace after ctx has ended.
func (r *roll) call(ctx context.Context, patience time.Duration) ([]attached, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := r.join()
	limit := time.NewTimer(patience - time.Since(c.began))
	defer limit.Stop()
	select {
	case <-c.done:
		return c.found, c.err
	case <-limit.C:
		return nil, unlisted()
	case <-ctx.Done():
	}
	endsWithin(c.done, grace)
	return nil, ctx.Err()
}

func (r *roll) join() *rollCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == nil {
		r.current = &rollCall{began: time.Now(), done: make(chan struct{})}
		go r.ask(r.current)
	}
	return r.current
}

func (r *roll) ask(c *rollCall) {
	c.found, c.err = r.hardware.list()
	r.seats.settle(c.found)
	compareNames(c.found)
	r.mu.Lock()
	r.current = nil
	r.mu.Unlock()
	close(c.done)
}

// endsWithin says whether done was closed within d.
func endsWithin(done <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
