package session

import (
	"context"
	"image"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// film has so many frames, as fast as they are looked at, and then ends.
type film struct {
	frames int
	put    atomic.Int64 // frames that were taken
}

func (f *film) Waits() bool { return true }

func (f *film) Run(ctx context.Context, put func(sight.Frame)) error {
	for range f.frames {
		put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.put.Add(1)
	}
	return &fault.Error{Code: capture.CodeFinished, Message: "The video has come to its end.", Blame: fault.Question}
}

// project plays a film to a model, within a bubble, and gives the session and what it noted.
func project(t *testing.T, f *film, pace string, m Asker) (*Session, *notes) {
	t.Helper()
	n := &notes{}
	s := New(Config{ID: "s", Open: func(string) (capture.Source, error) { return f, nil }, Sinks: []Sink{n}, Watch: n})
	p, err := sampler.ParsePace(pace)
	if err != nil {
		t.Fatal(err)
	}
	s.SetPace(p)
	s.SetTask(Task{Askers: []Answerer{{Asker: m}}, Prompt: "What?"})
	s.SetSource("file:x?pace=max")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s, n
}

func framesOf(observed []sight.Observation) []uint64 {
	var frames []uint64
	for _, o := range observed {
		frames = append(frames, o.Frame.Number)
	}
	return frames
}

func TestPatientSourceHasEveryNthFrameAskedExactlyOnce(t *testing.T) {
	for pace, want := range map[string][]uint64{
		"0": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "1f": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, "5f": {1, 6, 11},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &film{frames: 12}
			s, n := project(t, f, pace, &model{delay: 700 * time.Millisecond})
			s.Start()
			time.Sleep(20 * time.Second)
			if got := framesOf(n.with(sight.Answered)); !slices.Equal(got, want) {
				t.Errorf("pace %s asked about frames %v, want %v", pace, got, want)
			}
			c := s.State().Counts
			if c.Sampled != uint64(len(want)) || c.Answered != c.Sampled || c.Captured != 12 {
				t.Errorf("pace %s: %+v", pace, c)
			}
			if code := fault.CodeOf(s.State().Source.Err); code != capture.CodeFinished {
				t.Errorf("it ended with %q", code)
			}
		})
	}
}

func TestPatientSourceWaitsWhileNobodyAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &film{frames: 12}
		s, n := project(t, f, "3f", &model{delay: time.Second})
		s.SetShown(true)
		time.Sleep(time.Minute)
		if f.put.Load() != 0 {
			t.Fatalf("%d frames went by with nobody asking", f.put.Load())
		}
		s.Start()
		time.Sleep(1500 * time.Millisecond) // within the second answer
		s.Stop()
		synctest.Wait()
		stood := f.put.Load()
		time.Sleep(time.Minute)
		if f.put.Load() != stood {
			t.Errorf("%d frames went by while asking was stopped", f.put.Load()-stood)
		}
		s.Start()
		time.Sleep(time.Minute)
		asked := framesOf(append(n.with(sight.Answered), n.with(sight.Cancelled)...))
		slices.Sort(asked)
		for _, want := range []uint64{1, 4, 7, 10} {
			if !slices.Contains(asked, want) {
				t.Errorf("frame %d was never asked about: %v", want, asked)
			}
		}
	})
}

func TestPatientSourceStandsStillWhileTheModelFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &film{frames: 4}
		m := &model{delay: 10 * time.Millisecond}
		m.setFailure(&fault.Error{Code: "backend.down", Message: "Out.", Blame: fault.Backend})
		s, n := project(t, f, "1f", m)
		s.Start()
		time.Sleep(500 * time.Millisecond) // the first has failed, the second waits for its turn
		m.setFailure(nil)
		time.Sleep(time.Minute)
		if got := framesOf(n.with(sight.Answered)); !slices.Equal(got, []uint64{2, 3, 4}) {
			t.Errorf("answered %v", got)
		}
		if got := framesOf(n.with(sight.Failed)); !slices.Equal(got, []uint64{1}) {
			t.Errorf("failed %v", got)
		}
	})
}

func TestPatientSourceIsLetGoWhenAnotherIsChosen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &film{frames: 1000}
		s, _ := project(t, f, "1f", &model{delay: time.Hour})
		s.Start()
		time.Sleep(time.Second)
		s.SetSource("")
		time.Sleep(2 * time.Second)
		if s.State().Source.Phase != Off {
			t.Error("the old source still runs")
		}
	})
}
