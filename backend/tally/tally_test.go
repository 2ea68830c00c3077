package tally_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/tally"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the stories begin.
func noon() time.Time { return time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC) }

// story is a session as it is told to a tally, at times of its own.
type story struct {
	tally *tally.Tally
	now   time.Time // when the next question is sent
	seq   uint64
}

func begin() *story { return &story{tally: tally.New(), now: noon()} }

func (s *story) wait(d time.Duration) { s.now = s.now.Add(d) }

// question is the next one, of a frame 5 ms old, as it stands when it is on the wire.
func (s *story) question(backend, model string) sight.Observation {
	s.seq++
	return sight.Observation{
		Session: "s", Seq: s.seq, Frame: sight.Frame{Number: s.seq, Captured: s.now.Add(-5 * time.Millisecond)},
		Question: sight.Question{Seq: s.seq, Backend: backend, Model: model},
		Answer:   sight.Answer{Backend: backend, Model: model, Sent: s.now},
	}
}

// answered tells of an answer that took a time; how may change it. The next question is sent when it has ended.
func (s *story) answered(model string, took time.Duration, how ...func(*sight.Observation)) {
	o := s.question("Desk", model)
	s.wait(took)
	o.Outcome, o.Answer.Ended = sight.Answered, s.now
	for _, change := range how {
		change(&o)
	}
	s.tally.Observe(o)
}

// failed tells of a question that broke off after a time.
func (s *story) failed(model string, took time.Duration) {
	o := s.question("Desk", model)
	s.wait(took)
	o.Outcome, o.Err, o.Answer.Ended = sight.Failed, broken(), s.now
	s.tally.Observe(o)
}

// refused tells of a question that nobody took.
func (s *story) refused(model string) {
	o := s.question("Desk", model)
	o.Outcome, o.Err, o.Answer.Sent = sight.Failed, broken(), time.Time{}
	s.tally.Observe(o)
}

func broken() error { return &fault.Error{Code: "backend.cut", Message: "The answer broke off."} }

// tokens is an answer with so many of them: prompt tokens, and completion tokens that came at a rate, the first after 100 ms.
func tokens(prompt, completion int, perSecond float64) func(*sight.Observation) {
	return func(o *sight.Observation) {
		o.Answer.PromptTokens, o.Answer.CompletionTokens = &prompt, &completion
		o.Answer.FirstToken = o.Answer.Sent.Add(100 * time.Millisecond)
		o.Answer.LastToken = o.Answer.FirstToken.Add(time.Duration(float64(completion-1) / perSecond * float64(time.Second)))
	}
}

func costs(joules float64, shared bool) func(*sight.Observation) {
	return func(o *sight.Observation) { o.Answer.Energy = &sight.Energy{Joules: joules, Shared: shared} }
}

// figures are those of the only asker.
func (s *story) figures(t *testing.T) tally.Asker {
	t.Helper()
	f := s.tally.Figures(0)
	if len(f.Askers) != 1 {
		t.Fatalf("there are %d askers: %+v", len(f.Askers), f.Askers)
	}
	return f.Askers[0]
}

// warmedUp says of each entry whether it is one that may be left out.
func (s *story) warmedUp() []bool {
	var warm []bool
	for _, e := range s.tally.Figures(0).Entries {
		warm = append(warm, e.Warmup)
	}
	return warm
}

func wantValue(t *testing.T, what string, got *float64, want float64) {
	t.Helper()
	if got == nil || *got != want {
		t.Errorf("%s is %v, want %v", what, shown(got), want)
	}
}

func wantNone(t *testing.T, what string, got *float64) {
	t.Helper()
	if got != nil {
		t.Errorf("%s is %v, want none", what, *got)
	}
}

func shown(v *float64) any {
	if v == nil {
		return "unknown"
	}
	return *v
}
