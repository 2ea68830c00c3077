package detector

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sightline/backend/sight"
)

var photographs = []string{"astronaut", "chelsea", "coffee", "rocket"}

// photograph is a picture from testdata, as its bytes came.
func photograph(t testing.TB, name string) *sight.Picture {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := sight.FromJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// planes is a photograph at the size the detector looks at.
func planes(t testing.TB, name string) *image.YCbCr {
	t.Helper()
	img, err := photograph(t, name).PlanesWithin(edge)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// plain is a picture of one colour.
func plain(width, height int, c color.Color) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	paint(img, img.Rect, c)
	return img
}

func paint(img *image.YCbCr, where image.Rectangle, c color.Color) {
	as := color.YCbCrModel.Convert(c).(color.YCbCr)
	where = where.Intersect(img.Rect)
	for y := where.Min.Y; y < where.Max.Y; y++ {
		for x := where.Min.X; x < where.Max.X; x++ {
			img.Y[img.YOffset(x, y)] = as.Y
			img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = as.Cb, as.Cr
		}
	}
}

// with is a copy of img in which c fills where.
func with(img *image.YCbCr, where image.Rectangle, c color.Color) *image.YCbCr {
	changed := copyOf(img)
	paint(changed, where, c)
	return changed
}

func copyOf(img *image.YCbCr) *image.YCbCr {
	same := *img
	same.Y, same.Cb, same.Cr = bytes.Clone(img.Y), bytes.Clone(img.Cb), bytes.Clone(img.Cr)
	return &same
}

// relit is a copy of img with each luma as change gives it; x runs from 0 to 1 across.
func relit(img *image.YCbCr, change func(luma, x float64) float64) *image.YCbCr {
	changed := copyOf(img)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			i := img.YOffset(x, y)
			luma := change(float64(img.Y[i]), float64(x)/float64(img.Rect.Dx()))
			changed.Y[i] = uint8(min(255, max(0, luma)))
		}
	}
	return changed
}

// noisy is a copy of img with the noise of a sensor, as a standard deviation in luma steps; the same seed gives the same noise.
func noisy(img *image.YCbCr, deviation float64, seed uint64) *image.YCbCr {
	random := rand.New(rand.NewPCG(seed, 1))
	return relit(img, func(luma, _ float64) float64 { return luma + deviation*random.NormFloat64() })
}

// cut is a copy of a part of img.
func cut(img *image.YCbCr, part image.Rectangle) *image.YCbCr {
	piece := image.NewYCbCr(image.Rect(0, 0, part.Dx(), part.Dy()), img.SubsampleRatio)
	for y := range part.Dy() {
		for x := range part.Dx() {
			c := img.YCbCrAt(x+part.Min.X, y+part.Min.Y)
			piece.Y[piece.YOffset(x, y)] = c.Y
			piece.Cb[piece.COffset(x, y)], piece.Cr[piece.COffset(x, y)] = c.Cb, c.Cr
		}
	}
	return piece
}

// answer asks d about img and gives the text.
func answer(t testing.TB, d *Detector, img *image.YCbCr) string {
	t.Helper()
	return answerOf(t, d, sight.FromYCbCr(img))
}

func answerOf(t testing.TB, d *Detector, p *sight.Picture) string {
	t.Helper()
	a, err := d.Ask(context.Background(), about(p), func(sight.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	return a.Text
}

// second is the answer about now when before was asked about just before.
func second(t testing.TB, before, now *image.YCbCr) string {
	t.Helper()
	d := New(Config{})
	answer(t, d, before)
	return answer(t, d, now)
}

func about(p *sight.Picture) sight.Question {
	return sight.Question{Seq: 1, Prompt: "What do you see?", Frame: sight.Frame{Number: 1, Picture: p}}
}

func mustSay(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q", text, w)
		}
	}
}

func mustNotSay(t testing.TB, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%q says %q", text, w)
		}
	}
}

// motionWords are in every sentence that speaks of motion.
var motionWords = []string{"moved", "changed"}

func saysMotion(text string) bool {
	return slices.ContainsFunc(motionWords, func(w string) bool { return strings.Contains(text, w) })
}
