package screen

import (
	"encoding/binary"
	"fmt"
)

// reader takes an answer apart. What lies beyond its end is 0, and noted.
type reader struct {
	b     []byte
	short bool
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.short = true
		return make([]byte, n)
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) skip(n int)   { r.bytes(n) }
func (r *reader) byte() int    { return int(r.bytes(1)[0]) }
func (r *reader) short16() int { return int(binary.LittleEndian.Uint16(r.bytes(2))) }
func (r *reader) word() uint32 { return binary.LittleEndian.Uint32(r.bytes(4)) }

// readSetup reads the server's first answer as far as it matters here: the window that is the screen, and how its pixels come.
func (s *server) readSetup(body []byte, screen int) error {
	r := &reader{b: body}
	r.skip(16) // release, resource ids, motion buffer
	vendor := r.short16()
	r.skip(2)
	screens, formats := r.byte(), r.byte()
	bigEndian := r.byte() == 1
	r.skip(9 + (vendor+3)&^3)
	byDepth := make(map[int]pixelFormat)
	for range formats {
		depth, bits, pad := r.byte(), r.byte(), r.byte()
		byDepth[depth] = pixelFormat{bits: bits, pad: pad}
		r.skip(5)
	}
	if screen >= screens {
		return &wireError{fmt.Sprintf("it has %d screens", screens)}
	}
	for range screen {
		r.readScreen()
	}
	found := r.readScreen()
	if r.short {
		return &wireError{"its first answer is cut short"}
	}
	s.root, s.format = found.root, byDepth[found.depth]
	s.format.layout = layout{bytes: s.format.bits / 8, bigEndian: bigEndian, r: fieldOf(found.red), g: fieldOf(found.green), b: fieldOf(found.blue)}
	return s.format.check()
}

// check refuses pixels that are not read here: those of a palette, and rare sizes.
func (f pixelFormat) check() error {
	l := f.layout
	if (f.bits != 16 && f.bits != 32) || f.pad < 8 || f.pad%8 != 0 || l.r.bits == 0 || l.g.bits == 0 || l.b.bits == 0 {
		return &wireError{fmt.Sprintf("pixels of %+v are not read", f)}
	}
	return nil
}

// rootWindow is one screen of a server.
type rootWindow struct {
	root             uint32
	depth            int
	red, green, blue uint32 // masks; 0 where its pixels are numbers in a palette
}

func (r *reader) readScreen() rootWindow {
	found := rootWindow{root: r.word()}
	r.skip(28) // colour map, white, black, event mask, sizes, least and most colour maps
	visual := r.word()
	r.skip(2) // backing store, save unders
	found.depth = r.byte()
	for range r.byte() {
		r.skip(2)
		visuals := r.short16()
		r.skip(4)
		for range visuals {
			id, class := r.word(), r.byte()
			r.skip(3)
			red, green, blue := r.word(), r.word(), r.word()
			r.skip(4)
			if id == visual && class == trueColour {
				found.red, found.green, found.blue = red, green, blue
			}
			if r.short {
				return found
			}
		}
	}
	return found
}

// fieldOf reads a mask: ones without a gap.
func fieldOf(mask uint32) field {
	f := field{}
	for ; mask != 0 && mask&1 == 0; mask >>= 1 {
		f.shift++
	}
	for ; mask&1 != 0; mask >>= 1 {
		f.bits++
	}
	return f
}
