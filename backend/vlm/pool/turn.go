package pool

import (
	"context"
	"sync"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// seat is room for one question and the right to put it there. It is used by one goroutine.
type seat struct {
	asker vlm.Asker        // of the replica, or the fallback's
	leave func(asked bool) // nil: nothing was taken

	replica *replica // nil: the fallback
	trial   bool     // the replica was out: this question shows whether it is back

	// Guarded by the replica's mutex.
	done  func(error) // tells the breaker; nil: it was told, or does not want to know
	shown bool        // a first token has come
}

// report tells the breaker, once. It needs the replica's mutex.
func (s *seat) report(v verdict) {
	if s.done != nil {
		s.done(v.err())
		s.done = nil
	}
}

// up gives the room back.
func (s *seat) up(asked bool) {
	if s.leave != nil {
		s.leave(asked)
	}
}

// giveBack gives up a seat at which nothing was asked.
func (s *seat) giveBack() {
	if s == nil {
		return
	}
	if s.replica != nil {
		s.replica.report(s, neither)
	}
	s.up(false)
}

// turn is a seat, to be used once.
type turn struct {
	pool *Pool

	mu   sync.Mutex
	seat *seat // nil: used, or given back
}

func (t *turn) take() *seat {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.seat
	t.seat = nil
	return s
}

// Release implements vlm.Turn.
func (t *turn) Release() { t.take().giveBack() }

// Ask implements vlm.Turn. A second question takes a turn of its own.
func (t *turn) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	if s := t.take(); s != nil {
		return t.pool.ask(ctx, s, q, on)
	}
	return t.pool.Ask(ctx, q, on)
}

// ask puts the question to the one at s, and to another one where that fails and the frame is still worth it: twice at most, in all.
func (p *Pool) ask(ctx context.Context, s *seat, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	if err := ctx.Err(); err != nil {
		s.giveBack()
		return sight.Answer{Backend: p.name, Model: q.Model}, err
	}
	told := &telling{on: on}
	probing := p.rideAlong(s, q)
	answer, err := p.attempt(ctx, s, q, told.hear)
	if err == nil || probing || s.replica == nil || !p.worthAnother(ctx, q, told, err) {
		return answer, p.again(err)
	}
	next := p.second(ctx, s.replica)
	if next == nil {
		return answer, p.again(err)
	}
	second, err := p.attempt(ctx, next, q, told.hear)
	if second.Sent.IsZero() {
		second.Sent, second.Image = answer.Sent, answer.Image // the first one's was told, and holds
	}
	return second, p.again(err)
}

// worthAnother reports whether a question that failed may be put to another one: it was not to blame, nothing was shown, and the frame is
// still fresh.
func (p *Pool) worthAnother(ctx context.Context, q sight.Question, told *telling, err error) bool {
	return ctx.Err() == nil && fault.From(err).Blame == fault.Backend && !told.shown &&
		time.Since(q.Frame.Captured) <= p.limits.FirstToken+stillFresh
}

// second is a seat for the second attempt: at another replica that has room at once, else at the fallback, else at one that may be back.
func (p *Pool) second(ctx context.Context, first *replica) *seat {
	if s := sit(p.ready(first)); s != nil {
		return s
	}
	ctx, cancel := context.WithTimeout(ctx, noQueueing)
	defer cancel()
	if s := p.fallbackSeat(ctx); s != nil {
		return s
	}
	return p.trial(first)
}

// noQueueing is how long the fallback has to find room for a question that cannot wait any longer.
const noQueueing = 100 * time.Millisecond

// telling makes one story of two attempts: Sent comes once. It is used by one attempt at a time.
type telling struct {
	on          func(sight.Event)
	sent, shown bool
}

func (t *telling) hear(e sight.Event) {
	if e.Kind == sight.Sent && t.sent {
		return
	}
	t.sent = true
	t.shown = t.shown || e.Kind != sight.Sent
	if t.on != nil {
		t.on(e)
	}
}
