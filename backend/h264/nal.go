package h264

import (
	"encoding/binary"
	"errors"
)

// Kinds of NAL units, ITU-T H.264, table 7-1, as far as they matter here.
const (
	nalSlice    = 1
	nalKeySlice = 5 // IDR
	nalSPS      = 7
	nalPPS      = 8
)

var errLengths = errors.New("the lengths of the units do not add up")

// annexB appends the slices of a unit to buf, each behind a start code, and says whether they are those of a key. What is no slice is left
// out: parameter sets that change on the way, above all, of which a decoder is told at its start only.
func annexB(buf, unit []byte) (_ []byte, key bool, err error) {
	before := len(buf)
	for len(unit) > 0 {
		if len(unit) < 4 {
			return buf, false, errLengths
		}
		n := uint64(binary.BigEndian.Uint32(unit))
		if n == 0 || n > uint64(len(unit)-4) {
			return buf, false, errLengths
		}
		nal := unit[4 : 4+n]
		unit = unit[4+n:]
		if kind := nal[0] & 31; kind == nalSlice || kind == nalKeySlice {
			key = key || kind == nalKeySlice
			buf = withStart(buf, nal)
		}
	}
	if len(buf) == before {
		return buf, false, errors.New("no slice")
	}
	return buf, key, nil
}

func withStart(buf, nal []byte) []byte {
	return append(append(buf, 0, 0, 0, 1), nal...)
}
