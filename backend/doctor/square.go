package doctor

import (
	"image"
	"image/color"
	"slices"

	"sightline/backend/sight"
)

// edge is the size of the squares, in pixels: what the smallest vision models take at a look.
const edge = 224

// colour is one that a square can have. No two are called by the same word.
type colour struct {
	name    string
	words   []string // what people and models call it, in lower case
	r, g, b uint8
}

func red() colour {
	return colour{"red", []string{"red", "scarlet", "crimson", "vermilion"}, 255, 0, 0}
}

func green() colour { return colour{"green", []string{"green", "lime"}, 0, 200, 0} }

func blue() colour {
	return colour{"blue", []string{"blue", "navy", "azure", "cobalt", "ultramarine"}, 0, 0, 255}
}

// square is a picture of nothing but this colour.
func (c colour) square() *sight.Picture {
	img := image.NewYCbCr(image.Rect(0, 0, edge, edge), image.YCbCrSubsampleRatio420)
	y, cb, cr := color.RGBToYCbCr(c.r, c.g, c.b)
	fill(img.Y, y)
	fill(img.Cb, cb)
	fill(img.Cr, cr)
	return sight.FromYCbCr(img)
}

func fill(plane []byte, with byte) {
	for i := range plane {
		plane[i] = with
	}
}

func containsAny(words, names []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(names, word) })
}
