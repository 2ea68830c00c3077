package sight_test

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

func TestNothingIsTurnedOrCutUntilSomebodyLooks(t *testing.T) {
	var renders atomic.Int32
	p := sight.FromRender(64, 48, func() *image.YCbCr { renders.Add(1); return noise(64, 48, image.YCbCrSubsampleRatio420) })
	seen := p.Turned(90, true).Part(sight.Region{X: 0.25, Y: 0.25, W: 0.5, H: 0.5})
	if w, h := seen.Size(); w != 24 || h != 32 || seen.Source() != nil || renders.Load() != 0 {
		t.Errorf("%d×%d, a source: %v, rendered %d times", w, h, seen.Source() != nil, renders.Load())
	}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if _, err := seen.JPEG(8*(i%4), 80); err != nil {
				t.Error(err)
			}
			if _, err := p.Planes(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := renders.Load(); n != 1 {
		t.Errorf("rendered %d times", n)
	}
	first, _ := seen.Planes()
	if second, _ := seen.Planes(); first != second {
		t.Error("turned and cut twice")
	}
	small, _ := seen.JPEG(16, 80)
	if again, _ := seen.JPEG(16, 80); !same(small.JPEG, again.JPEG) {
		t.Error("encoded twice")
	}
}

func TestPictureThatIsSeenAsItCameIsTheSame(t *testing.T) {
	p := fromJPEG(t, photo(t, 64, 48))
	for name, seen := range map[string]*sight.Picture{
		"not turned":           p.Turned(0, false),
		"turned all round":     p.Turned(360, false),
		"all of it":            p.Part(sight.Region{W: 1, H: 1}),
		"there and back":       p.Turned(90, false).Turned(-90, false),
		"mirrored twice":       p.Turned(0, true).Turned(0, true),
		"turned, mirrored, so": p.Turned(90, true).Turned(90, true),
	} {
		if seen != p {
			t.Errorf("%s: it is another picture, and its JPEG cannot pass untouched", name)
		}
	}
}

// TestPictureIsSeenAsItWasTurnedAndCutInAnyOrder does with pixels, one by one, what it does with pictures.
func TestPictureIsSeenAsItWasTurnedAndCutInAnyOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		img := noise(1+random.IntN(40), 1+random.IntN(40), image.YCbCrSubsampleRatio444)
		seen, want := sight.FromYCbCr(img), lumaOf(img)
		for range 1 + random.IntN(4) {
			if random.IntN(2) == 0 {
				quarters, mirror := random.IntN(4), random.IntN(2) == 0
				seen, want = seen.Turned(90*quarters, mirror), want.turned(quarters, mirror)
				continue
			}
			r := want.bounds()
			x, y := random.IntN(r.Dx()), random.IntN(r.Dy())
			r = image.Rect(x, y, x+1+random.IntN(r.Dx()-x), y+1+random.IntN(r.Dy()-y))
			seen, want = seen.Part(regionOf(r, want.bounds())), want.cut(r)
		}
		got, err := seen.Planes()
		if err != nil {
			t.Fatal(err)
		}
		if got.Rect != want.bounds() || !lumaOf(got).equal(want) {
			t.Fatalf("%v, want %v, or other pixels", got.Rect, want.bounds())
		}
	}
}

func TestTurnedJPEGLooksLikeTheOneThatWasTurnedWhole(t *testing.T) {
	p := fromJPEG(t, photo(t, 640, 480))
	whole, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	for _, edge := range []int{0, 320, 300, 80} {
		got, err := p.Turned(270, true).PlanesWithin(edge)
		if err != nil {
			t.Fatal(err)
		}
		w, h := sight.Fit(480, 640, edge)
		if got.Rect != image.Rect(0, 0, w, h) {
			t.Fatalf("within %d it is %v", edge, got.Rect)
		}
		wantNear(t, got, jpeg.Scale(jpeg.Turn(whole, 3, true), w, h), 4)
	}
}

func TestPartOfAJPEGLooksLikeTheSamePartOfTheWhole(t *testing.T) {
	p := fromJPEG(t, photo(t, 640, 480))
	whole, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	r := image.Rect(101, 51, 421, 291)
	part := p.Part(regionOf(r, whole.Rect))
	for _, edge := range []int{0, 320, 160, 150, 40} {
		got, err := part.PlanesWithin(edge)
		if err != nil {
			t.Fatal(err)
		}
		w, h := sight.Fit(r.Dx(), r.Dy(), edge)
		wantNear(t, got, jpeg.Cut(whole, r, w, h), 8)
	}
	if full, _ := part.Planes(); full.Rect != image.Rect(0, 0, 320, 240) {
		t.Errorf("a full look has %v", full.Rect)
	}
}

func TestSmallLookAtATurnedOrCutJPEGDecodesNoMoreThanItTakes(t *testing.T) {
	if w, h := jpeg.Quick(1280, 720, 640, 360); w != 640 || h != 360 {
		t.Skip("this codec decodes only whole pictures")
	}
	data := photo(t, 1280, 720)
	for name, look := range map[string]func(p *sight.Picture) (*image.YCbCr, error){
		"turned": func(p *sight.Picture) (*image.YCbCr, error) { return p.Turned(90, false).PlanesWithin(640) },
		"a quarter": func(p *sight.Picture) (*image.YCbCr, error) {
			return p.Part(sight.Region{W: 0.5, H: 0.5}).PlanesWithin(320)
		},
	} {
		p := fromJPEG(t, data)
		const half = 640 * 360 * 3 / 2
		if cost := allocated(func() {
			if _, err := look(p); err != nil {
				t.Error(err)
			}
		}); cost > 2*half+half/4 {
			t.Errorf("%s: it took %d bytes, for a picture of %d", name, cost, half)
		}
	}
}

func TestScalablePictureIsDrawnForThePartThatIsLookedAt(t *testing.T) {
	var drawn []image.Point
	p := sight.FromScalable(1280, 720, func(w, h int) *image.YCbCr {
		drawn = append(drawn, image.Pt(w, h))
		return image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	})
	part := p.Turned(90, false).Part(sight.Region{Y: 0.5, W: 1, H: 0.5})
	if got, err := part.PlanesWithin(360); err != nil || got.Rect != image.Rect(0, 0, 360, 320) {
		t.Errorf("%v, %v", got.Rect, err)
	}
	if len(drawn) != 1 || drawn[0] != image.Pt(640, 360) {
		t.Errorf("drawn as %v, want once, at half its size", drawn)
	}
}

func TestEdgeForASeenPicture(t *testing.T) {
	half := sight.Region{X: 0.5, W: 0.5, H: 1}
	for name, c := range map[string]struct {
		picture    *sight.Picture
		edge, want int
	}{
		"turned":          {sight.FromRender(1920, 1080, nil).Turned(90, false), 480, 480},
		"turned, large":   {sight.FromRender(1920, 1080, nil).Turned(90, false), 1000, 1920},
		"part":            {sight.FromRender(1920, 1080, nil).Part(half), 500, 540},
		"part, large":     {sight.FromRender(1920, 1080, nil).Part(half), 4000, 1080},
		"scalable":        {sight.FromScalable(1280, 720, nil).Turned(270, true), 333, 333},
		"part of a small": {sight.FromScalable(1280, 720, nil).Part(half), 2000, 720},
	} {
		if got := c.picture.EdgeFor(c.edge); got != c.want {
			t.Errorf("%s for %d pixels: %d, want %d", name, c.edge, got, c.want)
		}
	}
}

func TestPartHasAtLeastOnePixelWhereverItLies(t *testing.T) {
	nan := math.NaN()
	for _, r := range []sight.Region{
		{},
		{X: 1, Y: 1},
		{X: 0.999, Y: 0.999, W: 0.001, H: 0.001},
		{X: 7, Y: 7, W: 1, H: 1},
		{X: -3, Y: -3, W: 1, H: 1},
		{X: 0.5, Y: 0.5, W: -1, H: -1},
		{X: nan, Y: nan, W: nan, H: nan},
		{X: math.Inf(1), Y: math.Inf(-1), W: math.Inf(-1), H: math.Inf(1)},
		{W: math.Inf(1), H: 1e300},
		{X: 0.49, Y: 0.49, W: 1e-9, H: 1e-9},
	} {
		for _, size := range []image.Point{{64, 48}, {1, 1}, {1, 900}} {
			part := sight.FromYCbCr(noise(size.X, size.Y, image.YCbCrSubsampleRatio420)).Turned(90, true).Part(r)
			got, err := part.Planes()
			if err != nil || got.Rect.Empty() {
				t.Errorf("%+v of %v: %v, %v", r, size, got.Rect, err)
			}
			if small, err := part.PlanesWithin(1); err != nil || small.Rect != image.Rect(0, 0, 1, 1) {
				t.Errorf("%+v of %v within a pixel: %v, %v", r, size, small.Rect, err)
			}
		}
	}
}

func TestBrokenPictureFailsHoweverItIsSeen(t *testing.T) {
	data := photo(t, 64, 48)
	p := fromJPEG(t, data[:len(data)-30])
	if img, err := p.Turned(90, false).Planes(); err == nil {
		t.Errorf("turned it is %v", img.Rect)
	}
	if got, err := p.Part(sight.Region{W: 0.5, H: 0.5}).JPEG(16, 80); err == nil {
		t.Errorf("its part is %d bytes", len(got.JPEG))
	}
}

// luma is a picture as its brightness, pixel by pixel.
type luma [][]byte

func lumaOf(img *image.YCbCr) luma {
	rows := make(luma, img.Rect.Dy())
	for y := range rows {
		rows[y] = img.Y[y*img.YStride:][:img.Rect.Dx()]
	}
	return rows
}

func (l luma) bounds() image.Rectangle { return image.Rect(0, 0, len(l[0]), len(l)) }

func (l luma) equal(other luma) bool {
	for y := range l {
		if !bytes.Equal(l[y], other[y]) {
			return false
		}
	}
	return true
}

func (l luma) cut(r image.Rectangle) luma {
	rows := make(luma, r.Dy())
	for y := range rows {
		rows[y] = l[r.Min.Y+y][r.Min.X:r.Max.X]
	}
	return rows
}

func (l luma) turned(quarters int, mirror bool) luma {
	for range quarters { // the lowest row becomes the first column
		rows := make(luma, len(l[0]))
		for y := range rows {
			for x := range l {
				rows[y] = append(rows[y], l[len(l)-1-x][y])
			}
		}
		l = rows
	}
	if !mirror {
		return l
	}
	rows := make(luma, len(l))
	for y := range rows {
		for x := range l[y] {
			rows[y] = append(rows[y], l[y][len(l[y])-1-x])
		}
	}
	return rows
}

// regionOf is r as a person marks it in a picture.
func regionOf(r, whole image.Rectangle) sight.Region {
	w, h := float64(whole.Dx()), float64(whole.Dy())
	return sight.Region{X: float64(r.Min.X) / w, Y: float64(r.Min.Y) / h, W: float64(r.Dx()) / w, H: float64(r.Dy()) / h}
}

// wantNear allows a mean difference in brightness.
func wantNear(t *testing.T, got, want *image.YCbCr, mean float64) {
	t.Helper()
	if got.Rect != want.Rect {
		t.Fatalf("it is %v, want %v", got.Rect, want.Rect)
	}
	sum, a, b := 0, lumaOf(got), lumaOf(want)
	for y := range a {
		for x := range a[y] {
			d := int(a[y][x]) - int(b[y][x])
			sum += max(d, -d)
		}
	}
	if off := float64(sum) / float64(got.Rect.Dx()*got.Rect.Dy()); off > mean {
		t.Errorf("%v differs by %.2f on average, want %.2f", got.Rect, off, mean)
	}
}

func noise(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
	random := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range plane {
			plane[i] = byte(random.Uint32())
		}
	}
	return img
}

// allocated is how many bytes of Go memory work took.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func BenchmarkSeen720p(b *testing.B) {
	data := photo(b, 1280, 720)
	for name, look := range map[string]func(p *sight.Picture) (*image.YCbCr, error){
		"AsItCameWhole": func(p *sight.Picture) (*image.YCbCr, error) { return p.Planes() },
		"TurnedWhole":   func(p *sight.Picture) (*image.YCbCr, error) { return p.Turned(90, false).Planes() },
		"AsItCameAt640": func(p *sight.Picture) (*image.YCbCr, error) { return p.PlanesWithin(640) },
		"TurnedAt640":   func(p *sight.Picture) (*image.YCbCr, error) { return p.Turned(90, false).PlanesWithin(640) },
		"MirroredAt640": func(p *sight.Picture) (*image.YCbCr, error) { return p.Turned(0, true).PlanesWithin(640) },
		"QuarterAt640":  func(p *sight.Picture) (*image.YCbCr, error) { return p.Part(middle).PlanesWithin(640) },
		"QuarterAt320":  func(p *sight.Picture) (*image.YCbCr, error) { return p.Part(middle).PlanesWithin(320) },
		"TurnedQuarter640": func(p *sight.Picture) (*image.YCbCr, error) {
			return p.Turned(90, false).Part(middle).PlanesWithin(640)
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p, err := sight.FromJPEG(data)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := look(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// middle is the middle of a picture, a quarter of it.
var middle = sight.Region{X: 0.25, Y: 0.25, W: 0.5, H: 0.5}
