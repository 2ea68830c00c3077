package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// TestMain is also the other process of TestTwoProcessesMakeTheIndexAtOnce, and gives the trash a place.
func TestMain(m *testing.M) {
	if folder := os.Getenv("SIGHTLINE_TEST_FOLDER"); folder != "" {
		h := Open(os.Getenv("SIGHTLINE_TEST_INDEX"), func() string { return folder })
		if err := h.Refresh(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err, errors.Unwrap(err))
			os.Exit(1)
		}
		os.Exit(0)
	}
	data, err := os.MkdirTemp("", "sightline-history-data-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_DATA_HOME", data)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(data)
		os.Exit(code)
	}))
}

// someLines is what a transaction takes here, so that few make several.
const someLines = 60

// place is a folder of recordings with its history.
type place struct {
	t      testing.TB
	folder string
	index  string
	*History
}

func newPlace(t testing.TB) *place {
	t.Helper()
	dir := t.TempDir()
	p := &place{t: t, folder: filepath.Join(dir, "videos"), index: filepath.Join(dir, "cache", "history.db")}
	p.History = p.again()
	return p
}

// again is the same history as another window has it.
func (p *place) again() *History {
	h := Open(p.index, func() string { return p.folder })
	h.lines = someLines
	p.t.Cleanup(func() { h.Close() })
	return h
}

// day is when recordings were made: n minutes after a certain one.
func day(n int) time.Time {
	return time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
}

// begin begins a recording that was made at day(n).
func (p *place) begin(n int) *archive.Writer {
	p.t.Helper()
	w, err := archive.Create(archive.OS(), p.folder, archive.Manifest{
		Started: day(n), Version: "1.2.3", Session: fmt.Sprintf("session%d", n),
		About: archive.About{Source: archive.Source{URI: "pattern:", Name: "Test card", Kind: "pattern"}},
		Parts: archive.Parts{Frames: true, Answers: true},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

// record is a whole recording with these answers, a second apart.
func (p *place) record(n int, texts ...string) (id string) {
	p.t.Helper()
	w := p.begin(n)
	for i, text := range texts {
		p.say(w, uint64(i+1), text)
	}
	if err := w.Close(nil); err != nil {
		p.t.Fatal(err)
	}
	return filepath.Base(w.Dir())
}

func (p *place) say(w *archive.Writer, seq uint64, text string) {
	p.t.Helper()
	if err := w.Answer(answer(seq, text), []byte("picture "+text)); err != nil {
		p.t.Fatal(err)
	}
	if _, err := w.Sync(); err != nil {
		p.t.Fatal(err)
	}
}

func answer(seq uint64, text string) archive.Entry {
	return archive.Entry{
		Line: sight.Line{Session: "s", Seq: seq, Frame: seq * 30, Outcome: string(sight.Answered), Captured: "2026-11-22T07:00:00Z", Backend: "b", Model: "m", Text: text},
		AtMS: float64(seq) * 1000, Prompt: "What is to be seen?",
	}
}

// cut is a recording whose process ended before it could close it.
func (p *place) cut(n int, texts ...string) (id string) {
	p.t.Helper()
	id = p.record(n, texts...)
	p.rewrite(id, manifestName, func(s string) string { return strings.Replace(s, `"complete"`, `"recording"`, 1) })
	p.rewrite(id, answersName, func(s string) string { return s + `{"session":"s","seq":99,"outc` })
	return id
}

// rewrite changes a file of a recording, and when it was changed.
func (p *place) rewrite(id, name string, change func(string) string) {
	p.t.Helper()
	path := filepath.Join(p.folder, id, name)
	old, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(old))), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// find gives what is found after a refresh, as "ID: marked text", the marks as [ and ].
func (p *place) find(words string) []string { return p.findIn(p.History, words) }

func (p *place) findIn(h *History, words string) []string {
	p.t.Helper()
	if err := h.Refresh(p.ctx()); err != nil {
		p.t.Fatal(err, errors.Unwrap(err))
	}
	hits, err := h.Search(p.ctx(), Query{Words: words})
	if err != nil {
		p.t.Fatal(err, errors.Unwrap(err))
	}
	return shown(hits)
}

func shown(hits []Hit) []string {
	var list []string
	for _, hit := range hits {
		list = append(list, hit.Recording+": "+strings.NewReplacer(markOn, "[", markOff, "]").Replace(hit.Marked))
	}
	return list
}

func (p *place) ctx() context.Context {
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	p.t.Cleanup(cancel)
	return ctx
}

func (p *place) ids() []string {
	p.t.Helper()
	list, err := p.List(p.ctx())
	if err != nil {
		p.t.Fatal(err)
	}
	ids := []string{}
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

// left are the names in the folder, whatever they are.
func (p *place) left() []string {
	p.t.Helper()
	entries, err := os.ReadDir(p.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func hasCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}

func TestListShowsTheNewestFirst(t *testing.T) {
	p := newPlace(t)
	if ids := p.ids(); len(ids) != 0 {
		t.Errorf("in a folder that is not there: %v", ids)
	}
	older, newest, oldest := p.record(2, "a"), p.record(3, "b"), p.record(1, "c")
	os.Mkdir(filepath.Join(p.folder, "holiday pictures"), 0o700)
	os.Mkdir(filepath.Join(p.folder, ".importing-x"), 0o700)
	if ids := p.ids(); !slices.Equal(ids, []string{newest, older, oldest}) {
		t.Errorf("got %v", ids)
	}
	r, err := p.Find(p.ctx(), newest)
	if err != nil || r.Outcomes.Answered != 1 || r.Source.Name != "Test card" || r.Busy || r.Dir != filepath.Join(p.folder, newest) {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRecordingThatCannotBeReadHidesNoOther(t *testing.T) {
	p := newPlace(t)
	whole, newer, broken := p.record(1, "a"), p.record(2, "b"), p.record(3, "c")
	p.rewrite(newer, manifestName, func(s string) string { return strings.Replace(s, `"format": 1`, `"format": 2`, 1) })
	p.rewrite(broken, manifestName, func(string) string { return "{" })
	list, err := p.List(p.ctx())
	if err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	codes := map[string]string{}
	for _, r := range list {
		codes[r.ID] = fault.CodeOf(r.Err)
	}
	if codes[whole] != "" || codes[newer] != archive.CodeNewer || codes[broken] != archive.CodeBroken {
		t.Errorf("got %v", codes)
	}
	_, err = p.Find(p.ctx(), newer)
	hasCode(t, err, archive.CodeNewer)
	_, err = p.SetKeep(p.ctx(), newer, true)
	hasCode(t, err, archive.CodeNewer)
	if hits := p.find(""); len(hits) != 1 {
		t.Errorf("found %v; what a newer format means is not known", hits)
	}
}

func TestWhatHappensToAManifestShowsAtOnce(t *testing.T) {
	p := newPlace(t)
	w := p.begin(1)
	id := filepath.Base(w.Dir())
	if r, err := p.Find(p.ctx(), id); err != nil || !r.Busy || r.State != archive.Recording {
		t.Errorf("while it is made: %+v, %v", r, err)
	}
	p.say(w, 1, "a")
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	if r, err := p.Find(p.ctx(), id); err != nil || r.Busy || r.State != archive.Complete || r.Outcomes.Answered != 1 {
		t.Errorf("when it is made: %+v, %v", r, err)
	}
	if r, err := p.again().SetKeep(p.ctx(), id, true); err != nil || !r.Keep {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.Find(p.ctx(), id); err != nil || !r.Keep {
		t.Errorf("kept in another window: %+v, %v", r, err)
	}
}

func TestTitleIsOneLineOfBoundedLength(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a")
	for given, want := range map[string]string{
		"The red car":                        "The red car",
		"  two\nlines\x1b[31m\u202e \xff ":   "two lines[31m\u202e",
		strings.Repeat("ä", 119) + " bcdefg": strings.Repeat("ä", 119),
		"👩‍👩‍👧":                              "👩‍👩‍👧",
		" \t ":                               "",
	} {
		r, err := p.Rename(p.ctx(), id, given)
		if err != nil || r.Title != want {
			t.Errorf("%q: %q, %v; want %q", given, r.Title, err, want)
		}
	}
}

func TestIDLeadsNowhereElse(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a")
	os.Rename(filepath.Join(p.folder, id), filepath.Join(p.folder, "..", "outside"))
	inside := p.record(2, "b")
	raw, _ := os.ReadFile(filepath.Join(p.folder, inside, manifestName))
	for _, dir := range []string{".", "..", ".hidden"} { // each looks like a recording, too
		os.Mkdir(filepath.Join(p.folder, dir), 0o700)
		os.WriteFile(filepath.Join(p.folder, dir, manifestName), raw, 0o600)
	}
	for _, id := range []string{
		"", ".", "..", ".hidden", "../outside", `..\outside`, "/etc", "x/../../outside", "C:", "c:x", "a\x00b", "a\nb", "\xff", ".importing-x",
		strings.Repeat("a", 300), "nothing",
	} {
		_, err := p.Find(p.ctx(), id)
		hasCode(t, err, archive.CodeNone)
		hasCode(t, p.Delete(p.ctx(), id), archive.CodeNone)
		_, err = p.Rename(p.ctx(), id, "x")
		hasCode(t, err, archive.CodeNone)
		if id != "" {
			if _, err := p.Search(p.ctx(), Query{Recording: id}); err != nil {
				hasCode(t, err, archive.CodeNone)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(p.folder, "..", "outside", manifestName)); err != nil {
		t.Error("what lies outside was touched:", err)
	}
}

func TestRenamedFolderIsFoundByItsNewName(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a red car")
	p.find("car")
	const name = "the día of the car"
	if err := os.Rename(filepath.Join(p.folder, id), filepath.Join(p.folder, name)); err != nil {
		t.Fatal(err)
	}
	if hits := p.find("car"); !slices.Equal(hits, []string{name + ": a red [car]"}) {
		t.Errorf("found %v", hits)
	}
	if r, err := p.Rename(p.ctx(), name, "Car"); err != nil || r.ID != name || r.Title != "Car" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCutShortRecordingsAreClosed(t *testing.T) {
	p := newPlace(t)
	first, whole, second := p.cut(1, "a", "b"), p.record(2, "c"), p.cut(3, "d")
	w := p.begin(4)
	defer w.Close(nil)
	os.MkdirAll(filepath.Join(p.folder, removing+"x", "frames"), 0o700)
	os.MkdirAll(filepath.Join(p.folder, importing+"now"), 0o700)
	os.MkdirAll(filepath.Join(p.folder, importing+"then"), 0o700)
	os.Chtimes(filepath.Join(p.folder, importing+"then"), time.Time{}, time.Now().Add(-48*time.Hour))

	mended, err := p.Mend(p.ctx())
	if err != nil || len(mended) != 2 || mended[0].ID != second || mended[1].ID != first {
		t.Fatalf("mended %v, %v", mended, err)
	}
	if r := mended[1]; r.State != archive.CutShort || r.Outcomes.Answered != 2 {
		t.Errorf("it is %+v", r)
	}
	if again, err := p.Mend(p.ctx()); err != nil || len(again) != 0 {
		t.Errorf("mended again: %v, %v", again, err)
	}
	want := []string{importing + "now", first, whole, second, filepath.Base(w.Dir())}
	if left := p.left(); !slices.Equal(left, want) {
		t.Errorf("left are %v, want %v", left, want)
	}
}
