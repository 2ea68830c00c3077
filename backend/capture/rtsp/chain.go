package rtsp

import (
	"bytes"

	"sightline/backend/sight"
)

// What a chain may grow to before a key ends it: some cameras send a key only at the start, and whoever holds the last frame holds all.
const (
	maxChain      = 3600 // units
	maxChainBytes = 64 << 20
)

// doubt is how many units have to be in order before a stream is believed that does not say whether all are.
const doubt = 60

// chain ties the units of H.264 together, as sight.Coded wants them. It leaves a stream alone in which pictures come in another order than they are shown in, or for which
// one of each parameter set is not enough. Where the stream does not say so itself, it watches for a while before it believes it.
type chain struct {
	last     *sight.Coded // nil: a key has to come first
	sps, pps []byte
	length   int
	bytes    int
	watched  int  // units seen since the first key, while there is doubt
	trusted  bool // there is none
	unfit    bool // nothing will be tied until the parameter sets change
}

// add ties a unit to the chain and gives its part of it, nil where there is none. Its parameter sets are those in force.
func (c *chain) add(u *unit, pps []byte) *sight.Coded {
	c.look(u, pps)
	switch {
	case c.unfit || u.sps == nil || pps == nil:
		c.last = nil
		return nil
	case u.key:
		c.trusted = c.trusted || c.watched > doubt
		c.last, c.length, c.bytes = nil, 0, 0
		c.watched++
	case c.watched > 0:
		c.watched++
	}
	if !c.trusted || !u.key && c.last == nil {
		return nil
	}
	coded := &sight.Coded{Data: prefixed(pictureOf(u.nals)), Key: u.key, SPS: c.sps, PPS: c.pps, Captured: u.arrived, Before: c.last}
	c.length++
	c.bytes += len(coded.Data)
	if c.length > maxChain || c.bytes > maxChainBytes {
		c.cut()
		return nil
	}
	c.last = coded
	return coded
}

// look notes what the unit says about the stream.
func (c *chain) look(u *unit, pps []byte) {
	if !bytes.Equal(c.sps, u.sps) || !bytes.Equal(c.pps, pps) {
		sure, possible := straight(u.sps)
		*c = chain{sps: u.sps, pps: pps, trusted: sure, unfit: !possible || !alone(pps)}
	}
	for _, nal := range u.nals {
		switch kind264(nal) {
		case nalPPS:
			c.unfit = c.unfit || !bytes.Equal(nal, pps) // there are several
		case nalSlice:
			c.unfit = c.unfit || isB(nal)
		}
	}
}

// cut is called when a unit is missing: nothing is tied until the next key.
func (c *chain) cut() {
	c.last = nil
}

// alone says that a picture parameter set is the first, and so may be the only one.
func alone(pps []byte) bool {
	return len(pps) > 1 && pps[1]&0x80 != 0 // its number 0, as an Exp-Golomb code
}

// pictureOf leaves the parameter sets out.
func pictureOf(nals [][]byte) (rest [][]byte) {
	for _, nal := range nals {
		if kind := kind264(nal); kind != nalSPS && kind != nalPPS {
			rest = append(rest, nal)
		}
	}
	return rest
}

// isB says that a slice may refer to what is shown after it, ITU-T H.264, 7.3.3 and table 7-6.
func isB(slice []byte) bool {
	b := bits{data: slice[1:]}
	b.number() // first_mb_in_slice
	return b.number()%5 == 1
}

// bits reads Exp-Golomb codes, 9.1. What is not there reads as zeros.
type bits struct {
	data []byte
	at   int
}

func (b *bits) bit() int {
	if b.at >= 8*len(b.data) {
		return 0
	}
	v := b.data[b.at/8] >> (7 - b.at%8) & 1
	b.at++
	return int(v)
}

func (b *bits) number() int {
	zeros := 0
	for b.bit() == 0 {
		if zeros++; zeros > 24 {
			return 0
		}
	}
	n := 1
	for range zeros {
		n = n<<1 | b.bit()
	}
	return n - 1
}
