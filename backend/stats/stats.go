package stats

import (
	"context"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
	"github.com/shirou/gopsutil/v4/mem"
)

// patience is how long a look at the GPUs may take. A healthy driver needs 1 to 20 ms, but up to seconds to wake a sleeping GPU: those looks
// come back empty.
const patience = time.Second

// Reader looks at the machine when asked, and does nothing in between: no goroutine runs, and nothing is loaded before the first Read.
// It is safe for concurrent use; reads take turns. A process needs one Reader only, and may have only one that looks at GPUs: the NVIDIA
// library is loaded once for a process.
type Reader struct {
	turn chan struct{} // holds one token while somebody reads; guards the fields below
	cpu  cpuClock
	gpus gpuDesk
}

// New is a reader that has looked at nothing yet. nvml is the path of NVIDIA's management library; empty for the driver's own.
func New(nvml string) *Reader {
	return &Reader{turn: make(chan struct{}, 1), gpus: newGPUDesk(nvml)}
}

// Read is one look: what has been since the Read before, and what is now. It takes about a second at most; what cannot be known by then, or
// by the end of ctx, is left out. A missing or broken driver means no GPUs, and is no error.
func (r *Reader) Read(ctx context.Context) Snapshot {
	none := Snapshot{GPUs: []GPU{}}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return none
	}
	return Snapshot{GPUs: r.gpus.read(ctx), CPU: r.cpu.read(ctx), Memory: readMemory(ctx)}
}

// Close lets go of the driver; it takes a second at most, and leaves behind a driver that hangs. A Read afterwards shows no GPUs.
func (r *Reader) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return
	}
	r.gpus.close(ctx)
}

// cpuClock turns the system's counters, seconds since its start, into what was used between two looks.
type cpuClock struct {
	known       bool
	busy, total float64
}

// read is percent of the whole machine since the look before; nil at the first one.
func (c *cpuClock) read(ctx context.Context) *float64 {
	times, err := cpu.TimesWithContext(ctx, false)
	if err != nil || len(times) == 0 {
		return nil
	}
	return c.advance(busyAndTotal(times[0]))
}

func (c *cpuClock) advance(busy, total float64) *float64 {
	before := *c
	*c = cpuClock{known: true, busy: busy, total: total}
	if !before.known || total <= before.total {
		return nil
	}
	percent := min(max(100*(busy-before.busy)/(total-before.total), 0), 100)
	return &percent
}

// busyAndTotal adds up the kinds of time. Guests are left out: their time is in that of the users already.
func busyAndTotal(t cpu.TimesStat) (busy, total float64) {
	busy = t.User + t.Nice + t.System + t.Irq + t.Softirq + t.Steal
	return busy, busy + t.Idle + t.Iowait
}

func readMemory(ctx context.Context) *Memory {
	m, err := mem.VirtualMemoryWithContext(ctx)
	if err != nil {
		return nil
	}
	return &Memory{Used: m.Used, Total: m.Total}
}
