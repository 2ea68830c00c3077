// Package settings keeps versioned settings, and each window's own state beside them, on disk, safe between processes.
package settings

import (
	"cmp"
	"path/filepath"

	"github.com/adrg/xdg"

	"sightline/backend/sight"
)

// Settings is what all windows have in common.
type Settings struct {
	Version  int        `json:"version"`
	Theme    string     `json:"theme"` // "auto", "light" or "dark"
	Again    string     `json:"again"` // what starting Sightline again does while it runs: "new" opens a window, "raise" raises one
	Backends []Backend  `json:"backends"`
	Prompts  []Prompt   `json:"prompts"` // the person's own; the presets are in the program
	Times    TimeLimits `json:"times"`
	Private  []string   `json:"private"` // source URIs whose pictures never leave this network

	Recording Recording `json:"recording"`
	Gauges    Gauges    `json:"gauges"`
	Metrics   Metrics   `json:"metrics"`

	Cameras []string `json:"cameras,omitempty"` // addresses of network cameras that were watched, newest first, at most MaxCameras; without logins
	FFmpeg  string   `json:"ffmpeg,omitempty"`  // the program that decodes video; empty: the one on PATH
}

// Gauges is how often the machine is looked at, and how far back the page remembers.
type Gauges struct {
	PerSecond int `json:"perSecond"` // 1–10; 0: DefaultPerSecond
	Minutes   int `json:"minutes"`   // 1–60; 0: DefaultMinutes
}

// Metrics is what is told to Prometheus. The token, where one is needed, is in the keyring, under the origin of the address.
type Metrics struct {
	On      bool   `json:"on"`
	Address string `json:"address"`           // HOST:PORT; empty: this machine's own
	Renewed string `json:"renewed,omitempty"` // when the token was last changed, RFC3339: windows follow settings, not the keyring
}

// MaxCameras is how many network cameras are remembered.
const MaxCameras = 8

// The defaults of gauges.
const (
	DefaultPerSecond = 2
	DefaultMinutes   = 5
)

// Recording is how recordings are made.
type Recording struct {
	Folder    string `json:"folder"` // empty, or another system's in the file: Sightline in the person's videos folder; see Dir
	NoVideo   bool   `json:"noVideo"`
	NoFrames  bool   `json:"noFrames"` // the pictures that were asked about are left out
	NoAnswers bool   `json:"noAnswers"`
	PreRoll   int    `json:"preRoll"`   // seconds kept in memory before the recording begins; 0: none
	SegmentMB int    `json:"segmentMB"` // megabytes after which a new file of video begins; 0: only after an hour
	LimitGB   int    `json:"limitGB"`   // gigabytes of all recordings, beyond which the oldest go; 0: no limit
}

// Dir is the folder recordings are made in.
func (r Recording) Dir() string {
	return cmp.Or(r.Folder, filepath.Join(xdg.UserDirs.Videos, "Sightline"))
}

// Limit is the most bytes that all recordings may take; 0: no limit.
func (r Recording) Limit() int64 { return int64(r.LimitGB) << 30 }

// Backend is a saved OpenAI-compatible server, or several that serve the same. Its keys are in the keyring, under the origin of each URL.
type Backend struct {
	ID       string   `json:"id"`                 // never changes
	Name     string   `json:"name"`               // shown; unique
	URL      string   `json:"url"`                // the base, normalised, without credentials
	Replicas []string `json:"replicas,omitempty"` // bases of further servers that answer the same; not URL again
	Model    string   `json:"model,omitempty"`    // the last one chosen, offered first

	InFlight  int        `json:"inFlight,omitempty"`  // questions at once to each server, from all windows of this person here; 0: no limit
	PerMinute int        `json:"perMinute,omitempty"` // questions a minute to each server, likewise; 0: no limit
	Times     TimeLimits `json:"times,omitzero"`      // in place of the common ones where not 0
	CAFile    string     `json:"caFile,omitempty"`    // PEM file with the certificates it is trusted by, besides the system's
	Leaves    string     `json:"leaves,omitempty"`    // pictures leave this network: "yes", "no", or empty: told by its address
	Fallback  string     `json:"fallback,omitempty"`  // ID of the backend that answers when none of these servers does

	Profiles map[string]Profile `json:"profiles,omitempty"` // model → what the doctor found out about it
}

// Profile is what a model was seen to do.
type Profile struct {
	Sees     string  `json:"sees,omitempty"`         // "yes", "no" (it refused a picture), or empty: not known
	Streams  bool    `json:"streams,omitempty"`      // its answers come word by word
	JSON     bool    `json:"json,omitempty"`         // it answers in JSON when asked to
	FirstMS  float64 `json:"firstTokenMs,omitempty"` // time to first token, milliseconds; 0: not known
	TokensPS float64 `json:"tokensPerS,omitempty"`   // tokens a second; 0: not known
	Checked  string  `json:"checked,omitempty"`      // when, RFC3339
}

// URLs are the bases of all its servers.
func (b Backend) URLs() []string { return append([]string{b.URL}, b.Replicas...) }

// Prompt is a question a person keeps.
type Prompt struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Text   string `json:"text"`
	System string `json:"system,omitempty"`
}

// TimeLimits is how long a backend may take, in seconds; 0 means the default.
type TimeLimits struct {
	Connect       float64 `json:"connect,omitempty"`
	FirstToken    float64 `json:"firstToken,omitempty"`
	BetweenTokens float64 `json:"betweenTokens,omitempty"`
	Total         float64 `json:"total,omitempty"`
}

// Or is t, and for what it leaves open, other.
func (t TimeLimits) Or(other TimeLimits) TimeLimits {
	return TimeLimits{
		Connect: cmp.Or(t.Connect, other.Connect), FirstToken: cmp.Or(t.FirstToken, other.FirstToken),
		BetweenTokens: cmp.Or(t.BetweenTokens, other.BetweenTokens), Total: cmp.Or(t.Total, other.Total),
	}
}

// Window is one window's own choices. No change of it reaches another window.
type Window struct {
	Version int    `json:"version"`
	ID      string `json:"id"`

	Source   string `json:"source"` // a source URI; empty: the first camera, else the sample
	CameraOn bool   `json:"cameraOn"`
	Backend  string `json:"backend"` // a backend's ID, or "builtin:"
	Model    string `json:"model"`

	Compare []Column `json:"compare,omitempty"` // who is asked beside Backend about the same frames, at most three

	Prompt string `json:"prompt"`
	System string `json:"system"`
	Pace   string `json:"pace"`   // "0", "2s", "30f", or "asked"
	Asking bool   `json:"asking"` // Start/Stop, as it was left

	MaxTokens    int      `json:"maxTokens"` // 0: the server's limit
	Temperature  *float64 `json:"temperature,omitempty"`
	ImageEdge    int      `json:"imageEdge"`
	ImageQuality int      `json:"imageQuality"`

	Rotate  int           `json:"rotate"`         // degrees clockwise: 0, 90, 180 or 270
	Mirror  bool          `json:"mirror"`         // left and right are exchanged, after it was rotated
	Crop    *sight.Region `json:"crop,omitempty"` // the part that is asked about, of the picture as it is seen; nil: all of it
	Boxes   bool          `json:"boxes"`          // what an answer found is framed in the picture
	Overlay string        `json:"overlay"`        // "off", "top" or "bottom"

	Geometry Geometry `json:"geometry"`
}

// Column is one more asker of a window that compares.
type Column struct {
	Backend string `json:"backend"` // a backend's ID, or "builtin:"
	Model   string `json:"model"`
}

// Geometry is a window's size and place in pixels of the screen.
type Geometry struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Placed    bool `json:"placed"` // X and Y are known
	Maximised bool `json:"maximised"`
}
