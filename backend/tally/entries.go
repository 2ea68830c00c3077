package tally

import (
	"math"
	"slices"
	"time"

	"sightline/backend/sight"
)

// entries are the newest questions, oldest first, numbered in the order in which they ended. The zero value is ready.
type entries struct {
	ring   []kept // of Keep at most; once it is full, the oldest stands at oldest
	oldest int
	last   uint64 // the number that was given last
	since  uint64 // whoever has seen less than this cannot go on from there
}

// kept is an entry with what only a table needs.
type kept struct {
	Entry
	captured time.Time
}

// entryOf is an observation as it is kept; its number, its asker and whether it warmed up are not known yet.
func entryOf(o sight.Observation) Entry {
	e := Entry{Seq: o.Seq, AtMS: float64(o.Frame.Captured.UnixMicro()) / 1000, Outcome: string(o.Outcome)}
	e.AgeMS = milliseconds(o.Age())
	e.FirstTokenMS = milliseconds(o.FirstToken())
	e.TotalMS = milliseconds(o.Total())
	if rate, ok := o.TokensPerSecond(); ok {
		e.TokensPerS = rounded(rate)
	}
	e.PromptTokens, e.CompletionTokens = copied(o.Answer.PromptTokens), copied(o.Answer.CompletionTokens)
	if cost := o.Answer.Energy; cost != nil && cost.Joules >= 0 && !math.IsInf(cost.Joules, 0) {
		e.Joules, e.Shared = rounded(cost.Joules), cost.Shared
	}
	return e
}

// add keeps an entry in the place of the oldest one where there is no more room, and gives its number.
func (s *entries) add(e Entry, captured time.Time) uint64 {
	s.last++
	e.N = s.last
	if len(s.ring) < Keep {
		s.ring = append(s.ring, kept{e, captured})
		return e.N
	}
	s.since = s.ring[s.oldest].N
	s.ring[s.oldest] = kept{e, captured}
	s.oldest = (s.oldest + 1) % Keep
	return e.N
}

// at is the entry at a place, counted from the oldest.
func (s *entries) at(i int) kept { return s.ring[(s.oldest+i)%len(s.ring)] }

// after is the entries newer than n, or all of them where those that the caller has are not continued.
func (s *entries) after(n uint64) (newer []Entry, lost bool) {
	if n != 0 && (n < s.since || n > s.last) {
		n, lost = 0, true
	}
	first := len(s.ring)
	for first > 0 && s.at(first-1).N > n {
		first--
	}
	newer = make([]Entry, 0, len(s.ring)-first)
	for i := first; i < len(s.ring); i++ {
		newer = append(newer, s.at(i).Entry)
	}
	return newer, lost
}

// clear drops all of them.
func (s *entries) clear() {
	s.ring, s.oldest = nil, 0
	s.breakOff()
}

// forget drops those of an asker, and moves those of the askers after it up by one place.
func (s *entries) forget(asker int) {
	left := make([]kept, 0, len(s.ring))
	for i := range s.ring {
		e := s.at(i)
		if e.Asker == asker {
			continue
		}
		if e.Asker > asker {
			e.Asker--
		}
		left = append(left, e)
	}
	s.ring, s.oldest = left, 0
	s.breakOff()
}

// breakOff lets nobody go on from what was seen before. It takes a number, so that one who has seen everything is told as well.
func (s *entries) breakOff() {
	s.last++
	s.since = s.last
}

// all is a copy of what is kept, oldest first.
func (s *entries) all() []kept { return slices.Concat(s.ring[s.oldest:], s.ring[:s.oldest]) }

func milliseconds(d time.Duration, known bool) *float64 {
	if !known {
		return nil
	}
	return sight.Milliseconds(d)
}

// rounded keeps two decimals, as a sight.Line does.
func rounded(v float64) *float64 {
	v = math.Round(v*100) / 100
	return &v
}

func copied(n *int) *int {
	if n == nil {
		return nil
	}
	c := *n
	return &c
}
