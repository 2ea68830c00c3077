package session

import (
	"slices"
	"time"

	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// Phase is where a source is in its life.
type Phase string

// The phases.
const (
	Off     Phase = "off"     // not wanted: switched off, or nobody looks and nothing is asked
	Opening Phase = "opening" // started, no frame yet
	Live    Phase = "live"
	Lost    Phase = "lost" // it failed, and is tried again by itself unless the URI itself is at fault
)

// State is a session at one moment.
type State struct {
	Source SourceState
	Asking AskingState
	Counts sight.Counts
	Pace   sampler.Pace
}

// SourceState is the picture's state.
type SourceState struct {
	URI           string
	Phase         Phase
	Width, Height int     // of the newest frame; 0 before the first
	FPS           float64 // measured over the newest frames; 0 while unknown
	Err           error   // why it is lost
}

// AskingState is the loop's state.
type AskingState struct {
	On       bool
	InFlight uint64       // seq, the first one where several are asked; 0: none
	RetryAt  time.Time    // after a failure: when it asks again; zero: not waiting
	Waiting  time.Time    // for room at the backend, since; zero: not waiting
	Askers   []AskerState // of the task in force, in its order
}

// AskerState is how one of those who are asked does.
type AskerState struct {
	LastErr  error // the last failure, nil once an answer has come
	Answered bool  // the task in force has had an answer from it
}

// State is the session now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{Counts: s.counts, Pace: s.wishes.pace}
	state.Source = SourceState{
		URI: s.wishes.source, Phase: s.camera.phase, Width: s.camera.width, Height: s.camera.height,
		FPS: s.camera.rate.perSecond(), Err: s.camera.err,
	}
	if state.Source.Phase == "" {
		state.Source.Phase = Off
	}
	state.Counts.Captured = s.captured
	state.Asking = AskingState(s.asking)
	state.Asking.On = s.wishes.running
	state.Asking.Askers = slices.Clone(s.asking.Askers)
	return state
}

// askingState is written by the asking goroutine.
type askingState AskingState

// rate measures frames per second over the newest frames.
type rate struct {
	stamps [32]time.Time
	count  int
}

func (r *rate) add(t time.Time) {
	r.stamps[r.count%len(r.stamps)] = t
	r.count++
}

func (r *rate) perSecond() float64 {
	n := min(r.count, len(r.stamps))
	if n < 2 {
		return 0
	}
	span := r.stamps[(r.count-1)%len(r.stamps)].Sub(r.stamps[(r.count-n)%len(r.stamps)])
	if span <= 0 {
		return 0
	}
	return float64(n-1) / span.Seconds()
}
