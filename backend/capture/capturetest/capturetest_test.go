package capturetest

import (
	"context"
	"errors"
	"image"
	"sync"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// source is a source whose Run is a function.
type source func(ctx context.Context, put func(sight.Frame)) error

func (s source) Run(ctx context.Context, put func(sight.Frame)) error { return s(ctx, put) }

func grey(w, h int) *image.YCbCr {
	return image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
}

func frame() sight.Frame {
	return sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(grey(32, 18))}
}

// each makes a source of 100 frames a second out of a way to make one.
func each(next func(n int) sight.Frame) source {
	return func(ctx context.Context, put func(sight.Frame)) error {
		return capture.Ticks(100).Run(ctx, func(n int) error { put(next(n)); return nil })
	}
}

func honest() source { return each(func(int) sight.Frame { return frame() }) }

func quick(src capture.Source) Case {
	return Case{
		Open: func() capture.Source { return src }, FPS: 100, Width: 32, Height: 18,
		Grace: 500 * time.Millisecond, Measure: 300 * time.Millisecond, Patience: 5 * time.Second,
	}
}

func TestAnHonestSourcePasses(t *testing.T) {
	Run(t, quick(honest()))
}

func TestEachBrokenPromiseIsFound(t *testing.T) {
	for name, tc := range map[string]struct {
		src    source
		caught string // the promise that finds it
	}{
		"counts by itself":   {each(func(n int) sight.Frame { f := frame(); f.Number = uint64(n + 1); return f }), "FramesAreStampedAndUncounted"},
		"no time":            {each(func(int) sight.Frame { f := frame(); f.Captured = time.Time{}; return f }), "FramesAreStampedAndUncounted"},
		"wall time only":     {each(func(int) sight.Frame { f := frame(); f.Captured = f.Captured.Round(0); return f }), "FramesAreStampedAndUncounted"},
		"time ahead":         {each(func(int) sight.Frame { f := frame(); f.Captured = f.Captured.Add(time.Hour); return f }), "FramesAreStampedAndUncounted"},
		"time standing":      {standing(), "FramesAreStampedAndUncounted"},
		"no picture":         {each(func(int) sight.Frame { return sight.Frame{Captured: time.Now()} }), "FramesAreStampedAndUncounted"},
		"two at once":        {twoAtOnce, "FramesAreStampedAndUncounted"},
		"changing size":      {each(changingSize), "SizeIsConstantAndPlanesDecode"},
		"wrong planes":       {each(wrongPlanes), "SizeIsConstantAndPlanesDecode"},
		"reused memory":      {reusing(), "NoFrameChangesAfterPublishing"},
		"starts though over": {deaf, "CancelledBeforeTheStart"},
		"deaf while opening": {slowToOpen, "CancelledBeforeTheFirstFrame"},
		"deaf":               {deaf, "CancelledInMidRead"},
		"hides the reason":   {silent, "ADeadlineEndsItToo"},
		"once only":          {onceOnly(), "RunsAgain"},
		"leaks":              {leaky(t), "NoGoroutineIsLeft"},
		"too slow":           {slowed, "KeepsItsRate"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := promised(tc.caught)(quick(tc.src).complete()); err == nil {
				t.Errorf("%s did not find it", tc.caught)
			}
		})
	}
}

func TestMissingWantsAFaultAPersonCanRead(t *testing.T) {
	good := fault.Error{Code: "camera.missing", Message: "There is none.", Hint: "Plug one in.", Blame: fault.Source}
	if err := missing(failing(&good), "camera.missing"); err != nil {
		t.Error(err)
	}
	noHint, us, other, telling := good, good, good, good
	noHint.Hint, us.Blame, other.Code, telling.Cause = "", fault.Us, "camera.busy", errors.New("dial door?key="+Secret)
	for _, bad := range []error{nil, errors.New("ENOENT"), &noHint, &us, &other, &telling} {
		if err := missing(failing(bad), "camera.missing"); err == nil {
			t.Errorf("%#v passed", bad)
		}
	}
}

func TestSourceThatSticksHasToEnd(t *testing.T) {
	silent := &fault.Error{Code: "camera.silent", Message: "It is silent.", Hint: "Start it again.", Blame: fault.Source}
	ends := func(after, grace time.Duration) source {
		return func(ctx context.Context, _ func(sight.Frame)) error {
			select {
			case <-ctx.Done():
				time.Sleep(grace)
				return ctx.Err()
			case <-time.After(after):
				return silent
			}
		}
	}
	RunStuck(t, map[string]Stuck{
		"as it should": {Source: ends(200*time.Millisecond, 0), Code: silent.Code},
		"at once":      {Source: ends(0, 0), Code: silent.Code, Early: true},
	})
	for name, wrong := range map[string]error{
		"another fault":   Stuck{Source: ends(0, 0), Code: "camera.busy"}.endsByItself(),
		"late":            Stuck{Source: ends(4100*time.Millisecond, 0), Code: silent.Code}.endsByItself(),
		"deaf":            Stuck{Source: ends(time.Hour, 2100*time.Millisecond)}.endsWhenWithdrawn(),
		"hides the cause": Stuck{Source: ends(0, 0)}.endsWhenWithdrawn(),
	} {
		if wrong == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func promised(name string) func(Case) error {
	for _, p := range promises() {
		if p.name == name {
			return p.check
		}
	}
	panic("no such promise: " + name)
}

func failing(err error) source {
	return func(context.Context, func(sight.Frame)) error { return err }
}

func standing() source {
	start := time.Now()
	return each(func(int) sight.Frame { f := frame(); f.Captured = start; return f })
}

func changingSize(n int) sight.Frame {
	return sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(grey(32, 18+2*(n%2)))}
}

func wrongPlanes(int) sight.Frame {
	return sight.Frame{Captured: time.Now(), Picture: sight.FromRender(32, 18, func() *image.YCbCr { return grey(18, 32) })}
}

// reusing draws into the memory of its first frame again, long enough after it was first looked at that not the race detector but the
// suite has to find it.
func reusing() source {
	img := grey(32, 18)
	return func(ctx context.Context, put func(sight.Frame)) error {
		return capture.Ticks(20).Run(ctx, func(n int) error {
			f := frame()
			switch n {
			case 0:
				f.Picture = sight.FromYCbCr(img)
			case 15:
				img.Y[0]++
			}
			put(f)
			return nil
		})
	}
}

func twoAtOnce(ctx context.Context, put func(sight.Frame)) error {
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			for ctx.Err() == nil {
				put(frame())
			}
		})
	}
	both.Wait()
	return ctx.Err()
}

// deaf ends one second after its context, twice what the case allows.
func deaf(ctx context.Context, put func(sight.Frame)) error {
	err := honest()(ctx, put)
	time.Sleep(time.Second)
	return err
}

func slowToOpen(ctx context.Context, put func(sight.Frame)) error {
	time.Sleep(time.Second)
	return honest()(ctx, put)
}

func silent(ctx context.Context, put func(sight.Frame)) error {
	_ = honest()(ctx, put)
	return nil
}

func onceOnly() source {
	var mu sync.Mutex
	used := false
	return func(ctx context.Context, put func(sight.Frame)) error {
		mu.Lock()
		again := used
		used = true
		mu.Unlock()
		if again {
			return errors.New("already used")
		}
		return honest()(ctx, put)
	}
}

// leaky leaves a goroutine behind, which ends with the test.
func leaky(t *testing.T) source {
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	return func(ctx context.Context, put func(sight.Frame)) error {
		go func() { <-end }()
		return honest()(ctx, put)
	}
}

func slowed(ctx context.Context, put func(sight.Frame)) error {
	return capture.Ticks(90).Run(ctx, func(int) error { put(frame()); return nil })
}
