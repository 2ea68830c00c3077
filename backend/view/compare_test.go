package view

import (
	"slices"
	"strings"
	"testing"

	"sightline/backend/settings"
)

// saved adds a backend without a word about its key.
func (p *page) saved(form BackendForm) settings.Backend {
	p.t.Helper()
	b, err := p.SaveBackend(p.t.Context(), form)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func (p *page) choose(c Choices) settings.Window {
	p.t.Helper()
	w, err := p.Choose(p.t.Context(), c)
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

func TestComparedBackendsAnswerSideBySide(t *testing.T) {
	p := open(t, t.TempDir())
	a := p.saved(BackendForm{URL: "http://a/v1", Name: "Named A", Model: "m1"})
	b := p.saved(BackendForm{URL: "http://b/v1", Name: "Named B", Model: "m2"})
	w := p.choose(Choices{Backend: &a.ID, Compare: &[]settings.Column{{Backend: b.ID}}, Prompt: ptr("hi")})
	if w.Compare[0].Model != "m2" {
		t.Errorf("compared with model %q, want the one the backend is saved with", w.Compare[0].Model)
	}
	row := p.untilAnswer("Named B hi")
	if row.Column != 1 || row.Group == 0 || row.Model != "m2" {
		t.Errorf("the second column's row: %+v", row)
	}
	s := p.Snapshot()
	if len(s.Others) != 1 || s.Others[0].Name != "Named B" || s.Backend.Name != "Named A" {
		t.Errorf("who is asked: %+v and %+v", s.Backend, s.Others)
	}
	for _, other := range s.Rows {
		if other.Group == row.Group && other.Column == 0 && other.Frame != row.Frame {
			t.Errorf("one group, two frames: %+v and %+v", row, other)
		}
	}
	p.choose(Choices{Compare: &[]settings.Column{}})
	p.until("nobody compared", func(e Event) bool { return e.Kind == "others" && len(e.Others) == 0 })
}

func TestColumnsOfOneBackendShareItsAskerAndItsLimits(t *testing.T) {
	p := open(t, t.TempDir())
	a := p.saved(BackendForm{URL: "http://a/v1", InFlight: 2})
	p.choose(Choices{Backend: &a.ID, Compare: &[]settings.Column{{Backend: a.ID, Model: "other"}}})
	p.until("a comparison", func(e Event) bool { return e.Kind == "others" && len(e.Others) == 1 })
	p.servers.mu.Lock()
	defer p.servers.mu.Unlock()
	if len(p.servers.hired) != 1 {
		t.Errorf("%d askers for one backend", len(p.servers.hired))
	}
}

func TestDeletedBackendLeavesTheComparison(t *testing.T) {
	p := open(t, t.TempDir())
	b := p.saved(BackendForm{URL: "http://b/v1"})
	p.choose(Choices{Compare: &[]settings.Column{{Backend: b.ID}}})
	if err := p.DeleteBackend(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if s := p.Snapshot(); len(s.Window.Compare) != 0 || len(s.Others) != 0 {
		t.Errorf("still compared: %+v", s.Window.Compare)
	}
}

func TestNewBackendOfAnotherWindowAppearsAndItsChoicesStayItsOwn(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	p.until("a first state", func(e Event) bool { return e.Source != nil })
	other := openWindow(t, dir, "other")
	b := other.saved(BackendForm{URL: "http://lab/v1", Name: "Lab"})
	p.until("the other window's backend", func(e Event) bool {
		return e.Settings != nil && slices.ContainsFunc(e.Settings.Backends, func(s settings.Backend) bool { return s.ID == b.ID })
	})
	other.choose(Choices{Backend: &b.ID, Prompt: ptr("only there")})
	other.untilAnswer("http://lab/v1 only there")
	if w := p.Snapshot().Window; w.Backend != settings.Builtin || w.Prompt == "only there" {
		t.Errorf("another window's choices arrived here: %+v", w)
	}
}

func TestBackendDeletedInAnotherWindowIsSaid(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	b := p.saved(BackendForm{URL: "http://lab/v1", Name: "Lab"})
	p.choose(Choices{Backend: &b.ID, Prompt: ptr("hi")})
	p.untilAnswer("http://lab/v1 hi")
	other := openWindow(t, dir, "other")
	if err := other.DeleteBackend(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	p.until("a word about it", func(e Event) bool { return e.Row != nil && e.Row.Error != nil && e.Row.Error.Code == "backend.deleted" })
}

func TestKeyOfAnAddressNobodyHasAnyMoreIsForgotten(t *testing.T) {
	p := open(t, t.TempDir())
	b := p.saved(BackendForm{URL: "http://old/v1", Replicas: []string{"http://second/v1"}, Key: "secret"})
	if p.ring.keys["http://second"] != "secret" {
		t.Errorf("the second server has no key: %v", p.ring.keys)
	}
	p.saved(BackendForm{ID: b.ID, URL: "http://new/v1", Replicas: []string{"http://second/v1"}})
	if _, kept := p.ring.keys["http://old"]; kept || p.ring.keys["http://new"] != "" || p.ring.keys["http://second"] == "" {
		t.Errorf("keys after the move: %v", p.ring.keys)
	}
}

func TestSourceThatStaysOnThisNetworkIsRefusedToAPublicBackend(t *testing.T) {
	p := open(t, t.TempDir())
	cloud := p.saved(BackendForm{URL: "http://cloud/v1", Name: "Cloud"})
	lab := p.saved(BackendForm{URL: "http://lab/v1"})
	p.choose(Choices{Backend: &lab.ID, Source: ptr("still:door"), Prompt: ptr("hi")})
	if err := p.SetPrivate(t.Context(), "still:door", true); err != nil {
		t.Fatal(err)
	}
	p.untilAnswer("http://lab/v1 hi")
	p.choose(Choices{Compare: &[]settings.Column{{Backend: cloud.ID}}})
	e := p.until("a refusal", func(e Event) bool { return e.Row != nil && e.Row.Error != nil })
	if e.Row.Error.Code != "backend.private" {
		t.Errorf("refused with %+v", e.Row.Error)
	}
	if err := p.SetPrivate(t.Context(), "still:door", false); err != nil {
		t.Fatal(err)
	}
	p.until("an answer once it is allowed", func(e Event) bool {
		return e.Row != nil && e.Row.Column == 1 && strings.Contains(e.Row.Text, "cloud")
	})
}

func TestModelThatCannotSeeIsNeverSentAPicture(t *testing.T) {
	p := open(t, t.TempDir())
	b := p.saved(BackendForm{URL: "http://lab/v1", Name: "Lab"})
	err := p.change(t.Context(), func(s *settings.Settings) error {
		s.Backends[0].Profiles = map[string]settings.Profile{"words": {Sees: "no"}, "eyes": {Sees: "yes"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.choose(Choices{Backend: &b.ID, Model: ptr("words")})
	e := p.until("a refusal", func(e Event) bool { return e.Row != nil && e.Row.Error != nil })
	if e.Row.Error.Code != "backend.no_vision" || e.Row.AgeMS != nil {
		t.Errorf("refused with %+v", e.Row)
	}
	p.choose(Choices{Model: ptr("eyes"), Prompt: ptr("hi")})
	p.untilAnswer("http://lab/v1 hi")
}
