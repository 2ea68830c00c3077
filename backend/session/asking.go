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

// How long a failure is waited out before the next question; a server that says how long is obeyed when that is longer.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

// asking is the loop that asks: the only one that decides about samples, and the only one that settles them.
type asking struct {
	s       *Session
	sampler sampler.Sampler

	taskTurn, sourceTurn uint64
	failures             int  // in a row
	told                 bool // the server said how long it wants to be left alone

	question *question   // in flight; nil: none
	ended    chan result // the end of the question in flight
}

// question is one in flight.
type question struct {
	sample    sampler.Sample
	asked     sight.Question
	backend   string
	cancel    context.CancelFunc
	withdrawn atomic.Bool
}

type result struct {
	answer sight.Answer
	err    error
}

func newAsking(s *Session) *asking { return &asking{s: s, ended: make(chan result, 1)} }

func (a *asking) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		frames := a.s.latest.Changed() // taken before looking at the slot: no frame slips through
		d := a.step(ctx)
		if !d.WantFrame {
			frames = nil
		}
		set(timer, d.Wake)
		select {
		case <-ctx.Done():
		case <-a.s.askingNudge:
		case <-frames:
		case <-timer.C:
		case r := <-a.ended:
			a.settleQuestion(ctx, r)
		}
	}
	a.finish(ctx)
}

// step carries out what is wished, and what the sampler decides about the newest frame.
func (a *asking) step(ctx context.Context) sampler.Decision {
	now := time.Now()
	w, live := a.s.takeWishes()
	a.follow(w, now)
	newest, have := a.s.latest.Newest()
	d := a.sampler.Decide(now, newest, have && live && w.task.Asker != nil)
	a.s.noteSampled(a.sampler.Sampled())
	for _, over := range d.Superseded {
		a.settle(sight.Observation{Seq: over.Seq, Frame: over.Frame, Outcome: sight.Superseded})
	}
	if d.Send != nil {
		a.ask(ctx, *d.Send, w.task)
	}
	return d
}

// follow brings the sampler and the question in flight in line with what is wished.
func (a *asking) follow(w wishes, now time.Time) {
	if w.sourceTurn != a.sourceTurn {
		a.sourceTurn = w.sourceTurn
		a.withdraw()
		a.cancelWaiting(a.sampler.Drop()) // a picture of the old source
	}
	if w.taskTurn != a.taskTurn {
		a.taskTurn = w.taskTurn
		a.withdraw()
		a.failures, a.told = 0, false
		a.sampler.Again(now)
	}
	a.sampler.SetPace(w.pace, now)
	if w.running {
		a.sampler.Start(now)
	} else if a.sampler.Running() {
		a.cancelWaiting(a.sampler.Stop())
	}
	if w.askNow {
		a.sampler.AskNow()
		if !a.told {
			a.sampler.Hurry()
		}
	}
}

// ask puts the question in a goroutine of its own; its end comes by a.ended.
func (a *asking) ask(ctx context.Context, sample sampler.Sample, t Task) {
	q := &question{sample: sample, backend: t.Backend, asked: sight.Question{
		Seq: sample.Seq, Frame: sample.Frame, Prompt: t.Prompt, System: t.System, Model: t.Model,
		MaxTokens: t.MaxTokens, Temperature: t.Temperature, ImageEdge: t.ImageEdge, ImageQuality: t.ImageQuality,
	}}
	ctx, q.cancel = context.WithCancel(ctx)
	a.question = q
	a.s.noteAsking(func(st *askingState) { st.InFlight, st.RetryAt = sample.Seq, time.Time{} })
	a.s.watch.Asked(q.asked)
	go func() {
		answer, err := t.Asker.Ask(ctx, q.asked, func(e sight.Event) {
			if !q.withdrawn.Load() {
				a.s.watch.Heard(sample.Seq, e)
			}
		})
		a.ended <- result{answer, err}
	}()
}

// withdraw takes back the question in flight: it ends on the wire, and its end will be `cancelled`.
func (a *asking) withdraw() {
	if a.question != nil {
		a.question.withdrawn.Store(true)
		a.question.cancel()
	}
}

// settleQuestion gives the question in flight its outcome, and says when the next may start.
func (a *asking) settleQuestion(ctx context.Context, r result) {
	q := a.question
	a.question = nil
	q.cancel()
	o := sight.Observation{Seq: q.sample.Seq, Frame: q.sample.Frame, Question: q.asked, Answer: r.answer}
	if o.Answer.Backend == "" {
		o.Answer.Backend = q.backend
	}
	if o.Answer.Model == "" {
		o.Answer.Model = q.asked.Model
	}
	var retry time.Time
	switch {
	case q.withdrawn.Load() || ctx.Err() != nil && errors.Is(r.err, ctx.Err()):
		o.Outcome = sight.Cancelled
	case r.err != nil:
		o.Outcome, o.Err = sight.Failed, r.err
		retry = a.failed(fault.From(r.err))
	default:
		o.Outcome = sight.Answered
		a.failures, a.told = 0, false
	}
	a.sampler.Ended(retry)
	a.s.noteAsking(func(st *askingState) { st.note(o, retry) })
	a.settle(o)
}

// failed counts a failure and gives the time of the next try.
func (a *asking) failed(f *fault.Error) time.Time {
	a.failures++
	a.told = f.RetryAfter > 0
	return time.Now().Add(max(backoff(a.failures, firstRetry, lastRetry), f.RetryAfter))
}

func (a *asking) cancelWaiting(w *sampler.Sample) {
	if w != nil {
		a.settle(sight.Observation{Seq: w.Seq, Frame: w.Frame, Outcome: sight.Cancelled})
	}
}

// settle counts an outcome and tells the sinks: each sample comes here exactly once.
func (a *asking) settle(o sight.Observation) {
	o.Session = a.s.id
	a.s.mu.Lock()
	a.s.counts.Add(o.Outcome)
	a.s.mu.Unlock()
	for _, sink := range a.s.sinks {
		sink.Observe(o)
	}
	a.s.watch.Changed()
}

// finish ends what is still open when the session ends.
func (a *asking) finish(ctx context.Context) {
	a.cancelWaiting(a.sampler.Stop())
	if a.question != nil {
		a.question.cancel()
		a.settleQuestion(ctx, <-a.ended)
	}
}

// note is what an outcome means for the loop.
func (st *askingState) note(o sight.Observation, retry time.Time) {
	st.InFlight, st.RetryAt = 0, retry
	switch o.Outcome {
	case sight.Answered:
		st.LastErr, st.Answered = nil, true
	case sight.Failed:
		st.LastErr = o.Err
	}
}

// takeWishes gives what is wished, the wish to ask now being granted by it, and whether the picture is live.
func (s *Session) takeWishes() (w wishes, live bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w = s.wishes
	s.wishes.askNow = false
	return w, s.camera.phase == Live
}

func (s *Session) noteAsking(change func(*askingState)) {
	s.mu.Lock()
	change(&s.asking)
	s.mu.Unlock()
	s.watch.Changed()
}

func (s *Session) noteSampled(n uint64) {
	s.mu.Lock()
	s.counts.Sampled = n
	s.mu.Unlock()
}

// set makes the timer fire at t; never, for the zero time.
func set(timer *time.Timer, t time.Time) {
	if t.IsZero() {
		timer.Stop()
		return
	}
	timer.Reset(time.Until(t))
}
