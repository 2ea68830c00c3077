package rtsp

import (
	"fmt"
	"net/url"
	"sync"
	"time"

	"sightline/backend/capture"
)

// progress watches whether what ought to come comes. Its times are zero until then.
type progress struct {
	address *url.URL
	waits   waits

	mu                       sync.Mutex
	started                  time.Time
	unit, firstUnit, picture time.Time // the newest, but for the first
	key                      time.Time // the first
}

// came notes a unit.
func (p *progress) came(now time.Time, key bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unit = now
	if p.firstUnit.IsZero() {
		p.firstUnit = now
	}
	if key && p.key.IsZero() {
		p.key = now
	}
}

// showed notes a picture.
func (p *progress) showed(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.picture = now
}

// trouble says for how long nothing can be wrong, and what is, once that is over.
func (p *progress) trouble(now time.Time) (wait time.Duration, wrong error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := func(since time.Time, limit time.Duration) time.Duration { return limit - now.Sub(since) }
	switch {
	case p.unit.IsZero():
		return left(p.started, p.waits.answer), capture.Silent(kind, p.address, nil)
	case !p.picture.IsZero():
		wait = left(p.picture, p.waits.patience)
		if now.Sub(p.unit) < p.waits.patience/2 {
			return wait, behind(p.address)
		}
		return wait, stalled(p.address, p.waits.patience)
	case left(p.unit, p.waits.answer) <= 0:
		return 0, capture.Silent(kind, p.address, nil)
	case p.key.IsZero():
		return min(left(p.firstUnit, p.waits.key), left(p.unit, p.waits.answer)), keyless(p.address, p.waits.key)
	}
	return min(left(p.key, p.waits.first), left(p.unit, p.waits.answer)), undecoded(p.address, fmt.Errorf("no picture in %v", p.waits.first))
}
