package h264

import (
	"bytes"
	"errors"
	"slices"
)

var errSPS = errors.New("the sequence parameter set makes no sense")

// maxBlocks is how many macroblocks of older pictures level 5.2 lets a decoder keep, ITU-T H.264, table A-1.
const maxBlocks = 184320

// baseline is the profile of the streams made here. In those of others, pictures may come in another order than they are shown in.
const baseline = 66

// maxSet is more bytes than a parameter set needs.
const maxSet = 1024

// sizeOf reads the size of the pictures out of a sequence parameter set, ITU-T H.264, 7.3.2.1.1. It refuses other
// profiles than ours, and what would cost more memory than a stream of level 5.2 does.
func sizeOf(sps []byte) (w, h int, err error) {
	if len(sps) < 4 || sps[0]&0x9f != nalSPS {
		return 0, 0, broken(errSPS)
	}
	if sps[1] != baseline {
		return 0, 0, unsupported("H.264 profile")
	}
	r := bitReader{data: unescaped(sps[4:])}
	r.number() // of the set
	r.number() // log2_max_frame_num_minus4
	skipOrder(&r)
	refs := r.number()
	r.bit() // gaps_in_frame_num_value_allowed_flag
	across, down := r.number()+1, r.number()+1
	switch {
	case r.short || refs > 16:
		return 0, 0, broken(errSPS)
	case across > maxSide/16 || down > maxSide/16 || across*down > maxPixels/256 || refs > max(maxBlocks/(across*down), 1):
		return 0, 0, tooLarge(across*16, down*16)
	case r.bit() == 0:
		return 0, 0, unsupported("interlaced video")
	}
	r.bit() // direct_8x8_inference_flag
	return cropped(&r, across*16, down*16)
}

// Stream is what a sequence parameter set says of a stream, of any profile.
type Stream struct {
	Profile   int
	FullRange bool // black is 0 and white 255, instead of 16 and 235
	Matrix    int  // the number of its colours' matrix, ITU-T H.273, table 4
}

// UnknownMatrix is the matrix of a stream that leaves it open.
const UnknownMatrix = 2

// ownMatrix is the one of JPEG, BT.601, as the encoder here names it.
const ownMatrix = 5

// Describe reads a sequence parameter set.
func Describe(sps []byte) (Stream, error) {
	if len(sps) < 4 || len(sps) > maxSet || sps[0]&0x9f != nalSPS {
		return Stream{}, broken(errSPS)
	}
	s := Stream{Profile: int(sps[1]), Matrix: UnknownMatrix}
	r := bitReader{data: unescaped(sps[4:])}
	r.number() // of the set
	skipColours(&r, s.Profile)
	r.number() // log2_max_frame_num_minus4
	skipOrder(&r)
	r.number() // references
	r.bit()    // gaps_in_frame_num_value_allowed_flag
	r.number() // the width
	r.number() // the height
	if r.bit() == 0 {
		r.bit() // mb_adaptive_frame_field_flag
	}
	r.bit() // direct_8x8_inference_flag
	if r.bit() == 1 {
		for range 4 { // sides that are cropped
			r.number()
		}
	}
	if r.bit() == 1 {
		s.usability(&r)
	}
	if r.short {
		return Stream{}, broken(errSPS)
	}
	return s, nil
}

// Own says that a stream is like those that the encoder here makes: the decoder here shows it in its right order and colours.
func (s Stream) Own() bool { return s.Profile == baseline && s.FullRange && s.Matrix == ownMatrix }

// usability reads the beginning of the annex about it, E.1.1.
func (s *Stream) usability(r *bitReader) {
	if r.bit() == 1 && r.bits(8) == 255 { // the shape of the pixels
		r.bits(32)
	}
	if r.bit() == 1 {
		r.bit() // overscan
	}
	if r.bit() == 0 {
		return
	}
	r.bits(3) // where it comes from
	s.FullRange = r.bit() == 1
	if r.bit() == 1 {
		r.bits(16) // primaries, and how bright is what
		s.Matrix = r.bits(8)
	}
}

// skipColours steps over what only the higher profiles have.
func skipColours(r *bitReader, profile int) {
	if !slices.Contains([]int{100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135}, profile) {
		return
	}
	lists := 8
	if r.number() == 3 { // 4:4:4
		r.bit()
		lists = 12
	}
	r.number() // bit depths
	r.number()
	r.bit() // a bypass
	if r.bit() == 0 {
		return
	}
	for i := range lists {
		if r.bit() == 1 {
			skipList(r, i)
		}
	}
}

// skipList steps over a scaling list, 7.3.2.1.1.1.
func skipList(r *bitReader, i int) {
	size := 16
	if i >= 6 {
		size = 64
	}
	last, next := 8, 8
	for range size {
		if next != 0 {
			next = (last + r.signed() + 256) % 256
		}
		if next != 0 {
			last = next
		}
	}
}

// skipOrder steps over what is said about the order of pictures.
func skipOrder(r *bitReader) {
	switch r.number() {
	case 0:
		r.number()
	case 1:
		r.bit()
		r.number()
		r.number()
		for range min(r.number(), 255) {
			r.number()
		}
	}
}

// cropped is the size that is shown of one in whole macroblocks.
func cropped(r *bitReader, w, h int) (int, int, error) {
	if r.bit() == 1 {
		w -= 2 * (r.number() + r.number())
		h -= 2 * (r.number() + r.number())
	}
	if r.short || w < 2 || h < 2 {
		return 0, 0, broken(errSPS)
	}
	return w, h, nil
}

// unescaped drops the bytes that keep start codes out of a NAL unit.
func unescaped(b []byte) []byte {
	return bytes.ReplaceAll(b, []byte{0, 0, 3}, []byte{0, 0})
}

// bitReader reads bits. What is not there reads as zero, and short says so.
type bitReader struct {
	data  []byte
	at    int // bits
	short bool
}

func (r *bitReader) bit() int {
	if r.at >= 8*len(r.data) {
		r.short = true
		return 0
	}
	b := r.data[r.at/8] >> (7 - r.at%8) & 1
	r.at++
	return int(b)
}

// number reads an Exp-Golomb code, 9.1. A signed one has the same length.
func (r *bitReader) number() int {
	zeros := 0
	for r.bit() == 0 {
		if zeros++; zeros > 24 || r.short {
			r.short = true // larger than anything that is read here
			return 0
		}
	}
	n := 1
	for range zeros {
		n = n<<1 | r.bit()
	}
	return n - 1
}

// signed reads a signed Exp-Golomb code, 9.1.1.
func (r *bitReader) signed() int {
	n := r.number()
	if n%2 == 1 {
		return (n + 1) / 2
	}
	return -n / 2
}

// bits reads a number of n bits.
func (r *bitReader) bits(n int) (v int) {
	for range n {
		v = v<<1 | r.bit()
	}
	return v
}
