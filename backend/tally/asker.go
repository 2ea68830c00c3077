package tally

import (
	"time"

	"sightline/backend/sight"
)

// asker is how one who is asked does.
type asker struct {
	backend, model string
	asked          string    // the name by which the model was asked for last
	answers        int       // since it is here
	ended          time.Time // its newest answer
	newest         uint64    // its newest entry
	all, warm      summary
}

func newAsker(o sight.Observation) *asker {
	return &asker{backend: o.Answer.Backend, model: o.Answer.Model, asked: o.Question.Model, all: newSummary(), warm: newSummary()}
}

// is says whether o is about this one: whoever answered, also in the place of another, by the name its server gives the model.
func (a *asker) is(o sight.Observation) bool {
	return a.backend == o.Answer.Backend && a.model == o.Answer.Model
}

// mayBe says whether o is about this one though its model goes by another name. A question that fails before the server has said how it calls
// its model has the name it was asked by: the asker that has answered to that name is meant. An answer takes over the failures before it.
func (a *asker) mayBe(o sight.Observation) bool {
	if a.backend != o.Answer.Backend || a.asked != o.Question.Model {
		return false
	}
	if o.Outcome == sight.Failed {
		return a.answers > 0 && o.Answer.Model == o.Question.Model
	}
	return a.answers == 0 && a.model == a.asked
}

// observe counts o, whose entry is e, and says there whether it warmed up. A failure warms nothing up, and is never left out.
func (a *asker) observe(o sight.Observation, e *Entry) {
	end := endOf(o)
	a.asked = o.Question.Model
	if o.Outcome == sight.Failed {
		a.all.fail(end)
		a.warm.fail(end)
		return
	}
	e.Warmup = a.answers < warmups || a.coldAt(o.Answer.Sent)
	a.model, a.answers, a.ended = o.Answer.Model, a.answers+1, later(a.ended, end)
	a.all.answer(o, *e, end)
	if !e.Warmup {
		a.warm.answer(o, *e, end)
	}
}

// coldAt says whether an answer that was sent for then comes after a time in which its server may have let go of the model. A machine that
// sleeps stops its monotonic clock, but not a server elsewhere: so the wall clock is looked at as well, and the longer time counts.
func (a *asker) coldAt(sent time.Time) bool {
	const cold = coldAfter * time.Second
	return sent.Sub(a.ended) >= cold || sent.Round(0).Sub(a.ended.Round(0)) >= cold
}

func (a *asker) figures() Asker {
	return Asker{Backend: a.backend, Model: a.model, All: a.all.figures(), Warm: a.warm.figures()}
}

// endOf is when a question ended, as nearly as it is known: one that failed outright may have no times but its frame's.
func endOf(o sight.Observation) time.Time {
	return later(o.Frame.Captured, later(o.Answer.Sent, o.Answer.Ended))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
