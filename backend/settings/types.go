// Package settings keeps versioned settings, and each window's own state beside them, on disk, safe between processes.
package settings

// Settings is what all windows have in common.
type Settings struct {
	Version  int        `json:"version"`
	Theme    string     `json:"theme"` // "auto", "light" or "dark"
	Backends []Backend  `json:"backends"`
	Prompts  []Prompt   `json:"prompts"` // the person's own; the presets are in the program
	Times    TimeLimits `json:"times"`
}

// Backend is a saved OpenAI-compatible server. Its key is in the keyring, under the origin of URL.
type Backend struct {
	ID    string `json:"id"`              // never changes
	Name  string `json:"name"`            // shown; unique
	URL   string `json:"url"`             // the base, normalised, without credentials
	Model string `json:"model,omitempty"` // the last one chosen, offered first
}

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

// Window is one window's own choices. No change of it reaches another window.
type Window struct {
	Version int    `json:"version"`
	ID      string `json:"id"`

	Source   string `json:"source"` // a source URI; empty: the first camera, else the sample
	CameraOn bool   `json:"cameraOn"`
	Backend  string `json:"backend"` // a backend's ID, or "builtin:"
	Model    string `json:"model"`
	Prompt   string `json:"prompt"`
	System   string `json:"system"`
	Pace     string `json:"pace"`   // "0", "2s", "30f", or "asked"
	Asking   bool   `json:"asking"` // Start/Stop, as it was left

	MaxTokens    int      `json:"maxTokens"` // 0: the server's limit
	Temperature  *float64 `json:"temperature,omitempty"`
	ImageEdge    int      `json:"imageEdge"`
	ImageQuality int      `json:"imageQuality"`

	Mirror  bool   `json:"mirror"`
	Overlay string `json:"overlay"` // "off", "top" or "bottom"

	Geometry Geometry `json:"geometry"`
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
