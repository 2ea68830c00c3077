package screen

import (
	"encoding/binary"
	"image"

	"sightline/backend/jpeg"
)

// shot is what a screen showed at one moment, as the system gave it. Nobody changes it.
type shot struct {
	pix           []byte
	stride        int // bytes from one row to the next
	width, height int // pixels
	layout        layout
}

// layout is how colours lie in a pixel of two or four bytes.
type layout struct {
	bytes     int
	bigEndian bool
	r, g, b   field
}

// field is a colour: so many bits, from shift on.
type field struct{ shift, bits int }

// of is the colour in eight bits. Fewer bits are repeated below, so that the most of them is white.
func (f field) of(pixel uint32) uint32 {
	v := pixel >> f.shift & (1<<f.bits - 1)
	if f.bits >= 8 {
		return v >> (f.bits - 8)
	}
	v <<= 8 - f.bits
	return v | v>>f.bits
}

// usual is how most screens do it: blue, green, red and a byte that says nothing.
func usual() layout { return layout{bytes: 4, r: field{16, 8}, g: field{8, 8}, b: field{0, 8}} }

// unpack gives a row as pixels of blue, green, red and a byte that says nothing: the row itself where it is so, else in room.
func (l layout) unpack(row, room []byte) []byte {
	if l == usual() {
		return row
	}
	order := l.order()
	for x := range len(room) / 4 {
		var pixel uint32
		if l.bytes == 4 {
			pixel = order.Uint32(row[4*x:])
		} else {
			pixel = uint32(order.Uint16(row[2*x:]))
		}
		binary.LittleEndian.PutUint32(room[4*x:], l.r.of(pixel)<<16|l.g.of(pixel)<<8|l.b.of(pixel))
	}
	return room
}

func (l layout) order() binary.ByteOrder {
	if l.bigEndian {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// draw is the shot as planes of width×height, no larger than it is. Where that is smaller, whole squares of pixels are averaged before anything is
// converted, which costs less the smaller it is.
func (s *shot) draw(width, height int) *image.YCbCr {
	by := min(s.width/width, s.height/height, maxSquare)
	upper, lower := newBox(s, by), newBox(s, by)
	w, h := s.width/by, s.height/by
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := 0; y < h; y += 2 {
		above := upper.row(y)
		below := above // the last row of an odd height has its colours for itself
		toLuma(img.Y[y*img.YStride:][:w], above)
		if y+1 < h {
			below = lower.row(y + 1)
			toLuma(img.Y[(y+1)*img.YStride:][:w], below)
		}
		at := y / 2 * img.CStride
		toChroma(img.Cb[at:][:img.CStride], img.Cr[at:][:img.CStride], above, below)
	}
	return jpeg.Scale(img, width, height)
}

// maxSquare is the side of the largest square that is averaged: the sum of its pixels fits in 16 bits a colour.
const maxSquare = 16

// lanes picks every other byte of a word: of two pixels blue and red, or green and what says nothing.
const lanes = 0x00ff_00ff_00ff_00ff

// box averages squares of by×by pixels, row by row.
type box struct {
	shot          *shot
	by            int
	room          []byte   // for a row of the shot
	bluered, rest []uint64 // sums of a column over the rows of a square, for two pixels at a time
	averages      []byte
}

func newBox(s *shot, by int) *box {
	b := &box{shot: s, by: by, room: make([]byte, 4*s.width)}
	if by > 1 {
		b.bluered, b.rest = make([]uint64, (s.width+1)/2), make([]uint64, (s.width+1)/2)
		b.averages = make([]byte, 4*(s.width/by))
	}
	return b
}

// row is row y of the averages, until the next one is asked for. What is left over at the right and at the bottom is left out.
func (b *box) row(y int) []byte {
	if b.by == 1 {
		return b.pixels(y)
	}
	clear(b.bluered)
	clear(b.rest)
	for k := range b.by {
		b.add(b.pixels(y*b.by + k))
	}
	b.average()
	return b.averages
}

func (b *box) pixels(y int) []byte {
	s := b.shot
	return s.layout.unpack(s.pix[y*s.stride:], b.room)[:4*s.width]
}

// add adds a row of pixels to the sums.
func (b *box) add(pixels []byte) {
	bluered, rest := b.bluered, b.rest[:len(b.bluered)]
	for i := range len(pixels) / 8 {
		v := binary.LittleEndian.Uint64(pixels[8*i:])
		bluered[i] += v & lanes
		rest[i] += v >> 8 & lanes
	}
	if left := pixels[len(pixels)&^7:]; len(left) > 0 {
		v := uint64(binary.LittleEndian.Uint32(left))
		bluered[len(bluered)-1] += v & lanes
		rest[len(rest)-1] += v >> 8 & lanes
	}
}

// average makes the averages of the sums.
func (b *box) average() {
	n := uint64(b.by * b.by)
	share := (1<<24 + n/2) / n // in 2²⁴ths
	const half = 1 << 23
	column := 0
	for x := range len(b.averages) / 4 {
		var bluered, green uint32
		for range b.by {
			side := 32 * (column & 1)
			bluered += uint32(b.bluered[column/2] >> side)
			green += uint32(b.rest[column/2]>>side) & 0xffff
			column++
		}
		red, blue := uint64(bluered>>16)*share+half, uint64(bluered&0xffff)*share+half
		middle := uint64(green)*share + half
		binary.LittleEndian.PutUint32(b.averages[4*x:], uint32(red>>24<<16|middle>>24<<8|blue>>24))
	}
}

// toLuma and toChroma are JPEG's BT.601 in full range, rounded as image/color does it, two pixels at a time.
func toLuma(to, pixels []byte) {
	pixels = pixels[:4*len(to)]
	for len(to) >= 2 && len(pixels) >= 8 {
		v := binary.LittleEndian.Uint64(pixels)
		to[0], to[1] = luma(uint32(v)), luma(uint32(v>>32))
		to, pixels = to[2:], pixels[8:]
	}
	if len(to) > 0 {
		to[0] = luma(binary.LittleEndian.Uint32(pixels))
	}
}

func luma(p uint32) byte {
	return byte((19595*(p>>16&0xff) + 38470*(p>>8&0xff) + 7471*(p&0xff) + 1<<15) >> 16)
}

// toChroma averages two by two pixels; what the last column lacks, it has from itself.
func toChroma(cb, cr, above, below []byte) {
	i := 0
	for ; len(above) >= 8 && len(below) >= 8 && i < len(cb) && i < len(cr); i++ {
		v, w := binary.LittleEndian.Uint64(above), binary.LittleEndian.Uint64(below)
		cb[i], cr[i] = chroma(v&lanes+w&lanes, v>>8&lanes+w>>8&lanes)
		above, below = above[8:], below[8:]
	}
	if i < len(cb) {
		v, w := uint64(binary.LittleEndian.Uint32(above)), uint64(binary.LittleEndian.Uint32(below))
		bluered, green := v&lanes+w&lanes, v>>8&lanes+w>>8&lanes
		cb[i], cr[i] = chroma(bluered|bluered<<32, green|green<<32)
	}
}

// chroma is that of four pixels: the sums of two in each half of a word.
func chroma(bluered, green uint64) (cb, cr byte) {
	bluered, green = bluered+bluered>>32, green+green>>32
	b, r, g := int32(bluered&0xffff), int32(bluered>>16&0xffff), int32(green&0xffff)
	const middle = 4 * (257 << 15)
	return byte(min((-11056*r-21712*g+32768*b+middle)>>18, 255)), byte(min((32768*r-27440*g-5328*b+middle)>>18, 255))
}
