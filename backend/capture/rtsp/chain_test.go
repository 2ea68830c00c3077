package rtsp

import (
	"bytes"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"sightline/backend/sight"
)

// Parameter sets and slices of H.264: those of the baseline profile, in which pictures come in order, and of the main profile, which leaves that open.
var (
	baseline = []byte{0x67, 0x42, 0xc0, 0xa, 0xda, 0x5, 0x6, 0x64}
	main     = []byte{0x67, 0x4d, 0x40, 0xa, 0xf4, 0xa, 0xc, 0xc8}
	pps      = []byte{0x68, 0xce, 0x3c, 0x80}
	otherPPS = []byte{0x68, 0x5b, 0x3c, 0x80} // with the number 1
	idr      = []byte{0x65, 0x88, 1}          // first_mb 0, slice_type 7
	slice    = []byte{0x41, 0x9a, 2}          // first_mb 0, slice_type 5
	bSlice   = []byte{0x01, 0x9e, 3}          // first_mb 0, slice_type 6
)

// tied runs units through a reader and says of each whether it is on a chain, and how long that is.
func tied(t *testing.T, sps []byte, units ...[][]byte) []int {
	t.Helper()
	r, err := of264(&format.H264{SPS: sps, PPS: pps})
	if err != nil {
		t.Fatal(err)
	}
	r.unpack = func(p *rtp.Packet) ([][]byte, error) { return units[p.SequenceNumber], nil }
	var lengths []int
	for i := range units {
		if units[i] == nil {
			r.lost()
			continue
		}
		u := r.read(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i)}}, time.Now())
		if u == nil {
			t.Fatalf("unit %d is none", i)
		}
		lengths = append(lengths, lengthOf(u.coded))
	}
	return lengths
}

func lengthOf(c *sight.Coded) int {
	n := 0
	for ; c != nil; c = c.Before {
		n++
	}
	return n
}

func same(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestChainHangsTogetherFromKeyToKey(t *testing.T) {
	key, next := [][]byte{idr}, [][]byte{slice}
	for name, tc := range map[string]struct {
		units [][][]byte
		want  []int
	}{
		"as it should be":       {[][][]byte{key, next, next, key, next}, []int{1, 2, 3, 1, 2}},
		"before the first key":  {[][][]byte{next, next, key, next}, []int{0, 0, 1, 2}},
		"something was lost":    {[][][]byte{key, next, nil, next, next, key, next}, []int{1, 2, 0, 0, 1, 2}},
		"out of order":          {[][][]byte{key, next, {bSlice}, next, key, next}, []int{1, 2, 0, 0, 0, 0}},
		"sets in the stream":    {[][][]byte{{baseline, pps, idr}, next, {baseline, pps, idr}, next}, []int{1, 2, 1, 2}},
		"several sets":          {[][][]byte{{baseline, pps, otherPPS, idr}, next, {baseline, pps, otherPPS, idr}}, []int{0, 0, 0}},
		"sets change midway":    {[][][]byte{key, next, {otherSame(), slice}, key, next}, []int{1, 2, 0, 1, 2}},
		"slices of one picture": {[][][]byte{{idr, idr}, {slice, slice}}, []int{1, 2}},
	} {
		if got := tied(t, baseline, tc.units...); !same(got, tc.want) {
			t.Errorf("%s: chains of %v, want %v", name, got, tc.want)
		}
	}
}

// otherSame is another picture parameter set with the same number.
func otherSame() []byte { return []byte{0x68, 0xce, 0x38, 0x80} }

func TestStreamThatDoesNotSayItsOrderIsWatchedFirst(t *testing.T) {
	var units [][][]byte
	for range 10 {
		units = append(units, [][]byte{idr})
		for range 9 {
			units = append(units, [][]byte{slice})
		}
	}
	lengths := tied(t, main, units...)
	for i, n := range lengths {
		if want := i >= 70; (n > 0) != want {
			t.Fatalf("unit %d hangs on a chain of %d", i, n)
		}
	}
	units[25] = [][]byte{bSlice}
	for i, n := range tied(t, main, units...) {
		if n > 0 {
			t.Fatalf("out of order, and unit %d hangs on a chain of %d", i, n)
		}
	}
}

// TestChainEndsWhereNoKeyComes: whoever holds the last frame holds all.
func TestChainEndsWhereNoKeyComes(t *testing.T) {
	units := [][][]byte{{idr}}
	for range maxChain + 5 {
		units = append(units, [][]byte{slice})
	}
	lengths := tied(t, baseline, append(units, [][]byte{idr})...)
	if n := len(lengths); lengths[maxChain-1] != maxChain || lengths[n-2] != 0 || lengths[n-1] != 1 {
		t.Errorf("chains of %d, %d, %d", lengths[maxChain-1], lengths[n-2], lengths[n-1])
	}
}

func TestKeysBringTheirParameterSets(t *testing.T) {
	r, err := of264(&format.H264{SPS: baseline, PPS: pps})
	if err != nil {
		t.Fatal(err)
	}
	sent := [][][]byte{{baseline}, {pps, {}}, {idr}, {{0x09, 0xf0}, slice, {0x0c, 0xff, 0x80}}, {idr}}
	r.unpack = func(p *rtp.Packet) ([][]byte, error) { return sent[p.SequenceNumber], nil }
	var got []*unit
	for i := range sent {
		if u := r.read(&rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i)}}, time.Now()); u != nil {
			got = append(got, u)
		}
	}
	whole := append(append(append([]byte{0, 0, 0, 1}, baseline...), append([]byte{0, 0, 0, 1}, pps...)...), append([]byte{0, 0, 0, 1}, idr...)...)
	if len(got) != 3 || !bytes.Equal(got[0].stream(nil), whole) || !bytes.Equal(got[2].stream(nil), whole) {
		t.Fatalf("%d units, the first is %x", len(got), got[0].stream(nil))
	}
	if want := append([]byte{0, 0, 0, 1}, slice...); !bytes.Equal(got[1].stream(nil), want) {
		t.Errorf("the second is %x", got[1].stream(nil))
	}
	if c := got[0].coded; c == nil || !bytes.Equal(c.Data, append([]byte{0, 0, 0, 3}, idr...)) || &c.SPS[0] != &got[2].coded.SPS[0] {
		t.Errorf("its video is %+v", c)
	}
}

// FuzzPackets: whatever comes, units or errors come out, and nothing grows without bound.
func FuzzPackets(f *testing.F) {
	f.Add([]byte{0x67, 66, 0xc0, 0x0a, 0xda, 0x0a, 0x0c, 0xc8}, []byte{0x78, 0, 3, 0x65, 0x88, 1, 0, 0, 0, 1, 9}, []byte{0x7c, 0x85, 1}, true)
	f.Add([]byte{0x40, 1, 1}, []byte{0x60, 1, 0, 2, 0x26, 1}, []byte{0x62, 1, 0x93, 1}, false)
	f.Fuzz(func(t *testing.T, a, b, c []byte, is264 bool) {
		r, err := of264(&format.H264{SPS: a, PPS: b})
		if !is264 {
			r, err = of265(&format.H265{SPS: a, PPS: b, VPS: c})
		}
		if err != nil {
			t.Fatal(err)
		}
		played := []format.Format{new(format.H264), new(format.H265), new(format.MJPEG)}
		pictures, err := new(format.MJPEG).CreateDecoder()
		if err != nil {
			t.Fatal(err)
		}
		for i, payload := range [][]byte{a, b, c, b, a, c, c} {
			p := &rtp.Packet{Header: rtp.Header{SequenceNumber: uint16(i), Marker: i%2 == 0}, Payload: payload}
			for _, f := range played {
				f.PTSEqualsDTS(p) // which the library calls for each packet
			}
			_, _ = pictures.Decode(p)
			if u := r.read(p, time.Now()); u != nil {
				r.colour(u.sps)
				if len(u.stream(nil)) == 0 || len(r.loose) > 0 {
					t.Errorf("a unit of nothing, or something left behind: %v, %d", u, len(r.loose))
				}
			}
		}
	})
}
