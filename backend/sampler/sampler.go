// Package sampler chooses which frame is asked about and when, and gives every frame that is never sent its outcome. It has no clock and no
// goroutine: whoever drives it says what time it is and what was captured.
package sampler

import (
	"time"

	"sightline/backend/sight"
)

// Sample is a frame the pace picked. It is numbered once for each asker: Seq, Seq+1 and so on, Width in all.
type Sample struct {
	Seq   uint64
	Width int
	Frame sight.Frame
}

// Decision is what a look at the time and the newest frame led to.
type Decision struct {
	Superseded []Sample // each ends here, oldest first
	Send       *Sample  // ask about this one now; the sampler is busy until Ended
	WantRoom   bool     // something is to be sent as soon as there is room for it (SetRoom)

	// Look again no later than Wake (zero: no time matters), and at the next frame when WantFrame.
	Wake      time.Time
	WantFrame bool
}

// Sampler holds at most one waiting frame and knows whether a question is being answered. The zero value is stopped, back to back, for one
// asker and without room for a question. One goroutine uses it.
type Sampler struct {
	pace    Pace
	running bool
	further int  // askers beside the first
	room    bool // a question could start now

	seq    uint64 // numbers given so far
	picked uint64 // number of the newest frame sampled: none is sampled twice, but for AskNow

	waiting   *Sample
	busy      bool
	notBefore time.Time // no request starts earlier, after a failure

	due    bool // a tick has come, and no new frame for it yet
	asked  bool // AskNow, and no frame for it yet
	origin tick // where the pace started counting
	next   tick // when it picks next
}

// tick is a moment of a pace: a time or, for a pace in frames, a frame's number.
type tick struct {
	at    time.Time
	frame uint64
}

// Sampled is how many frames have been sampled; for several askers, once for each.
func (s *Sampler) Sampled() uint64 { return s.seq }

// Running says whether the pace is ticking.
func (s *Sampler) Running() bool { return s.running }

// Start lets the pace tick, the first time at once.
func (s *Sampler) Start(now time.Time) {
	if !s.running {
		s.running = true
		s.restart(now)
	}
}

// Stop ends the ticking. A waiting frame, which will never be sent, is returned.
func (s *Sampler) Stop() *Sample {
	s.running, s.due, s.asked = false, false, false
	return s.Drop()
}

// SetPace changes the pace, which ticks at once when it is another one.
func (s *Sampler) SetPace(p Pace, now time.Time) {
	if p != s.pace {
		s.pace = p
		s.restart(now)
	}
}

// SetAskers says how many are asked about each sample from now on; one waiting keeps the numbers it has.
func (s *Sampler) SetAskers(n int) { s.further = max(n, 1) - 1 }

// SetRoom says whether a question could start now.
func (s *Sampler) SetRoom(room bool) { s.room = room }

// AskNow samples the newest frame at the next Decide, even one that was sampled before.
func (s *Sampler) AskNow() { s.asked = true }

// Drop empties the slot: what waited will never be sent.
func (s *Sampler) Drop() *Sample {
	w := s.waiting
	s.waiting = nil
	return w
}

// Ended says that the question is no longer being answered, and that no other may start before notBefore.
func (s *Sampler) Ended(notBefore time.Time) { s.busy, s.notBefore = false, notBefore }

// Again lets the pace tick anew from now, as for a new question; a wait after a failure is forgotten.
func (s *Sampler) Again(now time.Time) {
	s.Hurry()
	s.restart(now)
}

// Hurry forgets that the next question was to wait.
func (s *Sampler) Hurry() { s.notBefore = time.Time{} }

// Decide looks at the newest captured frame (ok false: there is none) and says what happens now.
func (s *Sampler) Decide(now time.Time, newest sight.Frame, ok bool) Decision {
	var d Decision
	s.tick(now, newest, ok)
	fresh := ok && newest.Number > s.picked
	if ok && s.asked || fresh && s.due {
		s.pick(newest, &d)
		s.asked, s.due, fresh = false, false, false
	}
	if s.free(now) && (s.waiting != nil || fresh && s.backToBack()) {
		if d.WantRoom = !s.room; s.room {
			if s.waiting == nil || ok && newest.Number > s.waiting.Frame.Number {
				s.pick(newest, &d)
			}
			s.send(&d)
		}
	}
	d.Wake, d.WantFrame = s.wake(now), s.wantFrame(now, d.WantRoom)
	return d
}

// Done says that nothing more is wanted of the newest frame: it was asked about, or the pace passed it over. Where nobody asks, every frame is wanted
// still.
func (s *Sampler) Done(newest sight.Frame) bool {
	switch {
	case !s.running || s.busy || s.waiting != nil || s.asked:
		return false
	case newest.Number <= s.picked:
		return true
	}
	return !s.due && !s.backToBack() && !s.pace.Asked
}

// free says that the last question has ended and nothing else is to be waited for but room.
func (s *Sampler) free(now time.Time) bool { return !s.busy && !now.Before(s.notBefore) }

// tick notes a tick that has come, and sets the next one to the next multiple: what was missed is not made up for.
func (s *Sampler) tick(now time.Time, newest sight.Frame, ok bool) {
	switch {
	case !s.running:
	case s.pace.Every > 0 && !now.Before(s.next.at):
		s.due = true
		missed := now.Sub(s.origin.at) / s.pace.Every
		s.next.at = s.origin.at.Add((missed + 1) * s.pace.Every)
	case s.pace.Frames > 0 && ok && newest.Number >= s.next.frame:
		if s.next.frame == 0 {
			s.origin.frame = newest.Number
		}
		s.due = true
		n := uint64(s.pace.Frames)
		s.next.frame = newest.Number + n - (newest.Number-s.origin.frame)%n
	}
}

// pick samples a frame into the slot; what waited there is superseded.
func (s *Sampler) pick(f sight.Frame, d *Decision) {
	if old := s.Drop(); old != nil {
		d.Superseded = append(d.Superseded, *old)
	}
	width := s.further + 1
	s.picked = f.Number
	s.waiting = &Sample{Seq: s.seq + 1, Width: width, Frame: f}
	s.seq += uint64(width)
}

func (s *Sampler) send(d *Decision) {
	d.Send = s.Drop()
	s.busy = d.Send != nil
}

// restart counts the pace from now, ticking at once.
func (s *Sampler) restart(now time.Time) {
	s.origin, s.next = tick{at: now}, tick{at: now}
	s.due = false
}

func (s *Sampler) backToBack() bool { return s.running && s.pace == Pace{} }

func (s *Sampler) wake(now time.Time) time.Time {
	var at time.Time
	if s.running && s.pace.Every > 0 {
		at = s.next.at
	}
	held := !s.busy && !s.free(now) && (s.waiting != nil || s.backToBack())
	if held && (at.IsZero() || s.notBefore.Before(at)) {
		at = s.notBefore
	}
	return at
}

func (s *Sampler) wantFrame(now time.Time, wantRoom bool) bool {
	return s.due || s.asked || s.running && s.pace.Frames > 0 || s.free(now) && s.backToBack() && !wantRoom
}
