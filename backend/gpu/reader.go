package gpu

import (
	"context"
	"errors"
	"sync"
	"time"

	"sightline/backend/fault"
)

// patience is how long a look may take. A healthy driver needs 1 to 20 ms, but up to seconds to wake a sleeping GPU: those looks come back
// empty.
const patience = time.Second

// Reader looks at the GPUs when asked, and does nothing in between: no library is loaded before the first look. It is safe for concurrent
// use. A process may have only one that looks at NVIDIA's: their library is loaded once for a process.
type Reader struct {
	desks []*desk // one for each driver, so that one that hangs does not hide another
}

// Config says where drivers are found; zero: where the system has them.
type Config struct {
	NVML  string // path of NVIDIA's management library
	Sysfs string // root of Linux' sysfs
}

// CodeSilent is the fault of a driver that does not answer: its call is abandoned, and it is not asked again until that one returns.
const CodeSilent = "gpu.silent"

// New has looked at nothing yet.
func New(c Config) *Reader { return newReader(drivers(c)) }

func newReader(drivers []driver) *Reader {
	r := &Reader{}
	for _, d := range drivers {
		r.desks = append(r.desks, newDesk(d))
	}
	return r
}

// Look is one look at all GPUs; details says whether somebody sees them. It is never nil. It ends by ctx, and within a second. The fault is
// CodeSilent, or ctx's error where that ended first; no GPU, or no driver, is no fault. GPUs that answer are there also where another driver
// is silent.
func (r *Reader) Look(ctx context.Context, details bool) ([]GPU, error) {
	return askAll(ctx, r.desks, func(d driver) []GPU { return d.look(details) })
}

// Meters is a look at what energy is reckoned from, and at nothing else. It ends as Look does.
func (r *Reader) Meters(ctx context.Context) ([]Meter, error) {
	return askAll(ctx, r.desks, driver.meters)
}

// Close lets go of the drivers; it takes a second at most. A look afterwards sees no GPU.
func (r *Reader) Close() {
	ctx, cancel := context.WithTimeoutCause(context.Background(), patience, errSilent)
	defer cancel()
	var all sync.WaitGroup
	for _, d := range r.desks {
		all.Go(func() { d.close(ctx) })
	}
	all.Wait()
}

// askAll asks all drivers at the same time, and puts together what they say in their order.
func askAll[T any](ctx context.Context, desks []*desk, call func(driver) []T) ([]T, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSilent)
	defer cancel()
	answers, faults := make([][]T, len(desks)), make([]error, len(desks))
	var all sync.WaitGroup
	for i, d := range desks {
		all.Go(func() { answers[i], faults[i] = ask(ctx, d, call) })
	}
	all.Wait()
	together := []T{}
	var fault error
	for i, answer := range answers {
		together = append(together, answer...)
		if fault == nil {
			fault = faults[i]
		}
	}
	return together, fault
}

// errSilent is why a wait ended that lasted as long as it may.
var errSilent = errors.New("the driver did not answer in time")

// lateness is the fault of a wait that ended with ctx.
func lateness(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, errSilent) {
		return cause
	}
	return &fault.Error{
		Code:    CodeSilent,
		Message: "The graphics driver does not answer.",
		Hint:    "It may be waking up: wait a moment. If it stays silent, restart the computer, or install the driver anew.",
		Blame:   fault.Us,
		Cause:   errSilent,
	}
}
