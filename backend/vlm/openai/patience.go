package openai

import (
	"sync"
	"time"
)

// stage is what a question is waiting for.
type stage int

const (
	connecting stage = iota // a connection
	waiting                 // the first token
	streaming               // the next token
	refusing                // the rest of an error, which matters little
)

// refusalLimit is how long the body of an error may take: its status says most of it.
const refusalLimit = 2 * time.Second

// patience ends a question that waits too long in one stage, or in all. It is entered from several goroutines: the HTTP client's hooks run
// in its own.
type patience struct {
	limits Limits
	lost   func(tooLong) // ends the question; called at most once a timer, never under the lock

	mu    sync.Mutex
	stage stage
	oneGo bool // the answer comes in one piece
	due   time.Time
	over  bool
	timer *time.Timer // for the stage
	total *time.Timer
}

// tooLong says which wait was too long.
type tooLong struct {
	stage stage
	total bool
	limit time.Duration
}

func newPatience(limits Limits, lost func(tooLong)) *patience {
	p := &patience{limits: limits, lost: lost}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = time.AfterFunc(limits.Total, func() { lost(tooLong{total: true, limit: limits.Total}) })
	p.timer = time.AfterFunc(limits.Total, p.expire)
	p.due = time.Now().Add(limits.Total)
	return p
}

// plain says whether the first token comes with the last one: then it may take as long as the answer.
func (p *patience) plain(is bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.oneGo = is
}

// enter starts the wait for s anew.
func (p *patience) enter(s stage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	limit := p.limitLocked(s)
	p.stage, p.due = s, time.Now().Add(limit)
	p.timer.Reset(limit)
}

// stop ends all waiting.
func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.timer.Stop()
	p.total.Stop()
}

func (p *patience) expire() {
	p.mu.Lock()
	// A timer that was reset just as it fired runs too early: the one it was reset to is still to come.
	early := p.over || time.Now().Before(p.due)
	lost := tooLong{stage: p.stage, limit: p.limitLocked(p.stage)}
	p.mu.Unlock()
	if !early {
		p.lost(lost)
	}
}

func (p *patience) limitLocked(s stage) time.Duration {
	switch s {
	case connecting:
		return p.limits.Connect
	case waiting:
		if p.oneGo {
			return p.limits.Total
		}
		return p.limits.FirstToken
	case refusing:
		return refusalLimit
	}
	return p.limits.BetweenTokens
}
