package camera

import (
	"cmp"
	"math"
	"slices"

	"github.com/pion/mediadevices/pkg/frame"
)

// mode is one way in which a camera can deliver pictures.
type mode struct {
	width, height int
	rate          float64 // frames a second; 0 where the camera does not say
	format        frame.Format
}

// What to look for: large enough for any model, small enough for any machine.
const (
	wantWidth, wantHeight = 1280, 720
	wantRate              = 30
)

// choose finds the mode to watch in: smooth first, then near 1280×720, then near 30 frames a second, then cheap to take. It is false where
// the camera offers nothing that can be read.
func choose(modes []mode) (mode, bool) {
	usable := slices.DeleteFunc(slices.Clone(modes), func(m mode) bool { return !m.usable() })
	if len(usable) == 0 {
		return mode{}, false
	}
	return slices.MinFunc(usable, compare), true
}

func compare(a, b mode) int {
	return cmp.Or(
		cmp.Compare(a.tier(), b.tier()),
		cmp.Compare(a.sizeAway(), b.sizeAway()),
		cmp.Compare(a.rateAway(), b.rateAway()),
		cmp.Compare(a.cost(), b.cost()),
	)
}

// usable leaves out depth pictures and, for raw ones, odd sizes, whose colour planes the driver cuts short.
func (m mode) usable() bool {
	if m.width < 2 || m.height < 2 || m.cost() == unreadable {
		return false
	}
	return m.format == frame.FormatMJPEG || m.width%2 == 0 && m.height%2 == 0
}

// tier is how well a mode can be watched, 0 the best: a smooth smaller picture beats a slow large one, but not a stamp.
func (m mode) tier() int {
	rate, large := m.likelyRate(), m.width*m.height >= 640*360
	switch {
	case large && rate >= 24:
		return 0
	case large && rate >= 12:
		return 1
	case rate >= 24:
		return 2
	case rate >= 5:
		return 3
	}
	return 4
}

// likelyRate is the rate, or a guess: on Windows the driver tells none, and USB 2 carries about 24 MB of raw picture a second.
func (m mode) likelyRate() float64 {
	const usb2 = 24e6
	if m.rate > 0 || m.format == frame.FormatMJPEG {
		return cmp.Or(m.rate, wantRate)
	}
	return min(wantRate, usb2/float64(2*m.width*m.height))
}

func (m mode) sizeAway() int { return away(m.width, wantWidth) + away(m.height, wantHeight) }

// rateAway is in whole frames: 29.97 is 30.
func (m mode) rateAway() int { return away(int(math.Round(m.likelyRate())), wantRate) }

func away(a, b int) int { return max(a-b, b-a) }

const unreadable = 4

// cost ranks the formats. JPEG comes first where its bytes pass through undecoded, last where the driver decodes each with the standard
// library (11–19 ms a 720p frame). The driver makes planes of NV12 and NV21 byte by byte.
func (m mode) cost() int {
	switch m.format {
	case frame.FormatMJPEG:
		if passesJPEG {
			return 0
		}
		return 3
	case frame.FormatI420, frame.FormatYUYV, frame.FormatYUY2, frame.FormatUYVY:
		return 1
	case frame.FormatNV12, frame.FormatNV21:
		return 2
	}
	return unreadable
}
