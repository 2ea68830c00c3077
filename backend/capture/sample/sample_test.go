package sample

import (
	"bytes"
	"image"
	"reflect"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

func opened(t testing.TB) *source {
	t.Helper()
	src, err := capture.Table{Scheme()}.Open("sample:")
	if err != nil {
		t.Fatal(err)
	}
	return src.(*source)
}

func TestSamplePassesTheSuite(t *testing.T) {
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t) }, FPS: FPS, Width: Width, Height: Height,
	})
}

func TestSampleIsListedByName(t *testing.T) {
	got, err := Scheme().Devices(t.Context())
	want := capture.Device{URI: "sample:", Name: "Sample pictures", Kind: "sample"}
	if err != nil || !reflect.DeepEqual(got, []capture.Device{want}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestSampleTakesNoNameAndNoOptions(t *testing.T) {
	for uri, code := range map[string]string{"sample:cat": "source.name", "sample:?fps=3": "source.option"} {
		if _, err := (capture.Table{Scheme()}).Open(uri); fault.CodeOf(err) != code {
			t.Errorf("%s gave %v, want %s", uri, err, code)
		}
	}
}

func TestPhotographsAreFewBytesAndAllDecode(t *testing.T) {
	total := 0
	for _, s := range opened(t).show {
		total += len(s.photo.Source())
		if _, err := s.photo.Planes(); err != nil {
			t.Errorf("%s: %v", s.file, err)
		}
	}
	if most := 2_000_000; total > most {
		t.Errorf("%d bytes of photographs; want at most %d", total, most)
	}
}

func TestFramesFollowSmoothlyWithinAScene(t *testing.T) {
	show := opened(t).show
	tick := capture.Ticks(FPS)
	last := show.at(0, Width, Height)
	for n := 1; n < 10; n++ {
		img := show.at(tick.At(n), Width, Height)
		if d := difference(last, img); d == 0 || d > 8 {
			t.Errorf("frame %d differs from the one before by %.2f a pixel; want a little", n, d)
		}
		last = img
	}
}

func TestScenesMeltIntoEachOther(t *testing.T) {
	show := opened(t).show
	before, middle, after := show.at(turn-fade, Width, Height), show.at(turn-fade/2, Width, Height), show.at(turn, Width, Height)
	if all := difference(before, after); difference(before, middle) > 0.7*all || difference(middle, after) > 0.7*all {
		t.Error("the middle of the fade is not between its ends")
	}
	// The next scene goes on where the fade left it: no jump at the turn.
	if d := difference(show.at(turn-time.Millisecond, Width, Height), after); d > 1 {
		t.Errorf("a jump of %.2f a pixel at the turn", d)
	}
}

func TestTheShowStartsOverAfterItsLastScene(t *testing.T) {
	show := opened(t).show
	round := turn * time.Duration(len(show))
	if difference(show.at(3*time.Second, Width, Height), show.at(3*time.Second+round, Width, Height)) != 0 {
		t.Error("the second round differs from the first")
	}
}

func TestNoLookLeavesItsPhotograph(t *testing.T) {
	for _, s := range opened(t).show {
		w, h := s.photo.Size()
		for _, l := range []look{s.from, s.to, {0, 0, 1}, {1, 1, 3}, between(s.from, s.to, 0.5)} {
			win := l.window(w, h)
			if win.x < 0 || win.y < 0 || win.x+win.w > 1+1e-9 || win.y+win.h > 1+1e-9 {
				t.Errorf("%s: %+v shows %+v", s.file, l, win)
			}
			if got := win.w * float64(w) / (win.h * float64(h)); got < 1.777 || got > 1.778 {
				t.Errorf("%s: %+v is %.4f wide, not 16:9", s.file, l, got)
			}
		}
	}
}

func TestEachFrameHasItsOwnMemory(t *testing.T) {
	show := opened(t).show
	a := show.at(time.Second, Width, Height)
	saved := bytes.Clone(a.Y)
	clear(show.at(time.Second, Width, Height).Y)
	if !bytes.Equal(a.Y, saved) {
		t.Error("two frames share their pixels")
	}
}

func TestDrawingAWholePictureInItsOwnSizeCopiesIt(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422} {
		src := image.NewYCbCr(image.Rect(0, 0, 37, 22), ratio)
		for _, pix := range [][]byte{src.Y, src.Cb, src.Cr} {
			for i := range pix {
				pix[i] = byte(i * 89)
			}
		}
		dst := image.NewYCbCr(src.Rect, ratio)
		crop(dst, src, window{0, 0, 1, 1})
		if difference(src, dst) != 0 || !bytes.Equal(src.Cb, dst.Cb) || !bytes.Equal(src.Cr, dst.Cr) {
			t.Errorf("%v: the copy differs", ratio)
		}
	}
}

func TestDrawingBetweenPixelsBlendsThem(t *testing.T) {
	src := image.NewYCbCr(image.Rect(0, 0, 4, 4), image.YCbCrSubsampleRatio444)
	for i := range src.Y {
		src.Y[i] = byte(i % 4 * 80) // a slope of 80 a pixel to the right
	}
	dst := image.NewYCbCr(image.Rect(0, 0, 2, 2), image.YCbCrSubsampleRatio444)
	crop(dst, src, window{0.25 + 0.0625, 0.25, 0.5, 0.5}) // a quarter of a pixel to the right of pixels 1 and 2
	if want := []byte{100, 180, 100, 180}; !bytes.Equal(dst.Y, want) {
		t.Errorf("got %v, want %v", dst.Y, want)
	}
}

func TestMixingMatchesItsPlainForm(t *testing.T) {
	a, b, dst := make([]byte, 29), make([]byte, 29), make([]byte, 29)
	for i := range a {
		a[i], b[i] = byte(255-i*31), byte(i*57)
	}
	a[3], b[3] = 255, 255
	for weight := range uint32(257) {
		mix(dst, a, b, weight)
		for i, got := range dst {
			if want := byte((uint32(a[i])*(256-weight) + uint32(b[i])*weight + 128) >> 8); got != want {
				t.Fatalf("%d and %d with weight %d gave %d, want %d", a[i], b[i], weight, got, want)
			}
		}
	}
}

// difference is the mean difference of luma.
func difference(a, b *image.YCbCr) float64 {
	sum := 0
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			d := int(a.Y[y*a.YStride+x]) - int(b.Y[y*b.YStride+x])
			sum += max(d, -d)
		}
	}
	return float64(sum) / float64(a.Rect.Dx()*a.Rect.Dy())
}

func BenchmarkRender(b *testing.B) {
	show := opened(b).show
	for range b.N {
		show.at(3*time.Second, Width, Height)
	}
}

func BenchmarkRenderInAFade(b *testing.B) {
	show := opened(b).show
	for range b.N {
		show.at(turn-fade/2, Width, Height)
	}
}

// TestSmallLookIsTheSamePicture holds what is drawn small against what is drawn whole and scaled: it is the same moment, seen from farther away.
func TestSmallLookIsTheSamePicture(t *testing.T) {
	show := opened(t).show
	whole := show.at(4*time.Second, Width, Height)
	for _, size := range []image.Point{{960, 540}, {640, 360}, {320, 180}, {101, 57}} {
		small := show.at(4*time.Second, size.X, size.Y)
		if d := difference(small, jpeg.Scale(whole, size.X, size.Y)); d > 4 {
			t.Errorf("%v differs from the whole by %v on average", size, d)
		}
	}
}

// BenchmarkUnseen is what a frame costs that nobody looks at.
func BenchmarkUnseen(b *testing.B) {
	src := opened(b)
	var f sight.Frame
	for range b.N {
		f = src.frame(time.Second)
	}
	_ = f
}
