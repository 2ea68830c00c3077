package pool

import (
	"context"
	"sync"
	"time"

	"sightline/backend/sight"
)

// probes are questions put to replicas that were out while somebody else answers them: nobody waits for a dead replica twice.
type probes struct {
	ctx context.Context // ends when the pool is closed
	end context.CancelFunc

	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup
}

// start runs probe in a goroutine, unless the pool is closed.
func (p *probes) start(probe func(ctx context.Context)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.all.Go(func() { probe(p.ctx) })
	}
	return !p.closed
}

func (p *probes) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.end()
	p.all.Wait()
}

// rideAlong puts a question that is about to be asked at s also to a replica that was out, where there is one that may be tried and has
// room. It reports whether it did.
func (p *Pool) rideAlong(s *seat, q sight.Question) bool {
	if s.trial {
		return false
	}
	suspect := p.trial(s.replica)
	if suspect == nil {
		return false
	}
	started := p.probes.start(func(ctx context.Context) {
		a := &attempt{pool: p, seat: suspect, tell: func(sight.Event) {}, probing: true}
		_, _ = a.run(ctx, q) // its health has been told; nobody waits for the answer
	})
	if !started {
		suspect.giveBack()
	}
	return started
}

// A probe takes room away from others for as long as it waits. Where it is known how fast the server is, it gives way after a few times that.
const (
	givesWay  = 3 * time.Second // at the earliest
	timesLate = 4
)

// giveWayAfter is when a probe at r gives way; never, where its speed is not known.
func (r *replica) giveWayAfter() (after time.Duration, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(givesWay, timesLate*r.first), r.first > 0
}

// giveWay gives a probe up where there is no room for the next one beside it.
func (a *attempt) giveWay() {
	if leave, ok := a.seat.replica.room.Try(); ok {
		leave(false)
		return
	}
	a.giveUp()
}
