package gpu

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/fault"
)

// slow is a driver of one GPU that takes its time.
type slow struct {
	name   string
	wakes  time.Duration // in its first call
	takes  time.Duration
	hangs  chan struct{} // until it is closed; nil: it does not
	calls  atomic.Int32
	inside atomic.Int32
	most   atomic.Int32 // that were inside at a time
	closed atomic.Bool
}

func (s *slow) call() {
	if s.calls.Add(1) == 1 {
		time.Sleep(s.wakes)
	}
	s.most.Store(max(s.most.Load(), s.inside.Add(1)))
	defer s.inside.Add(-1)
	time.Sleep(s.takes) // by the fake clock
	if s.hangs != nil {
		<-s.hangs
	}
}

func (s *slow) look(details bool) []GPU {
	s.call()
	g := GPU{Name: s.name}
	if details {
		g.Throttled = []string{}
	}
	return []GPU{g}
}

func (s *slow) meters() []Meter {
	s.call()
	return []Meter{{ID: s.name}}
}

func (s *slow) close() {
	s.call()
	s.closed.Store(true)
}

func seen(gpus []GPU) []string {
	list := []string{}
	for _, g := range gpus {
		list = append(list, g.Name)
	}
	return list
}

func TestGPUsOfAllDriversAreSeenInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader([]driver{&slow{name: "first", takes: 20 * time.Millisecond}, &slow{name: "second"}})
		start := time.Now()
		gpus, err := r.Look(t.Context(), true)
		if diff := cmp.Diff([]string{"first", "second"}, seen(gpus)); diff != "" || err != nil {
			t.Errorf("error %v, GPUs (-want +got):\n%s", err, diff)
		}
		if took := time.Since(start); took != 20*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if gpus[0].Throttled == nil {
			t.Error("details were asked for, and are not there")
		}
		meters, err := r.Meters(t.Context())
		if diff := cmp.Diff([]Meter{{ID: "first"}, {ID: "second"}}, meters); diff != "" || err != nil {
			t.Errorf("error %v, meters (-want +got):\n%s", err, diff)
		}
	})
}

func TestWithoutDriversThereAreNoGPUsAndNoFault(t *testing.T) {
	r := newReader(nil)
	defer r.Close()
	if gpus, err := r.Look(t.Context(), true); gpus == nil || len(gpus) != 0 || err != nil {
		t.Errorf("got %v, %v", gpus, err)
	}
	if meters, err := r.Meters(t.Context()); meters == nil || len(meters) != 0 || err != nil {
		t.Errorf("got %v, %v", meters, err)
	}
}

func TestHungDriverDoesNotHideAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := &slow{name: "hung", hangs: make(chan struct{})}
		r := newReader([]driver{hung, &slow{name: "well"}})
		start := time.Now()
		for i := range 3 {
			gpus, err := r.Look(t.Context(), false)
			if diff := cmp.Diff([]string{"well"}, seen(gpus)); diff != "" {
				t.Errorf("look %d (-want +got):\n%s", i, diff)
			}
			f := fault.From(err)
			if fault.CodeOf(err) != CodeSilent || f.Message != "The graphics driver does not answer." || f.Hint == "" {
				t.Errorf("look %d: fault %+v", i, f)
			}
		}
		if took := time.Since(start); took != patience {
			t.Errorf("three looks took %v; only the first has something to wait for", took)
		}
		if n := hung.calls.Load(); n != 1 {
			t.Errorf("the hung driver was asked %d times", n)
		}
		close(hung.hangs)
		synctest.Wait()
		gpus, err := r.Look(t.Context(), false)
		if diff := cmp.Diff([]string{"hung", "well"}, seen(gpus)); diff != "" || err != nil {
			t.Errorf("when it is well again: %v, GPUs (-want +got):\n%s", err, diff)
		}
	})
}

func TestSlowDriverIsHeardOnceItIsAwake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waking := &slow{name: "waking", wakes: 1500 * time.Millisecond, takes: 20 * time.Millisecond}
		r := newReader([]driver{waking})
		if _, err := r.Look(t.Context(), false); fault.CodeOf(err) != CodeSilent {
			t.Errorf("at first: %v", err)
		}
		time.Sleep(time.Second)
		gpus, err := r.Look(t.Context(), false)
		if diff := cmp.Diff([]string{"waking"}, seen(gpus)); diff != "" || err != nil {
			t.Errorf("awake: %v, GPUs (-want +got):\n%s", err, diff)
		}
	})
}

func TestLookEndsWithItsContextAndTheNextOneGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReader([]driver{&slow{name: "slow", takes: 300 * time.Millisecond}})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		start := time.Now()
		gpus, err := r.Look(ctx, false)
		if gpus == nil || !errors.Is(err, context.DeadlineExceeded) || fault.CodeOf(err) == CodeSilent {
			t.Errorf("called off: %v, %v; the driver had no time to be silent", gpus, err)
		}
		if took := time.Since(start); took != 100*time.Millisecond {
			t.Errorf("took %v", took)
		}
		gpus, err = r.Look(t.Context(), false) // once the call that was left behind is back
		if diff := cmp.Diff([]string{"slow"}, seen(gpus)); diff != "" || err != nil {
			t.Errorf("then: %v, GPUs (-want +got):\n%s", err, diff)
		}
		if took := time.Since(start); took != 600*time.Millisecond {
			t.Errorf("both took %v", took)
		}
	})
}

func TestManyLookAtOnceAndTheDriverSeesOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &slow{name: "one", takes: 10 * time.Millisecond}
		r := newReader([]driver{d})
		done := make(chan error, 40)
		for i := range cap(done) {
			go func() {
				var err error
				if i%2 == 0 {
					_, err = r.Look(t.Context(), false)
				} else {
					_, err = r.Meters(t.Context())
				}
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if d.most.Load() != 1 {
			t.Errorf("%d calls were in the driver at a time", d.most.Load())
		}
	})
}

func TestCloseEndsEveryDriverOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drivers := []*slow{{name: "one"}, {name: "hung", hangs: make(chan struct{})}, {name: "two", takes: 100 * time.Millisecond}}
		r := newReader([]driver{drivers[0], drivers[1], drivers[2]})
		_, _ = r.Look(t.Context(), false) // it leaves a call behind
		start := time.Now()
		r.Close()
		if took := time.Since(start); took > patience {
			t.Errorf("closing took %v", took)
		}
		r.Close()
		gpus, err := r.Look(t.Context(), true)
		if gpus == nil || len(gpus) != 0 || err != nil {
			t.Errorf("a look afterwards: %v, %v", gpus, err)
		}
		closed := []bool{drivers[0].closed.Load(), drivers[1].closed.Load(), drivers[2].closed.Load()}
		if !slices.Equal(closed, []bool{true, false, true}) {
			t.Errorf("closed: %v; the one that hangs is left as it is", closed)
		}
		close(drivers[1].hangs)
	})
}
