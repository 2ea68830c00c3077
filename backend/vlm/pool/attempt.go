package pool

import (
	"context"
	"sync"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// attempt is a question put to one server.
type attempt struct {
	pool    *Pool
	seat    *seat
	tell    func(sight.Event)
	probing bool // the first token is all that is wanted
	began   time.Time
	end     context.CancelFunc

	mu    sync.Mutex
	stage stage
}

// stage is how far an attempt has come: it shows tokens or is given up, never both.
type stage int

const (
	waiting stage = iota
	showing
	givenUp
)

// attempt puts the question to the one at s, and gives the seat back.
func (p *Pool) attempt(ctx context.Context, s *seat, q sight.Question, tell func(sight.Event)) (sight.Answer, error) {
	if s.replica == nil {
		return p.askFallback(ctx, s, q, tell)
	}
	a := &attempt{pool: p, seat: s, tell: tell}
	return a.run(ctx, q)
}

// askFallback leaves the fallback its own limits: there is nobody else to ask after it.
func (p *Pool) askFallback(ctx context.Context, s *seat, q sight.Question, tell func(sight.Event)) (sight.Answer, error) {
	defer s.up(true)
	answer, err := s.asker.Ask(ctx, q, tell)
	answer.Backend, answer.InsteadOf = p.fallback.Name, p.name
	return answer, err
}

func (a *attempt) run(outer context.Context, q sight.Question) (sight.Answer, error) {
	defer a.seat.up(true)
	ctx, cancel := context.WithCancel(outer)
	defer cancel()
	a.began, a.end = time.Now(), cancel
	stop := a.watch()
	answer, err := a.seat.asker.Ask(ctx, q, a.hear)
	stop()

	r := a.seat.replica
	answer.Backend = a.pool.name
	if len(a.pool.replicas) > 1 {
		answer.Replica = r.name
	}
	switch reached := a.reached(); {
	case outer.Err() != nil && err != nil:
		r.report(a.seat, neither)
		return answer, outer.Err()
	case reached == givenUp:
		err = a.pool.silent(r)
	case err == nil && reached == waiting: // it told nothing, and answered
		r.progressed(a.seat, time.Since(a.began))
	}
	a.settle(err, a.reached())
	return answer, err
}

// watch ends the attempt when the patience with a replica ends without a token. 0 is patience without end.
func (a *attempt) watch() (stop func()) {
	var timers []*time.Timer
	after := func(d time.Duration, f func()) { timers = append(timers, time.AfterFunc(d, f)) }
	if patience := a.pool.limits.FirstToken; patience > 0 {
		after(patience, a.giveUp)
	}
	if a.seat.trial {
		after(trialFor, func() { a.seat.replica.overdue(a.seat) })
	}
	if d, known := a.seat.replica.giveWayAfter(); a.probing && known {
		after(d, a.giveWay)
	}
	return func() {
		for _, t := range timers {
			t.Stop()
		}
	}
}

func (a *attempt) giveUp() {
	if now, _ := a.reach(givenUp); now == givenUp {
		a.end()
	}
}

// hear passes an event on, unless the attempt was given up: then another one has the word.
func (a *attempt) hear(e sight.Event) {
	if e.Kind == sight.Sent {
		if a.reached() != givenUp {
			a.tell(e)
		}
		return
	}
	now, first := a.reach(showing)
	if now != showing {
		return
	}
	if first {
		a.seat.replica.progressed(a.seat, time.Since(a.began))
	}
	if a.probing {
		a.end()
	}
	a.tell(e)
}

func (a *attempt) reached() stage {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stage
}

// reach moves on from waiting, and gives the stage that holds and whether it is new.
func (a *attempt) reach(s stage) (stage, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.stage
	if was == waiting {
		a.stage = s
	}
	return a.stage, was == waiting
}

// settle tells the replica's health how it ended.
func (a *attempt) settle(err error, reached stage) {
	r := a.seat.replica
	if err == nil || a.probing && reached == showing {
		r.report(a.seat, progress)
		return
	}
	f := fault.From(err)
	v := verdictOf(f, reached)
	if v == neither && a.probing && f.Code != codeRateLimited {
		v = failed // it could not be shown that it is back, and should not be tried again at once
	}
	if f.Blame == fault.Backend {
		r.failed(f)
	}
	r.report(a.seat, v)
}
