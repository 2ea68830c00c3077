package session

import (
	"context"
	"time"

	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// How long a failure is waited out before the next question; a server that says how long is obeyed when that is longer. The longest wait is
// short, because a server that works again is to be back within five seconds.
const (
	firstRetry = time.Second
	lastRetry  = 4 * time.Second
)

// asking is the loop that asks: the only one that decides about samples, and the only one that settles them.
type asking struct {
	s       *Session
	sampler sampler.Sampler
	task    Task // as followed last

	taskTurn, sourceTurn uint64
	wakings              uint64
	failures             int  // flights in a row in which nobody answered
	told                 bool // the server said how long it wants to be left alone

	turn   turn
	flight *flight     // the questions being answered; nil: none
	ended  chan result // the end of each of them
}

func newAsking(s *Session) *asking {
	return &asking{s: s, turn: turn{got: make(chan place, 1)}, ended: make(chan result)}
}

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
		case p := <-a.turn.got:
			a.turn.take(p)
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
	a.sampler.SetRoom(a.turn.ready(w.task))
	d := a.sampler.Decide(now, newest, have && live && len(w.task.Askers) > 0)
	a.s.noteSampled(a.sampler.Sampled())
	for _, over := range d.Superseded {
		a.settleUnsent(over, sight.Superseded)
	}
	switch {
	case d.Send != nil:
		a.ask(ctx, partOf(*d.Send, w.view.Crop), w.task, a.turn.use())
	case d.WantRoom:
		a.turn.want(ctx, w.task.Askers[0])
	default:
		a.turn.drop() // what it was wanted for is gone
	}
	a.s.noteWaiting(a.turn.since)
	if have && live && len(w.task.Askers) > 0 && a.flight == nil && a.sampler.Done(newest) {
		a.s.settled.reach(newest.Number)
	}
	return d
}

// partOf is a sample of the part of its picture that is asked about.
func partOf(s sampler.Sample, crop *sight.Region) sampler.Sample {
	if crop != nil {
		s.Frame.Picture, s.Frame.Part, s.Frame.Coded = s.Frame.Picture.Part(*crop), crop, nil
	}
	return s
}

// follow brings the sampler and the questions in flight in line with what is wished.
func (a *asking) follow(w wishes, now time.Time) {
	if w.sourceTurn != a.sourceTurn {
		a.sourceTurn = w.sourceTurn
		a.withdraw()
		a.cancelWaiting(a.sampler.Drop()) // a picture of the old source
	}
	if w.wakings != a.wakings {
		a.wakings = w.wakings
		a.cancelWaiting(a.sampler.Drop()) // a picture from before the machine slept
	}
	if w.taskTurn != a.taskTurn {
		a.taskTurn = w.taskTurn
		a.withdraw()
		a.followTask(w.task)
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

// followTask turns to other askers: a turn at the old ones is of no use, and a sample that was numbered for them is not theirs.
func (a *asking) followTask(t Task) {
	a.turn.drop()
	if !t.sameAskers(a.task) {
		a.cancelWaiting(a.sampler.Drop())
	}
	a.task = t
	a.sampler.SetAskers(len(t.Askers))
}

func (a *asking) cancelWaiting(w *sampler.Sample) {
	if w != nil {
		a.settleUnsent(*w, sight.Cancelled)
	}
}

// settleUnsent gives a sample that was never sent its outcome, once for each asker it was taken for.
func (a *asking) settleUnsent(s sampler.Sample, outcome sight.Outcome) {
	for column := range s.Width {
		o := sight.Observation{Seq: s.Seq + uint64(column), Group: groupOf(s), Frame: s.Frame, Outcome: outcome}
		if column < len(a.task.Askers) && s.Width > 1 {
			o.Answer.Backend, o.Answer.Model = a.task.Askers[column].Backend, a.task.Askers[column].Model
		}
		a.settle(o)
	}
}

// settle counts an outcome and tells the sinks: each sample comes here exactly once for each asker.
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
	a.turn.end()
	if a.flight != nil {
		a.flight.cancel()
	}
	for a.flight != nil {
		a.settleQuestion(ctx, <-a.ended)
	}
}

// groupOf is the number that ties the questions about one sample; 0 where there is only one.
func groupOf(s sampler.Sample) uint64 {
	if s.Width > 1 {
		return s.Seq
	}
	return 0
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

// noteWaiting writes down since when room is waited for, and tells only when that changes.
func (s *Session) noteWaiting(since time.Time) {
	s.mu.Lock()
	news := s.asking.Waiting != since
	s.asking.Waiting = since
	s.mu.Unlock()
	if news {
		s.watch.Changed()
	}
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
