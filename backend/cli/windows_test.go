package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"
	"github.com/google/go-cmp/cmp"

	"sightline/backend/capture"
	"sightline/backend/capture/pattern"
	"sightline/backend/fault"
	"sightline/backend/settings"
	"sightline/backend/windows"
)

// house is a person's windows in folders of their own, and what the program says there.
type house struct {
	Parts
	t        *testing.T
	out, err bytes.Buffer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir, err := os.MkdirTemp("", "c") //nolint:usetesting // its folder's name would be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir); xdg.Reload() })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("DISPLAY", ":0") // no window opens, but is looked for
	xdg.Reload()
	h := &house{t: t}
	h.Parts = Parts{
		Sources: capture.Table{pattern.Scheme()}, Servers: addresses{}, Store: settings.Open(filepath.Join(dir, "config"), nil), Stdout: &h.out, Stderr: &h.err,
	}
	return h
}

// addresses knows servers by their addresses alone.
type addresses struct{ Servers }

func (addresses) Base(address string) (base, origin string, public bool, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", "", false, &fault.Error{Code: "usage", Message: "That is no address.", Hint: "Write one."}
	}
	return "http://" + u.Host + "/v1", "http://" + u.Host, false, nil
}

// open starts the program and gives the window it opened, as it was saved; nil where it opened none.
func (h *house) open(wantStatus int, args ...string) *settings.Window {
	h.t.Helper()
	h.out.Reset()
	h.err.Reset()
	var opened *settings.Window
	status := h.OpenWindow(h.t.Context(), args, func(w *windows.Window) error {
		defer w.Keep()
		saved, err := h.Store.Window(w.ID)
		opened = &saved
		return err
	})
	if status != wantStatus {
		h.t.Errorf("%q: exit %d, want %d: %s", args, status, wantStatus, h.err.String())
	}
	return opened
}

func (h *house) backend(b settings.Backend) {
	h.t.Helper()
	if _, err := h.Store.Change(h.t.Context(), func(s *settings.Settings) error { s.Backends = append(s.Backends, b); return nil }); err != nil {
		h.t.Fatal(err)
	}
}

func TestArgumentsOfAWindowAreNoCommand(t *testing.T) {
	for args, want := range map[string]bool{
		"": true, "--window a": true, "--source sample:": true, "--nonsense": true, "--help": false, "watch --json": false, "windows": false, "-h": false, "nonsense": false,
	} {
		if IsWindow(strings.Fields(args)) != want {
			t.Errorf("%q: want %v", args, want)
		}
	}
}

func TestWindowOpensWithTheChoicesOfItsArguments(t *testing.T) {
	h := newHouse(t)
	h.backend(settings.Backend{ID: "lab", Name: "Lab server", URL: "http://lab:8000/v1", Model: "qwen"})
	got := h.open(0, "--window", "door", "--source", "pattern:?fps=5", "--backend", "lab SERVER", "--prompt", "Who is there?", "--every", "500ms")
	want := settings.DefaultWindow("door")
	want.Source, want.Backend, want.Model, want.Prompt, want.Pace = "pattern:?fps=5", "lab", "qwen", "Who is there?", "500ms"
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}

	got = h.open(0, "--window", "door", "--model", "llava")
	want.Model = "llava"
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("what was not named did not stay: %s", diff)
	}
	if got = h.open(0, "--window", "door"); got == nil || got.Model != "llava" {
		t.Errorf("opened again: %+v", got)
	}
}

func TestChoicesWithoutANameOpenANewWindow(t *testing.T) {
	h := newHouse(t)
	first, second := h.open(0, "--source", "pattern:"), h.open(0, "--every", "0")
	if first == nil || second == nil || first.ID == second.ID || first.Source != "pattern:" || second.Source != "" || second.Pace != "0" {
		t.Errorf("got %+v and %+v", first, second)
	}
}

func TestServerNamedByItsAddressIsSavedOnce(t *testing.T) {
	h := newHouse(t)
	h.backend(settings.Backend{ID: "other", Name: "lab:8000", URL: "http://other/v1"})
	var asked []string
	for _, address := range []string{"http://lab:8000", "http://lab:8000/v1", "http://lab:9000"} {
		w := h.open(0, "--window", "door", "--backend", address, "--model", "qwen")
		if w == nil || w.Model != "qwen" {
			t.Fatalf("%s: %+v", address, w)
		}
		asked = append(asked, w.Backend)
	}
	backends := h.Store.Settings().Backends
	if len(backends) != 3 || backends[1].Name != "lab:8000 (2)" || backends[2].Name != "lab:9000" {
		t.Fatalf("saved are %+v", backends)
	}
	if want := []string{backends[1].ID, backends[1].ID, backends[2].ID}; !cmp.Equal(asked, want) {
		t.Errorf("asked are %q, want %q", asked, want)
	}
}

func TestWhatMakesNoSenseOpensNothingAndSavesNothing(t *testing.T) {
	h := newHouse(t)
	for _, args := range []string{
		"--window", "--window ../a", "--window A", "--window= --model x", "--window a --every often", "--window a --source nonsense", "--window a --source ftp://x",
		"--window a --backend nobody", "--window a --prompt @nothing.txt", "--window a --backend ://", "--nonsense", "--window a extra",
		"--backend http://lab --model " + strings.Repeat("x", 5000),
	} {
		if w := h.open(exitUsage, strings.Fields(args)...); w != nil {
			t.Errorf("%q opened %s", args, w.ID)
		}
		if message, hint, _ := strings.Cut(h.err.String(), "\n"); !strings.HasSuffix(message, ".") || !strings.HasPrefix(hint, "  ") {
			t.Errorf("%q: said %q", args, h.err.String())
		}
	}
	if !h.Store.FirstRun() {
		t.Errorf("saved are %q", h.Store.Windows())
	}
}

func TestWindowThatIsOpenIsRaisedAsItIs(t *testing.T) {
	h := newHouse(t)
	desk := windows.Desk{Dir: windows.Dir(), Store: h.Store}
	w, err := desk.Enter(t.Context(), "door")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Keep()
	ctx, cancel := context.WithCancel(t.Context())
	raised, ended := make(chan bool, 9), make(chan error)
	go func() { ended <- w.Serve(ctx, windows.Handlers{Raise: func() { raised <- true }}) }()
	if got := h.open(0, "--window", "door", "--backend", "http://lab"); got != nil {
		t.Errorf("opened twice: %+v", got)
	}
	<-raised
	if !strings.Contains(h.err.String(), "keeps its own choices") || len(h.Store.Settings().Backends) > 0 {
		t.Errorf("said %q", h.err.String())
	}
	if h.open(0, "--window", "door"); h.err.Len() > 0 {
		t.Errorf("said %q", h.err.String())
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWithoutADisplayThereIsANextStep(t *testing.T) {
	h := newHouse(t)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if windows.DisplayHere() {
		t.Skip("there is always one here")
	}
	h.open(exitFailed)
	h.open(exitUsage, "--window", "a", "--every", "often") // what was asked is looked at first
	h.open(exitFailed, "--window", "a", "--backend", "http://lab")
	if !strings.Contains(h.err.String(), "sightline watch") || !h.Store.FirstRun() {
		t.Errorf("said %q", h.err.String())
	}
}

func TestHelpOpensNoWindow(t *testing.T) {
	h := newHouse(t)
	if h.open(0, "--window", "a", "--help") != nil || !strings.Contains(h.out.String(), "--every") || strings.Contains(h.out.String(), "stdin") {
		t.Errorf("said %q", h.out.String())
	}
}

func TestWindowsAreListedWithoutWhatIsTheirOwn(t *testing.T) {
	h := newHouse(t)
	h.backend(settings.Backend{ID: "lab", Name: "Lab server", URL: "http://lab:8000/v1"})
	for id, edit := range map[string]func(*settings.Window){
		"door":   func(w *settings.Window) { w.Source, w.Backend, w.Model = "camera:Door", "lab", "qwen" },
		"gate":   func(w *settings.Window) { w.Source, w.Backend = "rtsp://me:sesame@gate/live", "gone" },
		"spare":  func(w *settings.Window) { w.Pace = "0" },
		"street": func(w *settings.Window) { w.Prompt, w.System = "sesame?", "sesame." },
	} {
		if _, err := h.Store.ChangeWindow(t.Context(), id, func(w *settings.Window) error { edit(w); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	w, err := windows.Desk{Dir: windows.Dir(), Store: h.Store}.Enter(t.Context(), "door")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Keep()

	if status := (&windowsCommand{JSON: true}).run(t.Context(), h.Parts); status != exitOK {
		t.Fatal(status, h.err.String())
	}
	var got windowList
	if err := json.Unmarshal(h.out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := windowList{[]listedWindow{
		{ID: "door", Open: true, Source: "camera:Door", Backend: "Lab server", Model: "qwen", Every: "2s"},
		{ID: "gate", Source: "rtsp://gate/live", Every: "2s"},
		{ID: "spare", Backend: "Built-in detector", Every: "0"},
		{ID: "street", Backend: "Built-in detector", Every: "2s"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	(&windowsCommand{}).run(t.Context(), h.Parts)
	if said := h.out.String(); strings.Contains(said, "sesame") || !strings.Contains(said, "door         open    camera:Door, Lab server qwen, every 2s\n") {
		t.Errorf("said %s", said)
	}
}
