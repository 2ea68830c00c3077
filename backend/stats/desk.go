package stats

import "context"

// gpuDesk sends one look at a time to the driver, and does without while one is out: a driver call that hangs outlives Read, but only one does.
// It is used by one goroutine at a time.
type gpuDesk struct {
	driver *driver
	out    chan []GPU // where the look that is out will be handed in; nil when none is
	closed bool
}

func newGPUDesk(nvml string) gpuDesk { return gpuDesk{driver: newDriver(nvml)} }

// read is never nil. A look that comes in late is thrown away: it is about a moment that has passed.
func (d *gpuDesk) read(ctx context.Context) []GPU {
	if d.closed || !d.free() {
		return []GPU{}
	}
	return d.send(ctx, d.driver.look)
}

func (d *gpuDesk) close(ctx context.Context) {
	if d.closed {
		return
	}
	d.closed = true
	if d.out != nil { // a last chance for the look that is out, or else it is left behind with the driver as it is
		d.wait(ctx)
	}
	if d.out == nil {
		d.send(ctx, func() []GPU { d.driver.close(); return nil })
	}
}

// free says whether no look is out, taking in one that has come back.
func (d *gpuDesk) free() bool {
	select {
	case <-d.out:
		d.out = nil
	default:
	}
	return d.out == nil
}

func (d *gpuDesk) send(ctx context.Context, look func() []GPU) []GPU {
	out := make(chan []GPU, 1)
	d.out = out
	go func() { out <- look() }()
	return d.wait(ctx)
}

func (d *gpuDesk) wait(ctx context.Context) []GPU {
	select {
	case gpus := <-d.out:
		d.out = nil
		return gpus
	case <-ctx.Done():
		return []GPU{}
	}
}
