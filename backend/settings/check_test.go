package settings

import (
	"errors"
	"math"
	"strings"
	"testing"

	"sightline/backend/fault"
)

func TestRulesOfSettings(t *testing.T) {
	backend := func(b Backend) func(*Settings) { return func(s *Settings) { s.Backends = []Backend{b} } }
	prompt := func(p Prompt) func(*Settings) { return func(s *Settings) { s.Prompts = []Prompt{p} } }
	good := Backend{ID: "a", Name: "A", URL: "http://a/v1"}
	for _, c := range []struct {
		name string
		edit func(*Settings)
		fine bool
	}{
		{"light", func(s *Settings) { s.Theme = "light" }, true},
		{"no theme", func(s *Settings) { s.Theme = "" }, false},
		{"nil lists", func(s *Settings) { s.Backends, s.Prompts = nil, nil }, true},
		{"a backend", backend(good), true},
		{"a backend on IPv6", backend(Backend{ID: "a", Name: "A", URL: "https://[::1]:8443/base"}), true},
		{"a backend without an ID", backend(Backend{Name: "A", URL: "http://a"}), false},
		{"a backend that takes the built-in's ID", backend(Backend{ID: Builtin, Name: "A", URL: "http://a"}), false},
		{"a backend without a name", backend(Backend{ID: "a", Name: " ", URL: "http://a"}), false},
		{"a name of two lines", backend(Backend{ID: "a", Name: "A\nB", URL: "http://a"}), false},
		{"a long name", backend(Backend{ID: "a", Name: strings.Repeat("ä", MaxName), URL: "http://a"}), true},
		{"too long a name", backend(Backend{ID: "a", Name: strings.Repeat("ä", MaxName+1), URL: "http://a"}), false},
		{"a URL with a user", backend(Backend{ID: "a", Name: "A", URL: "http://me@a"}), false},
		{"a URL with a query", backend(Backend{ID: "a", Name: "A", URL: "http://a?key=1"}), false},
		{"a URL without a host", backend(Backend{ID: "a", Name: "A", URL: "http://"}), false},
		{"a path for a URL", backend(Backend{ID: "a", Name: "A", URL: "/etc/passwd"}), false},
		{"two of an ID", func(s *Settings) { s.Backends = []Backend{good, {ID: "A", Name: "B", URL: "http://b"}} }, false},
		{"two of a name", func(s *Settings) { s.Backends = []Backend{good, {ID: "b", Name: "a", URL: "http://b"}} }, false},
		{"two of a URL", func(s *Settings) { s.Backends = []Backend{good, {ID: "b", Name: "B", URL: good.URL}} }, true},
		{"too many backends", func(s *Settings) { s.Backends = make([]Backend, MaxBackends+1) }, false},
		{"too many prompts", func(s *Settings) { s.Prompts = make([]Prompt, MaxPrompts+1) }, false},
		{"a prompt", prompt(Prompt{ID: "a", Name: "A", Text: "?"}), true},
		{"a prompt that asks nothing", prompt(Prompt{ID: "a", Name: "A", Text: "\n"}), false},
		{"too long a prompt", prompt(Prompt{ID: "a", Name: "A", Text: strings.Repeat("?", MaxText+1)}), false},
		{"a time below zero", func(s *Settings) { s.Times.Connect = -1 }, false},
		{"a time that is no number", func(s *Settings) { s.Times.Total = math.NaN() }, false},
		{"a time without end", func(s *Settings) { s.Times.FirstToken = math.Inf(1) }, false},
	} {
		s := DefaultSettings()
		c.edit(&s)
		verdict(t, c.name, checkSettings(&s), c.fine)
		if c.fine && (s.Backends == nil || s.Prompts == nil) {
			t.Errorf("%s: a nil list is null on the page", c.name)
		}
	}
}

func TestRulesOfWindows(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Window)
		fine bool
	}{
		{"a saved backend", func(w *Window) { w.Backend = "3f2a" }, true},
		{"no backend", func(w *Window) { w.Backend = "" }, false},
		{"no prompt", func(w *Window) { w.Prompt = "" }, true},
		{"no limit of tokens", func(w *Window) { w.MaxTokens = 0 }, true},
		{"too many tokens", func(w *Window) { w.MaxTokens = 4097 }, false},
		{"temperature 0", func(w *Window) { w.Temperature = new(0.0) }, true},
		{"temperature 2.1", func(w *Window) { w.Temperature = new(2.1) }, false},
		{"temperature that is no number", func(w *Window) { w.Temperature = new(math.NaN()) }, false},
		{"edge 224", func(w *Window) { w.ImageEdge = 224 }, true},
		{"edge 2049", func(w *Window) { w.ImageEdge = 2049 }, false},
		{"edge 0", func(w *Window) { w.ImageEdge = 0 }, false},
		{"quality 95", func(w *Window) { w.ImageQuality = 95 }, true},
		{"quality 49", func(w *Window) { w.ImageQuality = 49 }, false},
		{"overlay in the middle", func(w *Window) { w.Overlay = "middle" }, false},
		{"a screen to the left", func(w *Window) { w.Geometry.X = -3840 }, true},
		{"no width", func(w *Window) { w.Geometry.Width = 0 }, false},
		{"another window's state", func(w *Window) { w.ID = "b" }, false},
		{"a source without end", func(w *Window) { w.Source = strings.Repeat("x", 5000) }, false},
	} {
		w := DefaultWindow("a")
		c.edit(&w)
		verdict(t, c.name, checkWindow(&w, "a"), c.fine)
	}
}

func TestPacesAsTheyAreWritten(t *testing.T) {
	for pace, fine := range map[string]bool{
		"0": true, "asked": true, "1f": true, "3600f": true, "100ms": true, "2s": true, "1h": true, "1h0m0s": true, "1.5s": true,
		"": false, "0f": false, "3601f": false, "f": false, "-1f": false, "99ms": false, "1h1s": false, "2": false, "-2s": false, "often": false,
	} {
		verdict(t, pace, checkPace(pace), fine)
	}
}

func TestPresetsAreOnesAPersonCouldHaveSaved(t *testing.T) {
	presets := Presets()
	if len(presets) < 10 {
		t.Errorf("%d presets, want ten", len(presets))
	}
	s := DefaultSettings()
	s.Prompts = presets
	verdict(t, "presets", checkSettings(&s), true)
	Presets()[0].Text = "changed"
	if Presets()[0].Text == "changed" {
		t.Error("one caller can change another's presets")
	}
}

func verdict(t *testing.T, name string, err error, fine bool) {
	t.Helper()
	if (err == nil) != fine {
		t.Errorf("%s: %v, want it fine: %v", name, err, fine)
	}
	if f := new(fault.Error); err != nil && (!errors.As(err, &f) || f.Code != CodeInvalid || f.Hint == "") {
		t.Errorf("%s: no fault a person can use: %#v", name, err)
	}
}
