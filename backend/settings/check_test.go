package settings

import (
	"errors"
	"fmt"
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
		{"a recording of everything", func(s *Settings) {
			s.Recording = Recording{Folder: t.TempDir(), PreRoll: 30, SegmentMB: 500, LimitGB: 20}
		}, true},
		{"a recording of nothing", func(s *Settings) { s.Recording = Recording{NoVideo: true, NoFrames: true, NoAnswers: true} }, false},
		{"a folder that means something else elsewhere", func(s *Settings) { s.Recording.Folder = "recordings" }, false},
		{"too short a pre-roll", func(s *Settings) { s.Recording.PreRoll = MinPreRoll - 1 }, false},
		{"too long a pre-roll", func(s *Settings) { s.Recording.PreRoll = MaxPreRoll + 1 }, false},
		{"tiny files of video", func(s *Settings) { s.Recording.SegmentMB = 1 }, false},
		{"less than no room", func(s *Settings) { s.Recording.LimitGB = -1 }, false},
		{"gauges as often as can be", func(s *Settings) { s.Gauges = Gauges{PerSecond: 10, Minutes: 60} }, true},
		{"gauges all the time", func(s *Settings) { s.Gauges.PerSecond = 11 }, false},
		{"gauges that never forget", func(s *Settings) { s.Gauges.Minutes = 61 }, false},
		{"metrics at an address", func(s *Settings) { s.Metrics = Metrics{On: true, Address: "0.0.0.0:9717"} }, true},
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
		{"another start raises", func(s *Settings) { s.Again = "raise" }, true},
		{"another start asks", func(s *Settings) { s.Again = "ask" }, false},
		{"another start does nothing", func(s *Settings) { s.Again = "" }, false},
		{"a camera kept private", func(s *Settings) { s.Private = []string{"camera:Door"} }, true},
		{"no list of private cameras", func(s *Settings) { s.Private = nil }, true},
		{"too many private cameras", func(s *Settings) { s.Private = make([]string, maxPrivate+1) }, false},
		{"a private camera without end", func(s *Settings) { s.Private = []string{strings.Repeat("x", maxReference+1)} }, false},
	} {
		s := DefaultSettings()
		c.edit(&s)
		verdict(t, c.name, checkSettings(&s), c.fine)
		if c.fine && (s.Backends == nil || s.Prompts == nil || s.Private == nil) {
			t.Errorf("%s: a nil list is null on the page", c.name)
		}
	}
}

func TestRulesOfBackends(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Backend)
		fine bool
	}{
		{"one server", func(*Backend) {}, true},
		{"two servers", func(b *Backend) { b.Replicas = []string{"http://b/v1"} }, true},
		{"sixteen servers", func(b *Backend) { b.Replicas = servers(MaxReplicas) }, true},
		{"seventeen servers", func(b *Backend) { b.Replicas = servers(MaxReplicas + 1) }, false},
		{"the same server twice", func(b *Backend) { b.Replicas = []string{"http://b/v1", "http://B/v1"} }, false},
		{"its first server once more", func(b *Backend) { b.Replicas = []string{b.URL} }, false},
		{"a second server with a password", func(b *Backend) { b.Replicas = []string{"http://me:pw@b/v1"} }, false},
		{"a second server without an address", func(b *Backend) { b.Replicas = []string{""} }, false},
		{"64 questions at once", func(b *Backend) { b.InFlight = MaxInFlight }, true},
		{"65 questions at once", func(b *Backend) { b.InFlight = MaxInFlight + 1 }, false},
		{"fewer than no questions at once", func(b *Backend) { b.InFlight = -1 }, false},
		{"10,000 questions a minute", func(b *Backend) { b.PerMinute = MaxPerMinute }, true},
		{"10,001 questions a minute", func(b *Backend) { b.PerMinute = MaxPerMinute + 1 }, false},
		{"times of its own", func(b *Backend) { b.Times.FirstToken = 3 }, true},
		{"two hours of its own", func(b *Backend) { b.Times.Total = 7200 }, false},
		{"a certificate", func(b *Backend) { b.CAFile = "/etc/ssl/lab.pem" }, true},
		{"a certificate's name without end", func(b *Backend) { b.CAFile = strings.Repeat("x", maxReference+1) }, false},
		{"pictures leave", func(b *Backend) { b.Leaves = "yes" }, true},
		{"pictures stay", func(b *Backend) { b.Leaves = "no" }, true},
		{"pictures leave perhaps", func(b *Backend) { b.Leaves = "perhaps" }, false},
		{"the built-in stands in", func(b *Backend) { b.Fallback = Builtin }, true},
		{"one that was deleted stands in", func(b *Backend) { b.Fallback = "gone" }, true},
		{"it stands in for itself", func(b *Backend) { b.Fallback = b.ID }, false},
		{"nobody that could be stands in", func(b *Backend) { b.Fallback = "not an ID" }, false},
		{"a model looked at", func(b *Backend) { b.Profiles = map[string]Profile{"qwen": {Sees: "yes"}} }, true},
		{"too many models looked at", func(b *Backend) { b.Profiles = profiles(maxProfiles + 1) }, false},
	} {
		b := Backend{ID: "a", Name: "A", URL: "http://a/v1"}
		c.edit(&b)
		s := DefaultSettings()
		s.Backends = []Backend{b}
		verdict(t, c.name, checkSettings(&s), c.fine)
	}
}

func servers(n int) []string {
	urls := make([]string, n)
	for i := range urls {
		urls[i] = fmt.Sprintf("http://server-%d/v1", i)
	}
	return urls
}

func profiles(n int) map[string]Profile {
	seen := map[string]Profile{}
	for i := range n {
		seen[fmt.Sprint(i)] = Profile{}
	}
	return seen
}

func TestBackendKnowsAllItsServers(t *testing.T) {
	b := Backend{URL: "http://a", Replicas: make([]string, 1, 4)}
	b.Replicas[0] = "http://b"
	urls := append(b.URLs(), "http://c")
	same(t, "servers", []string{"http://a", "http://b", "http://c"}, urls)
	same(t, "servers of the backend itself", []string{"http://a", "http://b"}, b.URLs())
}

func TestCopyOfSettingsSharesNothing(t *testing.T) {
	whole := func() Settings {
		return Settings{
			Private: []string{"camera:Door"}, Prompts: []Prompt{{ID: "p"}},
			Backends: []Backend{{ID: "a", Replicas: []string{"http://b"}, Profiles: map[string]Profile{"qwen": {Sees: "yes"}}}},
		}
	}
	original := whole()
	changed := original.Clone()
	changed.Private[0], changed.Prompts[0].ID = "", ""
	changed.Backends[0].Replicas[0], changed.Backends[0].ID = "", ""
	changed.Backends[0].Profiles["qwen"] = Profile{}
	same(t, "the original", whole(), original)
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
		{"four compared", func(w *Window) { w.Compare = []Column{{Builtin, ""}, {"3f2a", "qwen"}, {"3f2a", "llava"}} }, true},
		{"five compared", func(w *Window) { w.Compare = make([]Column, MaxColumns+1) }, false},
		{"nobody compared with", func(w *Window) { w.Compare = []Column{{}} }, false},
		{"compared with a model whose name has no end", func(w *Window) { w.Compare = []Column{{Builtin, strings.Repeat("x", 5000)}} }, false},
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
