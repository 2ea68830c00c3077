package jpeg

import (
	"errors"
	"image"
)

// plane is one of a picture's three, without its padding.
type plane struct {
	pix          []byte
	stride, w, h int
}

func (p plane) row(y int) []byte { return p.pix[y*p.stride:][:p.w] }

// whole says that every row lies within pix, which C takes on trust.
func (p plane) whole() bool {
	return p.stride >= p.w && (p.h-1)*p.stride+p.w <= len(p.pix)
}

// planesOf gives Y, Cb and Cr of img, each from its first visible sample on.
func planesOf(img *image.YCbCr) [3]plane {
	g, phase := Grid(img.SubsampleRatio), phaseOf(img)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	cw, ch := ceilDiv(phase.X+w, g.X), ceilDiv(phase.Y+h, g.Y)
	return [3]plane{
		{img.Y, img.YStride, w, h},
		{img.Cb, img.CStride, cw, ch},
		{img.Cr, img.CStride, cw, ch},
	}
}

// Grid is how many luma pixels, across and down, share one chroma sample.
func Grid(r image.YCbCrSubsampleRatio) image.Point {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return image.Pt(2, 1)
	case image.YCbCrSubsampleRatio420:
		return image.Pt(2, 2)
	case image.YCbCrSubsampleRatio440:
		return image.Pt(1, 2)
	case image.YCbCrSubsampleRatio411:
		return image.Pt(4, 1)
	case image.YCbCrSubsampleRatio410:
		return image.Pt(4, 2)
	}
	return image.Pt(1, 1)
}

// phaseOf is where in its grid cell the first pixel of img lies: other than (0, 0) only for a part cut out of another picture.
func phaseOf(img *image.YCbCr) image.Point {
	return img.Rect.Min.Mod(image.Rectangle{Max: Grid(img.SubsampleRatio)})
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// newPlanes is an empty picture whose luma plane has room for whole grid cells, as libjpeg-turbo wants it: beyond the right and the bottom
// edge lie up to three columns and one row that nobody sees.
func newPlanes(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	g := Grid(ratio)
	cw, ch := ceilDiv(w, g.X), ceilDiv(h, g.Y)
	stride, luma, chroma := cw*g.X, cw*g.X*ch*g.Y, cw*ch
	buf := make([]byte, luma+2*chroma)
	return &image.YCbCr{
		Y:              buf[:luma:luma],
		Cb:             buf[luma : luma+chroma : luma+chroma],
		Cr:             buf[luma+chroma:],
		YStride:        stride,
		CStride:        cw,
		SubsampleRatio: ratio,
		Rect:           image.Rect(0, 0, w, h),
	}
}

// neutral makes img grey.
func neutral(img *image.YCbCr) {
	fill(img.Cb, 128)
	fill(img.Cr, 128)
}

func fill(b []byte, v byte) {
	for i := range b {
		b[i] = v
	}
}

var errPlanes = errors.New("the planes are too small for the picture")

// checkPlanes refuses a picture that states more pixels than it holds.
func checkPlanes(img *image.YCbCr) error {
	for _, p := range planesOf(img) {
		if !p.whole() {
			return errPlanes
		}
	}
	return nil
}

// wholeCells is img in a form that libjpeg-turbo takes: first pixel at the corner of a grid cell, whole cells only. That is img itself but
// for odd sizes and odd parts of pictures, which are copied.
func wholeCells(img *image.YCbCr) *image.YCbCr {
	if phaseOf(img) != (image.Point{}) || img.SubsampleRatio == image.YCbCrSubsampleRatio410 {
		return fullColour(img)
	}
	if g := Grid(img.SubsampleRatio); img.Rect.Dx()%g.X == 0 && img.Rect.Dy()%g.Y == 0 {
		return img
	}
	return padded(img)
}

// fullColour is a copy of img with a chroma sample for each pixel.
func fullColour(img *image.YCbCr) *image.YCbCr {
	g, phase := Grid(img.SubsampleRatio), phaseOf(img)
	full := newPlanes(img.Rect.Dx(), img.Rect.Dy(), image.YCbCrSubsampleRatio444)
	from, to := planesOf(img), planesOf(full)
	for y := range to[0].h {
		copy(to[0].row(y), from[0].row(y))
		for c := 1; c < 3; c++ {
			stretch(to[c].row(y), from[c].row((phase.Y+y)/g.Y), phase.X, g.X)
		}
	}
	return full
}

func stretch(to, from []byte, phase, times int) {
	for x := range to {
		to[x] = from[(phase+x)/times]
	}
}

// padded is a copy of img whose last column and row go on to the end of their cells: what lies there bleeds a little into the edge.
func padded(img *image.YCbCr) *image.YCbCr {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	to := newPlanes(w, h, img.SubsampleRatio)
	from := planesOf(img)
	for y := range len(to.Y) / to.YStride {
		line := to.Y[y*to.YStride:][:to.YStride]
		copy(line, from[0].row(min(y, h-1)))
		fill(line[w:], line[w-1])
	}
	for y := range from[1].h {
		copy(to.Cb[y*to.CStride:], from[1].row(y))
		copy(to.Cr[y*to.CStride:], from[2].row(y))
	}
	return to
}
