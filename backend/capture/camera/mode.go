package camera

import (
	"cmp"
	"image"
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

// slideshow is a rate below which nothing looks alive: nobody gets that who has not asked for it.
const slideshow = 5

// choose finds the mode to watch in: smooth first, then near 1280×720, then near 30 frames a second, then cheap to take. It is false where
// the camera offers nothing that can be read.
func choose(modes []mode) (mode, bool) {
	readable := usable(modes)
	if len(readable) == 0 {
		return mode{}, false
	}
	return slices.MinFunc(readable, compare), true
}

// nearest finds the mode that a person has chosen, or what comes next to it where the camera has no such mode, or none any more.
func (w wish) nearest(modes []mode) (mode, bool) {
	readable := usable(modes)
	if len(readable) == 0 {
		return mode{}, false
	}
	return slices.MinFunc(readable, w.compare), true
}

// choosesMode says whether the person has chosen how the camera is to deliver.
func (w wish) choosesMode() bool { return w.width > 0 || w.rate > 0 }

func (w wish) compare(a, b mode) int {
	if w.width == 0 {
		return cmp.Or(cmp.Compare(w.rateAway(a), w.rateAway(b)), compare(a, b))
	}
	return cmp.Or(
		cmp.Compare(w.tooSlow(a), w.tooSlow(b)),
		cmp.Compare(a.sizeAway(w.width, w.height), b.sizeAway(w.width, w.height)),
		cmp.Compare(w.rateAway(a), w.rateAway(b)),
		cmp.Compare(a.cost(), b.cost()),
	)
}

// rateAway is exact where the person has chosen a rate: who asks for 29.97 and for 30 gets both.
func (w wish) rateAway(m mode) float64 {
	if w.rate == 0 {
		return float64(m.rateAway())
	}
	return math.Abs(roundRate(m.likelyRate()) - w.rate)
}

// tooSlow is 1 for a mode that is slow by accident. Who asks for a size alone gets that size, at whatever rate it has.
func (w wish) tooSlow(m mode) int {
	limit := min(slideshow, w.rate)
	if w.rate == 0 && (m.width != w.width || m.height != w.height) {
		limit = slideshow
	}
	if m.likelyRate() < limit {
		return 1
	}
	return 0
}

func compare(a, b mode) int {
	return cmp.Or(
		cmp.Compare(a.tier(), b.tier()),
		cmp.Compare(a.sizeAway(wantWidth, wantHeight), b.sizeAway(wantWidth, wantHeight)),
		cmp.Compare(a.rateAway(), b.rateAway()),
		cmp.Compare(a.cost(), b.cost()),
	)
}

func usable(modes []mode) []mode {
	return slices.DeleteFunc(slices.Clone(modes), func(m mode) bool { return !m.usable() })
}

// usable leaves out depth pictures and, for raw ones, odd sizes, whose colour planes have no end that all agree on.
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
	case rate >= slideshow:
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

func (m mode) size() image.Point { return image.Pt(m.width, m.height) }

func (m mode) sizeAway(width, height int) int { return away(m.width, width) + away(m.height, height) }

// rateAway is in whole frames: 29.97 is 30.
func (m mode) rateAway() int { return away(int(math.Round(m.likelyRate())), wantRate) }

func away(a, b int) int { return max(a-b, b-a) }

const unreadable = 4

// cost ranks the formats. JPEG comes first where its bytes pass through undecoded, last where the driver decodes each with the standard
// library (11–19 ms a 720p frame). Of the raw ones those with colours for every other line come first: there is less of them.
func (m mode) cost() int {
	switch m.format {
	case frame.FormatMJPEG:
		if passesJPEG {
			return 0
		}
		return 3
	case frame.FormatI420, frame.FormatNV12, frame.FormatNV21:
		return 1
	case frame.FormatYUYV, frame.FormatYUY2, frame.FormatUYVY:
		return 2
	}
	return unreadable
}

// mostModes is how many modes a person is offered.
const mostModes = 24

// offered is what a person may choose from, best first: each size and rate once, in the format that is the cheapest to take. Where there are
// too many, each size keeps its best rates.
func offered(modes []mode) []mode {
	all := usable(modes)
	for i := range all {
		all[i].rate = roundRate(all[i].rate)
	}
	slices.SortStableFunc(all, compare)
	var turns [][]mode // the best rate of each size, the second best, …
	rates := make(map[image.Point]int)
	type look struct {
		size image.Point
		rate float64
	}
	seen := make(map[look]bool)
	for _, m := range all {
		if seen[look{m.size(), m.rate}] {
			continue
		}
		seen[look{m.size(), m.rate}] = true
		turn := rates[m.size()]
		rates[m.size()]++
		if turn == len(turns) {
			turns = append(turns, nil)
		}
		turns[turn] = append(turns[turn], m)
	}
	best := slices.Concat(turns...)
	best = best[:min(len(best), mostModes)]
	slices.SortStableFunc(best, compare)
	return best
}
