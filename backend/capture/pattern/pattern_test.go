package pattern

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"reflect"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

func opened(t testing.TB, uri string) *source {
	t.Helper()
	src, err := capture.Table{Scheme()}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src.(*source)
}

func TestPatternPassesTheSuite(t *testing.T) {
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "pattern:") }, FPS: 30, Width: Width, Height: Height,
	})
}

func TestPatternInAnotherFormPassesTheSuite(t *testing.T) {
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "pattern:?fps=60&size=321x241&colour=ff8800") }, FPS: 60, Width: 321, Height: 241,
	})
}

func TestPatternIsListedByName(t *testing.T) {
	got, err := Scheme().Devices(t.Context())
	want := capture.Device{URI: "pattern:", Name: "Test pattern", Kind: "pattern"}
	if err != nil || !reflect.DeepEqual(got, []capture.Device{want}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestWrongOptionsAreClearFaults(t *testing.T) {
	for uri, code := range map[string]string{
		"pattern:bars":             "source.name",
		"pattern:?rate=3":          "source.option",
		"pattern:?fps=999":         "source.fps",
		"pattern:?size=12":         "pattern.size",
		"pattern:?size=1x1":        "pattern.size",
		"pattern:?size=9999x90":    "pattern.size",
		"pattern:?size=160x90x2":   "pattern.size",
		"pattern:?colour=red":      "pattern.colour",
		"pattern:?colour=ff00ff00": "pattern.colour",
	} {
		_, err := capture.Table{Scheme()}.Open(uri)
		if f := fault.From(err); f == nil || f.Code != code || f.Hint == "" || f.Blame != fault.Question {
			t.Errorf("%s gave %v, want %s", uri, err, code)
		}
	}
}

func TestCounterCountsTheFramesOfARun(t *testing.T) {
	var got []uint32
	ctx, cancel := context.WithCancel(t.Context())
	err := opened(t, "pattern:?fps=120&size=320x180").Run(ctx, func(f sight.Frame) {
		img, err := f.Picture.Planes()
		if err != nil {
			t.Error(err)
		}
		n, _ := ReadCounter(img)
		if got = append(got, n); len(got) == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for i, n := range got {
		if n != uint32(i+1) {
			t.Fatalf("counters %v; want them from 1", got)
		}
	}
}

func TestCounterOutlivesScalingAndHardCompression(t *testing.T) {
	card := opened(t, "pattern:").card
	for _, n := range []uint32{0, 1, 0xffffffff, 0xaaaaaaaa, 0x12345678} {
		for _, edge := range []int{0, 640, 320, 224} {
			p := sight.FromRender(Width, Height, func() *image.YCbCr { return card.at(moment{counter: n}) })
			small, err := p.JPEG(edge, 30)
			if err != nil {
				t.Fatal(err)
			}
			again, err := sight.FromJPEG(small.JPEG)
			if err != nil {
				t.Fatal(err)
			}
			img, err := again.Planes()
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := ReadCounter(img); !ok || got != n {
				t.Errorf("%#x at edge %d reads %#x, %v", n, edge, got, ok)
			}
		}
	}
}

func TestCounterIsNeverReadFromWhatIsNoCard(t *testing.T) {
	img := opened(t, "pattern:").card.at(moment{counter: 77})
	half := img.SubImage(image.Rect(0, 0, Width, Height/2)).(*image.YCbCr)
	damaged := clone(img)
	x := cellAt(10, Width)
	fill(damaged, image.Rect(x, stripTop(Height), x+Width/cells, Height), white())
	for name, not := range map[string]*image.YCbCr{
		"upper half": half, "a flipped cell": damaged, "grey": plain(image.Pt(640, 360), yuv(128, 128, 128)),
		"black": plain(image.Pt(640, 360), black()), "tiny": plain(image.Pt(20, 20), black()), "empty": {},
	} {
		if n, ok := ReadCounter(not); ok {
			t.Errorf("%s reads %d", name, n)
		}
	}
}

func TestAColourDominatesItsCard(t *testing.T) {
	img := opened(t, "pattern:?colour=%23ff0000").card.at(moment{captured: time.Now()})
	red, same := yuv(255, 0, 0), 0
	for y := range Height {
		for x := range Width {
			if img.YCbCrAt(x, y) == red {
				same++
			}
		}
	}
	if share := float64(same) / (Width * Height); share < 0.75 {
		t.Errorf("%.0f%% of the card is red", 100*share)
	}
}

func TestEveryFormShowsNumbersThatChange(t *testing.T) {
	for _, uri := range []string{"pattern:", "pattern:?size=160x90", "pattern:?size=161x4096", "pattern:?size=2560x200", "pattern:?colour=ffffff"} {
		card := opened(t, uri).card
		m := moment{counter: 8, captured: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)}
		a := card.at(m)
		m.counter = 1
		b := card.at(m)
		m.captured = m.captured.Add(time.Millisecond)
		c := card.at(m)
		above := func(img *image.YCbCr) []byte { return img.Y[:stripTop(card.size.Y)*img.YStride] }
		if bytes.Equal(above(a), above(b)) || bytes.Equal(b.Y, c.Y) {
			t.Errorf("%s: the counter or the clock shows nothing new", uri)
		}
	}
}

func TestBallStaysOnTheCardAndMoves(t *testing.T) {
	for ms := range 20_000 {
		if at := bounce(time.Duration(ms)*time.Millisecond, acrossTime); at < 0 || at > 1 {
			t.Fatalf("after %d ms the ball is at %v", ms, at)
		}
	}
	card := opened(t, "pattern:?colour=00ff00").card
	a, b := card.at(moment{}), card.at(moment{since: time.Second / 30})
	if bytes.Equal(a.Y, b.Y) {
		t.Error("nothing moves from one frame to the next")
	}
}

func TestPaintLeavesNothingHalfCovered(t *testing.T) {
	img := plain(image.Pt(160, 90), black())
	r := image.Rect(31, 11, 60, 40)
	fill(img, r, yuv(200, 10, 90))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if got := img.YCbCrAt(x, y); got != yuv(200, 10, 90) {
				t.Fatalf("%d,%d is %v", x, y, got)
			}
		}
	}
	if got := img.At(62, 11); got != color.Color(black()) {
		t.Errorf("beside it is %v", got)
	}
}

func BenchmarkRender(b *testing.B) {
	card := opened(b, "pattern:").card
	m := moment{counter: 123456, since: time.Second, captured: time.Now()}
	for range b.N {
		card.at(m)
	}
}
