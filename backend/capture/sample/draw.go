package sample

import (
	"encoding/binary"
	"image"
)

// window is a part of a picture, in parts of its width and height.
type window struct{ x, y, w, h float64 }

// plane is one plane of a picture: w×h samples, rows stride bytes apart.
type plane struct {
	pix          []byte
	stride, w, h int
}

// planes takes a picture apart. Its origin is (0, 0).
func planes(img *image.YCbCr) [3]plane {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	cw, ch := img.COffset(w-1, 0)+1, img.COffset(0, h-1)/img.CStride+1
	return [3]plane{{img.Y, img.YStride, w, h}, {img.Cb, img.CStride, cw, ch}, {img.Cr, img.CStride, cw, ch}}
}

// crop fills dst with the window of src, bilinear and to a 256th of a pixel, so that a slow move does not jump from pixel to pixel.
func crop(dst, src *image.YCbCr, win window) {
	from := planes(src)
	for i, to := range planes(dst) {
		to.fill(from[i], win)
	}
}

// fill draws four rows of dst at a time: each is mixed from two rows of src, the four are woven into one row of wide samples, and of those
// it picks the columns.
func (dst plane) fill(src plane, win window) {
	columns := steps(dst.w, src.w, win.x, win.w)
	rows := steps(dst.h, src.h, win.y, win.h)
	left, right := columns[0].at, columns[dst.w-1].at+2
	for i := range columns {
		columns[i].at -= left
	}
	wide := make([]uint64, right-left)
	mixed, drawn := newFour(len(wide)), four{}
	for y := 0; y < dst.h; y += len(drawn) {
		for k := range drawn {
			row := min(y+k, dst.h-1) // the last one may be drawn several times
			drawn[k] = dst.pix[row*dst.stride:][:dst.w]
			r := rows[row]
			top := src.pix[int(r.at)*src.stride:]
			mix(mixed[k], top[left:right], top[src.stride:][left:right], r.weight)
		}
		weave(wide, mixed)
		pick(drawn, wide, columns)
	}
}

// four is four rows of the same length.
type four [4][]byte

func newFour(n int) (f four) {
	for k := range f {
		f[k] = make([]byte, n)
	}
	return f
}

// step is where a sample comes from: between the samples at and at+1, weight 256ths of the way.
type step struct{ at, weight uint32 }

// steps spreads n samples over the part of size samples that starts at start and is length long, both in parts of the whole. A sample stands
// for the middle of its place. size is at least 2.
func steps(n, size int, start, length float64) []step {
	all := make([]step, n)
	scale := length * float64(size) / float64(n)
	for i := range all {
		at := start*float64(size) + (float64(i)+0.5)*scale - 0.5
		fixed := uint32(max(0, min(at, float64(size-1)))*256 + 0.5)
		all[i] = step{fixed >> 8, fixed & 255}
		if last := uint32(size - 2); all[i].at > last {
			all[i] = step{last, 256}
		}
	}
	return all
}

// weave makes wide samples of four rows: one of each row, 16 bits apart.
func weave(wide []uint64, rows four) {
	a, b, c, d := rows[0][:len(wide)], rows[1][:len(wide)], rows[2][:len(wide)], rows[3][:len(wide)]
	for i := range wide {
		wide[i] = uint64(a[i]) | uint64(b[i])<<16 | uint64(c[i])<<32 | uint64(d[i])<<48
	}
}

// pick fills four rows from wide samples at the columns. Samples times 256 fit their 16 bits, so one product serves all four.
func pick(rows four, wide []uint64, columns []step) {
	n := len(columns)
	a, b, c, d := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n]
	for i, s := range columns {
		weight := uint64(s.weight)
		v := wide[s.at]*(256-weight) + wide[s.at+1]*weight + half
		a[i], b[i], c[i], d[i] = byte(v>>8), byte(v>>24), byte(v>>40), byte(v>>56)
	}
}

// Four lanes of 16 bits: their lower bytes, and one half in 256ths in each, which rounds.
const (
	lanes = 0x00ff00ff00ff00ff
	half  = 0x0080008000800080
)

// mix fills dst with a and b, weight 256ths of b, eight bytes at a time: the even ones in four lanes of 16 bits, then the odd ones.
func mix(dst, a, b []byte, weight uint32) {
	wb := uint64(weight)
	wa := 256 - wb
	b = b[:len(a)]
	i := 0
	for ; i+8 <= len(a) && i+8 <= len(dst); i += 8 {
		p, q := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		even := ((p&lanes)*wa + (q&lanes)*wb + half) >> 8 & lanes
		odd := ((p>>8&lanes)*wa + (q>>8&lanes)*wb + half) &^ lanes
		binary.LittleEndian.PutUint64(dst[i:], even|odd)
	}
	for ; i < len(a); i++ {
		dst[i] = byte((uint64(a[i])*wa + uint64(b[i])*wb + 128) >> 8)
	}
}

// blend mixes share (0–1) of over into img. Both have the same form.
func blend(img, over *image.YCbCr, share float64) {
	weight := uint32(share*256 + 0.5)
	mix(img.Y, img.Y, over.Y, weight)
	mix(img.Cb, img.Cb, over.Cb, weight)
	mix(img.Cr, img.Cr, over.Cr, weight)
}
