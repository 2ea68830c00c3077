package sight

import "time"

// Outcome is how a sampled frame ended. Every sampled frame has exactly one.
type Outcome string

// The outcomes.
const (
	Answered   Outcome = "answered"
	Superseded Outcome = "superseded" // a newer sampled frame took its place before it could be sent
	Unchanged  Outcome = "unchanged"  // held back by a change gate; none exists yet
	Failed     Outcome = "failed"
	Cancelled  Outcome = "cancelled" // the session ended, asking stopped, or the question was withdrawn
)

// Observation is one sampled frame with its outcome.
type Observation struct {
	Session  string
	Seq      uint64 // counts sampled frames from 1; where several askers are compared each of them has its own
	Group    uint64 // the same for all askers of one frame; 0: only one is asked
	Frame    Frame
	Outcome  Outcome
	Question Question // zero when the frame was never sent
	Answer   Answer   // zero when the frame was never sent; partial when failed or cancelled
	Err      error    // why it failed; nil otherwise
}

// Counts is how many sampled frames ended how.
type Counts struct {
	Captured   uint64 `json:"captured"`
	Sampled    uint64 `json:"sampled"`
	Answered   uint64 `json:"answered"`
	Superseded uint64 `json:"superseded"`
	Unchanged  uint64 `json:"unchanged"`
	Failed     uint64 `json:"failed"`
	Cancelled  uint64 `json:"cancelled"`
}

// Add counts one outcome.
func (c *Counts) Add(o Outcome) {
	switch o {
	case Answered:
		c.Answered++
	case Superseded:
		c.Superseded++
	case Unchanged:
		c.Unchanged++
	case Failed:
		c.Failed++
	case Cancelled:
		c.Cancelled++
	}
}

// Settled is how many sampled frames have their outcome.
func (c Counts) Settled() uint64 {
	return c.Answered + c.Superseded + c.Unchanged + c.Failed + c.Cancelled
}

// Age is how old the frame was when its question was on the wire; false when it never was.
func (o Observation) Age() (time.Duration, bool) {
	return between(o.Frame.Captured, o.Answer.Sent)
}

// FirstToken is the time from sent to the first visible text.
func (o Observation) FirstToken() (time.Duration, bool) {
	return between(o.Answer.Sent, o.Answer.FirstToken)
}

// Total is the time from sent to the end.
func (o Observation) Total() (time.Duration, bool) {
	return between(o.Answer.Sent, o.Answer.Ended)
}

// TokensPerSecond is (completion tokens − 1) / (last − first token), the rate after the first; false where it cannot be known.
func (o Observation) TokensPerSecond() (float64, bool) {
	span, ok := between(o.Answer.FirstToken, o.Answer.LastToken)
	if !ok || span <= 0 || o.Answer.CompletionTokens == nil || *o.Answer.CompletionTokens < 2 {
		return 0, false
	}
	return float64(*o.Answer.CompletionTokens-1) / span.Seconds(), true
}

func between(from, to time.Time) (time.Duration, bool) {
	if from.IsZero() || to.IsZero() {
		return 0, false
	}
	return to.Sub(from), true
}
