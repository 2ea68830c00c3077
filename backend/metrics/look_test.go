package metrics

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestMachineIsLookedAtOnceASecondHoweverManyAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looks := 0
		l := newLook(func(context.Context) int { looks++; time.Sleep(100 * time.Millisecond); return looks })
		for range 30 { // three seconds
			var all sync.WaitGroup
			for range 10 {
				all.Go(func() {
					if _, known := l.now(t.Context()); !known {
						t.Error("nothing is known")
					}
				})
			}
			all.Wait()
			time.Sleep(90 * time.Millisecond)
		}
		if looks != 3 {
			t.Errorf("%d looks in about three seconds", looks)
		}
	})
}

func TestHungLookHoldsUpNobodyAndIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks atomic.Int64
		release := make(chan struct{})
		l := newLook(func(context.Context) int64 {
			look := looks.Add(1)
			if look == 1 {
				<-release
			}
			return look
		})
		for i, want := range []time.Duration{lookPatience + lookGrace, 0, 0} {
			began := time.Now()
			if _, known := l.now(t.Context()); known || time.Since(began) != want {
				t.Errorf("ask %d: known %v after %v, want nothing after %v", i, known, time.Since(began), want)
			}
		}
		began := time.Now()
		if l.settle(); time.Since(began) > lookGrace {
			t.Errorf("the end waited %v", time.Since(began))
		}
		if n := looks.Load(); n != 1 {
			t.Errorf("%d looks while one hangs", n)
		}
		close(release)
		synctest.Wait()
		if v, known := l.now(t.Context()); !known || v != 2 {
			t.Errorf("after it came back: %d, %v; want a new look", v, known)
		}
	})
}

func TestLookThatEndsAtItsDeadlineCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLook(func(ctx context.Context) int { <-ctx.Done(); return 42 })
		if v, known := l.now(t.Context()); !known || v != 42 {
			t.Errorf("got %d, %v", v, known)
		}
	})
}

func TestLookEndsWithItsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLook(func(ctx context.Context) int { <-ctx.Done(); return 42 })
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		if _, known := l.now(ctx); known {
			t.Error("what was cut short counts")
		}
		l.settle()
		if v, known := l.now(t.Context()); !known || v != 42 {
			t.Errorf("the next server got %d, %v", v, known)
		}
	})
}
