package tally

import (
	"time"

	"sightline/backend/sight"
)

// summary grows into a Summary.
type summary struct {
	answers, failed int
	pace            pace

	firstToken, rate, total, whole, age spread
	promptTokens, completionTokens      sum
	energy                              energy
}

func newSummary() summary {
	times := spread{most: mostTime}
	return summary{firstToken: times, rate: spread{most: mostRate}, total: times, whole: times, age: times}
}

// fail counts a failure. How long it took says nothing about answers.
func (s *summary) fail(end time.Time) {
	s.failed++
	s.pace.add(end, false)
}

// answer counts an answer by what its entry says, so that what is exported adds up to what is shown.
func (s *summary) answer(o sight.Observation, e Entry, end time.Time) {
	s.answers++
	s.pace.add(end, true)
	s.firstToken.add(e.FirstTokenMS)
	s.rate.add(e.TokensPerS)
	s.total.add(e.TotalMS)
	s.age.add(e.AgeMS)
	if !o.Answer.Ended.IsZero() {
		s.whole.add(sight.Milliseconds(o.Answer.Ended.Sub(o.Frame.Captured)))
	}
	s.promptTokens.add(e.PromptTokens)
	s.completionTokens.add(e.CompletionTokens)
	s.energy.add(o.Answer.Energy, e)
}

func (s *summary) figures() Summary {
	return Summary{
		Answers: s.answers, Failed: s.failed, PerMinute: s.pace.perMinute(),
		FirstToken: s.firstToken.figures(), Rate: s.rate.figures(), Total: s.total.figures(), Whole: s.whole.figures(), Age: s.age.figures(),
		PromptTokens: s.promptTokens.figures(), CompletionTokens: s.completionTokens.figures(), Energy: s.energy.figures(),
	}
}

// sum grows into a Sum.
type sum struct{ answers, total int }

func (s *sum) add(n *int) {
	if n != nil {
		s.answers++
		s.total += *n
	}
}

func (s *sum) figures() Sum {
	f := Sum{Answers: s.answers, Total: s.total}
	if s.answers > 0 {
		f.Mean = *rounded(float64(s.total) / float64(s.answers))
	}
	return f
}

// energy grows into an Energy.
type energy struct {
	answers, shared int
	joules          float64
	tokens          int     // of the answers that tell them as well as their cost
	tokensJoules    float64 // and what those cost
}

// add counts what an answer cost. Its entry says whether that is known; the sum is of what was measured, not of what was rounded.
func (s *energy) add(cost *sight.Energy, e Entry) {
	if e.Joules == nil {
		return
	}
	s.answers++
	s.joules += cost.Joules
	if e.Shared {
		s.shared++
	}
	if e.CompletionTokens != nil {
		s.tokens += *e.CompletionTokens
		s.tokensJoules += cost.Joules
	}
}

func (s *energy) figures() Energy {
	f := Energy{Answers: s.answers, Shared: s.shared, Joules: *rounded(s.joules)}
	if s.answers > 0 {
		f.PerAnswer = rounded(s.joules / float64(s.answers))
	}
	if s.tokens > 0 {
		f.Per1000 = rounded(s.tokensJoules / float64(s.tokens) * 1000)
	}
	return f
}
