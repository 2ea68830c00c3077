package jpeg

import (
	"encoding/binary"
	"image"
)

// Turn is img turned clockwise by quarters of a full turn, and then mirrored, left for right, where wanted: new planes with their origin at
// (0, 0), or img itself where nothing is to be done. Its chroma sampling turns with it: 4:2:2 lying down is 4:4:0 standing up. What has no
// such name, 4:1:1 and 4:1:0, comes to stand as 4:4:4.
//
// A size that is no multiple of the sampling ends in a chroma sample for fewer pixels than the others. Turned to the front it would shift all
// colours, so those are sampled anew.
func Turn(img *image.YCbCr, quarters int, mirror bool) *image.YCbCr {
	m := moveOf(quarters, mirror)
	if m == (move{}) {
		return img
	}
	ratio, ok := m.ratio(img.SubsampleRatio)
	if !ok {
		return Turn(fullColour(img), quarters, mirror)
	}
	size := m.size(img.Rect.Size())
	to := newPlanes(size.X, size.Y, ratio)
	from, into := planesOf(img), planesOf(to)
	m.plane(into[0], from[0])
	phase := m.phase(img)
	for c := 1; c < 3; c++ {
		if phase == (image.Point{}) {
			m.plane(into[c], from[c])
			continue
		}
		turned := m.empty(from[c])
		m.plane(turned, from[c])
		realign(into[c], turned, to, phase)
	}
	return to
}

// Cut is the part r of img, in pixels from img's upper left corner and within it, at exactly w×h: new planes with their origin at (0, 0), or
// img itself where that is all of it. At the part's own size no pixel is changed, and colours only where r begins within a chroma sample.
func Cut(img *image.YCbCr, r image.Rectangle, w, h int) *image.YCbCr {
	part := within(img, r)
	switch {
	case r.Size() != image.Pt(w, h):
		return Scale(part, w, h)
	case part.Rect == img.Rect && part.Rect.Min == (image.Point{}):
		return img
	}
	to := newPlanes(w, h, img.SubsampleRatio)
	from, into := planesOf(part), planesOf(to)
	move{}.plane(into[0], from[0])
	phase := phaseOf(part)
	for c := 1; c < 3; c++ {
		if phase == (image.Point{}) {
			move{}.plane(into[c], from[c])
		} else {
			realign(into[c], from[c], to, phase)
		}
	}
	return to
}

// within is a part of a picture that shares its planes.
func within(img *image.YCbCr, r image.Rectangle) *image.YCbCr {
	part := *img
	part.Rect = r.Add(img.Rect.Min)
	c := img.COffset(part.Rect.Min.X, part.Rect.Min.Y)
	part.Y, part.Cb, part.Cr = img.Y[img.YOffset(part.Rect.Min.X, part.Rect.Min.Y):], img.Cb[c:], img.Cr[c:]
	return &part
}

// realign samples a chroma plane of img anew, whose first pixel is at phase in its cell, so that it is at the corner of one.
func realign(to, from plane, img *image.YCbCr, phase image.Point) {
	g := Grid(img.SubsampleRatio)
	w, h := img.Rect.Dx(), img.Rect.Dy()
	scalePlane(to, from, newAxis(w, w, g.X, phase.X), newAxis(h, h, g.Y, phase.Y))
}

// move is where pixels go: across and down are exchanged first, then left and right, then top and bottom.
type move struct{ transpose, flipX, flipY bool }

func moveOf(quarters int, mirror bool) move {
	m := [4]move{{}, {transpose: true, flipX: true}, {flipX: true, flipY: true}, {transpose: true, flipY: true}}[quarters&3]
	m.flipX = m.flipX != mirror
	return m
}

// ratio is what a chroma sampling becomes; false where that has no name.
func (m move) ratio(r image.YCbCrSubsampleRatio) (image.YCbCrSubsampleRatio, bool) {
	if !m.transpose {
		return r, true
	}
	switch r {
	case image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		return 0, false
	}
	return r, true
}

func (m move) size(p image.Point) image.Point {
	if m.transpose {
		return image.Pt(p.Y, p.X)
	}
	return p
}

// phase is where in its chroma cell the first pixel comes to lie: what was left over behind the last one, where a side was flipped.
func (m move) phase(img *image.YCbCr) image.Point {
	g, before := Grid(img.SubsampleRatio), phaseOf(img)
	behind := image.Pt(-before.X-img.Rect.Dx(), -before.Y-img.Rect.Dy()).Mod(image.Rectangle{Max: g})
	before, behind = m.size(before), m.size(behind)
	if m.flipX {
		before.X = behind.X
	}
	if m.flipY {
		before.Y = behind.Y
	}
	return before
}

// empty is a plane for all samples of p.
func (m move) empty(p plane) plane {
	size := m.size(image.Pt(p.w, p.h))
	return plane{make([]byte, size.X*size.Y), size.X, size.X, size.Y}
}

// plane moves the samples of one plane into another that has just the room.
func (m move) plane(to, from plane) {
	if m.transpose {
		m.stand(to, from)
		return
	}
	for y := range to.h {
		row := from.row(y)
		if m.flipY {
			row = from.row(from.h - 1 - y)
		}
		if m.flipX {
			reverse(to.row(y), row)
		} else {
			copy(to.row(y), row)
		}
	}
}

// reverse copies a row back to front, eight samples at a time.
func reverse(to, from []byte) {
	for len(from) >= 8 {
		end := len(from) - 8
		binary.BigEndian.PutUint64(to, binary.LittleEndian.Uint64(from[end:]))
		to, from = to[8:], from[:end]
	}
	for i := range from {
		to[i] = from[len(from)-1-i]
	}
}

// tile is the side of the squares that are transposed one after another: the rows it is written to stay in the processor's first cache.
const tile = 64

// stand transposes: rows of from become columns of to.
func (m move) stand(to, from plane) {
	for y := 0; y < from.h; y += tile {
		for x := 0; x < from.w; x += tile {
			m.tile(to, from, image.Rect(x, y, min(x+tile, from.w), min(y+tile, from.h)))
		}
	}
}

// tile transposes the part r of from: in blocks of 8×8, and what is left over sample by sample.
func (m move) tile(to, from plane, r image.Rectangle) {
	wholeX, wholeY := r.Max.X-r.Dx()%8, r.Max.Y-r.Dy()%8
	for y := r.Min.Y; y < wholeY; y += 8 {
		for x := r.Min.X; x < wholeX; x += 8 {
			m.block(&to, &from, x, y)
		}
	}
	m.slowly(to, from, image.Rect(wholeX, r.Min.Y, r.Max.X, r.Max.Y))
	m.slowly(to, from, image.Rect(r.Min.X, wholeY, wholeX, r.Max.Y))
}

func (m move) slowly(to, from plane, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := from.row(y)
		for x := r.Min.X; x < r.Max.X; x++ {
			px, py := y, x
			if m.flipX {
				px = to.w - 1 - px
			}
			if m.flipY {
				py = to.h - 1 - py
			}
			to.pix[py*to.stride+px] = row[x]
		}
	}
}

// block transposes 8×8 samples, the first at (x, y).
func (m move) block(to, from *plane, x, y int) {
	in, inStep := y*from.stride+x, from.stride
	out, outStep := x*to.stride+y, to.stride
	if m.flipX { // the rows are taken from below, and so come to lie from right to left
		in, inStep = in+7*inStep, -inStep
		out = x*to.stride + to.w - 8 - y
	}
	if m.flipY {
		out, outStep = out+(to.h-1-2*x)*to.stride, -outStep
	}
	transpose(to.pix, out, outStep, from.pix, in, inStep)
}

// transpose exchanges rows and columns of 8×8 samples: off the diagonal first quarters of 4×4, then of 2×2 within each, then single ones. Each
// row is a word, its first sample in the lowest byte. It is written out because words in an array would stay in memory, at five times the time.
func transpose(to []byte, out, outStep int, from []byte, in, inStep int) {
	a, b := binary.LittleEndian.Uint64(from[in:]), binary.LittleEndian.Uint64(from[in+inStep:])
	c, d := binary.LittleEndian.Uint64(from[in+2*inStep:]), binary.LittleEndian.Uint64(from[in+3*inStep:])
	e, f := binary.LittleEndian.Uint64(from[in+4*inStep:]), binary.LittleEndian.Uint64(from[in+5*inStep:])
	g, h := binary.LittleEndian.Uint64(from[in+6*inStep:]), binary.LittleEndian.Uint64(from[in+7*inStep:])

	a, e = exchange(a, e, 32, 0x0000_0000_ffff_ffff)
	b, f = exchange(b, f, 32, 0x0000_0000_ffff_ffff)
	c, g = exchange(c, g, 32, 0x0000_0000_ffff_ffff)
	d, h = exchange(d, h, 32, 0x0000_0000_ffff_ffff)

	a, c = exchange(a, c, 16, 0x0000_ffff_0000_ffff)
	b, d = exchange(b, d, 16, 0x0000_ffff_0000_ffff)
	e, g = exchange(e, g, 16, 0x0000_ffff_0000_ffff)
	f, h = exchange(f, h, 16, 0x0000_ffff_0000_ffff)

	a, b = exchange(a, b, 8, 0x00ff_00ff_00ff_00ff)
	c, d = exchange(c, d, 8, 0x00ff_00ff_00ff_00ff)
	e, f = exchange(e, f, 8, 0x00ff_00ff_00ff_00ff)
	g, h = exchange(g, h, 8, 0x00ff_00ff_00ff_00ff)

	binary.LittleEndian.PutUint64(to[out:], a)
	binary.LittleEndian.PutUint64(to[out+outStep:], b)
	binary.LittleEndian.PutUint64(to[out+2*outStep:], c)
	binary.LittleEndian.PutUint64(to[out+3*outStep:], d)
	binary.LittleEndian.PutUint64(to[out+4*outStep:], e)
	binary.LittleEndian.PutUint64(to[out+5*outStep:], f)
	binary.LittleEndian.PutUint64(to[out+6*outStep:], g)
	binary.LittleEndian.PutUint64(to[out+7*outStep:], h)
}

// exchange swaps the upper samples of a with the lower ones of b.
func exchange(a, b uint64, shift int, lower uint64) (upper, below uint64) {
	swapped := (a>>(shift&63) ^ b) & lower
	return a ^ swapped<<(shift&63), b ^ swapped
}
