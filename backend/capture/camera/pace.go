package camera

import (
	"image"
	"slices"
	"sync"
	"time"

	"github.com/pion/mediadevices/pkg/frame"
)

// pace is how fast cameras were seen to deliver whose driver tells no rate, as on Windows: kept for as long as the process lives, since it
// takes a second to find out. The zero value is ready.
type pace struct {
	mu   sync.Mutex
	seen map[string]map[image.Point]float64 // by attached.key and size
}

// fluent is the rate, in frames a second, from which on nothing else is tried; better says how much faster the smaller size has to be.
const (
	fluent = 20
	better = 1.2
)

func (p *pace) note(key string, size image.Point, rate float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seen == nil {
		p.seen = make(map[string]map[image.Point]float64)
	}
	if p.seen[key] == nil {
		p.seen[key] = make(map[image.Point]float64)
	}
	p.seen[key][size] = rate
}

// known is modes with the rates that were seen, where the driver tells none.
func (p *pace) known(key string, modes []mode) []mode {
	p.mu.Lock()
	defer p.mu.Unlock()
	modes = slices.Clone(modes)
	for i := range modes {
		if modes[i].rate == 0 {
			modes[i].rate = p.seen[key][modes[i].size()]
		}
	}
	return modes
}

// choose is the mode to watch in where the person has chosen none. Where no rate is told, 1280×720 is tried first, and 640×480 where that
// drags: on trial means that the rate is still to be seen.
func (p *pace) choose(key string, modes []mode) (m mode, trial, ok bool) {
	known := usable(p.known(key, modes))
	told := slices.ContainsFunc(usable(modes), func(m mode) bool { return m.rate > 0 || m.format == frame.FormatMJPEG })
	if told || len(known) == 0 {
		m, ok = choose(known)
		return m, false, ok
	}
	large := nearestTo(known, wantWidth, wantHeight)
	if large.rate == 0 || large.rate >= fluent {
		return large, large.rate == 0, true
	}
	small := nearestTo(known, 640, 480)
	if small.rate == 0 || small.rate > large.rate*better {
		return small, small.rate == 0, true
	}
	return large, false, true
}

func nearestTo(modes []mode, width, height int) mode {
	return slices.MinFunc(modes, func(a, b mode) int { return a.sizeAway(width, height) - b.sizeAway(width, height) })
}

// meter counts the frames of a trial. The first moments do not count: a camera still finds its exposure then.
type meter struct {
	first, from time.Time
	frames      int
}

const (
	warmUp  = 400 * time.Millisecond
	measure = time.Second
)

// tick counts the frame that came at now. It is true once the rate is known.
func (m *meter) tick(now time.Time) (rate float64, done bool) {
	switch {
	case m.first.IsZero():
		m.first = now
	case m.from.IsZero():
		if now.Sub(m.first) >= warmUp {
			m.from = now
		}
	default:
		m.frames++
	}
	if m.from.IsZero() || now.Sub(m.from) < measure {
		return 0, false
	}
	return float64(m.frames) / now.Sub(m.from).Seconds(), true
}
