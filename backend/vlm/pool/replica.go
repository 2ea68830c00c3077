package pool

import (
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"sightline/backend/fault"
	"sightline/backend/vlm"
)

// When a replica is out, and when it is tried again. A trial that hangs like the question before it is given up on, as far as the next trial
// is concerned, after trialFor: so one that works again is back within openFor + trialFor and the time of one answer, whenever that happens.
const (
	failuresInARow = 2
	openFor        = 3 * time.Second
	trialFor       = time.Second
	shortRest      = 2 * time.Second // where it asked to be left alone and did not say how long
)

// remembered is how long a speed that was measured is believed: a slow replica that is never chosen would else never get another chance.
const remembered = time.Minute

// verdict is what an attempt says about a replica's health.
type verdict int

const (
	neither verdict = iota // the question was withdrawn, or it was to blame
	progress
	failed
	hung
)

var (
	errNeither = errors.New("this says nothing about its health")
	errFailed  = errors.New("it failed")
	errHung    = errors.New("it made no progress")
)

func (v verdict) err() error {
	return [...]error{neither: errNeither, progress: nil, failed: errFailed, hung: errHung}[v]
}

type breaker = gobreaker.TwoStepCircuitBreaker[struct{}]

// newBreaker opens at a hang at once, and after two other failures in a row.
func newBreaker() *breaker {
	hangs := false // guarded by the breaker's own mutex: it calls both functions under it, one after the other
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Timeout:      openFor,
		IsExcluded:   func(err error) bool { return errors.Is(err, errNeither) },
		IsSuccessful: func(err error) bool { hangs = errors.Is(err, errHung); return err == nil },
		ReadyToTrip:  func(c gobreaker.Counts) bool { return hangs || c.ConsecutiveFailures >= failuresInARow },
	})
}

// replica is one server and its health.
type replica struct {
	name    string
	asker   vlm.Asker
	room    Room
	alone   bool   // there is no other one: it is asked even when it is out
	changes func() // told, without the lock, when it comes, goes or rests

	mu        sync.Mutex
	breaker   *breaker // replaced by a fresh one when the replica is back
	opened    time.Time
	restUntil time.Time
	heard     bool          // it has once made progress
	first     time.Duration // to the first token, usually; 0: not known
	measured  time.Time
	last      *fault.Error // its last failure
}

func newReplica(c Replica, alone bool, changes func()) *replica {
	return &replica{name: c.Name, asker: c.Asker, room: c.Room, alone: alone, changes: changes, breaker: newBreaker()}
}

// ready reports whether it may be asked.
func (r *replica) ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.restingLocked() == 0 && (r.alone || r.breaker.State() == gobreaker.StateClosed)
}

// suspect reports whether it was out, and may be tried again.
func (r *replica) suspect() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.restingLocked() == 0 && r.breaker.State() == gobreaker.StateHalfOpen
}

// resting is how much longer it is to be left alone.
func (r *replica) resting() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.restingLocked()
}

func (r *replica) restingLocked() time.Duration { return max(time.Until(r.restUntil), 0) }

func (r *replica) state() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.restingLocked() > 0:
		return "resting"
	case r.breaker.State() != gobreaker.StateClosed:
		return "out"
	case r.heard:
		return "well"
	}
	return "unknown"
}

// wait is how long until it may be asked or tried.
func (r *replica) wait() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := r.restingLocked()
	switch state := r.breaker.State(); {
	case r.alone:
		return wait
	case state == gobreaker.StateOpen:
		return max(wait, time.Until(r.opened.Add(openFor)))
	case state == gobreaker.StateHalfOpen: // it is being tried, or has no room for that
		return max(wait, trialFor)
	}
	return wait
}

// usualFirst is how long it usually takes to the first token; 0 where that is not known, or no longer.
func (r *replica) usualFirst() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.measured) > remembered {
		return 0
	}
	return r.first
}

func (r *replica) lastFault() *fault.Error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// sitDown makes a seat of room that was taken, and gives the room back where the breaker does not allow one.
func (r *replica) sitDown(leave func(asked bool)) *seat {
	s := r.permit(leave)
	if s == nil {
		leave(false)
	}
	return s
}

func (r *replica) permit(leave func(asked bool)) *seat {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.restingLocked() > 0 {
		return nil
	}
	done, err := r.breaker.Allow()
	if err != nil && !r.alone {
		return nil
	}
	return &seat{asker: r.asker, leave: leave, replica: r, done: done, trial: r.breaker.State() == gobreaker.StateHalfOpen}
}

// progressed notes the first token of the question at s, and how long it took: whatever was wrong with the replica, it is back.
func (r *replica) progressed(s *seat, took time.Duration) {
	r.mu.Lock()
	s.shown = true
	back := r.breaker.State() != gobreaker.StateClosed
	if back {
		r.breaker = newBreaker() // questions that were lost in bad times report to the old one, and so change nothing any more
		s.done, _ = r.breaker.Allow()
	}
	if r.first == 0 || back || time.Since(r.measured) > remembered {
		r.first = took
	} else {
		r.first += (took - r.first) * 3 / 10
	}
	r.heard, r.last, r.measured = true, nil, time.Now()
	r.mu.Unlock()
	if back {
		r.changes()
	}
}

// report counts v for the replica's health, on behalf of s: the first report does, later ones do not.
func (r *replica) report(s *seat, v verdict) { r.judge(func() { s.report(v) }) }

// overdue counts a trial as hung long before its patience ends, so that the next one may begin. Should its token come after all, the
// replica is back nonetheless.
func (r *replica) overdue(s *seat) {
	r.judge(func() {
		if !s.shown {
			s.report(hung)
		}
	})
}

// judge does what may change the replica's health, and tells of the change.
func (r *replica) judge(report func()) {
	r.mu.Lock()
	was := r.breaker.State()
	report()
	is := r.breaker.State()
	if is == gobreaker.StateOpen && was != is {
		r.opened = time.Now()
	}
	r.mu.Unlock()
	if was != is && (was == gobreaker.StateClosed || is == gobreaker.StateClosed) {
		r.changes()
	}
}

// failed keeps why it failed, and lets it rest where it asked for that.
func (r *replica) failed(f *fault.Error) {
	rest := f.RetryAfter
	if rest == 0 && f.Code == codeRateLimited && !r.alone {
		rest = shortRest
	}
	r.mu.Lock()
	r.last = f
	if rest > 0 {
		r.restUntil = time.Now().Add(rest)
	}
	r.mu.Unlock()
	if rest > 0 {
		r.changes()
	}
}
