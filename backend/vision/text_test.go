package vision

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"sightline/backend/sight"
)

// likely is a map of probabilities with text in some places.
func likely(width, height int, at ...image.Rectangle) []float32 {
	values := make([]float32, width*height)
	for _, r := range at {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				values[y*width+x] = 0.9
			}
		}
	}
	return values
}

func TestPlacesOfTextAreLargerThanTheNetworkDrawsThem(t *testing.T) {
	places := placesIn(likely(200, 100, image.Rect(20, 40, 80, 50), image.Rect(120, 0, 190, 20)), 200)
	if len(places) != 2 {
		t.Fatalf("found %+v", places)
	}
	want := []sight.Region{{X: 110.0 / 200, Y: 0, W: 90.0 / 200, H: 30.0 / 100}, {X: 15.0 / 200, Y: 35.0 / 100, W: 70.0 / 200, H: 20.0 / 100}}
	for i, w := range want {
		p := places[i]
		if math.Abs(p.X-w.X)+math.Abs(p.Y-w.Y)+math.Abs(p.W-w.W)+math.Abs(p.H-w.H) > 1e-9 {
			t.Errorf("place %d is %+v, want %+v", i, p, w)
		}
	}
}

func TestSpecksAndDoubtsAreNoText(t *testing.T) {
	if places := placesIn(likely(100, 100, image.Rect(10, 10, 14, 14)), 100); len(places) != 0 {
		t.Errorf("a speck: %+v", places)
	}
	doubt := likely(100, 100, image.Rect(10, 10, 50, 20))
	for i := range doubt {
		doubt[i] *= 0.5
	}
	if places := placesIn(doubt, 100); len(places) != 0 {
		t.Errorf("a doubt: %+v", places)
	}
}

func TestSizeAtWhichTextIsLookedFor(t *testing.T) {
	for _, c := range []struct{ from, want image.Point }{
		{image.Pt(1280, 720), image.Pt(640, 352)},
		{image.Pt(640, 480), image.Pt(640, 480)},
		{image.Pt(320, 240), image.Pt(640, 480)},
		{image.Pt(1000, 1000), image.Pt(544, 544)},
		{image.Pt(1, 1), image.Pt(544, 544)},
		{image.Pt(1, 4000), image.Pt(32, 640)},
	} {
		if w, h := findSize(c.from, findEdge); w != c.want.X || h != c.want.Y {
			t.Errorf("%v is looked at as %d×%d, want %v", c.from, w, h, c.want)
		}
	}
}

// steps is what the network gives for signs one after another: a class and how sure it is.
func steps(classes int, sure float32, signs ...int) []float32 {
	values := make([]float32, len(signs)*classes)
	for i, s := range signs {
		values[i*classes+s] = sure
	}
	return values
}

func TestLineIsReadSignBySign(t *testing.T) {
	signs := []string{"E", "X", "I", "T"}
	text, sure := lineIn(steps(6, 0.9, 1, 1, 0, 2, 3, 0, 5, 4, 0, 4, 4), 6, signs)
	if text != "EXI TT" || math.Abs(sure-0.9) > 1e-6 {
		t.Errorf("read %q, sure %v", text, sure)
	}
	for name, values := range map[string][]float32{
		"nothing": steps(6, 0.9, 0, 0, 0), "one sign": steps(6, 0.9, 0, 2, 2, 0), "unsure": steps(6, 0.5, 1, 2, 3, 4), "no steps": nil,
	} {
		if text, sure := lineIn(values, 6, signs); text != "" || sure != 0 {
			t.Errorf("%s: read %q, sure %v", name, text, sure)
		}
	}
}

func TestLinesAreInReadingOrder(t *testing.T) {
	boxes := []sight.Box{
		{Label: "d", X: 0.1, Y: 0.5, H: 0.1},
		{Label: "c", X: 0.5, Y: 0.12, H: 0.1},
		{Label: "b", X: 0.1, Y: 0.1, H: 0.1},
		{Label: "a", X: 0.3, Y: 0, H: 0.05},
	}
	var order []string
	for _, b := range inReadingOrder(boxes) {
		order = append(order, b.Label)
	}
	if !slices.Equal(order, []string{"a", "b", "c", "d"}) {
		t.Errorf("read %q", order)
	}
}

func TestTextIsFoundCoarselyThenFinelyThenRead(t *testing.T) {
	var asked []string
	l := &lab{answer: func(_ context.Context, file string) ([]tensor, error) {
		asked = append(asked, file)
		switch {
		case file == findFile && len(asked) == 1:
			return []tensor{{nil, likely(416, 288, image.Rect(40, 50, 200, 70))}}, nil
		case file == findFile:
			return []tensor{{nil, likely(640, 448, image.Rect(60, 80, 300, 110), image.Rect(60, 200, 70, 300))}}, nil
		}
		return []tensor{{[]int64{1, 5, 4}, steps(4, 0.9, 1, 0, 2, 3, 1)}}, nil
	}}
	found, err := engine(t, l).Text(t.Context(), sight.FromYCbCr(plain(1280, 900, color.Gray{Y: 200})), false)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(asked, " ") != strings.Join([]string{findFile, findFile, readFile}, " ") {
		t.Errorf("asked %q: what is higher than wide is not read", asked)
	}
	if len(found) != 1 || found[0].Label != "ab a" || found[0].Kind != KindText || found[0].W <= 240.0/640 {
		t.Errorf("found %+v", found)
	}
}

func TestPageFullOfTextDoesNotTakeForEver(t *testing.T) {
	read := 0
	l := &lab{answer: func(_ context.Context, file string) ([]tensor, error) {
		if file == findFile {
			var lines []image.Rectangle
			for y := 5; y < 430; y += 24 {
				lines = append(lines, image.Rect(20, y, 420, y+8))
			}
			return []tensor{{nil, likely(640, 480, lines...)}}, nil
		}
		read++
		return []tensor{{[]int64{1, 3, 4}, steps(4, 0.9, 1, 2, 1)}}, nil
	}}
	if _, err := engine(t, l).Text(t.Context(), sight.FromYCbCr(plain(640, 480, color.White)), true); err != nil || read < 1 || read > 3 {
		t.Errorf("%d lines of 18 were read, %v", read, err)
	}
}

func TestSpecialCutsOfLargeWriting(t *testing.T) {
	img := plain(4000, 3000, color.Gray{Y: 255})
	for _, place := range []sight.Region{{W: 1, H: 1}, {X: 0.99, Y: 0.9, W: 0.01, H: 0.1}, {X: 0.5, Y: 0.5, W: 0.001, H: 0.001}} {
		values := make([]float32, channels*lineHeight*lineHeight)
		fillLine(values, lineHeight, img, place)
		if low := slices.Min(values); low < 0.99 || slices.Max(values) > 1.01 {
			t.Errorf("%+v of a white picture has %v", place, low)
		}
	}
}
