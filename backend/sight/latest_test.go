package sight_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEmptySlotHasNoFrame(t *testing.T) {
	var latest sight.Latest
	if f, ok := latest.Newest(); ok {
		t.Errorf("got frame %d", f.Number)
	}
}

func TestNewestFrameWins(t *testing.T) {
	var latest sight.Latest
	for n := range uint64(5) {
		latest.Put(sight.Frame{Number: n + 1})
	}
	wantNewest(t, &latest, 5)
	wantAfter(t, &latest, 0, 5)
	wantAfter(t, &latest, 4, 5)
	wantNewest(t, &latest, 5) // looking takes nothing away
}

func TestReaderWaitsForAFrameNewerThanItHasSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		latest.Put(sight.Frame{Number: 3})
		seen := after(&latest, 3)
		synctest.Wait()
		latest.Put(sight.Frame{Number: 3}) // not newer: keeps waiting
		synctest.Wait()
		wantNothing(t, seen)
		latest.Put(sight.Frame{Number: 4})
		wantFrame(t, seen, 4)
	})
}

func TestEveryReaderSeesTheFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		var readers []<-chan uint64
		for range 10 {
			readers = append(readers, after(&latest, 0))
		}
		synctest.Wait()
		latest.Put(sight.Frame{Number: 1})
		for _, seen := range readers {
			wantFrame(t, seen, 1)
		}
	})
}

func TestSlowReaderMissesFramesButNeverGoesBack(t *testing.T) {
	const frames = 2000
	var latest sight.Latest
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := uint64(0); last < frames; {
				f, err := latest.After(t.Context(), last)
				if err != nil || f.Number <= last {
					t.Errorf("after %d came %d, %v", last, f.Number, err)
					return
				}
				last = f.Number
			}
		})
	}
	for n := range uint64(frames) {
		latest.Put(sight.Frame{Number: n + 1})
	}
	readers.Wait() // a reader that missed its wake-up would wait for ever
}

func TestNoFrameSlipsThroughBetweenChangedAndNewest(t *testing.T) {
	var latest sight.Latest
	changed := latest.Changed()
	if latest.Changed() != changed {
		t.Error("two readers wait on two channels")
	}
	latest.Put(sight.Frame{Number: 1})
	select {
	case <-changed:
	default:
		t.Error("the channel taken before Put is still open")
	}
	select {
	case <-latest.Changed():
		t.Error("the channel taken after Put is already closed")
	default:
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		began := time.Now()
		if _, err := latest.After(ctx, 0); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 2*time.Second {
			t.Errorf("ended after %v with %v", time.Since(began), err)
		}

		ctx, cancel = context.WithCancel(t.Context())
		cancel()
		if _, err := latest.After(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestClearedSlotIsEmptyUntilTheNextFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latest sight.Latest
		latest.Put(sight.Frame{Number: 7})
		latest.Clear()
		if f, ok := latest.Newest(); ok {
			t.Errorf("still holds frame %d", f.Number)
		}
		seen := after(&latest, 0)
		synctest.Wait()
		latest.Clear() // wakes nobody
		synctest.Wait()
		wantNothing(t, seen)
		latest.Put(sight.Frame{Number: 8})
		wantFrame(t, seen, 8)
	})
}

// after waits for a frame above n in a goroutine of its own, which ends with it.
func after(latest *sight.Latest, n uint64) <-chan uint64 {
	seen := make(chan uint64, 1)
	go func() {
		f, _ := latest.After(context.Background(), n)
		seen <- f.Number
	}()
	return seen
}

func wantNothing(t *testing.T, seen <-chan uint64) {
	t.Helper()
	select {
	case n := <-seen:
		t.Errorf("saw frame %d", n)
	default:
	}
}

func wantFrame(t *testing.T, seen <-chan uint64, want uint64) {
	t.Helper()
	if n := <-seen; n != want {
		t.Errorf("saw frame %d, want %d", n, want)
	}
}

func wantNewest(t *testing.T, latest *sight.Latest, want uint64) {
	t.Helper()
	if f, ok := latest.Newest(); !ok || f.Number != want {
		t.Errorf("newest is %d, %v; want %d", f.Number, ok, want)
	}
}

func wantAfter(t *testing.T, latest *sight.Latest, n, want uint64) {
	t.Helper()
	if f, err := latest.After(t.Context(), n); err != nil || f.Number != want {
		t.Errorf("after %d comes %d, %v; want %d", n, f.Number, err, want)
	}
}
