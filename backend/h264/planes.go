package h264

import (
	"encoding/binary"
	"image"
)

// planes is a picture as the codec takes it: 4:2:0, each plane from its first visible sample on.
type planes struct {
	y, cb, cr        []byte
	yStride, cStride int
}

// halved makes colours of any subsampling 4:2:0, in memory that it uses again for the next picture. The zero value is ready.
type halved struct {
	buf []byte
	row []byte
}

// planes is img as the codec takes it. Luma is never copied, and colours that fit already are not either.
func (h *halved) planes(img *image.YCbCr) planes {
	at := img.Rect.Min
	c := img.COffset(at.X, at.Y)
	p := planes{
		y: img.Y[img.YOffset(at.X, at.Y):], cb: img.Cb[c:], cr: img.Cr[c:],
		yStride: img.YStride, cStride: img.CStride,
	}
	g := gridOf(img.SubsampleRatio)
	if g == image.Pt(2, 2) && at.X%2 == 0 && at.Y%2 == 0 {
		return p
	}
	w, height := img.Rect.Dx()/2, img.Rect.Dy()/2
	if len(h.buf) != 2*w*height {
		h.buf, h.row = make([]byte, 2*w*height), make([]byte, 2*w)
	}
	cb, cr := h.buf[:w*height], h.buf[w*height:]
	h.plane(cb, img.Cb, img, g)
	h.plane(cr, img.Cr, img, g)
	p.cb, p.cr, p.cStride = cb, cr, w
	return p
}

// plane halves one of the two colour planes.
func (h *halved) plane(to, from []byte, img *image.YCbCr, g image.Point) {
	w := img.Rect.Dx() / 2
	for y := range img.Rect.Dy() / 2 {
		line := to[y*w : (y+1)*w]
		top := img.COffset(img.Rect.Min.X, img.Rect.Min.Y+2*y)
		bottom := img.COffset(img.Rect.Min.X, img.Rect.Min.Y+2*y+1)
		n := (img.Rect.Max.X-1)/g.X - img.Rect.Min.X/g.X + 1
		a, b := from[top:top+n], from[bottom:bottom+n]
		if g.X == 2 && img.Rect.Min.X%2 == 0 {
			average(line, a, b)
			continue
		}
		average(h.row[:n], a, b)
		squeeze(line, h.row[:n], img.Rect.Min.X%g.X, g.X)
	}
}

// average is the mean of two rows, eight samples at a time.
func average(to, a, b []byte) {
	const carries = 0xfefefefefefefefe
	i := 0
	for ; i+8 <= len(to); i += 8 {
		x, y := binary.LittleEndian.Uint64(a[i:]), binary.LittleEndian.Uint64(b[i:])
		binary.LittleEndian.PutUint64(to[i:], (x|y)-((x^y)&carries)>>1)
	}
	for ; i < len(to); i++ {
		to[i] = byte((int(a[i]) + int(b[i]) + 1) / 2)
	}
}

// squeeze makes a row of colours, one for each grid pixels, one for each two pixels. The row begins phase pixels into its first sample.
func squeeze(to, from []byte, phase, grid int) {
	if phase == 0 && grid == 1 { // as always, but for rare cameras: without the divisions
		from = from[:2*len(to)]
		for x := range to {
			to[x] = byte((int(from[2*x]) + int(from[2*x+1])) / 2)
		}
		return
	}
	for x := range to {
		left, right := from[(phase+2*x)/grid], from[(phase+2*x+1)/grid]
		to[x] = byte((int(left) + int(right)) / 2)
	}
}

// gridOf is how many luma pixels, across and down, share one chroma sample.
func gridOf(r image.YCbCrSubsampleRatio) image.Point {
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
