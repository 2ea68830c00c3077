package settings

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// desk is a store in a folder of its own, and what it reported.
type desk struct {
	*Store
	t *testing.T

	mu       sync.Mutex
	reported []*fault.Error
}

func open(t *testing.T, dir string) *desk {
	d := &desk{t: t}
	d.Store = Open(dir, func(f *fault.Error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.reported = append(d.reported, f)
	})
	return d
}

func fresh(t *testing.T) *desk { return open(t, filepath.Join(t.TempDir(), "sightline")) }

func (d *desk) put(name, content string) (path string) {
	d.t.Helper()
	path = filepath.Join(d.dir, name)
	must(d.t, os.MkdirAll(filepath.Dir(path), 0o700))
	err := os.WriteFile(path, []byte(content), 0o600)
	for try := 0; err != nil && runtime.GOOS == "windows" && try < 50; try++ { // somebody reads it, or moves it aside
		time.Sleep(10 * time.Millisecond)
		err = os.WriteFile(path, []byte(content), 0o600)
	}
	must(d.t, err)
	return path
}

// left is a file as somebody left it an hour ago: nobody is writing it any more.
func (d *desk) left(name, content string) {
	d.t.Helper()
	hourAgo := time.Now().Add(-time.Hour)
	must(d.t, os.Chtimes(d.put(name, content), hourAgo, hourAgo))
}

func (d *desk) theme(theme string) (Settings, error) {
	return d.Change(context.Background(), func(s *Settings) error { s.Theme = theme; return nil })
}

func (d *desk) codes() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	codes := []string{}
	for _, f := range d.reported {
		codes = append(codes, f.Code)
	}
	return codes
}

// aside is the content of the files beside name that were set aside.
func (d *desk) aside(name string) []string {
	d.t.Helper()
	paths, err := filepath.Glob(filepath.Join(d.dir, name+".*-*"))
	must(d.t, err)
	contents := []string{}
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		must(d.t, err)
		contents = append(contents, string(raw))
	}
	return contents
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFirstStartHasValidDefaultsAndTouchesNothing(t *testing.T) {
	d := fresh(t)
	if !d.FirstRun() {
		t.Error("no first run, and nothing is there")
	}
	settings := d.Settings()
	window, err := d.Window("main")
	must(t, err)

	same(t, "settings", DefaultSettings(), settings)
	same(t, "window", DefaultWindow("main"), window)
	must(t, checkSettings(&settings))
	must(t, checkWindow(&window, "main"))
	same(t, "windows", []string{}, d.Windows())
	same(t, "reports", []string{}, d.codes())
	if _, err := os.Stat(d.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("looking made the folder: %v", err)
	}
}

func TestChangeIsThereForTheNextRun(t *testing.T) {
	d := fresh(t)
	changed, err := d.theme("dark")
	must(t, err)
	window, err := d.ChangeWindow(t.Context(), "w-2", func(w *Window) error { w.Pace = "30f"; return nil })
	must(t, err)
	_, err = d.ChangeWindow(t.Context(), "main", func(*Window) error { return nil })
	must(t, err)

	next := open(t, d.dir)
	same(t, "settings", changed, next.Settings())
	again, err := next.Window("w-2")
	must(t, err)
	same(t, "window", window, again)
	same(t, "windows", []string{"main", "w-2"}, next.Windows())
	if next.FirstRun() {
		t.Error("a first run, and much is there")
	}

	must(t, next.ForgetWindow(t.Context(), "w-2"))
	must(t, next.ForgetWindow(t.Context(), "w-2"))
	same(t, "windows", []string{"main"}, next.Windows())
}

func TestFilesAreForTheirOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows keeps a profile's files apart by other means")
	}
	d := fresh(t)
	path := d.put("settings.json", `{"version": 1}`)
	must(t, os.Chmod(path, 0o644))
	_, err := d.theme("dark")
	must(t, err)
	_, err = d.ChangeWindow(t.Context(), "main", func(*Window) error { return nil })
	must(t, err)
	for name, want := range map[string]os.FileMode{".": 0o700, "windows": 0o700, "settings.json": 0o600, "settings.lock": 0o600, "windows/main.json": 0o600} {
		info, err := os.Stat(filepath.Join(d.dir, name))
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestRefusedChangeChangesNothing(t *testing.T) {
	d := fresh(t)
	before, err := d.Change(t.Context(), func(s *Settings) error {
		s.Backends = append(s.Backends, Backend{ID: "a", Name: "Lab", URL: "http://lab:8000/v1"})
		return nil
	})
	must(t, err)

	stop := errors.New("changed my mind")
	for _, c := range []struct {
		name string
		edit func(*Settings) error
		want error
	}{
		{"by the editor", func(s *Settings) error { s.Backends[0].Name = "X"; return stop }, stop},
		{"by a rule", func(s *Settings) error { s.Backends[0].URL = "gopher://lab"; return nil }, &fault.Error{Code: CodeInvalid}},
	} {
		after, err := d.Change(t.Context(), c.edit)
		if !errors.Is(err, c.want) {
			t.Errorf("refused %s: %v", c.name, err)
		}
		same(t, "returned", before, after)
		same(t, "saved", before, d.Settings())
	}
}

func TestBrokenFileIsSetAsideAndReportedOnce(t *testing.T) {
	for name, content := range map[string]string{
		"empty":           "",
		"cut off":         `{"version": 1, "theme": "da`,
		"a page":          "<html>",
		"a list":          "[]",
		"null":            "null",
		"no version":      `{"theme": "dark"}`,
		"version 0":       `{"version": 0}`,
		"another type":    `{"version": 1, "theme": 7}`,
		"a broken rule":   `{"version": 1, "theme": "pink"}`,
		"a password":      `{"version": 1, "backends": [{"id": "a", "name": "A", "url": "http://me:pw@host"}]}`,
		"two of a name":   `{"version": 1, "prompts": [{"id": "a", "name": "A", "text": "?"}, {"id": "b", "name": "a", "text": "?"}]}`,
		"larger than any": `{"version": 1, "theme": "dark"}` + strings.Repeat(" ", maxFile),
	} {
		t.Run(name, func(t *testing.T) {
			d := fresh(t)
			d.left("settings.json", content)
			for range 2 {
				same(t, "settings", DefaultSettings(), d.Settings())
			}
			same(t, "reports", []string{CodeBroken}, d.codes())
			same(t, "set aside", []string{content}, d.aside("settings.json"))
			if hint := d.reported[0].Hint; !strings.Contains(hint, filepath.Join(d.dir, "settings.json.broken-")) {
				t.Errorf("the hint does not say where the old file is: %s", hint)
			}

			_, err := d.theme("dark")
			must(t, err)
			same(t, "set aside, after a change", []string{content}, d.aside("settings.json"))
			same(t, "theme", "dark", open(t, d.dir).Settings().Theme)
		})
	}
}

func TestFileThatIsStillBeingWrittenIsNotSetAside(t *testing.T) {
	d := fresh(t)
	const whole = `{"version": 1, "theme": "dark"}`
	d.put("settings.json", whole[:20])
	read := make(chan string)
	go func() { read <- d.Settings().Theme }()
	for n := 21; n < len(whole); n++ {
		d.put("settings.json", whole[:n]) // as an editor does: emptied, then filled
		select {
		case theme := <-read:
			t.Fatalf("theme %q was read of a file with %d of its %d bytes", theme, n, len(whole))
		case <-time.After(5 * time.Millisecond):
		}
	}
	d.put("settings.json", whole)
	same(t, "theme", "dark", <-read)
	same(t, "set aside", []string{}, d.aside("settings.json"))
	same(t, "reports", []string{}, d.codes())
}

func TestFileThatIsLeftHalfWrittenIsSetAsideInTheEnd(t *testing.T) {
	d := fresh(t)
	d.put("settings.json", `{"version": 1, `)
	same(t, "settings", DefaultSettings(), d.Settings())
	same(t, "reports", []string{CodeBroken}, d.codes())
}

func TestChangeThatMeetsABrokenFileSetsItAside(t *testing.T) {
	d := fresh(t)
	d.left("windows/main.json", "{")
	w, err := d.ChangeWindow(t.Context(), "main", func(w *Window) error { w.Mirror = true; return nil })
	must(t, err)
	if !w.Mirror {
		t.Error("not changed")
	}
	same(t, "reports", []string{CodeBroken}, d.codes())
	same(t, "set aside", []string{"{"}, d.aside("windows/main.json"))
	same(t, "windows", []string{"main"}, d.Windows())
}

func TestTwoBrokenFilesInOneSecondAreBothKept(t *testing.T) {
	d := fresh(t)
	for _, content := range []string{"one", "two", "three"} {
		d.left("settings.json", content)
		d.Settings()
	}
	got := d.aside("settings.json")
	if len(got) != 3 {
		t.Errorf("kept %q, want all three", got)
	}
	same(t, "reports", []string{CodeBroken, CodeBroken, CodeBroken}, d.codes())
}

func TestFolderInPlaceOfAFileIsSetAside(t *testing.T) {
	d := fresh(t)
	d.put("settings.json/precious", "!")
	same(t, "settings", DefaultSettings(), d.Settings())
	same(t, "reports", []string{CodeBroken}, d.codes())
	if found, _ := filepath.Glob(filepath.Join(d.dir, "settings.json.broken-*", "precious")); len(found) != 1 {
		t.Errorf("the folder's content is gone")
	}
}

func TestNewerFileIsLeftAloneAndCopiedAside(t *testing.T) {
	d := fresh(t)
	content := `{"version": 2, "theme": "sepia", "tomorrow": true}`
	path := d.put("settings.json", content)
	for range 2 {
		same(t, "settings", DefaultSettings(), d.Settings())
		got, err := d.theme("dark")
		if fault.CodeOf(err) != CodeNewer {
			t.Errorf("change: %v", err)
		}
		same(t, "theme for this run", "dark", got.Theme)
	}
	raw, err := os.ReadFile(path)
	must(t, err)
	same(t, "file", content, string(raw))
	same(t, "copies", []string{content}, d.aside("settings.json"))
	same(t, "reports", []string{CodeNewer}, d.codes())
	if hint := d.reported[0].Hint; !strings.Contains(hint, path) {
		t.Errorf("the hint does not say where the file is: %s", hint)
	}
}

func TestOlderFileIsBroughtUpStepByStep(t *testing.T) {
	type doc struct {
		Version int    `json:"version"`
		Name    string `json:"name"`
		Colour  string `json:"colour"`
	}
	rename := func(from, to string) func([]byte) ([]byte, error) {
		return func(raw []byte) ([]byte, error) { return bytes.ReplaceAll(raw, []byte(from), []byte(to)), nil }
	}
	f := file[doc]{
		path:     filepath.Join(t.TempDir(), "doc.json"),
		version:  func(d *doc) *int { return &d.Version },
		defaults: func() doc { return doc{Colour: "blue"} },
		check:    func(*doc) error { return nil },
		steps:    []func([]byte) ([]byte, error){rename("title", "label"), rename("label", "name")},
	}
	for raw, want := range map[string]doc{
		`{"version": 1, "title": "x"}`: {3, "x", "blue"},
		`{"version": 2, "label": "x"}`: {3, "x", "blue"},
		`{"version": 3, "name": "x"}`:  {3, "x", "blue"},
	} {
		must(t, os.WriteFile(f.path, []byte(raw), 0o600))
		got, trouble := f.read(locker{f.path + ".lock", patience})
		if trouble != nil {
			t.Errorf("%s: %v", raw, trouble)
		}
		same(t, raw, want, got)
	}
}

func TestFieldsLeftOutHaveTheirDefault(t *testing.T) {
	d := fresh(t)
	d.put("windows/main.json", `{"version": 1, "id": "main", "pace": "5s", "unknown": [1]}`)
	want := DefaultWindow("main")
	want.Pace = "5s"
	got, err := d.Window("main")
	must(t, err)
	same(t, "window", want, got)
	same(t, "reports", []string{}, d.codes())
}

func TestSameValueIsNotWrittenAgain(t *testing.T) {
	d := fresh(t)
	_, err := d.theme("dark")
	must(t, err)
	path := filepath.Join(d.dir, "settings.json")
	before, err := os.Stat(path)
	must(t, err)
	_, err = d.theme("dark")
	must(t, err)
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("written again, %v", err)
	}
}

func TestLinkedFileStaysALink(t *testing.T) {
	d := fresh(t)
	elsewhere := filepath.Join(t.TempDir(), "mine.json")
	must(t, os.WriteFile(elsewhere, []byte(`{"version": 1}`), 0o600))
	must(t, os.MkdirAll(d.dir, 0o700))
	if err := os.Symlink(elsewhere, filepath.Join(d.dir, "settings.json")); err != nil {
		t.Skipf("no link can be made here: Windows lets few people, and wine nobody: %v", err)
	}
	_, err := d.theme("dark")
	must(t, err)
	raw, err := os.ReadFile(elsewhere)
	must(t, err)
	if !strings.Contains(string(raw), "dark") {
		t.Errorf("the change is not where the link points: %s", raw)
	}
}

func TestGoroutinesChangingAtOnceLoseNothing(t *testing.T) {
	d := fresh(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 5 {
				_, err := d.Change(t.Context(), func(s *Settings) error {
					id := fmt.Sprintf("p%d-%d", i, j)
					s.Prompts = append(s.Prompts, Prompt{ID: id, Name: id, Text: "?"})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(d.Settings().Prompts); n != 20 {
		t.Errorf("%d prompts, want 20", n)
	}
}

// TestReadersSeeWhatWasSavedWhileItIsReplaced is about Windows, which lets nobody open a file for the moment in which it is replaced.
func TestReadersSeeWhatWasSavedWhileItIsReplaced(t *testing.T) {
	d, other := fresh(t), (*desk)(nil)
	_, err := d.theme("dark")
	must(t, err)
	other = open(t, d.dir)
	var wg sync.WaitGroup
	saved := make(chan struct{})
	wg.Go(func() {
		defer close(saved)
		for n := range 100 {
			if _, err := other.theme([]string{"light", "dark"}[n%2]); err != nil {
				t.Error(err)
			}
		}
	})
	pace := time.NewTicker(time.Millisecond) // a file that is open all the time could never be replaced
	defer pace.Stop()
	for reading := true; reading; <-pace.C {
		if theme := d.Settings().Theme; theme != "dark" && theme != "light" {
			t.Errorf("the theme is %s", theme)
		}
		select {
		case <-saved:
			reading = false
		default:
		}
	}
	wg.Wait()
	same(t, "reports", []string{}, append(d.codes(), other.codes()...))
}

func TestWindowIDsCannotLeaveTheirFolder(t *testing.T) {
	d := fresh(t)
	for _, id := range []string{"", "..", "../settings", "a/b", `a\b`, "A", "ä", "a.b", "con:", strings.Repeat("a", 41), "a\x00"} {
		_, read := d.Window(id)
		_, change := d.ChangeWindow(t.Context(), id, func(*Window) error { return nil })
		for what, err := range map[string]error{"Window": read, "ChangeWindow": change, "ForgetWindow": d.ForgetWindow(t.Context(), id)} {
			if fault.CodeOf(err) != CodeInvalid {
				t.Errorf("%s(%q): %v", what, id, err)
			}
		}
	}
	_, err := d.ChangeWindow(t.Context(), "main", func(w *Window) error { w.ID = "other"; return nil })
	if fault.CodeOf(err) != CodeInvalid {
		t.Errorf("an edited ID: %v", err)
	}
	if _, err := os.Stat(d.dir); err == nil {
		same(t, "windows", []string{}, d.Windows())
	}
}

// A file of every shape that was ever released stays in testdata, and must be read for ever. Those written before a window could be one of
// many lack what came with them, and get what was so before.
func TestGoldenFilesOfTheFirstRelease(t *testing.T) {
	d := fresh(t)
	d.put("settings.json", golden(t, "v1/settings.json"))
	d.put("windows/w-1.json", golden(t, "v1/window.json"))
	same(t, "settings", Settings{
		Version: 1, Theme: "dark", Again: "new",
		Backends: []Backend{
			{ID: "b1", Name: "Workstation", URL: "http://192.168.1.20:8000/v1", Model: "qwen2.5-vl-7b"},
			{ID: "b2", Name: "Überall", URL: "https://api.example.com/v1"},
		},
		Prompts: []Prompt{{ID: "p1", Name: "Parcels", Text: "How many parcels are at the door?\nAnswer with a number.", System: "You are brief."}},
		Times:   TimeLimits{Connect: 2.5, Total: 120},
		Private: []string{},
	}, d.Settings())
	got, err := d.Window("w-1")
	must(t, err)
	same(t, "window", Window{
		Version: 1, ID: "w-1", Source: "camera:Integrated Camera", CameraOn: true, Backend: "b1", Model: "qwen2.5-vl-7b",
		Prompt: "How many parcels are at the door?", Pace: "30f", Temperature: new(0.0), ImageEdge: 1280, ImageQuality: 85, Mirror: true, Overlay: "top",
		Geometry: Geometry{Width: 1920, Height: 1040, X: -1920, Y: 12, Placed: true, Maximised: true},
	}, got)
	same(t, "reports", []string{}, d.codes())

	_, err = d.theme("light")
	must(t, err)
	_, err = d.ChangeWindow(t.Context(), "w-1", func(w *Window) error { w.Mirror = false; return nil })
	must(t, err)
	same(t, "set aside", []string{}, append(d.aside("settings.json"), d.aside("windows/w-1.json")...))
}

func TestGoldenFilesOfManyWindows(t *testing.T) {
	wantSettings := Settings{
		Version: 1, Theme: "auto", Again: "raise",
		Backends: []Backend{
			{
				ID: "b1", Name: "Lab", URL: "http://192.168.1.20:8000/v1", Replicas: []string{"http://192.168.1.21:8000/v1"}, Model: "qwen2.5-vl-7b",
				InFlight: 4, PerMinute: 600, Times: TimeLimits{FirstToken: 8}, CAFile: "/etc/ssl/lab.pem", Leaves: "no", Fallback: Builtin,
				Profiles: map[string]Profile{
					"llama-3.2-1b":  {Sees: "no", Checked: "2026-11-02T09:30:00Z"},
					"qwen2.5-vl-7b": {Sees: "yes", Streams: true, JSON: true, FirstMS: 120.5, TokensPS: 88, Checked: "2026-11-02T09:31:00Z"},
				},
			},
			{ID: "b2", Name: "Überall", URL: "https://api.example.com/v1", Leaves: "yes", Fallback: "b1"},
		},
		Prompts: []Prompt{}, Private: []string{"camera:Front door"},
	}
	wantWindow := DefaultWindow("w-k3x9qa")
	wantWindow.Source, wantWindow.Backend, wantWindow.Model = "sample:", "b1", "qwen2.5-vl-7b"
	wantWindow.Compare = []Column{{Backend: "b2", Model: "gpt-5-mini"}, {Backend: Builtin}}
	settings, window := golden(t, "v1-windows/settings.json"), golden(t, "v1-windows/window.json")
	d := fresh(t)
	d.put("settings.json", settings)
	d.put("windows/w-k3x9qa.json", window)

	same(t, "settings", wantSettings, d.Settings())
	got, err := d.Window("w-k3x9qa")
	must(t, err)
	same(t, "window", wantWindow, got)
	same(t, "reports", []string{}, d.codes())
}

func TestGoldenFilesOfAPictureTurnedAndCut(t *testing.T) {
	wantSettings := DefaultSettings()
	wantSettings.FFmpeg = "/opt/ffmpeg/bin/ffmpeg"
	wantWindow := DefaultWindow("w-k3x9qa")
	wantWindow.Source, wantWindow.Rotate, wantWindow.Mirror, wantWindow.Boxes = "rtsp://door/live", 270, true, true
	wantWindow.Crop = &sight.Region{X: 0.25, Y: 0.5, W: 0.5, H: 0.25}
	settings, window := golden(t, "v1-picture/settings.json"), golden(t, "v1-picture/window.json")
	d := fresh(t)
	d.put("settings.json", settings)
	d.put("windows/w-k3x9qa.json", window)

	same(t, "settings", wantSettings, d.Settings())
	got, err := d.Window("w-k3x9qa")
	must(t, err)
	same(t, "window", wantWindow, got)
	same(t, "reports", []string{}, d.codes())

	writtenWindow, err := encode(wantWindow)
	must(t, err)
	same(t, "window as it is written", window, string(writtenWindow))
	writtenSettings, err := encode(wantSettings)
	must(t, err)
	same(t, "settings as they are written", settings, string(writtenSettings))
}

func TestGoldenFilesOfRecording(t *testing.T) {
	want := DefaultSettings()
	want.Recording = Recording{Folder: "/data/recordings", NoFrames: true, PreRoll: 30, SegmentMB: 500, LimitGB: 40}
	if runtime.GOOS == "windows" {
		want.Recording.Folder = "" // no folder there: see the next test
	}
	text := golden(t, "v1-recording/settings.json")
	d := fresh(t)
	d.put("settings.json", text)
	same(t, "settings", want, d.Settings())
}

// TestSettingsFromAnotherSystemAreKeptButForItsFolder: somebody carries settings over from Linux to Windows, or back.
func TestSettingsFromAnotherSystemAreKeptButForItsFolder(t *testing.T) {
	folders := []string{`C:\Users\Zoë\Videos`, `d:/recordings`, `\\server\videos`}
	if runtime.GOOS == "windows" {
		folders = []string{"/home/zoë/Videos"}
	}
	want := DefaultSettings()
	want.Backends = []Backend{{ID: "a", Name: "A", URL: "http://a/v1"}}
	want.Recording = Recording{PreRoll: 30, LimitGB: 40}
	for _, folder := range folders {
		theirs := want
		theirs.Recording.Folder = folder
		raw, err := encode(theirs)
		must(t, err)
		d := fresh(t)
		d.left("settings.json", string(raw))
		same(t, folder, want, d.Settings())
		same(t, "reports", []string{}, d.codes())
		same(t, "set aside", []string{}, d.aside("settings.json"))
		_, err = d.Change(t.Context(), func(s *Settings) error { s.Recording.Folder = folder; return nil })
		if fault.CodeOf(err) != CodeInvalid {
			t.Errorf("%s was chosen here: %v", folder, err)
		}
	}
}

func TestGoldenFilesOfGauges(t *testing.T) {
	want := DefaultSettings()
	want.Gauges = Gauges{PerSecond: 5, Minutes: 15}
	want.Metrics = Metrics{On: true, Address: "0.0.0.0:9717", Renewed: "2026-11-22T11:00:00Z"}
	text := golden(t, "v1-gauges/settings.json")
	d := fresh(t)
	d.put("settings.json", text)
	same(t, "settings", want, d.Settings())
	written, err := encode(want)
	must(t, err)
	same(t, "settings as they are written", text, string(written))
}

func golden(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	must(t, err)
	return string(raw)
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"version":1}`, `{"version":2}`, `{"version":1,"theme":null}`, `{"version":1,"prompts":null,"times":{"total":1e400}}`} {
		f.Add([]byte(seed))
	}
	for _, shape := range []string{"v1", "v1-windows", "v1-recording", "v1-gauges"} {
		raw, err := os.ReadFile(filepath.Join("testdata", shape, "settings.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := fresh(t)
		d.left("settings.json", string(raw))
		got := d.Settings()
		if err := checkSettings(&got); err != nil || got.Version != 1 {
			t.Errorf("not valid: %v, %+v", err, got)
		}
		_, err := d.Change(t.Context(), func(s *Settings) error { s.Theme = "light"; return nil })
		nothingLost(t, d, "settings.json", raw, err)
	})
}

func FuzzWindow(f *testing.F) {
	for _, seed := range []string{"", `{"version":1}`, `{"version":1,"id":"w-1"}`, `{"version":1,"id":"w-1","pace":"1h1s"}`, `{"version":9}`, `{"version":1,"id":"w-1","geometry":null,"temperature":3}`} {
		f.Add([]byte(seed))
	}
	for _, shape := range []string{"v1", "v1-windows"} {
		raw, err := os.ReadFile(filepath.Join("testdata", shape, "window.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := fresh(t)
		d.left("windows/w-1.json", string(raw))
		got, err := d.Window("w-1")
		must(t, err)
		if err := checkWindow(&got, "w-1"); err != nil || got.Version != 1 {
			t.Errorf("not valid: %v, %+v", err, got)
		}
		_, err = d.ChangeWindow(t.Context(), "w-1", func(w *Window) error { w.Mirror = !w.Mirror; return nil })
		nothingLost(t, d, "windows/w-1.json", raw, err)
	})
}

// nothingLost checks that a file was either understood, or is still there word for word and was spoken of.
func nothingLost(t *testing.T, d *desk, name string, raw []byte, changeErr error) {
	t.Helper()
	switch codes := fmt.Sprint(d.codes()); {
	case codes == "[]" && changeErr == nil:
	case codes == "["+CodeBroken+"]" && changeErr == nil, codes == "["+CodeNewer+"]" && fault.CodeOf(changeErr) == CodeNewer:
		same(t, "set aside", []string{string(raw)}, d.aside(name))
	default:
		t.Errorf("reports %s, change %v", codes, changeErr)
	}
}

func BenchmarkChange(b *testing.B) {
	s := Open(b.TempDir(), nil)
	n := 0.0
	for b.Loop() {
		n++
		if _, err := s.Change(b.Context(), func(v *Settings) error { v.Times.Total = n / 1e6; return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
