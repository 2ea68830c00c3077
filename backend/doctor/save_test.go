package doctor_test

import (
	"fmt"
	"testing"

	"sightline/backend/doctor"
	"sightline/backend/settings"
)

func kept(t *testing.T) *settings.Store {
	t.Helper()
	store := settings.Open(t.TempDir(), nil)
	_, err := store.Change(t.Context(), func(s *settings.Settings) error {
		s.Backends = []settings.Backend{{ID: "a", Name: "Lab", URL: "http://lab:8000/v1"}, {ID: "b", Name: "Other", URL: "http://other:8000/v1"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestWhatWasFoundOutIsKeptWithItsBackendAndModel(t *testing.T) {
	store := kept(t)
	first, second := settings.Profile{Sees: "yes", Streams: true, Checked: "2026-01-01T00:00:00Z"}, settings.Profile{Sees: "no", Checked: "2026-01-02T00:00:00Z"}
	for model, p := range map[string]settings.Profile{"eyes": first, "words": second} {
		if err := doctor.Save(t.Context(), store, "a", model, p); err != nil {
			t.Fatal(err)
		}
	}
	backends := store.Settings().Backends
	if got := backends[0].Profiles; len(got) != 2 || got["eyes"] != first || got["words"] != second || backends[1].Profiles != nil {
		t.Errorf("kept %+v", backends)
	}
	if err := doctor.Save(t.Context(), store, "deleted", "eyes", first); err != nil || len(store.Settings().Backends) != 2 {
		t.Errorf("a deleted backend: %v, %+v", err, store.Settings().Backends)
	}
}

func TestOldestProfilesMakeRoom(t *testing.T) {
	store := kept(t)
	_, err := store.Change(t.Context(), func(s *settings.Settings) error {
		s.Backends[0].Profiles = map[string]settings.Profile{}
		for i := range 150 {
			s.Backends[0].Profiles[fmt.Sprint("model ", i)] = settings.Profile{Checked: fmt.Sprintf("2026-01-01T00:%02d:%02dZ", i/60, i%60)}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := doctor.Save(t.Context(), store, "a", "new", settings.Profile{Checked: "2026-01-02T00:00:00Z"}); err != nil {
		t.Fatal(err)
	}
	got := store.Settings().Backends[0].Profiles
	if _, there := got["new"]; !there || len(got) != 100 || got["model 50"].Checked != "" || got["model 51"].Checked == "" {
		t.Errorf("%d are kept: %v", len(got), got)
	}
}
