package pattern

import (
	"image"
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// alphabet is all that is ever written on a card.
const alphabet = "0123456789:."

// charWidth is the width of every character, in parts of the text size.
const charWidth = 0.6

// glyphs is the alphabet, rasterised side by side in cells of the same size. It never changes.
type glyphs struct {
	em   float64 // the text size in pixels
	cell image.Point
	mask *image.Alpha
}

func newFace(em float64) (font.Face, error) {
	parsed, err := opentype.Parse(gomonobold.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: em, DPI: 72, Hinting: font.HintingNone})
}

func rasterise(face font.Face, em float64) *glyphs {
	g := &glyphs{em: em, cell: image.Pt(int(math.Ceil(charWidth*em)), int(math.Ceil(em)))}
	g.mask = image.NewAlpha(image.Rect(0, 0, g.cell.X*len(alphabet), g.cell.Y))
	pen := font.Drawer{Dst: g.mask, Src: image.Opaque, Face: face}
	for i, r := range alphabet {
		pen.Dot = fixed.P(i*g.cell.X, int(0.8*em)) // digits stand on the line and reach no higher than this
		pen.DrawString(string(r))
	}
	return g
}

// write draws text with the upper left corner of its first cell at x, y. What the alphabet lacks is left blank.
func (g *glyphs) write(img *image.YCbCr, x, y int, text string, ink color.YCbCr) {
	for i, r := range text {
		at := strings.IndexRune(alphabet, r)
		if at < 0 {
			continue
		}
		corner := image.Pt(x+i*g.cell.X, y)
		cover := func(px, py int) uint32 {
			return uint32(g.mask.Pix[(py-corner.Y)*g.mask.Stride+at*g.cell.X+px-corner.X])
		}
		paint(img, image.Rectangle{Min: corner, Max: corner.Add(g.cell)}, ink, cover)
	}
}
