package session

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// flight is one sample with the questions about it, one for each asker. It ends when the last of them has.
type flight struct {
	sample    sampler.Sample
	questions []*question
	open      int           // questions without an end
	answered  bool          // somebody answered, or nobody is to blame
	patience  time.Duration // the shortest time for which a failed asker wants to be left alone; 0: none said
	cancel    context.CancelFunc
	withdrawn atomic.Bool
}

// question is what one asker is asked.
type question struct {
	asked   sight.Question
	backend string
}

// result is the end of the question of a column.
type result struct {
	column int
	answer sight.Answer
	err    error
}

// ask puts the question to each asker, in goroutines of their own; their ends come by a.ended. The first is asked through the turn that was
// waited for. The others have theirs to wait for still, with the frame in hand: it is the same for all.
func (a *asking) ask(ctx context.Context, sample sampler.Sample, t Task, first Asker) {
	f := &flight{sample: sample, open: len(t.Askers)}
	ctx, f.cancel = context.WithCancel(ctx)
	a.flight = f
	a.s.noteAsking(func(st *askingState) { st.InFlight, st.RetryAt = sample.Seq, time.Time{} })
	for column, to := range t.Askers {
		q := &question{backend: to.Backend, asked: t.questionFor(sample, column)}
		f.questions = append(f.questions, q)
		a.s.watch.Asked(q.asked)
		asker := to.Asker
		if column == 0 && first != nil {
			asker = first
		}
		go func() { a.put(ctx, f, q, asker) }()
	}
}

// questionFor is a task's question about a sample, for one of its askers.
func (t Task) questionFor(s sampler.Sample, column int) sight.Question {
	return sight.Question{
		Seq: s.Seq + uint64(column), Group: groupOf(s), Column: column, Frame: s.Frame, Prompt: t.Prompt, System: t.System,
		Model: t.Askers[column].Model, Backend: t.Askers[column].Backend,
		MaxTokens: t.MaxTokens, Temperature: t.Temperature, ImageEdge: t.ImageEdge, ImageQuality: t.ImageQuality,
	}
}

func (a *asking) put(ctx context.Context, f *flight, q *question, asker Asker) {
	answer, err := asker.Ask(ctx, q.asked, func(e sight.Event) {
		if !f.withdrawn.Load() {
			a.s.watch.Heard(q.asked.Seq, e)
		}
	})
	a.ended <- result{q.asked.Column, answer, err}
}

// withdraw takes back the questions in flight: they end on the wire, and their end will be `cancelled`.
func (a *asking) withdraw() {
	if a.flight != nil {
		a.flight.withdrawn.Store(true)
		a.flight.cancel()
	}
}

// settleQuestion gives a question its outcome. With the last one it says when the next may start.
func (a *asking) settleQuestion(ctx context.Context, r result) {
	f := a.flight
	f.open--
	o := a.outcome(ctx, f, r)
	if f.open == 0 {
		a.land(f)
	}
	a.s.noteAsking(func(st *askingState) { st.note(o, r.column, f.open == 0) })
	a.settle(o)
}

// outcome is how a question ended.
func (a *asking) outcome(ctx context.Context, f *flight, r result) sight.Observation {
	q := f.questions[r.column]
	o := sight.Observation{Seq: q.asked.Seq, Group: q.asked.Group, Frame: f.sample.Frame, Question: q.asked, Answer: r.answer}
	if o.Answer.Backend == "" {
		o.Answer.Backend = q.backend
	}
	if o.Answer.Model == "" {
		o.Answer.Model = q.asked.Model
	}
	switch {
	case f.withdrawn.Load() || ctx.Err() != nil && errors.Is(r.err, ctx.Err()):
		o.Outcome = sight.Cancelled
		f.answered = true
	case r.err != nil:
		o.Outcome, o.Err = sight.Failed, r.err
		if after := fault.From(r.err).RetryAfter; after > 0 && (f.patience == 0 || after < f.patience) {
			f.patience = after
		}
	default:
		o.Outcome = sight.Answered
		f.answered = true
	}
	return o
}

// land ends a flight. Where nobody answered, the next one waits: a little longer each time, and at least as long as every server wants.
func (a *asking) land(f *flight) {
	a.flight = nil
	f.cancel()
	var retry time.Time
	if f.answered {
		a.failures, a.told = 0, false
	} else {
		a.failures++
		a.told = f.patience > 0
		retry = time.Now().Add(max(backoff(a.failures, firstRetry, lastRetry), f.patience))
	}
	a.sampler.Ended(retry)
	a.s.noteAsking(func(st *askingState) { st.RetryAt = retry })
}

// note is what an outcome means for the state that is shown.
func (st *askingState) note(o sight.Observation, column int, last bool) {
	if last {
		st.InFlight = 0
	}
	if column >= len(st.Askers) {
		return // the task has changed since
	}
	switch o.Outcome {
	case sight.Answered:
		st.Askers[column] = AskerState{Answered: true}
	case sight.Failed:
		st.Askers[column].LastErr = o.Err
	}
}
