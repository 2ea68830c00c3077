// Package archive is the on-disk shape of a recording, and nothing else knows it. docs/recording-format.md describes it.
package archive

import (
	"math"
	"time"

	"sightline/backend/sight"
)

// Format is the version of the shape that is written. Older ones are read; newer ones are refused, politely.
const Format = 1

// State is how far a recording has come.
type State string

// The states.
const (
	Recording State = "recording"
	Complete  State = "complete"
	CutShort  State = "cut short" // it ended before it could be closed, and was closed later by Mend
)

// Manifest is recording.json: what a recording is, without any secret.
type Manifest struct {
	Format int    `json:"format"`
	ID     string `json:"id"`              // unique, and the name its folder was given: 2026-11-22_07-29-53_k3f9
	Title  string `json:"title,omitempty"` // given by the person; the folder keeps its name
	State  State  `json:"state"`
	Keep   bool   `json:"keep,omitempty"` // never cleaned up by itself

	Reason *sight.LineError `json:"reason,omitempty"` // why it ended, where that was no person's wish

	Started time.Time `json:"started"` // what all times in it count from; with a pre-roll, its beginning
	Seconds float64   `json:"seconds"` // its length so far
	Bytes   int64     `json:"bytes"`   // of all its files, so far

	Version string `json:"sightline"` // of the program that made it
	Session string `json:"session"`

	About
	Parts    Parts     `json:"parts"`
	Segments []Segment `json:"segments"` // of video, in order
	Outcomes Outcomes  `json:"outcomes"` // how many lines of answers.jsonl ended how
}

// About is what was recorded, as it was when the recording began.
type About struct {
	Source Source `json:"source"`
	Asked  Asked  `json:"asked"`
}

// Source is what was watched.
type Source struct {
	URI  string `json:"uri"` // without credentials
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// Asked is what was asked, and of whom.
type Asked struct {
	Askers       []Asker  `json:"askers,omitempty"`
	Prompt       string   `json:"prompt,omitempty"`
	System       string   `json:"system,omitempty"`
	Pace         string   `json:"pace,omitempty"`
	MaxTokens    int      `json:"max_tokens,omitempty"`
	Temperature  *float64 `json:"temperature,omitempty"`
	ImageEdge    int      `json:"image_edge,omitempty"`
	ImageQuality int      `json:"image_quality,omitempty"`
}

// Asker is one of those who were asked.
type Asker struct {
	Backend string `json:"backend"` // shown name: no address, no credentials
	Model   string `json:"model,omitempty"`
}

// Parts is what of a session is kept.
type Parts struct {
	Video   bool `json:"video"`
	Frames  bool `json:"frames"` // the pictures that were asked about
	Answers bool `json:"answers"`
}

// Segment is one file of video. A new one begins where the pictures' size or the source changes, at a size, and after an hour.
type Segment struct {
	File    string  `json:"file"` // video.mp4, video-0002.mp4, …
	StartMS float64 `json:"start_ms"`
	Seconds float64 `json:"seconds"` // its length so far
	Width   int     `json:"width"`
	Height  int     `json:"height"`

	Source *Source `json:"source,omitempty"` // where it is another one than the recording began with
}

// Outcomes counts lines by outcome.
type Outcomes struct {
	Answered   int `json:"answered"`
	Superseded int `json:"superseded"`
	Unchanged  int `json:"unchanged"`
	Failed     int `json:"failed"`
	Cancelled  int `json:"cancelled"`
}

// Entry is a line of answers.jsonl: an outcome as `watch --json` writes it, and what makes it complete.
type Entry struct {
	sight.Line
	AtMS    float64 `json:"at_ms"` // when its frame was captured, milliseconds since the recording's start
	Prompt  string  `json:"prompt,omitempty"`
	System  string  `json:"system,omitempty"`
	Picture string  `json:"picture,omitempty"` // the very picture that was asked about, within the folder: frames/000017.jpg
}

// At is when the entry's frame was captured, since the recording's start. It is negative where that was just before it.
func (e Entry) At() time.Duration {
	if ns := e.AtMS * float64(time.Millisecond); math.Abs(ns) < math.MaxInt64 {
		return time.Duration(ns)
	}
	return math.MaxInt64 // Entries gives none that far away
}
