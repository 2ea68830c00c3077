package vision

import (
	"image"

	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// channel turns a colour's value, 0–255, into what a network was trained on: (value − mean) / deviation.
type channel struct{ mean, deviation float32 }

// channels a picture goes in as.
const channels = 3

// inks are the channels of a network's input in its order: blue, green, red.
type inks [channels]channel

// canvas is the input of a network, three planes of width×height values each, with the place in it where a picture is drawn.
type canvas struct {
	to            []float32
	width, height int
	place         image.Rectangle
}

// draw puts the part of img that from names into its place, sampled bilinearly. img is in JPEG's full range and is not turned into RGB first: each
// value is computed where it is needed.
func (c canvas) draw(img *image.YCbCr, from sight.Region, in inks) {
	cell := jpeg.Grid(img.SubsampleRatio)
	size, width, height := img.Rect.Size(), c.place.Dx(), c.place.Dy()
	lumaX, lumaY := newAxis(width, size.X, from.X, from.W, 1), newAxis(height, size.Y, from.Y, from.H, 1)
	chromaX, chromaY := newAxis(width, size.X, from.X, from.W, cell.X), newAxis(height, size.Y, from.Y, from.H, cell.Y)

	y, cb, cr := make([]float32, width), make([]float32, width), make([]float32, width)
	luma := img.Y[img.YOffset(img.Rect.Min.X, img.Rect.Min.Y):]
	corner := img.COffset(img.Rect.Min.X, img.Rect.Min.Y)
	for row := range height {
		sample(y, luma, img.YStride, lumaX, lumaY[row])
		sample(cb, img.Cb[corner:], img.CStride, chromaX, chromaY[row])
		sample(cr, img.Cr[corner:], img.CStride, chromaX, chromaY[row])
		in.mix(c.line(0, row), c.line(1, row), c.line(2, row), y, cb, cr)
	}
}

// line is a row of the place in one of the planes.
func (c canvas) line(plane, row int) []float32 {
	from := (plane*c.height+c.place.Min.Y+row)*c.width + c.place.Min.X
	return c.to[from : from+c.place.Dx()]
}

// fill draws over the whole of a network's input.
func fill(to []float32, width, height int, img *image.YCbCr, from sight.Region, in inks) {
	canvas{to, width, height, image.Rect(0, 0, width, height)}.draw(img, from, in)
}

// mix makes a row of each channel from a row of each plane (BT.601, full range).
func (in inks) mix(b, g, r, y, cb, cr []float32) {
	scaleB, scaleG, scaleR := 1/in[0].deviation, 1/in[1].deviation, 1/in[2].deviation
	for x := range y {
		luma, u, v := y[x], cb[x]-128, cr[x]-128
		b[x] = (level(luma+1.772*u) - in[0].mean) * scaleB
		g[x] = (level(luma-0.344136*u-0.714136*v) - in[1].mean) * scaleG
		r[x] = (level(luma+1.402*v) - in[2].mean) * scaleR
	}
}

func level(v float32) float32 { return min(255, max(0, v)) }

// spot is between which two samples of a line a value is taken, and how near to the second, 0–1.
type spot struct {
	first, second int
	part          float32
}

// newAxis lays n values evenly over a part of a line of size pixels, of which a sample covers cell: the part's begin and length are fractions.
func newAxis(n, size int, begin, length float64, cell int) []spot {
	axis := make([]spot, n)
	last := (size+cell-1)/cell - 1
	step := length * float64(size) / float64(n)
	for i := range axis {
		at := (begin*float64(size)+(float64(i)+0.5)*step)/float64(cell) - 0.5
		at = min(float64(last), max(0, at))
		first := int(at)
		axis[i] = spot{first, min(last, first+1), float32(at - float64(first))}
	}
	return axis
}

// sample takes a row of values between two rows of a plane.
func sample(to []float32, plane []byte, stride int, across []spot, down spot) {
	above, below := plane[down.first*stride:], plane[down.second*stride:]
	for i, s := range across {
		left := float32(above[s.first]) + down.part*(float32(below[s.first])-float32(above[s.first]))
		right := float32(above[s.second]) + down.part*(float32(below[s.second])-float32(above[s.second]))
		to[i] = left + s.part*(right-left)
	}
}
