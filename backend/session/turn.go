package session

import (
	"context"
	"time"

	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// turn is the place at the first asker of the task, where that has limited room: it is waited for before a frame is chosen. An asker that is
// no queue always has room.
type turn struct {
	held   Asker     // good for one question; nil: none
	since  time.Time // when the wait began; zero: nobody waits
	cancel context.CancelFunc
	got    chan place // the end of each wait; room for one, since there is one at a time
	stale  bool       // the wait under way is for an asker that is no longer wanted
}

// place is how a wait ended.
type place struct {
	turn vlm.Turn
	err  error
}

// ready says whether a question could be put now.
func (t *turn) ready(task Task) bool {
	if t.held != nil || len(task.Askers) == 0 {
		return true
	}
	_, queues := task.Askers[0].Asker.(vlm.Queue)
	return !queues
}

// want begins to wait, unless a wait is under way.
func (t *turn) want(ctx context.Context, a Answerer) {
	queue, queues := a.Asker.(vlm.Queue)
	if !queues || t.cancel != nil {
		return
	}
	ctx, t.cancel = context.WithCancel(ctx)
	t.since = time.Now()
	go func() {
		p, err := queue.Turn(ctx)
		t.got <- place{p, err}
	}()
}

// take keeps the place a wait ended with. A wait that failed is a place where the question will fail: so the sample has its outcome.
func (t *turn) take(p place) {
	t.cancel()
	stale := t.stale
	t.cancel, t.stale, t.since = nil, false, time.Time{}
	switch {
	case stale && p.err == nil:
		p.turn.Release()
	case stale:
	case p.err != nil:
		t.held = refused{p.err}
	default:
		t.held = p.turn
	}
}

// use gives the place to a question; nil where none is needed.
func (t *turn) use() Asker {
	held := t.held
	t.held = nil
	return held
}

// drop gives back what is held, and what is still waited for.
func (t *turn) drop() {
	if held, ok := t.held.(vlm.Turn); ok {
		held.Release()
	}
	t.held, t.since = nil, time.Time{}
	if t.cancel != nil {
		t.stale = true
		t.cancel()
	}
}

// end drops everything and waits for the wait under way.
func (t *turn) end() {
	t.drop()
	if t.cancel != nil {
		t.take(<-t.got)
	}
}

// refused is a place where nothing can be asked.
type refused struct{ err error }

// Ask fails as the wait did.
func (r refused) Ask(context.Context, sight.Question, func(sight.Event)) (sight.Answer, error) {
	return sight.Answer{}, r.err
}
