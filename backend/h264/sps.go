package h264

import (
	"bytes"
	"errors"
)

var errSPS = errors.New("the sequence parameter set makes no sense")

// maxBlocks is how many macroblocks of older pictures level 5.2 lets a decoder keep, ITU-T H.264, table A-1.
const maxBlocks = 184320

// baseline is the profile of the streams made here. In those of others, pictures may come in another order than they are shown in.
const baseline = 66

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
