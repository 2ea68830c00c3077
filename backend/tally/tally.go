package tally

import (
	"slices"
	"sync"
	"time"

	"sightline/backend/sight"
)

// Keep is how many entries are kept; older ones stay in the summaries.
const Keep = 10_000

// maxAskers is how many askers have figures at the same time. Each of them takes up to 1.6 MB, nearly all of it for the histograms.
const maxAskers = 32

// An answer warms up where it is among the first three of its backend and model, or the first after five minutes without one: servers load a
// model when it is first asked, and some let go of it after that time.
const (
	warmups   = 3
	coldAfter = 5 * 60 // seconds
)

// Tally is a session.Sink. Its methods may be called by any goroutine and return at once.
type Tally struct {
	mu      sync.Mutex
	since   time.Time
	askers  []*asker // in the order in which they were first asked
	entries entries
}

// New has counted nothing yet.
func New() *Tally { return &Tally{since: time.Now()} }

// Observe counts an answer, or a failure. What ended otherwise counts for nothing: it was never sent, or withdrawn. All times are the
// observation's own, so that it does not matter when it is told.
func (t *Tally) Observe(o sight.Observation) {
	if o.Outcome != sight.Answered && o.Outcome != sight.Failed {
		return
	}
	e := entryOf(o)
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Asker = t.placeLocked(o)
	t.askers[e.Asker].observe(o, &e)
	t.askers[e.Asker].newest = t.entries.add(e, o.Frame.Captured)
}

// Reset begins anew: with no entries, no askers, and nobody who is known to be warm.
func (t *Tally) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since, t.askers = time.Now(), nil
	t.entries.clear()
}

// Figures is the tally now, with the entries newer than after (an earlier Figures.Next; 0: all).
func (t *Tally) Figures(after uint64) Figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := Figures{SinceMS: t.since.UnixMilli(), Askers: make([]Asker, 0, len(t.askers)), Next: t.entries.last}
	for _, a := range t.askers {
		f.Askers = append(f.Askers, a.figures())
	}
	f.Entries, f.Lost = t.entries.after(after)
	return f
}

// placeLocked is the place of the asker that o belongs to, with room made for one that is new.
func (t *Tally) placeLocked(o sight.Observation) int {
	if i := slices.IndexFunc(t.askers, func(a *asker) bool { return a.is(o) }); i >= 0 {
		return i
	}
	if i := slices.IndexFunc(t.askers, func(a *asker) bool { return a.mayBe(o) }); i >= 0 {
		return i
	}
	if len(t.askers) == maxAskers {
		t.forgetLocked()
	}
	t.askers = append(t.askers, newAsker(o))
	return len(t.askers) - 1
}

// forgetLocked drops the asker that was not asked for longest, with its entries. The places of others change by that, so whoever follows the
// entries is told to take all of them again.
func (t *Tally) forgetLocked() {
	oldest := 0
	for i, a := range t.askers {
		if a.newest < t.askers[oldest].newest {
			oldest = i
		}
	}
	t.askers = slices.Delete(t.askers, oldest, oldest+1)
	t.entries.forget(oldest)
}
