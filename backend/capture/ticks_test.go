package capture_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
)

func TestTicksKeepTheirRateWhateverEachTakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second-time.Millisecond)
		defer cancel()
		start, count := time.Now(), 0
		err := capture.Ticks(30).Run(ctx, func(n int) error {
			if n != count {
				t.Fatalf("tick %d came as %d", count, n)
			}
			if late := time.Since(start) - capture.Ticks(30).At(n); late < 0 || late > time.Microsecond {
				t.Fatalf("tick %d is off by %v", n, late)
			}
			count++
			time.Sleep(time.Duration(n%3) * 10 * time.Millisecond) // less than a period
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) || count != 300 {
			t.Errorf("%d ticks in 10 s, %v; want 300 and the context's error", count, err)
		}
	})
}

func TestLateTicksAreLeftOutNotMadeUpFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []int
		end := errors.New("enough")
		err := capture.Ticks(10).Run(t.Context(), func(n int) error {
			got = append(got, n)
			if n == 1 {
				time.Sleep(370 * time.Millisecond) // until 470 ms: ticks 2 and 3 are gone, 4 is late but still its turn
			}
			if n == 5 {
				return end
			}
			return nil
		})
		if want := []int{0, 1, 4, 5}; !slices.Equal(got, want) || !errors.Is(err, end) {
			t.Errorf("ticks %v, %v; want %v and the tick's own error", got, err, want)
		}
	})
}

func TestTicksEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := capture.Ticks(1).Run(ctx, func(int) error { t.Error("a tick after the end"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(1500*time.Millisecond, cancel)
		start := time.Now()
		err = capture.Ticks(1).Run(ctx, func(int) error { return nil })
		if took := time.Since(start); !errors.Is(err, context.Canceled) || took != 1500*time.Millisecond {
			t.Errorf("ended after %v with %v", took, err)
		}
	})
}
