package slots

import (
	"encoding/binary"
	"slices"
	"time"
)

// begun is when the questions of the last minute were begun, oldest first, in nanoseconds of the wall clock: other processes read them.
type begun []int64

// at is what counts at now. A time to come means that the clock was put back since: it counts as now, so that nobody is kept out for longer
// than a minute.
func (b begun) at(now time.Time) begun {
	kept := make(begun, 0, len(b)+1)
	for _, t := range b {
		if t = min(t, now.UnixNano()); now.UnixNano()-t < int64(time.Minute) {
			kept = append(kept, t)
		}
	}
	slices.Sort(kept)
	return kept
}

// wait is how long until one more may begin; 0: now. b is what counts at now.
func (b begun) wait(now time.Time, perMinute int) time.Duration {
	over := len(b) - perMinute
	if perMinute == 0 || over < 0 {
		return 0
	}
	return time.Duration(b[over] + int64(time.Minute) - now.UnixNano())
}

// without leaves out one question that was not asked after all.
func (b begun) without(t int64) begun {
	if i := slices.Index(b, t); i >= 0 {
		return slices.Delete(b, i, i+1)
	}
	return b
}

func (b begun) bytes() []byte {
	out := make([]byte, 0, 8*len(b))
	for _, t := range b {
		out = binary.LittleEndian.AppendUint64(out, uint64(t))
	}
	return out
}

// readBegun reads what bytes has written. What was cut short by a crash counts as far as it goes.
func readBegun(raw []byte) begun {
	b := make(begun, 0, len(raw)/8)
	for ; len(raw) >= 8; raw = raw[8:] {
		b = append(b, int64(binary.LittleEndian.Uint64(raw)))
	}
	return b
}
