package jpeg

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

func TestScaledPixelIsTheAverageOfTheAreaItCovers(t *testing.T) {
	for _, c := range []struct{ from, to image.Point }{
		{image.Pt(64, 48), image.Pt(32, 24)}, // exact halves
		{image.Pt(66, 50), image.Pt(33, 25)}, // halves with odd chroma
		{image.Pt(64, 48), image.Pt(21, 16)},
		{image.Pt(60, 40), image.Pt(45, 30)},
		{image.Pt(67, 45), image.Pt(66, 44)},
		{image.Pt(67, 45), image.Pt(1, 1)},
		{image.Pt(67, 45), image.Pt(67, 5)},
		{image.Pt(7, 5), image.Pt(20, 30)},
		{image.Pt(1, 1), image.Pt(9, 4)},
	} {
		for _, ratio := range ratios {
			t.Run(fmt.Sprint(ratio, c.from, c.to), func(t *testing.T) {
				img := noise(c.from.X, c.from.Y, ratio)
				got := Scale(img, c.to.X, c.to.Y)
				if got.Rect != (image.Rectangle{Max: c.to}) || got.SubsampleRatio != ratio {
					t.Fatalf("scaled to %v %v", got.Rect, got.SubsampleRatio)
				}
				wantAverages(t, got, img, 2)
			})
		}
	}
}

func TestHalvingRoundsToTheNearest(t *testing.T) {
	for _, ratio := range ratios {
		for _, size := range []image.Point{{64, 48}, {72, 16}, {8, 4}} {
			img := noise(size.X, size.Y, ratio)
			wantAverages(t, Scale(img, size.X/2, size.Y/2), img, 0.5)
		}
	}
}

func TestFlatPictureStaysFlatAtEverySize(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, v := range []byte{0, 1, 128, 254, 255} {
		img := image.NewYCbCr(image.Rect(0, 0, 53, 37), image.YCbCrSubsampleRatio420)
		fill(img.Y, v)
		fill(img.Cb, v)
		fill(img.Cr, v)
		for range 40 {
			got := Scale(img, 1+random.IntN(120), 1+random.IntN(120))
			for _, p := range planesOf(got) {
				for y := range p.h {
					if row := p.row(y); bytes.Count(row, []byte{v}) != len(row) {
						t.Fatalf("%d at %v became %v", v, got.Rect, row)
					}
				}
			}
		}
	}
}

func TestPartOfAPictureScalesWithItsOwnColours(t *testing.T) {
	for _, ratio := range ratios {
		for _, r := range []image.Rectangle{image.Rect(8, 8, 40, 40), image.Rect(7, 5, 59, 41), image.Rect(3, 2, 67, 45), image.Rect(65, 43, 67, 44)} {
			part := noise(sceneW, sceneH, ratio).SubImage(r).(*image.YCbCr)
			wantAverages(t, Scale(part, 26, 18), part, 2)
			wantAverages(t, Scale(part, 16, 16), part, 2)
		}
	}
}

func TestPictureOfTheRightSizeIsNotCopied(t *testing.T) {
	img := noise(20, 10, image.YCbCrSubsampleRatio422)
	if Scale(img, 20, 10) != img {
		t.Error("it was")
	}
	if part := img.SubImage(image.Rect(4, 4, 14, 9)).(*image.YCbCr); Scale(part, 10, 5).Rect.Min != (image.Point{}) {
		t.Error("a part kept its origin")
	}
}

func TestScaleLeavesItsSourceAlone(t *testing.T) {
	img := noise(40, 30, image.YCbCrSubsampleRatio420)
	before := bytes.Clone(img.Y)
	Scale(img, 20, 15)
	Scale(img, 13, 11)
	if !bytes.Equal(img.Y, before) {
		t.Error("the source changed")
	}
}

// wantAverages compares with the same averages in floating point.
func wantAverages(t *testing.T, got, img *image.YCbCr, within float64) {
	t.Helper()
	g, phase := Grid(img.SubsampleRatio), phaseOf(img)
	from, to := planesOf(img), planesOf(got)
	for c, cell := range []image.Point{{1, 1}, g, g} {
		phase := image.Pt(phase.X%cell.X, phase.Y%cell.Y) // luma has none
		columns := covered(img.Rect.Dx(), got.Rect.Dx(), cell.X, phase.X)
		rows := covered(img.Rect.Dy(), got.Rect.Dy(), cell.Y, phase.Y)
		for y, down := range rows {
			for x, across := range columns {
				if want, v := average(from[c], across, down), float64(to[c].row(y)[x]); math.Abs(v-want) > within {
					t.Fatalf("plane %d at (%d, %d): %v, want %.2f", c, x, y, v, want)
				}
			}
		}
	}
}

// covered is the stretch of source samples beneath each scaled sample.
func covered(from, to, cell, phase int) [][2]float64 {
	spans := make([][2]float64, ceilDiv(to, cell))
	perPixel := float64(from) / float64(to) / float64(cell)
	for i := range spans {
		before := float64(phase) / float64(cell)
		spans[i] = [2]float64{before + float64(i*cell)*perPixel, before + float64(min((i+1)*cell, to))*perPixel}
	}
	return spans
}

func average(p plane, across, down [2]float64) float64 {
	var sum, area float64
	for y := int(down[0]); y < p.h && float64(y) < down[1]; y++ {
		for x := int(across[0]); x < p.w && float64(x) < across[1]; x++ {
			part := overlap(x, across) * overlap(y, down)
			sum, area = sum+part*float64(p.row(y)[x]), area+part
		}
	}
	return sum / area
}

func overlap(i int, span [2]float64) float64 {
	return max(0, min(float64(i+1), span[1])-max(float64(i), span[0]))
}

func noise(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := newPlanes(w, h, ratio)
	random := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for _, p := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range p {
			p[i] = byte(random.Uint32())
		}
	}
	return img
}
