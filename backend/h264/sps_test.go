//go:build cgo && (linux || windows) && !noh264

package h264

import (
	"encoding/hex"
	"testing"
)

// TestStreamsTellTheirColours has sets that x264 made.
func TestStreamsTellTheirColours(t *testing.T) {
	for name, c := range map[string]struct {
		sps  string
		want Stream
	}{
		"limited range":              {"6764000aacd945278888c044000003000400000300f03c489658", Stream{Profile: 100, FullRange: false, Matrix: 2}},
		"full range of HD":           {"6764000aacd945278888c05b810100a0000003002000000781e244b2c0", Stream{Profile: 100, FullRange: true, Matrix: 1}},
		"HD":                         {"6764000aacd945278888c05a810100a0000003002000000781e244b2c0", Stream{Profile: 100, FullRange: false, Matrix: 1}},
		"main, full range":           {"674d400aeca293c444602d90000003001000000303c0f1225960", Stream{Profile: 77, FullRange: true, Matrix: 2}},
		"baseline of SD":             {"6742c00ad905278888c05a81010320000003002000000781e244c9", Stream{Profile: 66, FullRange: false, Matrix: 6}},
		"pixels that are not square": {"6764000aacd945278888c07dc0808150000003001000000303c0f1225960", Stream{Profile: 100, FullRange: true, Matrix: 5}},
		"4:4:4":                      {"67f4000a919b28a4f1f1f80b64000003000400000300f03c489658", Stream{Profile: 244, FullRange: true, Matrix: 2}},
	} {
		sps, err := hex.DecodeString(c.sps)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Describe(sps); err != nil || got != c.want {
			t.Errorf("%s is %+v, %v; want %+v", name, got, err, c.want)
		}
		for n := range len(sps) - 1 {
			_, _ = Describe(sps[:n]) // no crash
		}
	}
}

func TestWhatIsNoSetIsRefused(t *testing.T) {
	for _, sps := range [][]byte{nil, {0x67}, {0x67, 66, 0, 31}, {0x68, 66, 0, 31, 0xff, 0xff, 0xff, 0xff}, make([]byte, 3000), {0x67, 100, 0, 31, 0xff, 0xff, 0xff, 0xff}} {
		if got, err := Describe(sps); err == nil {
			t.Errorf("%x is %+v", sps, got)
		}
	}
}

func TestOwnStreamsAreKnown(t *testing.T) {
	units, _ := film(t, 194, 106, 1)
	own, err := Describe(units[0].SPS)
	if want := (Stream{Profile: baseline, FullRange: true, Matrix: ownMatrix}); err != nil || own != want || !own.Own() {
		t.Errorf("own is %+v, %v", own, err)
	}
	for _, other := range []Stream{{}, {Profile: 77, FullRange: true, Matrix: 5}, {Profile: baseline, Matrix: 5}, {Profile: baseline, FullRange: true, Matrix: 1}} {
		if other.Own() {
			t.Errorf("%+v passes for our own", other)
		}
	}
}

// TestScalingListsAreSteppedOver has one of each kind: flat, cut short, and of 64.
func TestScalingListsAreSteppedOver(t *testing.T) {
	var w bitWriter
	for _, n := range []int{0, 1, 0, 0} { // number, 4:2:0, depths
		w.number(n)
	}
	w.bits(0b01, 2)
	for i := range 8 {
		switch i {
		case 0:
			w.bits(1, 1)
			for range 16 {
				w.number(1) // one more than the last
			}
		case 3:
			w.bits(1, 1)
			w.number(16) // -8: the rest is as by default
		case 7:
			w.bits(1, 1)
			for range 64 {
				w.number(0)
			}
		default:
			w.bits(0, 1)
		}
	}
	for _, n := range []int{0, 2, 1} { // frame numbers, order, references
		w.number(n)
	}
	w.bits(0, 1)
	w.number(3)
	w.number(2)
	w.bits(0b110_1_0_0_1_101_1_1, 12) // frames only, uncropped, described: nothing of pixels and overscan; the full range, in colours
	w.bits(1, 8)
	w.bits(1, 8)
	w.bits(9, 8)
	w.bits(1, 1)
	got, err := Describe(append([]byte{0x67, 100, 0, 31}, w.done()...))
	if want := (Stream{Profile: 100, FullRange: true, Matrix: 9}); err != nil || got != want {
		t.Errorf("read as %+v, %v; want %+v", got, err, want)
	}
}
