package shared

import (
	"context"
	"math/rand/v2"
	"time"
)

// The limits of patience.
const (
	silence   = 2 * time.Second        // without a frame, until a window says so
	openLimit = 12 * time.Second       // for a holder to open the device: longer than any source's own limit, whose fault says more
	beat      = 500 * time.Millisecond // between the holder's signs of life while there is no frame
	closing   = time.Second            // for the system to close what a killed holder had open
	farewell  = 200 * time.Millisecond // for a viewer to take in why the source ended
)

// patience is how long a window waits for a frame before it says that none comes.
type patience struct {
	until   time.Time // the time to give up
	opening time.Time // as long as that the first frame may take to come, where the holder says that it is opening the device
	seen    bool      // a frame has come
	fresh   bool      // a frame has come since the last holder was lost
}

func newPatience(now time.Time) patience {
	return patience{until: now.Add(silence), opening: now.Add(openLimit)}
}

func (p *patience) over(now time.Time) bool { return !now.Before(p.until) }

func (p *patience) frame(now time.Time) { p.until, p.seen, p.fresh = now.Add(silence), true, true }

// opens is heard from a holder that has no frame yet. Who has seen frames before waits no longer for that: the picture stands still.
func (p *patience) opens(now time.Time) {
	if p.seen {
		return
	}
	if p.until = now.Add(silence); p.until.After(p.opening) {
		p.until = p.opening
	}
}

// lost gives the next holder its time. Holders that are lost one after the other, without a frame, have it together.
func (p *patience) lost(now time.Time) {
	if p.fresh {
		p.until, p.fresh = now.Add(silence), false
	}
}

// pause waits some tens of milliseconds, each window a little differently. It is false when ctx has ended.
func pause(ctx context.Context) bool {
	timer := time.NewTimer(10*time.Millisecond + rand.N(30*time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
