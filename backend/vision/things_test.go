package vision

import (
	"context"
	"image/color"
	"math"
	"testing"

	"sightline/backend/sight"
)

const person, cat, dog = 0, 15, 16

// see puts a thing into what NanoDet gave: with its centre in a cell of the coarse grid, and so many cells to each side.
func see(out []tensor, x, y, kind int, score float32, off int) []tensor {
	const coarse = 2
	cell := y*grids()[coarse] + x
	out[coarse].values[cell*kinds+kind] = score
	for s := range sides {
		out[looks+coarse].values[(cell*sides+s)*bins+off] = 50
	}
	return out
}

func TestBoxIsWhereTheNetworkSawIt(t *testing.T) {
	found, ok := thingsIn(see(thingsTensors(), 6, 6, dog, 0.8, 2), 1)
	if !ok || len(found) != 1 {
		t.Fatalf("found %+v, %v", found, ok)
	}
	b := found[0]
	if b.Label != "dog" || b.Kind != KindThing || math.Abs(b.Score-0.8) > 1e-6 {
		t.Errorf("found %+v", b)
	}
	near(t, "left", b.X, 0.5-2.0/13)
	near(t, "top", b.Y, 0.5-2.0/13)
	near(t, "width", b.W, 4.0/13)
	near(t, "height", b.H, 4.0/13)
}

func TestBoxBeyondTheEdgeEndsThere(t *testing.T) {
	found, _ := thingsIn(see(thingsTensors(), 0, 12, cat, 0.7, 4), 1)
	b := found[0]
	if b.X != 0 || b.Y+b.H > 1 || b.Y+b.H < 0.999 {
		t.Errorf("found %+v", b)
	}
}

func TestOneThingIsFoundOnce(t *testing.T) {
	out := see(thingsTensors(), 6, 6, person, 0.9, 4)
	see(out, 7, 6, person, 0.8, 4) // nearly the same place
	see(out, 6, 7, dog, 0.7, 4)    // too, but may be another thing
	see(out, 1, 1, person, 0.6, 1)
	found, _ := thingsIn(out, 1)
	if len(found) != 3 || found[0].Score < found[1].Score || found[1].Label != "dog" {
		t.Errorf("found %+v", found)
	}
}

func TestWhatTheNetworkIsNotSureOfIsNotFound(t *testing.T) {
	if found, _ := thingsIn(see(thingsTensors(), 6, 6, dog, 0.39, 2), 1); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestCloseUpIsLookedAtAgainFromFurtherAway(t *testing.T) {
	fills := func(kind int, score float32) []tensor { return see(thingsTensors(), 6, 6, kind, score, 6) }
	further := func(kind int, score float32) []tensor { return see(thingsTensors(), 6, 6, kind, score, 2) }
	for name, c := range map[string]struct {
		looks [][]tensor // one after another; there must be as many
		want  string
	}{
		"a cat's face seems a person":        {[][]tensor{fills(person, 0.6), further(cat, 0.6), further(cat, 0.7)}, "cat"},
		"a person's face stays one":          {[][]tensor{fills(person, 0.6), further(person, 0.8), further(person, 0.5)}, "person"},
		"the looks from further away differ": {[][]tensor{fills(dog, 0.6), further(cat, 0.6), further(dog, 0.6)}, ""},
		"nothing is there from further away": {[][]tensor{fills(person, 0.6), thingsTensors(), thingsTensors()}, ""},
		"no doubt":                           {[][]tensor{fills(person, 0.9)}, "person"},
		"something small":                    {[][]tensor{see(thingsTensors(), 6, 6, person, 0.6, 2)}, "person"},
	} {
		looks := 0
		l := &lab{answer: func(context.Context, string) ([]tensor, error) {
			looks++
			return c.looks[min(looks, len(c.looks))-1], nil
		}}
		found, err := engine(t, l).Things(t.Context(), grey())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(found) > 0 {
			got = found[0].Label
		}
		if got != c.want || looks != len(c.looks) {
			t.Errorf("%s: found %+v after %d looks", name, found, looks)
		}
		if got == "cat" {
			near(t, "width", found[0].W, 4.0/13/stepsBack()[0]) // in the picture, not in the smaller one
			near(t, "score", found[0].Score, 0.65)
		}
	}
}

func TestPicturesOfAnyShapeAreLookedAt(t *testing.T) {
	e := engine(t, new(lab))
	for _, size := range [][2]int{{1, 1}, {1, 4000}, {4000, 1}, {17, 31}, {5000, 40}} {
		p := sight.FromYCbCr(plain(size[0], size[1], color.Gray{Y: 60}))
		if _, err := e.Things(t.Context(), p); err != nil {
			t.Errorf("%v: %v", size, err)
		}
		if _, err := e.Text(t.Context(), p, true); err != nil {
			t.Errorf("%v: %v", size, err)
		}
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-6 {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
