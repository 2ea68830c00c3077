package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"testing"
)

// turnSizes are whole and odd, small and large enough for every way through the blocks.
var turnSizes = []image.Point{{64, 48}, {80, 72}, {sceneW, sceneH}, {135, 129}, {1, 1}, {1, 17}, {1, 70}, {17, 1}, {70, 1}, {2, 2}, {3, 5}, {8, 8}, {16, 16}, {33, 9}, {65, 64}}

// pixel is where a pixel of a turned picture was before.
func pixel(x, y, w, h, quarters int, mirror bool) (int, int) {
	if quarters%2 == 1 {
		w, h = h, w
	} // now the size of the turned picture
	if mirror {
		x = w - 1 - x
	}
	for range quarters { // a quarter back, counter-clockwise
		x, y = y, w-1-x
		w, h = h, w
	}
	return x, y
}

func TestTurnedPictureHasEachPixelInItsPlace(t *testing.T) {
	for _, ratio := range ratios {
		for _, size := range turnSizes {
			img := noise(size.X, size.Y, ratio)
			for way := range 8 {
				quarters, mirror := way%4, way >= 4
				t.Run(fmt.Sprint(ratio, size, quarters, mirror), func(t *testing.T) {
					got := Turn(img, quarters, mirror)
					wantMoved(t, got, img, func(x, y int) (int, int) { return pixel(x, y, size.X, size.Y, quarters, mirror) })
				})
			}
		}
	}
}

// wantMoved compares with where each pixel was: luma to the last bit; chroma with the average of the pixels it now stands for, and to the last
// bit as well where no sample stands for other pixels than before.
func wantMoved(t *testing.T, got, img *image.YCbCr, from func(x, y int) (int, int)) {
	t.Helper()
	if got.Rect.Min != (image.Point{}) {
		t.Fatalf("its origin is %v", got.Rect.Min)
	}
	w, h := got.Rect.Dx(), got.Rect.Dy()
	full, g := fullColour(img), Grid(got.SubsampleRatio)
	for y := range h {
		for x := range w {
			fx, fy := from(x, y)
			if want, v := full.Y[full.YOffset(fx, fy)], got.Y[got.YOffset(x, y)]; v != want {
				t.Fatalf("luma at (%d, %d) is %d, want %d", x, y, v, want)
			}
			if x%g.X == 0 && y%g.Y == 0 {
				cell := image.Rect(x, y, x+g.X, y+g.Y).Intersect(got.Rect)
				wantChroma(t, got, got.Cb, full, full.Cb, cell, from)
				wantChroma(t, got, got.Cr, full, full.Cr, cell, from)
			}
		}
	}
}

func wantChroma(t *testing.T, got *image.YCbCr, plane []byte, full *image.YCbCr, before []byte, cell image.Rectangle, from func(x, y int) (int, int)) {
	t.Helper()
	sum, n, first, mixed := 0, 0, -1, false
	for y := cell.Min.Y; y < cell.Max.Y; y++ {
		for x := cell.Min.X; x < cell.Max.X; x++ {
			fx, fy := from(x, y)
			v := int(before[full.COffset(fx, fy)])
			mixed = mixed || first >= 0 && v != first
			sum, n, first = sum+v, n+1, v
		}
	}
	v, most := int(plane[got.COffset(cell.Min.X, cell.Min.Y)]), 0
	if mixed {
		most = 2 * n
	}
	if off := v*n - sum; off > most || -off > most {
		t.Fatalf("chroma of %v is %d, want %.2f", cell, v, float64(sum)/float64(n))
	}
}

func TestTurningRoundBringsThePictureBack(t *testing.T) {
	for _, ratio := range ratios[:4] {
		img := noise(64, 48, ratio)
		for quarters := range 4 {
			if back := Turn(Turn(img, quarters, false), 4-quarters, false); !samePixels(back, img) {
				t.Errorf("%v: %d quarters and the rest of the circle are another picture", ratio, quarters)
			}
			if back := Turn(Turn(img, quarters, true), quarters, true); quarters%2 == 0 && !samePixels(back, img) {
				t.Errorf("%v: %d quarters mirrored twice are another picture", ratio, quarters)
			}
		}
	}
}

func TestSamplingTurnsWithThePicture(t *testing.T) {
	for before, want := range map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
		image.YCbCrSubsampleRatio411: image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio410: image.YCbCrSubsampleRatio444,
	} {
		img := noise(20, 12, before)
		if got := Turn(img, 1, false).SubsampleRatio; got != want {
			t.Errorf("%v lying is %v standing, want %v", before, got, want)
		}
		if got := Turn(img, 2, true).SubsampleRatio; got != before {
			t.Errorf("%v became %v without lying down", before, got)
		}
	}
}

func TestPartOfAPictureTurnsWithItsOwnColours(t *testing.T) {
	for _, ratio := range ratios {
		r := image.Rect(3, 5, 38, 40)
		part := noise(sceneW, sceneH, ratio).SubImage(r).(*image.YCbCr)
		for way := 1; way < 8; way++ {
			quarters, mirror := way%4, way >= 4
			wantMoved(t, Turn(part, quarters, mirror), part, func(x, y int) (int, int) { return pixel(x, y, r.Dx(), r.Dy(), quarters, mirror) })
		}
	}
}

func TestCutKeepsEveryPixelOfThePart(t *testing.T) {
	parts := []image.Rectangle{
		image.Rect(0, 0, 67, 45), image.Rect(0, 0, 66, 44), image.Rect(8, 8, 40, 40), image.Rect(7, 5, 59, 41),
		image.Rect(3, 2, 67, 45), image.Rect(65, 43, 67, 44), image.Rect(66, 44, 67, 45), image.Rect(1, 0, 2, 45),
	}
	for _, ratio := range ratios {
		img := noise(sceneW, sceneH, ratio)
		for _, r := range parts {
			wantMoved(t, Cut(img, r, r.Dx(), r.Dy()), img, func(x, y int) (int, int) { return r.Min.X + x, r.Min.Y + y })
		}
	}
}

func TestCutOfACutCountsFromItsOwnCorner(t *testing.T) {
	for _, ratio := range ratios {
		img := noise(sceneW, sceneH, ratio)
		part := img.SubImage(image.Rect(5, 3, 60, 40)).(*image.YCbCr)
		wantMoved(t, Cut(part, image.Rect(2, 2, 30, 20), 28, 18), img, func(x, y int) (int, int) { return 7 + x, 5 + y })
	}
}

func TestCutIsScaledOnlyWithinItself(t *testing.T) {
	for _, ratio := range ratios {
		img := noise(sceneW, sceneH, ratio)
		for _, r := range []image.Rectangle{image.Rect(7, 5, 59, 41), image.Rect(8, 8, 40, 40)} {
			wantAverages(t, Cut(img, r, 13, 9), img.SubImage(r).(*image.YCbCr), 2)
		}
	}
}

func TestWhatNeedsNoMoveIsNotCopied(t *testing.T) {
	img := noise(20, 10, image.YCbCrSubsampleRatio422)
	if Turn(img, 0, false) != img || Turn(img, 4, false) != img || Cut(img, img.Rect, 20, 10) != img {
		t.Error("it was")
	}
	before := bytes.Clone(img.Y)
	Turn(img, 1, true)
	Cut(img, image.Rect(3, 3, 9, 9), 6, 6)
	if !bytes.Equal(img.Y, before) {
		t.Error("the source changed")
	}
}

func TestQuickSizeIsOneTheCodecDecodesTo(t *testing.T) {
	for _, size := range []image.Point{{1280, 720}, {sceneW, sceneH}, {1, 1}, {1, 900}} {
		for edge := 1; edge < 1400; edge += 7 {
			w, h := min(edge, size.X), min(edge, size.Y)
			gotW, gotH := Quick(size.X, size.Y, w, h)
			if gotW < w || gotH < h || gotW > size.X || gotH > size.Y {
				t.Fatalf("%v to %d×%d gives %d×%d", size, w, h, gotW, gotH)
			}
		}
	}
}

func samePixels(a, b *image.YCbCr) bool {
	if a.Rect != b.Rect || a.SubsampleRatio != b.SubsampleRatio {
		return false
	}
	pa, pb := planesOf(a), planesOf(b)
	for c := range pa {
		for y := range pa[c].h {
			if !bytes.Equal(pa[c].row(y), pb[c].row(y)) {
				return false
			}
		}
	}
	return true
}

func BenchmarkTurn720p(b *testing.B) {
	for name, way := range map[string]struct {
		quarters int
		mirror   bool
	}{"By90": {1, false}, "By180": {2, false}, "Mirror": {0, true}} {
		b.Run(name, func(b *testing.B) {
			img := lifelike()
			b.ReportAllocs()
			for b.Loop() {
				Turn(img, way.quarters, way.mirror)
			}
		})
	}
}

func BenchmarkCut720p(b *testing.B) {
	img := lifelike()
	for name, r := range map[string]image.Rectangle{"Even": image.Rect(320, 180, 960, 540), "Odd": image.Rect(321, 181, 961, 541)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Cut(img, r, 640, 360)
			}
		})
	}
}
