package session

import (
	"context"
	"image"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// tower is a source of upright pictures: 40 wide, 80 high, white above and black below. Each carries the camera's own video.
type tower struct{}

func (tower) Run(ctx context.Context, put func(sight.Frame)) error {
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			img := image.NewYCbCr(image.Rect(0, 0, 40, 80), image.YCbCrSubsampleRatio444)
			for i := range img.Y[:40*40] {
				img.Y[i] = 255
			}
			put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(img), Coded: &sight.Coded{Key: true}})
		}
	}
}

// looker keeps the pictures it is asked about.
type looker struct{ seen chan sight.Frame }

func (l looker) Ask(_ context.Context, q sight.Question, _ func(sight.Event)) (sight.Answer, error) {
	l.seen <- q.Frame
	return sight.Answer{Text: "seen"}, nil
}

// watchTower gives a session that asks once a second, and what it asks about.
func watchTower(t *testing.T, v sight.View) (*Session, chan sight.Frame) {
	t.Helper()
	l := looker{make(chan sight.Frame, 100)}
	s := New(Config{ID: "s", Open: func(string) (capture.Source, error) { return tower{}, nil }})
	s.SetPace(sampler.Pace{Every: time.Second})
	s.SetTask(Task{Askers: []Answerer{{Asker: l}}})
	s.SetView(v)
	s.SetSource("tower:")
	s.Start()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return s, l.seen
}

func size(p *sight.Picture) image.Point {
	w, h := p.Size()
	return image.Pt(w, h)
}

// brightnessAt is the luma in a fraction of the picture.
func brightnessAt(t *testing.T, p *sight.Picture, x, y float64) byte {
	t.Helper()
	img, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	return img.Y[img.YOffset(int(x*float64(img.Rect.Dx())), int(y*float64(img.Rect.Dy())))]
}

func TestModelSeesThePartWhilePreviewAndRecorderSeeAllOfIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bottom := &sight.Region{X: 0, Y: 0.5, W: 1, H: 0.5}
		s, asked := watchTower(t, sight.View{Crop: bottom})
		time.Sleep(500 * time.Millisecond)
		f := <-asked
		if size(f.Picture) != image.Pt(40, 40) || brightnessAt(t, f.Picture, 0.5, 0.1) != 0 {
			t.Errorf("asked about %v, bright %d", size(f.Picture), brightnessAt(t, f.Picture, 0.5, 0.1))
		}
		if f.Part == nil || *f.Part != *bottom {
			t.Errorf("the frame says it is %v of the picture", f.Part)
		}
		all, _ := s.Latest().Newest()
		if size(all.Picture) != image.Pt(40, 80) || all.Part != nil || all.Coded == nil {
			t.Errorf("the preview sees %v, part %v, coded %v", size(all.Picture), all.Part, all.Coded)
		}
	})
}

func TestRotatedPictureIsRotatedForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := watchTower(t, sight.View{Rotate: 90})
		time.Sleep(500 * time.Millisecond)
		newest, _ := s.Latest().Newest()
		for who, f := range map[string]sight.Frame{"the model": <-asked, "the preview": newest} {
			// Clockwise: what was above is on the right.
			if size(f.Picture) != image.Pt(80, 40) || brightnessAt(t, f.Picture, 0.9, 0.5) != 255 || brightnessAt(t, f.Picture, 0.1, 0.5) != 0 {
				t.Errorf("%s sees it as %v", who, size(f.Picture))
			}
			if f.Coded != nil {
				t.Errorf("%s gets the camera's own video, which is not rotated", who)
			}
		}
	})
}

func TestChangedViewHoldsFromTheNextFrameOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, asked := watchTower(t, sight.View{})
		time.Sleep(500 * time.Millisecond)
		if f := <-asked; size(f.Picture) != image.Pt(40, 80) || f.Part != nil {
			t.Errorf("first asked about %v, part %v", size(f.Picture), f.Part)
		}
		s.SetView(sight.View{Rotate: 180, Crop: &sight.Region{X: 0, Y: 0, W: 0.5, H: 0.5}})
		time.Sleep(time.Second)
		if f := <-asked; size(f.Picture) != image.Pt(20, 40) || brightnessAt(t, f.Picture, 0.5, 0.5) != 0 {
			t.Errorf("then about %v, part %v", size(f.Picture), f.Part)
		}
		if c := s.State().Counts; c.Cancelled != 0 {
			t.Errorf("the change withdrew %d questions", c.Cancelled)
		}
	})
}

// TestPictureFromBeforeTheMachineSleptIsNotAskedAbout: the monotonic clock stands still meanwhile, so that the old picture looks young.
func TestPictureFromBeforeTheMachineSleptIsNotAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		frozen, away := &camera30{}, atomic.Int64{}
		l := looker{make(chan sight.Frame, 100)}
		n := &notes{}
		s := New(Config{ID: "s", Open: func(string) (capture.Source, error) { return stills{frozen}, nil }, Sinks: []Sink{n}, Watch: n})
		s.wall = func() time.Time { return time.Now().Add(time.Duration(away.Load())).Round(0) }
		s.SetPace(sampler.Pace{Every: 10 * time.Second})
		s.SetTask(Task{Askers: []Answerer{{Asker: l}}})
		s.SetSource("stills:")
		s.Start()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		defer func() {
			cancel()
			<-ended
		}()
		time.Sleep(5 * time.Second)
		if len(l.seen) != 1 {
			t.Fatalf("asked %d times before", len(l.seen))
		}
		away.Store(int64(8 * time.Hour)) // and no new picture since
		time.Sleep(1500 * time.Millisecond)
		if _, there := s.Latest().Newest(); there {
			t.Error("the old picture is still shown as the newest")
		}
		time.Sleep(5 * time.Second) // the next tick of the pace
		if len(l.seen) != 1 {
			t.Error("the old picture was asked about")
		}
		if c := s.State().Counts; c.Sampled != c.Settled() {
			t.Errorf("the counts do not add up: %+v", c)
		}
	})
}

// stills delivers for two seconds, and then nothing any more.
type stills struct{ *camera30 }

func (c stills) Run(ctx context.Context, put func(sight.Frame)) error {
	short, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_ = c.camera30.Run(short, put)
	<-ctx.Done()
	return ctx.Err()
}
