package jpeg

import (
	"encoding/binary"
	"errors"
	"image"
)

// Markers of ITU-T T.81, table B.1, as far as they matter here.
const (
	markerTEM   = 0x01
	markerSOF0  = 0xc0 // baseline
	markerSOF2  = 0xc2 // progressive; SOF1, between them, is extended sequential
	markerDHT   = 0xc4
	markerSOF15 = 0xcf
	markerRST0  = 0xd0
	markerSOI   = 0xd8
	markerEOI   = 0xd9
	markerSOS   = 0xda
	markerAPP0  = 0xe0
	markerAPP14 = 0xee
)

// header is what a JPEG says about itself before its pixels.
type header struct {
	width, height int
	grey          bool
	ratio         image.YCbCrSubsampleRatio // of the planes that decode gives; 4:2:0 for grey
}

var (
	errNoFrame  = errors.New("no frame header")
	errBadFrame = errors.New("the frame header makes no sense")
)

// readHeader walks the segments up to the frame header. It takes fewer kinds of JPEG than a codec might, so that both codecs see only those
// on which they agree.
func readHeader(data []byte) (header, error) {
	var c colours
	for s := newSegments(data); s.next(); {
		switch m := s.marker; {
		case m == markerAPP0 && hasPrefix(s.body, "JFIF\x00"):
			c.jfif = true
		case m == markerAPP14 && hasPrefix(s.body, "Adobe") && len(s.body) >= 12:
			c.adobeRGB = s.body[11] == 0
		case m >= markerSOF0 && m <= markerSOF2:
			return readFrame(s.body, c)
		case m > markerSOF2 && m <= markerSOF15 && m != markerDHT:
			return header{}, unsupported("coding process")
		}
	}
	return header{}, broken(errNoFrame)
}

// implausible says that so few bytes cannot hold the picture: each 8×8 block takes one bit at the very least. It keeps a small lie about
// the size from costing a large allocation.
func (hd header) implausible(size int) bool {
	blocks := ((hd.width + 7) / 8) * ((hd.height + 7) / 8)
	return size < blocks/8
}

// colours is what the application segments say about the meaning of three components.
type colours struct{ jfif, adobeRGB bool }

// areRGB follows libjpeg: JFIF means YCbCr; else Adobe's word counts; else the components' names do.
func (c colours) areRGB(ids [3]byte) bool {
	return !c.jfif && (c.adobeRGB || ids == [3]byte{'R', 'G', 'B'})
}

// readFrame reads the body of a frame header, T.81 B.2.2: precision, height, width, then name, factors and table of each component.
func readFrame(b []byte, c colours) (header, error) {
	if len(b) < 6 || len(b) != 6+3*int(b[5]) {
		return header{}, broken(errBadFrame)
	}
	hd := header{height: int(binary.BigEndian.Uint16(b[1:])), width: int(binary.BigEndian.Uint16(b[3:]))}
	switch {
	case hd.width == 0:
		return header{}, broken(errBadFrame)
	case hd.height == 0:
		return header{}, unsupported("height given after the picture")
	case hd.width*hd.height > MaxPixels:
		return header{}, tooLarge(hd.width, hd.height)
	case b[0] != 8:
		return header{}, unsupported("precision")
	}
	return hd.withComponents(b[6:], c)
}

func (hd header) withComponents(b []byte, c colours) (header, error) {
	switch len(b) {
	case 3:
		hd.grey, hd.ratio = true, image.YCbCrSubsampleRatio420
		return hd, nil
	case 9:
		if c.areRGB([3]byte{b[0], b[3], b[6]}) {
			return header{}, unsupported("RGB components")
		}
		ratio, ok := ratioOf(b[1], b[4], b[7])
		if !ok {
			return header{}, unsupported("chroma sampling")
		}
		hd.ratio = ratio
		return hd, nil
	}
	return header{}, unsupported("number of components")
}

// ratioOf reads the sampling factors of Y, Cb and Cr, each horizontal<<4 | vertical.
func ratioOf(y, cb, cr byte) (image.YCbCrSubsampleRatio, bool) {
	if cb != cr {
		return 0, false
	}
	switch [2]byte{y, cb} {
	case [2]byte{0x11, 0x11}, [2]byte{0x21, 0x21}, [2]byte{0x12, 0x12}:
		return image.YCbCrSubsampleRatio444, true
	case [2]byte{0x21, 0x11}, [2]byte{0x22, 0x12}: // the second is how some cameras write it
		return image.YCbCrSubsampleRatio422, true
	case [2]byte{0x12, 0x11}, [2]byte{0x22, 0x21}:
		return image.YCbCrSubsampleRatio440, true
	case [2]byte{0x22, 0x11}:
		return image.YCbCrSubsampleRatio420, true
	case [2]byte{0x41, 0x11}:
		return image.YCbCrSubsampleRatio411, true
	}
	return 0, false
}

// segments walks the marker segments of a JPEG up to the scan data.
type segments struct {
	rest   []byte
	marker byte
	body   []byte // without marker and length
}

func newSegments(data []byte) *segments {
	if len(data) < 2 || data[0] != 0xff || data[1] != markerSOI {
		return &segments{}
	}
	return &segments{rest: data[2:]}
}

// next steps to the next segment; false at the scan data, the end, or anything that is not a segment.
func (s *segments) next() bool {
	if len(s.rest) == 0 || s.rest[0] != 0xff {
		return false
	}
	s.skipFill()
	if len(s.rest) < 3 || !hasBody(s.rest[0]) {
		return false
	}
	n := int(binary.BigEndian.Uint16(s.rest[1:]))
	if n < 2 || 1+n > len(s.rest) {
		return false
	}
	s.marker, s.body, s.rest = s.rest[0], s.rest[3:1+n], s.rest[1+n:]
	return s.marker != markerSOS
}

// skipFill steps over the 0xff that announces a marker, of which there may be any number.
func (s *segments) skipFill() {
	for len(s.rest) > 0 && s.rest[0] == 0xff {
		s.rest = s.rest[1:]
	}
}

func hasBody(marker byte) bool {
	return marker > markerTEM && (marker < markerRST0 || marker > markerEOI)
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}
