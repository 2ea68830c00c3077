package camera

import (
	"encoding/binary"
	"image"

	"github.com/pion/mediadevices/pkg/frame"
)

// layout is how a camera lays out its raw pictures in memory.
type layout struct {
	format        frame.Format
	width, height int // even
	stride        int // bytes from one line to the next; of the luma, where planes are apart
}

// tight is the layout without gaps between the lines.
func tight(m mode) layout {
	l := layout{format: m.format, width: m.width, height: m.height, stride: m.width}
	if l.packed() {
		l.stride = 2 * m.width
	}
	return l
}

// packed says that luma and colours lie in each other.
func (l layout) packed() bool {
	return l.format == frame.FormatYUYV || l.format == frame.FormatYUY2 || l.format == frame.FormatUYVY
}

// size is how many bytes a picture has at least: the last line may end without its gap.
func (l layout) size() int {
	switch {
	case l.packed():
		return (l.height-1)*l.stride + 2*l.width
	case l.format == frame.FormatI420:
		return l.height*l.stride + (l.height-1)*(l.stride/2) + l.width/2
	}
	return l.height*l.stride + (l.height/2-1)*l.stride + l.width
}

// planes takes a picture out of the driver's memory into planes of its own, 4:2:0, in one pass over it. It is nil where data is too short.
//
// A camera that has colours for every line has the mean of two lines here: a quarter less to keep, to send to another window and to encode,
// and what all video and nearly all JPEG of cameras is.
func (l layout) planes(data []byte) *image.YCbCr {
	if len(data) < l.size() {
		return nil
	}
	img := image.NewYCbCr(image.Rect(0, 0, l.width, l.height), image.YCbCrSubsampleRatio420)
	switch l.format {
	case frame.FormatI420:
		l.copyPlanes(img, data)
	case frame.FormatNV12:
		l.splitColours(img.Cb, img.Cr, img, data)
	case frame.FormatNV21:
		l.splitColours(img.Cr, img.Cb, img, data)
	default:
		l.unpack(img, data)
	}
	return img
}

func (l layout) copyPlanes(img *image.YCbCr, data []byte) {
	colours := l.stride / 2
	second := l.height * l.stride
	third := second + l.height/2*colours
	copyPlane(img.Y, img.YStride, data, l.stride)
	copyPlane(img.Cb, img.CStride, data[second:], colours)
	copyPlane(img.Cr, img.CStride, data[third:], colours)
}

// splitColours is for luma in a plane of its own and both colours in another, first and second in turn.
func (l layout) splitColours(first, second []byte, img *image.YCbCr, data []byte) {
	copyPlane(img.Y, img.YStride, data, l.stride)
	colours := data[l.height*l.stride:]
	for y := range l.height / 2 {
		split(first[y*img.CStride:][:img.CStride], second[y*img.CStride:][:img.CStride], colours[y*l.stride:][:l.width])
	}
}

// everyOther picks the first byte of each two of a word.
const everyOther = 0x00ff_00ff_00ff_00ff

// gather moves every other byte of a word together: the low four bytes of what it gives.
func gather(word uint64) uint64 {
	word &= everyOther
	word = (word | word>>8) & 0x0000ffff_0000ffff
	return (word | word>>16) & 0xffffffff
}

// pair makes b b r r of every other byte of a word, which are b r b r.
func pair(word uint64) uint32 {
	word &= everyOther
	return uint32(word | word>>24)
}

// split deals out pairs: the first of each to first, the second to second.
func split(first, second, pairs []byte) {
	for len(pairs) >= 8 && len(first) >= 4 && len(second) >= 4 {
		word := binary.LittleEndian.Uint64(pairs)
		binary.LittleEndian.PutUint32(first, uint32(gather(word)))
		binary.LittleEndian.PutUint32(second, uint32(gather(word>>8)))
		pairs, first, second = pairs[8:], first[4:], second[4:]
	}
	for i := range first {
		first[i], second[i] = pairs[2*i], pairs[2*i+1]
	}
}

// unpack takes two lines at a time.
func (l layout) unpack(img *image.YCbCr, data []byte) {
	luma := uint(0) // where it is in each pair of bytes
	if l.format == frame.FormatUYVY {
		luma = 1
	}
	for y := 0; y < l.height; y += 2 {
		c := y / 2 * img.CStride
		unpackLines(lines{
			y0: img.Y[y*img.YStride:][:l.width], y1: img.Y[(y+1)*img.YStride:][:l.width],
			cb: img.Cb[c:][:img.CStride], cr: img.Cr[c:][:img.CStride],
			from0: data[y*l.stride:][:2*l.width], from1: data[(y+1)*l.stride:][:2*l.width],
		}, luma)
	}
}

// lines are two lines of a packed picture, and where they go.
type lines struct {
	y0, y1, cb, cr []byte
	from0, from1   []byte
}

// unpackLines works on eight pixels of both lines at once. The shifts are cut to what a word has, which spares the processor a question each.
func unpackLines(l lines, luma uint) {
	lumaShift, colourShift := 8*luma&63, (8-8*luma)&63
	y0, y1, cb, cr, a, b := l.y0, l.y1, l.cb, l.cr, l.from0, l.from1
	for len(a) >= 16 && len(b) >= 16 && len(y0) >= 8 && len(y1) >= 8 && len(cb) >= 4 && len(cr) >= 4 {
		a0, a1 := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(a[8:])
		b0, b1 := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		binary.LittleEndian.PutUint64(y0, gather(a0>>lumaShift)|gather(a1>>lumaShift)<<32)
		binary.LittleEndian.PutUint64(y1, gather(b0>>lumaShift)|gather(b1>>lumaShift)<<32)
		c0, c1 := pair(mean(a0, b0)>>colourShift), pair(mean(a1, b1)>>colourShift)
		binary.LittleEndian.PutUint32(cb, c0&0xffff|c1<<16)
		binary.LittleEndian.PutUint32(cr, c0>>16|c1&0xffff_0000)
		a, b, y0, y1, cb, cr = a[16:], b[16:], y0[8:], y1[8:], cb[4:], cr[4:]
	}
	colour := 1 - luma
	for i := range cb {
		p, q := a[4*i:][:4], b[4*i:][:4]
		y0[2*i], y0[2*i+1] = p[luma], p[luma+2]
		y1[2*i], y1[2*i+1] = q[luma], q[luma+2]
		cb[i] = byte((int(p[colour]) + int(q[colour]) + 1) / 2)
		cr[i] = byte((int(p[colour+2]) + int(q[colour+2]) + 1) / 2)
	}
}

// mean is the mean of each byte of two words, halves rounded up.
func mean(a, b uint64) uint64 { return (a | b) - ((a^b)&0xfefe_fefe_fefe_fefe)>>1 }
