package jpeg

import (
	"image"
	"os"
	"path/filepath"
	"testing"

	"sightline/backend/fault"
)

// The size of every picture in testdata. They hold the scene at quality 90, encoded by libjpeg-turbo (progressive, restart and arithmetic by
// its TJ_PROGRESSIVE, TJ_RESTART and TJ_ARITHMETIC); grey, doubled (4:2:2 stated as 2x2,1x2,1x2, as some cameras do) and CMYK by ImageMagick.
const sceneW, sceneH = 67, 45

var ratios = []image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
}

// scene is a soft picture: brighter to the right, bluer downwards, redder along the diagonal. Being soft it looks the same however it is
// sampled, so pictures can be compared across sizes and samplings. All its colours exist in RGB.
func scene(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := newPlanes(w, h, ratio)
	g := Grid(ratio)
	for y := range h {
		for x := range w {
			img.Y[img.YOffset(x, y)] = byte(40 + 160*(2*x+1)/(2*w))
		}
	}
	for y := 0; y < h; y += g.Y {
		for x := 0; x < w; x += g.X {
			across, down := float64(2*x+g.X)/float64(2*w), float64(2*y+g.Y)/float64(2*h)
			img.Cb[img.COffset(x, y)] = byte(110 + 40*min(down, 1))
			img.Cr[img.COffset(x, y)] = byte(115 + 15*min(across, 1) + 15*min(down, 1))
		}
	}
	return img
}

// difference is by how much the visible samples of two pictures of one size differ, on average and at most.
func difference(t *testing.T, a, b *image.YCbCr) (mean float64, worst int) {
	t.Helper()
	if a.Rect.Size() != b.Rect.Size() {
		t.Fatalf("sizes differ: %v and %v", a.Rect, b.Rect)
	}
	pa, pb := planesOf(fullColour(a)), planesOf(fullColour(b))
	total := 0
	for c := range pa {
		for y := range pa[c].h {
			for x, v := range pa[c].row(y) {
				d := int(v) - int(pb[c].row(y)[x])
				d = max(d, -d)
				total, worst = total+d, max(worst, d)
			}
		}
	}
	return float64(total) / float64(3*a.Rect.Dx()*a.Rect.Dy()), worst
}

func wantAlike(t *testing.T, got, want *image.YCbCr, mean float64, worst int) {
	t.Helper()
	if m, w := difference(t, got, want); m > mean || w > worst {
		t.Errorf("%v %v: differs by %.2f on average, %d at most; want at most %.2f, %d", got.Rect, got.SubsampleRatio, m, w, mean, worst)
	}
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %s", code)
		return
	}
	f := fault.From(err)
	if f.Code != code || f.Blame != fault.Source || f.Message == "" || f.Hint == "" {
		t.Errorf("got %+v, want a whole fault %s", f, code)
	}
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func encoded(t testing.TB, img *image.YCbCr, quality int) []byte {
	t.Helper()
	data, err := Encode(img, quality)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
