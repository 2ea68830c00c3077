package sight_test

import (
	"errors"
	"image"
	"sync"
	"sync/atomic"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

func TestJPEGThatFitsPassesThroughUntouched(t *testing.T) {
	data := photo(t, 64, 48)
	p := fromJPEG(t, data)
	for _, edge := range []int{0, 64, 65, 2000} {
		got, err := p.JPEG(edge, 1)
		if err != nil || got.Width != 64 || got.Height != 48 || !same(got.JPEG, data) {
			t.Errorf("edge %d: %d×%d, the same bytes: %v, %v", edge, got.Width, got.Height, same(got.JPEG, data), err)
		}
	}
	if !same(p.Source(), data) {
		t.Error("the source is a copy")
	}
}

func TestJPEGThatIsTooLargeIsMadeSmaller(t *testing.T) {
	p := fromJPEG(t, photo(t, 64, 48))
	got, err := p.JPEG(32, 80)
	if err != nil || got.Width != 32 || got.Height != 24 {
		t.Fatalf("%d×%d, %v", got.Width, got.Height, err)
	}
	if w, h, err := jpeg.Size(got.JPEG); w != 32 || h != 24 || err != nil {
		t.Errorf("the bytes are of %d×%d, %v", w, h, err)
	}
}

func TestPlanesComeAtTheSizeAskedFor(t *testing.T) {
	drawn := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
	for name, p := range map[string]*sight.Picture{"JPEG": fromJPEG(t, photo(t, 64, 48)), "planes": sight.FromYCbCr(drawn)} {
		whole, err := p.Planes()
		if err != nil || whole.Rect != image.Rect(0, 0, 64, 48) {
			t.Errorf("%s: %v, %v", name, whole.Rect, err)
		}
		small, err := p.PlanesWithin(16)
		if err != nil || small.Rect != image.Rect(0, 0, 16, 12) {
			t.Errorf("%s: %v, %v", name, small.Rect, err)
		}
		if again, _ := p.PlanesWithin(500); again != whole {
			t.Errorf("%s: decoded twice", name)
		}
	}
	if p := sight.FromYCbCr(drawn); p.Source() != nil {
		t.Error("planes have a JPEG source")
	} else if got, _ := p.Planes(); got != drawn {
		t.Error("planes were copied")
	}
}

func TestPictureIsRenderedOnceHoweverManyLook(t *testing.T) {
	var renders atomic.Int32
	p := sight.FromRender(64, 48, func() *image.YCbCr {
		renders.Add(1)
		return image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
	})
	if w, h := p.Size(); w != 64 || h != 48 || renders.Load() != 0 {
		t.Errorf("size %d×%d, rendered %d times to learn it", w, h, renders.Load())
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if _, err := p.JPEG(16*(i%4), 80); err != nil {
				t.Error(err)
			}
			if _, err := p.PlanesWithin(10 * (i % 3)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := renders.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
}

func TestEachEdgeAndQualityIsEncodedOnce(t *testing.T) {
	p := fromJPEG(t, photo(t, 64, 48))
	type want struct{ edge, quality int }
	wants := []want{{32, 80}, {32, 50}, {16, 80}}
	results := make([][8]sight.Encoded, len(wants))
	var all sync.WaitGroup
	for i, w := range wants {
		for k := range results[i] {
			all.Go(func() { results[i][k], _ = p.JPEG(w.edge, w.quality) })
		}
	}
	all.Wait()
	for i := range wants {
		for _, r := range results[i] {
			if !same(r.JPEG, results[i][0].JPEG) {
				t.Errorf("%v was encoded twice", wants[i])
			}
		}
	}
	if same(results[0][0].JPEG, results[1][0].JPEG) || same(results[0][0].JPEG, results[2][0].JPEG) {
		t.Error("different wishes got the same bytes")
	}
}

func TestSecondCallerWaitsForTheFirst(t *testing.T) {
	rendering, release := make(chan struct{}), make(chan struct{})
	var released atomic.Bool
	p := sight.FromRender(8, 8, func() *image.YCbCr {
		close(rendering)
		<-release
		return image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio444)
	})
	var callers sync.WaitGroup
	look := func() {
		if img, err := p.Planes(); err != nil || img == nil || !released.Load() {
			t.Errorf("got %v, %v before the picture was rendered: %v", img, err, !released.Load())
		}
	}
	callers.Go(look)
	<-rendering
	callers.Go(look)
	if w, _ := p.Size(); w != 8 { // what needs no pixels waits for nobody
		t.Errorf("width %d", w)
	}
	released.Store(true)
	close(release)
	callers.Wait()
}

func TestBrokenPictureFailsForEveryCaller(t *testing.T) {
	if _, err := sight.FromJPEG([]byte("<html>")); !errors.Is(err, &fault.Error{Code: jpeg.CodeBroken}) {
		t.Errorf("got %v", err)
	}
	data := photo(t, 64, 48)
	p := fromJPEG(t, data[:len(data)-30]) // the header is whole
	for range 2 {
		if _, err := p.Planes(); !errors.Is(err, &fault.Error{Code: jpeg.CodeBroken}) {
			t.Errorf("planes: %v", err)
		}
		if got, err := p.JPEG(16, 80); !errors.Is(err, &fault.Error{Code: jpeg.CodeBroken}) || got.JPEG != nil {
			t.Errorf("smaller: %d bytes, %v", len(got.JPEG), err)
		}
	}
}

func TestFitKeepsTheShapeAndNeverEnlarges(t *testing.T) {
	for _, c := range []struct{ width, height, edge, w, h int }{
		{1280, 720, 640, 640, 360},
		{720, 1280, 640, 360, 640},
		{1280, 720, 0, 1280, 720},
		{1280, 720, -5, 1280, 720},
		{1280, 720, 1280, 1280, 720},
		{1280, 720, 4000, 1280, 720},
		{1366, 768, 640, 640, 360},
		{1000, 333, 100, 100, 33},
		{1000, 337, 100, 100, 34},
		{337, 1000, 100, 34, 100},
		{5000, 1, 100, 100, 1},
		{1, 5000, 100, 1, 100},
		{3, 3, 1, 1, 1},
	} {
		if w, h := sight.Fit(c.width, c.height, c.edge); w != c.w || h != c.h {
			t.Errorf("Fit(%d, %d, %d) = %d×%d, want %d×%d", c.width, c.height, c.edge, w, h, c.w, c.h)
		}
	}
}

// photo is a JPEG of some shades.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(100+i%50), 140
	}
	data, err := jpeg.Encode(img, 90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func fromJPEG(t *testing.T, data []byte) *sight.Picture {
	t.Helper()
	p, err := sight.FromJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// same says that two slices are the same memory, not only equal.
func same(a, b []byte) bool {
	return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0]
}

func TestScalablePictureIsDrawnAtTheSizeThatIsLookedAt(t *testing.T) {
	var drawn []image.Point
	p := sight.FromScalable(1280, 720, func(w, h int) *image.YCbCr {
		drawn = append(drawn, image.Pt(w, h))
		return image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	})
	for range 2 {
		if small, err := p.JPEG(640, 80); err != nil || small.Width != 640 || small.Height != 360 {
			t.Fatalf("got %dx%d, %v", small.Width, small.Height, err)
		}
	}
	if len(drawn) != 1 || drawn[0] != image.Pt(640, 360) {
		t.Errorf("drawn as %v, want once, at 640x360", drawn)
	}
}

func TestEdgeForAPlaceIsLargeEnoughAndCheap(t *testing.T) {
	plain := sight.FromRender(1920, 1080, nil)
	scalable := sight.FromScalable(1280, 720, nil)
	for _, c := range []struct {
		picture    *sight.Picture
		edge, want int
	}{
		{plain, 480, 480},
		{plain, 500, 960},
		{plain, 960, 960},
		{plain, 1000, 1920},
		{plain, 3840, 1920},
		{scalable, 960, 960},
		{scalable, 333, 333},
		{scalable, 3840, 1280},
	} {
		if got := c.picture.EdgeFor(c.edge); got != c.want {
			w, h := c.picture.Size()
			t.Errorf("%dx%d for %d pixels: %d, want %d", w, h, c.edge, got, c.want)
		}
	}
}
