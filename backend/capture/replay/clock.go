package replay

import (
	"context"
	"time"
)

// clock says when a moment of the recording is due. It runs from the first moment that is asked for: nobody waits for what comes before the
// first picture. Deadlines count from there, so lateness never adds up. The zero value is ready.
type clock struct {
	start   time.Time     // when begin is due
	begin   time.Duration // since the recording's start
	end     time.Duration // of what has been due so far
	running bool
}

// due starts the clock where it stands still.
func (c *clock) due(at time.Duration) time.Time {
	if !c.running {
		*c = clock{start: time.Now(), begin: at, end: at, running: true}
	}
	return c.start.Add(at - c.begin)
}

// now is the moment of the recording that is due now.
func (c *clock) now() time.Duration { return c.begin + time.Since(c.start) }

// wait waits until a time, or for the end of ctx.
func wait(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
	return ctx.Err()
}
