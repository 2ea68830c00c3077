package capturetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Stuck is a source whose camera sticks.
type Stuck struct {
	Source capture.Source
	Code   string // of the fault that tells it
	Early  bool   // it may come before the source is withdrawn: what the camera sends is wrong from the start
}

// RunStuck tries such sources, all at the same time: each ends by its own deadline, and at once when it is not wanted any more, and leaves no
// goroutine. The names are those of the places at which they stick.
func RunStuck(t *testing.T, cases map[string]Stuck) {
	t.Helper()
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var all sync.WaitGroup
	for name, s := range cases {
		all.Go(func() {
			if err := errors.Join(s.endsByItself(), s.endsWhenWithdrawn()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
}

func (s Stuck) endsByItself() error {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	start := time.Now()
	err := readable(s.Source.Run(ctx, func(sight.Frame) {}), s.Code, fault.Source)
	if took := time.Since(start); took > 4*time.Second {
		err = errors.Join(err, fmt.Errorf("it took %v", took))
	}
	return err
}

func (s Stuck) endsWhenWithdrawn() error {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	err := s.Source.Run(ctx, func(sight.Frame) {})
	if took := time.Since(start); took > 2*time.Second || !s.Early && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("withdrawn, it ended after %v with %v", took, err)
	}
	return nil
}
