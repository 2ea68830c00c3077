package sight

import (
	"math"
	"time"

	"sightline/backend/fault"
)

// Line is an observation as JSON: a line of `sightline watch --json`, a row of the window, a record on disk. It is a contract: fields may be
// added, never changed. What is not known is absent, never 0 or null.
type Line struct {
	Session  string `json:"session"`
	Seq      uint64 `json:"seq"`
	Group    uint64 `json:"group,omitempty"` // the same in all lines about one frame, where backends are compared
	Frame    uint64 `json:"frame"`
	Outcome  string `json:"outcome"`
	Captured string `json:"captured"` // RFC3339 with nanoseconds

	AgeMS        *float64 `json:"age_ms,omitempty"`
	FirstTokenMS *float64 `json:"first_token_ms,omitempty"`
	TotalMS      *float64 `json:"total_ms,omitempty"`

	Backend   string `json:"backend,omitempty"`
	Replica   string `json:"replica,omitempty"`    // host of the server that answered, where the backend has several
	InsteadOf string `json:"instead_of,omitempty"` // the backend that was asked, where another one stood in for it
	Model     string `json:"model,omitempty"`
	Text      string `json:"text,omitempty"`

	PromptTokens     *int     `json:"prompt_tokens,omitempty"`
	CompletionTokens *int     `json:"completion_tokens,omitempty"`
	TokensPerS       *float64 `json:"tokens_per_s,omitempty"`

	EnergyJ      *float64 `json:"energy_j,omitempty"`      // what the GPUs of this machine took meanwhile
	EnergyShared bool     `json:"energy_shared,omitempty"` // and others used them as well

	Boxes []Box `json:"boxes,omitempty"` // what was found where in the picture

	Image *LineImage `json:"image,omitempty"`
	Part  *Region    `json:"part,omitempty"` // the part of the captured picture that was asked about; absent: all of it
	Error *LineError `json:"error,omitempty"`

	Thinking string `json:"thinking,omitempty"` // the model's reasoning, where it gave some
	Cut      bool   `json:"cut,omitempty"`      // the text was longer than 64 KiB and ends there
	Limited  bool   `json:"limited,omitempty"`  // the model stopped at its token limit

	Replayed *LineOrigin `json:"replayed,omitempty"` // where the frame comes from, when it was recorded before
}

// LineOrigin is a moment of a recording, in a Line.
type LineOrigin struct {
	Recording string  `json:"recording"`
	AtMS      float64 `json:"at_ms"`
}

// LineImage is the picture that was sent, in pixels and bytes.
type LineImage struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Bytes  int `json:"bytes,omitempty"` // absent for the built-in detector, which looks at pixels
}

// LineError is a fault in a Line.
type LineError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// NewLineError is err as a person reads it; nil for nil.
func NewLineError(err error) *LineError {
	f := fault.From(err)
	if f == nil {
		return nil
	}
	return &LineError{Code: f.Code, Message: f.Message, Hint: f.Hint}
}

// Line is the observation in its JSON form.
func (o Observation) Line() Line {
	l := Line{
		Session: o.Session, Seq: o.Seq, Group: o.Group, Frame: o.Frame.Number, Outcome: string(o.Outcome),
		Captured: o.Frame.Captured.Format(time.RFC3339Nano),
	}
	if from := o.Frame.Origin; from != nil {
		l.Replayed = &LineOrigin{Recording: from.Recording, AtMS: *Milliseconds(from.At)}
	}
	if o.Group != 0 || !o.Answer.Sent.IsZero() || o.Outcome == Failed {
		l.Backend, l.Model = o.Answer.Backend, o.Answer.Model
	}
	if o.Answer.Sent.IsZero() && o.Outcome != Failed {
		return l
	}
	l.Replica, l.InsteadOf = o.Answer.Replica, o.Answer.InsteadOf
	l.Text, l.Thinking = o.Answer.Text, o.Answer.Thinking
	l.Cut, l.Limited = o.Answer.Cut, o.Answer.Limited
	l.Boxes, l.Part = roundedBoxes(o.Answer.Boxes), o.Frame.Part
	l.PromptTokens, l.CompletionTokens = o.Answer.PromptTokens, o.Answer.CompletionTokens
	l.AgeMS = milliseconds(o.Age())
	l.FirstTokenMS = milliseconds(o.FirstToken())
	l.TotalMS = milliseconds(o.Total())
	if rate, ok := o.TokensPerSecond(); ok {
		l.TokensPerS = rounded(rate)
	}
	if e := o.Answer.Energy; e != nil {
		l.EnergyJ, l.EnergyShared = rounded(e.Joules), e.Shared
	}
	if i := o.Answer.Image; i.Width > 0 {
		l.Image = &LineImage{Width: i.Width, Height: i.Height, Bytes: len(i.JPEG)}
	}
	if o.Outcome == Failed {
		l.Error = NewLineError(o.Err)
	}
	return l
}

func milliseconds(d time.Duration, known bool) *float64 {
	if !known {
		return nil
	}
	return Milliseconds(d)
}

// Milliseconds is a duration as a Line has it, with two decimals.
func Milliseconds(d time.Duration) *float64 { return rounded(float64(d) / float64(time.Millisecond)) }

// roundedBoxes keeps four decimals: a tenth of a pixel in a thousand.
func roundedBoxes(boxes []Box) []Box {
	if boxes == nil {
		return nil
	}
	round := func(v float64) float64 { return math.Round(v*1e4) / 1e4 }
	all := make([]Box, len(boxes))
	for i, b := range boxes {
		all[i] = Box{Label: b.Label, Kind: b.Kind, Score: round(b.Score), X: round(b.X), Y: round(b.Y), W: round(b.W), H: round(b.H)}
	}
	return all
}

// rounded keeps two decimals: finer ones are noise.
func rounded(v float64) *float64 {
	v = math.Round(v*100) / 100
	return &v
}
