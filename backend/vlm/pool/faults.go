package pool

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"sightline/backend/fault"
)

// Codes of faults that mean more to a pool than that a server failed.
const (
	codeRateLimited = "backend.rate_limited"
	codeSilent      = "backend.silent"
)

// verdictOf says what a failure means for a replica's health. One that asked to be left alone rests instead.
func verdictOf(f *fault.Error, reached stage) verdict {
	switch {
	case f.Blame != fault.Backend || f.Code == codeRateLimited:
		return neither
	case reached == givenUp:
		return hung
	}
	switch f.Code {
	case codeSilent, "backend.stalled", "backend.connect_timeout":
		return hung
	}
	return failed
}

func (p *Pool) silent(r *replica) *fault.Error {
	return &fault.Error{
		Code: codeSilent, Blame: fault.Backend, Cause: context.DeadlineExceeded,
		Message: fmt.Sprintf("%s took the question and said nothing for %s.", p.called(r), p.limits.FirstToken.Round(time.Millisecond)),
		Hint:    "The model may still be loading: try again, choose a smaller one, or allow more time in settings.",
	}
}

// called is the name of a replica among others, or of the backend where it is the only one.
func (p *Pool) called(r *replica) string {
	if len(p.replicas) == 1 {
		return p.name
	}
	return fmt.Sprintf("%s (%s)", p.name, r.name)
}

// soonest is the least that RetryAfter says where nobody can answer: who comes back at once would find the same.
const soonest = 250 * time.Millisecond

// until is how long until somebody may be asked, and the replica that will be.
func (p *Pool) until() (time.Duration, *replica) {
	next := p.replicas[0]
	for _, r := range p.replicas[1:] {
		if r.wait() < next.wait() {
			next = r
		}
	}
	return next.wait(), next
}

// allOut says that nobody can answer now, and why.
func (p *Pool) allOut() *fault.Error {
	wait, next := p.until()
	last := next.lastFault()
	f := &fault.Error{
		Code: "backend.all_out", Blame: fault.Backend,
		Message: fmt.Sprintf("None of the %d servers of %s can answer now.", len(p.replicas), p.name),
	}
	switch {
	case last != nil && len(p.replicas) == 1:
		*f = *last
	case last != nil:
		f.Hint, f.Cause = strings.TrimSpace(last.Message+" "+last.Hint), last
	}
	f.RetryAfter = max(wait, soonest)
	return f
}

func (p *Pool) full() *fault.Error {
	return &fault.Error{
		Code: "backend.full", Blame: fault.Backend,
		Message: fmt.Sprintf("%s had no room for this question for %s.", p.name, p.limits.Wait.Round(time.Millisecond)),
		Hint:    "Ask less often in other windows, or allow more questions at once in settings.",
	}
}

// again makes a failure say when the pool may be asked again, which is sooner than the one that failed where there are others.
func (p *Pool) again(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.RetryAfter == 0 || p.alone {
		return err
	}
	ours := *f
	ours.RetryAfter = 0
	if p.fallback.Asker == nil {
		ours.RetryAfter, _ = p.until()
	}
	return &ours
}
