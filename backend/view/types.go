// Package view is what the page sees of a session: a snapshot, and numbered events that bring it up to date. It knows no Wails: events leave
// through a function.
package view

import (
	"sightline/backend/doctor"
	"sightline/backend/settings"
	"sightline/backend/sight"
)

// Snapshot is everything the page needs to draw itself. Events numbered above N bring it up to date; on a gap the page loads a new one.
type Snapshot struct {
	N        uint64            `json:"n"`
	Session  string            `json:"session"`
	Version  string            `json:"version"`
	Window   settings.Window   `json:"window"`
	Settings settings.Settings `json:"settings"`
	Presets  []settings.Prompt `json:"presets"`
	Source   Source            `json:"source"`
	Backend  Backend           `json:"backend"`
	Others   []Backend         `json:"others"` // those compared with it, in the order of the window's choice
	Asking   Asking            `json:"asking"`
	Counts   sight.Counts      `json:"counts"`

	Recording Recording `json:"recording"`

	Rows     []Row    `json:"rows"`    // newest first, at most 500
	Notices  []Notice `json:"notices"` // what went wrong at start, oldest first
	Keyring  bool     `json:"keyring"` // keys outlive this run
	FirstRun bool     `json:"firstRun"`
}

// Source is the state of the picture.
type Source struct {
	URI    string           `json:"uri"`   // what is open, resolved: never empty
	Name   string           `json:"name"`  // as a person knows it
	Kind   string           `json:"kind"`  // the URI's scheme
	State  string           `json:"state"` // "off", "opening", "live", "lost"
	Width  int              `json:"width"`
	Height int              `json:"height"`
	FPS    float64          `json:"fps"`    // measured; 0 while unknown
	Fault  *sight.LineError `json:"fault"`  // why it is lost
	Chosen bool             `json:"chosen"` // false: Sightline chose it because nothing else was there
}

// Backend is the state of who answers.
type Backend struct {
	ID      string           `json:"id"` // "builtin:" or a saved backend's
	Name    string           `json:"name"`
	URL     string           `json:"url"` // empty for the built-in
	Model   string           `json:"model"`
	Builtin bool             `json:"builtin"`
	Public  bool             `json:"public"` // pictures leave this network
	Health  string           `json:"health"` // "unknown", "well", "slow", "out"
	Fault   *sight.LineError `json:"fault"`  // the last failure while it is not well

	Replicas []Replica `json:"replicas"` // its servers, where it has several
}

// Replica is one of a backend's servers.
type Replica struct {
	Host   string `json:"host"`
	Health string `json:"health"` // "unknown", "well", "resting" (it asked to be left alone), "out"
}

// Asking is the state of the loop.
type Asking struct {
	On        bool   `json:"on"`
	InFlight  uint64 `json:"inFlight"`  // the first seq being answered; 0: none
	Waiting   bool   `json:"waiting"`   // for room at the backend, whose limit other windows use up
	RetryAtMS int64  `json:"retryAtMs"` // Unix milliseconds when it asks again after a failure; 0: not waiting
}

// Row is one answer, failed question, or question in flight in the list.
type Row struct {
	sight.Line
	Prompt  string `json:"prompt"`
	Column  int    `json:"column"`  // which of the compared backends, from 0; the rows of one frame have one group
	AtMS    int64  `json:"atMs"`    // when the frame was captured, Unix milliseconds
	Pending bool   `json:"pending"` // still being answered; then Outcome is empty
	Thumb   string `json:"thumb"`   // URL of the very frame, small
	Picture string `json:"picture"` // URL of the picture as it was sent
	Raw     bool   `json:"raw"`     // an exchange can be shown

	Before *Before `json:"before,omitempty"` // what was answered about this moment when it was recorded
}

// Before is an answer in a recording that is being replayed.
type Before struct {
	Backend string      `json:"backend"`
	Model   string      `json:"model"`
	Prompt  string      `json:"prompt"`
	Text    string      `json:"text"`
	AtMS    float64     `json:"atMs"`            // when its frame was captured, milliseconds since the recording's start
	Boxes   []sight.Box `json:"boxes,omitempty"` // what was found where
	Exact   bool        `json:"exact"`           // about the very same picture; otherwise about the last one asked before it
}

// Notice is something a person should know that belongs to no answer.
type Notice struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

// Event changes what the page sees. Exactly the fields of its kind are set.
type Event struct {
	N    uint64 `json:"n"`
	Kind string `json:"kind"` // "row", "text", "source", "backend", "others", "asking", "counts", "recording", "window", "settings", "notice", "check"

	Row      *Row          `json:"row,omitempty"`      // "row": new, or the same seq again with its end
	Seq      uint64        `json:"seq,omitempty"`      // "text": of which row
	Text     string        `json:"text,omitempty"`     // "text": appended to the row's text
	Thinking string        `json:"thinking,omitempty"` // "text": appended to the row's thinking
	Source   *Source       `json:"source,omitempty"`
	Backend  *Backend      `json:"backend,omitempty"`
	Others   []Backend     `json:"others,omitempty"` // "others": all of them; absent when there are none any more
	Asking   *Asking       `json:"asking,omitempty"`
	Counts   *sight.Counts `json:"counts,omitempty"`

	Recording *Recording `json:"recording,omitempty"`

	Window   *settings.Window   `json:"window,omitempty"`
	Settings *settings.Settings `json:"settings,omitempty"`
	Notice   *Notice            `json:"notice,omitempty"`
	Check    *Check             `json:"check,omitempty"` // "check": one more step of an examination
}

// Check is a step of the examination of a backend.
type Check struct {
	Backend string `json:"backend"` // its ID
	doctor.Check
}

// EventName is the one name under which a slice of Events reaches the page, at most 30 times a second.
const EventName = "sightline"

// Choices changes a window's own choices: fields that are nil stay as they are.
type Choices struct {
	Source   *string `json:"source,omitempty"`
	CameraOn *bool   `json:"cameraOn,omitempty"`
	Backend  *string `json:"backend,omitempty"`
	Model    *string `json:"model,omitempty"`

	Compare *[]settings.Column `json:"compare,omitempty"` // who is asked beside the backend; an empty list: nobody

	Prompt       *string  `json:"prompt,omitempty"`
	System       *string  `json:"system,omitempty"`
	Pace         *string  `json:"pace,omitempty"`
	MaxTokens    *int     `json:"maxTokens,omitempty"`
	Temperature  *float64 `json:"temperature,omitempty"` // negative: the server's own
	ImageEdge    *int     `json:"imageEdge,omitempty"`
	ImageQuality *int     `json:"imageQuality,omitempty"`
	Overlay      *string  `json:"overlay,omitempty"`

	Rotate *int          `json:"rotate,omitempty"`
	Mirror *bool         `json:"mirror,omitempty"`
	Crop   *sight.Region `json:"crop,omitempty"` // without width: all of the picture
	Boxes  *bool         `json:"boxes,omitempty"`
}

// BackendForm is what a person fills in to add or change a backend.
type BackendForm struct {
	ID        string `json:"id"`   // empty: a new one
	Name      string `json:"name"` // empty: made from the URL
	URL       string `json:"url"`
	Key       string `json:"key"` // empty: keep the saved one, if the origin is the same
	ForgetKey bool   `json:"forgetKey"`
	Model     string `json:"model"`

	Replicas  []string            `json:"replicas"`
	InFlight  int                 `json:"inFlight"`
	PerMinute int                 `json:"perMinute"`
	Times     settings.TimeLimits `json:"times"`
	CAFile    string              `json:"caFile"`
	Leaves    string              `json:"leaves"`   // "yes", "no", or empty: told by its address
	Fallback  string              `json:"fallback"` // a backend's ID, or empty
}

// BackendInfo is what is known of a backend before it is used.
type BackendInfo struct {
	URL    string   `json:"url"` // normalised
	Models []string `json:"models"`
	Public bool     `json:"public"`
	HasKey bool     `json:"hasKey"` // a key is saved for this origin
}

// FoundServer is a server that answers on this machine. It is offered, never used by itself.
type FoundServer struct {
	Name   string   `json:"name"` // "Ollama"
	URL    string   `json:"url"`
	Models []string `json:"models"`
}
