package wiring

import (
	"testing"

	"sightline/backend/sampler"
	"sightline/backend/settings"
)

// TestPaceThatIsKeptIsOneThatIsUnderstood holds two parsers together that may not know each other: what settings keep, the sampler reads.
func TestPaceThatIsKeptIsOneThatIsUnderstood(t *testing.T) {
	store := settings.Open(t.TempDir(), nil)
	for _, pace := range []string{
		"0", "2s", "500ms", "100ms", "99ms", "1h", "1h1s", "30f", "1f", "3600f", "3601f", "0f", "-1s", "", "asked", "never", "f", "1.5s", "1.5f", "0s",
	} {
		_, kept := store.ChangeWindow(t.Context(), "main", func(w *settings.Window) error {
			w.Pace = pace
			return nil
		})
		if _, read := sampler.ParsePace(pace); (kept == nil) != (read == nil) {
			t.Errorf("%q: settings say %v, the sampler %v", pace, kept, read)
		}
	}
}

func TestEverySourceOpensByItsOwnURI(t *testing.T) {
	for _, uri := range []string{"camera:", "camera:Some name", "sample:", "pattern:", "pattern:?fps=10", "images:/tmp?fps=5"} {
		if _, err := Sources(nil).Open(uri); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
