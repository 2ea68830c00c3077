package about

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"sightline/backend/fault"
	"sightline/backend/gpu"
	"sightline/backend/journal"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/stats"
)

// office is a window that knows much which is nobody else's business.
type office struct{}

func (office) Own() settings.Window {
	return settings.Window{Source: "camera:Reception desk", Backend: "b1", Model: "secret-model", Prompt: "Is the safe open?", Pace: "2s"}
}

func (office) Common() settings.Settings {
	return settings.Settings{
		Backends: []settings.Backend{{ID: "b1", Name: "Lab", URL: "http://lab.corp.example:8000/v1"}},
		Private:  []string{"camera:Reception desk"},
	}
}

func (office) State() session.State {
	return session.State{
		Source: session.SourceState{Phase: session.Lost, Err: &fault.Error{Code: "camera.busy", Message: "Reception desk is busy."}},
		Asking: session.AskingState{Askers: []session.AskerState{{LastErr: &fault.Error{Code: "backend.refused", Message: "lab.corp.example refused."}}}},
		Counts: sight.Counts{Captured: 512, Answered: 17},
	}
}

func aboutOffice(t *testing.T) *About {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return New(Config{
		Version: "1.2.3", Homepage: "https://sightline.example", Notice: "made of",
		Machine: func(context.Context) stats.Snapshot {
			return stats.Snapshot{Model: "Fast CPU", GPUs: []gpu.GPU{{Name: "RTX 4090", Kind: "gpu"}}}
		},
		Session: office{},
	})
}

func TestDiagnosticsHelpAndTellNothingPrivate(t *testing.T) {
	a := aboutOffice(t)
	text := a.Diagnostics("Mozilla/5.0 AppleWebKit/605.1.15")
	for _, wanted := range []string{
		"Sightline 1.2.3", "Fast CPU", "RTX 4090", "source: camera", "camera.busy", "backend.refused", "512 captured", "1 backends", "AppleWebKit/605.1.15",
	} {
		if !strings.Contains(text, wanted) {
			t.Errorf("lacks %q:\n%s", wanted, text)
		}
	}
	for _, private := range []string{"Reception", "lab.corp", "secret-model", "safe open", "Lab"} {
		if strings.Contains(text, private) {
			t.Errorf("tells %q:\n%s", private, text)
		}
	}
}

func TestDiagnosticsHoldTheNewestLogAndCrashWithoutSecrets(t *testing.T) {
	a := aboutOffice(t)
	log := strings.Repeat("old line\n", logLines) + "level=WARN msg=\"Bearer abcdefghijkl\"\n```\n"
	put(t, journal.Path(), log)
	put(t, filepath.Join(journal.Crashes(), "crash-20260102T000000Z-main.txt"), "panic: the newest")
	put(t, filepath.Join(journal.Crashes(), "crash-20260101T000000Z-main.txt"), "panic: an old one")
	text := a.Diagnostics("")
	if !strings.Contains(text, "level=WARN") || strings.Contains(text, "abcdefghijkl") || strings.Count(text, "old line") != logLines-2 {
		t.Errorf("the log:\n%s", text)
	}
	if !strings.Contains(text, "panic: the newest") || strings.Contains(text, "an old one") {
		t.Errorf("the crash:\n%s", text)
	}
	if strings.Count(text, "```") != 4 {
		t.Errorf("the log breaks out of its block:\n%s", text)
	}
	if p := a.Program(); p.Version != "1.2.3" || !strings.HasSuffix(p.Crash, "crash-20260102T000000Z-main.txt") || p.Log != journal.Path() {
		t.Errorf("the program is %+v", p)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
