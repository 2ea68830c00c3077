package stats

import (
	"context"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/mem"

	"sightline/backend/gpu"
	"sightline/backend/sight"
)

// patience is how long a look at the machine may take, but for its GPUs. It takes about a millisecond where all is well.
const patience = time.Second

// GPUs is who looks at the GPUs; gpu.Reader is one. Look ends by ctx, and within about a second: it knows best why it came to nothing.
type GPUs interface {
	Look(ctx context.Context, details bool) ([]gpu.GPU, error)
}

// Reader looks at the machine when asked, and does nothing in between: no goroutine runs, and nothing is opened before the first Read. It is
// safe for concurrent use. A process needs one Reader only: what has been since the last look is since the last look of anybody.
type Reader struct {
	gpus GPUs

	turn   chan struct{} // holds one token while somebody reads; guards the fields below
	clock  clock
	model  string
	disks  disks
	shares errand[shares]
	census *census // used by the errand above alone
}

// New is a reader that has looked at nothing yet. gpus stays its owner's, who closes it.
func New(gpus GPUs) *Reader {
	return &Reader{gpus: gpus, turn: make(chan struct{}, 1), disks: disks{usage: usage}, census: newCensus()}
}

// Read is one look: what has been since the Read before, and what is now. details says whether somebody sees them, folder which disk they are
// about. It takes about a second at most; what cannot be known by then, or by the end of ctx, is left out. A missing driver means no GPUs, and is
// no fault.
func (r *Reader) Read(ctx context.Context, folder string, details bool) Snapshot {
	s := Snapshot{AtMS: time.Now().UnixMilli()}
	var gpus []gpu.GPU
	var fault error
	var look sync.WaitGroup
	look.Go(func() { gpus, fault = r.gpus.Look(ctx, details) })
	r.readMachine(ctx, &s, folder, details)
	look.Wait()
	s.GPUs = append([]gpu.GPU{}, gpus...)
	if ctx.Err() == nil { // where nobody waits any more, that is why
		s.Fault = sight.NewLineError(fault)
	}
	return s
}

// readMachine fills in what is not about GPUs.
func (r *Reader) readMachine(ctx context.Context, s *Snapshot, folder string, details bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return
	}
	s.CPU, s.Memory = r.clock.readAll(ctx), readMemory(ctx)
	if !details {
		return
	}
	s.Cores, s.Model = r.clock.readCores(ctx), r.readModel(ctx)
	s.Disk = r.disks.read(ctx, folder)
	if taken, known := r.shares.run(ctx, r.census.look); known {
		s.Own, s.All = taken.own, taken.all
	}
}

// readModel asks once: nobody changes the processor.
func (r *Reader) readModel(ctx context.Context) string {
	if r.model == "" {
		r.model = processorModel(ctx)
	}
	return r.model
}

func readMemory(ctx context.Context) *Memory {
	m, err := mem.VirtualMemoryWithContext(ctx)
	if err != nil {
		return nil
	}
	return &Memory{Used: m.Used, Total: m.Total}
}
