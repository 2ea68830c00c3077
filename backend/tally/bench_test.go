package tally_test

import (
	"testing"
	"time"

	"sightline/backend/sight"
	"sightline/backend/tally"
)

// full10k is a tally whose entries are all there: answers of four askers with tokens and energy.
func full10k() *story {
	s := begin()
	for n := range tally.Keep {
		s.answered(string(rune('a'+n%4)), time.Duration(300+n%500)*time.Millisecond, tokens(300, 30, 80), costs(40, false))
	}
	return s
}

func BenchmarkObserve(b *testing.B) {
	s := full10k()
	o := s.question("Desk", "a")
	o.Outcome, o.Answer.Ended = sight.Answered, s.now.Add(481*time.Millisecond)
	tokens(300, 30, 80)(&o)
	costs(40, false)(&o)
	b.ReportAllocs()
	for b.Loop() {
		s.tally.Observe(o)
	}
}

// BenchmarkFiguresOfAll is a page's first look; what follows is BenchmarkFiguresOfWhatIsNew.
func BenchmarkFiguresOfAll(b *testing.B) {
	s := full10k()
	b.ReportAllocs()
	for b.Loop() {
		s.tally.Figures(0)
	}
}

// BenchmarkFiguresOfWhatIsNew looks after an answer each of four askers.
func BenchmarkFiguresOfWhatIsNew(b *testing.B) {
	s := full10k()
	next := s.tally.Figures(0).Next
	b.ReportAllocs()
	for b.Loop() {
		for n := range 4 {
			s.answered(string(rune('a'+n)), 481*time.Millisecond, tokens(300, 30, 80), costs(40, false))
		}
		next = s.tally.Figures(next).Next
	}
}

// BenchmarkFiguresOfNothingNew looks while nobody answers.
func BenchmarkFiguresOfNothingNew(b *testing.B) {
	s := full10k()
	next := s.tally.Figures(0).Next
	b.ReportAllocs()
	for b.Loop() {
		s.tally.Figures(next)
	}
}
