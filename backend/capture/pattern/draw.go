package pattern

import (
	"bytes"
	"image"
	"image/color"
	"math"
)

// plain is a picture of one colour, its counter strip without any.
func plain(size image.Point, c color.YCbCr) *image.YCbCr {
	img := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	fill(img, img.Rect, c)
	neutralStrip(img)
	return img
}

// neutralStrip takes the colour out of the counter strip, of which only the luma changes.
func neutralStrip(img *image.YCbCr) {
	fill(img, image.Rect(0, stripTop(img.Rect.Dy()), img.Rect.Dx(), img.Rect.Dy()), black())
}

func clone(img *image.YCbCr) *image.YCbCr {
	c := *img
	c.Y, c.Cb, c.Cr = bytes.Clone(img.Y), bytes.Clone(img.Cb), bytes.Clone(img.Cr)
	return &c
}

func fill(img *image.YCbCr, r image.Rectangle, c color.YCbCr) {
	paint(img, r, c, func(int, int) uint32 { return 255 })
}

// disc draws a circle with soft edges; x, y and r are in pixels, which have their middles at halves.
func disc(img *image.YCbCr, x, y, r float64, c color.YCbCr) {
	box := image.Rect(int(x-r-1), int(y-r-1), int(x+r+2), int(y+r+2))
	paint(img, box, c, func(px, py int) uint32 {
		edge := r - math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)
		return uint32(255 * max(0, min(edge+0.5, 1)))
	})
}

// paint lays c over the pixels in r, each as opaque as cover says, from 0 to 255. The colour of four pixels follows the cover of the first
// of them that is in r.
func paint(img *image.YCbCr, r image.Rectangle, c color.YCbCr, cover func(x, y int) uint32) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		colourRow := y%2 == 0 || y == r.Min.Y
		for x := r.Min.X; x < r.Max.X; x++ {
			alpha := cover(x, y)
			if alpha == 0 {
				continue
			}
			over(&img.Y[y*img.YStride+x], c.Y, alpha)
			if colourRow && (x%2 == 0 || x == r.Min.X) {
				i := y/2*img.CStride + x/2
				over(&img.Cb[i], c.Cb, alpha)
				over(&img.Cr[i], c.Cr, alpha)
			}
		}
	}
}

// over moves a sample alpha 255ths of the way to value.
func over(sample *byte, value byte, alpha uint32) {
	*sample = byte((uint32(*sample)*(255-alpha) + uint32(value)*alpha + 127) / 255)
}
