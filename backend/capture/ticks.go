package capture

import (
	"context"
	"time"
)

// Ticks is a steady rate in ticks a second, above 0: the clock of every source that makes its own frames.
type Ticks float64

// Run calls tick with 0 at once, and with n when n periods have passed since then, until ctx ends or tick fails; it gives that error.
// Deadlines count from the start, so lateness never adds up. A tick whose whole period was missed is left out, never made up for.
func (r Ticks) Run(ctx context.Context, tick func(n int) error) error {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; ; n++ {
		timer.Reset(r.At(n) - time.Since(start))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		if err := ctx.Err(); err != nil { // both were ready, and select chose the timer
			return err
		}
		n = max(n, r.passed(time.Since(start)))
		if err := tick(n); err != nil {
			return err
		}
	}
}

// At is when tick n is due, counted from the start.
func (r Ticks) At(n int) time.Duration {
	return time.Duration(float64(n) / float64(r) * float64(time.Second))
}

// passed is the last tick that was due once d has passed.
func (r Ticks) passed(d time.Duration) int {
	return int(d.Seconds() * float64(r))
}
