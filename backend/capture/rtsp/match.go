package rtsp

import (
	"context"
	"sync"
	"time"
)

const (
	inDecoder   = 8  // units that may be in a decoder at once, besides those it always holds back
	lookEvery   = 30 // pictures after which it is looked whether some were lost
	stuckFor    = 500 * time.Millisecond
	neverLooked = -1
)

// matcher finds the unit that a picture was made of. Pictures carry no times, so it goes by order: units go in, pictures come out, in the order of their arrival. A
// unit of which no picture comes would make all later ones look older than they are; such are found because a decoder then never seems to be done.
type matcher struct {
	mu      sync.Mutex
	pending []*unit
	usual   int // how many the decoder always holds back: as many as at its best in its first pictures
	low     int // the fewest that were pending, since it was last looked
	seen    int // pictures since then
	warm    bool
	last    time.Time

	freed chan struct{} // there may be room
}

// newMatcher begins where another one has ended: its pictures are later than last.
func newMatcher(last time.Time) *matcher {
	return &matcher{usual: neverLooked, low: maxWaiting, last: last, freed: make(chan struct{}, 1)}
}

// newest is when the newest picture was captured.
func (m *matcher) newest() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// admit waits until the decoder has room for a unit and counts it in. What the decoder does not give back in time counts as lost. Until the first picture there is
// always room: some decoders want to see much before they begin.
func (m *matcher) admit(ctx context.Context, u *unit) error {
	stuck := time.NewTimer(stuckFor)
	defer stuck.Stop()
	for !m.enter(u) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-m.freed:
		case <-stuck.C:
			m.forget()
			stuck.Reset(stuckFor)
		}
	}
	return nil
}

func (m *matcher) enter(u *unit) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.warm && len(m.pending) >= inDecoder+max(m.usual, 0) {
		return false
	}
	m.pending = append(m.pending, u)
	return true
}

// forget gives up half of what is pending.
func (m *matcher) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pending = m.pending[(len(m.pending)+1)/2:]
}

// shown is the unit of the next picture, and when it was captured, which is always later than the one before. Where a decoder makes more pictures than it was
// given units, it is nil.
func (m *matcher) shown(now time.Time) (u *unit, captured time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.warm = true
	captured = now
	if len(m.pending) > 0 {
		u = m.pending[0]
		m.pending[0] = nil
		m.pending = m.pending[1:]
		captured = u.arrived
	}
	if !captured.After(m.last) {
		captured = m.last.Add(time.Microsecond)
	}
	m.last = captured
	m.lookLocked()
	select {
	case m.freed <- struct{}{}:
	default:
	}
	return u, captured
}

// lookLocked compares what the decoder holds back with what it usually does.
func (m *matcher) lookLocked() {
	m.low = min(m.low, len(m.pending))
	if m.seen++; m.seen < lookEvery {
		return
	}
	if m.usual == neverLooked {
		m.usual = m.low
	}
	if lost := m.low - m.usual; lost > 0 {
		m.pending = m.pending[lost:]
	}
	m.usual = min(m.usual, m.low)
	m.seen, m.low = 0, maxWaiting
}
