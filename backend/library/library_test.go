package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/history"
	"sightline/backend/jpeg"
	"sightline/backend/local/winetest"
	"sightline/backend/playback"
	"sightline/backend/sight"
)

func TestMain(m *testing.M) {
	data, err := os.MkdirTemp("", "sightline-library-data-")
	if err != nil {
		panic(err)
	}
	os.Setenv("XDG_DATA_HOME", data)
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(data)
		os.Exit(code)
	}))
}

// place is a library of a folder of its own.
type place struct {
	t        testing.TB
	folder   string
	limit    int64
	revealed string
	history  *history.History
	*Library
}

func newPlace(t testing.TB) *place {
	t.Helper()
	dir := t.TempDir()
	p := &place{t: t, folder: filepath.Join(dir, "videos")}
	folder := func() string { return p.folder }
	p.history = history.Open(filepath.Join(dir, "cache", "history.db"), folder)
	player := playback.New(func(ctx context.Context, id string) (string, error) {
		r, err := p.history.Find(ctx, id)
		return r.Dir, err
	})
	p.Library = New(Config{
		History: p.history, Player: player, Folder: folder, Limit: func() int64 { return p.limit },
		Free:   func(string) (uint64, error) { return 1 << 30, nil }, // also for a folder that is not there yet, as stats.Free
		Reveal: func(path string) error { p.revealed = path; return nil },
	})
	t.Cleanup(func() {
		Close(p.Library)
		player.Close()
		p.history.Close()
	})
	return p
}

func (p *place) begin() *archive.Writer {
	p.t.Helper()
	w, err := archive.Create(archive.OS(), p.folder, archive.Manifest{
		Started: time.Date(2026, 11, 22, 7, 29, 53, 0, time.UTC), Version: "1.2.3", Session: "s",
		About: archive.About{
			Source: archive.Source{URI: "pattern:", Name: "Test card", Kind: "pattern"},
			Asked:  archive.Asked{Askers: []archive.Asker{{Backend: "Detector"}}, Prompt: "What is there?", Pace: "2s"},
		},
		Parts: archive.Parts{Frames: true, Answers: true},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

func (p *place) say(w *archive.Writer, seq uint64, text string, picture []byte) {
	p.t.Helper()
	e := archive.Entry{
		Line:   sight.Line{Session: "s", Seq: seq, Outcome: "answered", Captured: "2026-11-22T07:29:53Z", Backend: "Detector", Model: "m", Text: text},
		AtMS:   float64(seq) * 1000,
		Prompt: "What is there?",
	}
	if err := w.Answer(e, picture); err != nil {
		p.t.Fatal(err)
	}
	if _, err := w.Sync(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) record(texts ...string) (id string) {
	p.t.Helper()
	w := p.begin()
	for i, text := range texts {
		p.say(w, uint64(i+1), text, photo(p.t, 640, 360))
	}
	if err := w.Close(nil); err != nil {
		p.t.Fatal(err)
	}
	return filepath.Base(w.Dir())
}

func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	data, err := jpeg.Encode(image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), 80)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// response is what the page gets.
type response struct {
	status int
	header http.Header
	length int // as the header says
	body   string
}

func (p *place) get(method, address string) response {
	p.t.Helper()
	w := httptest.NewRecorder()
	Handler(p.Library).ServeHTTP(w, httptest.NewRequest(method, address, nil))
	length, _ := strconv.Atoi(w.Header().Get("Content-Length"))
	return response{w.Code, w.Header(), length, w.Body.String()}
}

func hasCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
}

func TestShelfTellsWhatThereIs(t *testing.T) {
	p := newPlace(t)
	p.limit = 5 << 30
	if s, err := p.Recordings(); err != nil || s.Recordings == nil || s.Folder != p.folder || s.Free != 1<<30 || s.Limit != 5<<30 {
		t.Errorf("when there is none: %+v, %v", s, err)
	}
	id := p.record("a car", "a bus")
	s, err := p.Recordings()
	if err != nil || len(s.Recordings) != 1 || s.Bytes == 0 || s.Bytes != s.Recordings[0].Bytes {
		t.Fatalf("%+v, %v", s, err)
	}
	r := s.Recordings[0]
	want := Recording{
		ID: id, Dir: filepath.Join(p.folder, id), State: "complete", StartedMS: 1795332593000, LengthMS: r.LengthMS, Bytes: r.Bytes,
		Source: "Test card", Kind: "pattern", Askers: []Asker{{Backend: "Detector"}}, Prompt: "What is there?", Pace: "2s",
		Parts: []string{"frames", "answers"}, Version: "1.2.3", Segments: []Segment{}, Outcomes: Outcomes{Answered: 2},
		Thumb: "/recorded/" + id + "/thumb",
	}
	if !reflect.DeepEqual(r, want) || r.LengthMS < 2000 {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if one, err := p.Recording(id); err != nil || !reflect.DeepEqual(one, want) {
		t.Errorf("alone: %+v, %v", one, err)
	}
	_, err = p.Recording("../" + id)
	hasCode(t, err, archive.CodeNone)
}

func TestUnreadableRecordingIsShownAsOne(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	path := filepath.Join(p.folder, id, "recording.json")
	raw, _ := os.ReadFile(path)
	os.WriteFile(path, []byte(strings.Replace(string(raw), `"format": 1`, `"format": 7`, 1)), 0o600)
	s, err := p.Recordings()
	if err != nil || len(s.Recordings) != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	r := s.Recordings[0]
	if r.State != "unreadable" || r.Reason == nil || r.Reason.Code != archive.CodeNewer || r.Askers == nil || r.Parts == nil || r.Segments == nil {
		t.Errorf("got %+v", r)
	}
	if err := p.Reveal(id); err != nil || p.revealed != r.Dir {
		t.Errorf("revealed %s, %v", p.revealed, err)
	}
	winetest.Skip(t, "its recycle bin takes nothing, and all but that is as it should be")
	if err := p.Delete(id); err != nil {
		t.Error(err)
	}
}

func TestNothingThePageGetsIsNull(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	shelf, _ := p.Recordings()
	hits, _ := p.Search("car", "")
	none, err := p.Search("zebra", id)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{shelf, hits, none} {
		raw, err := json.Marshal(v)
		if text := strings.ReplaceAll(string(raw), `"reason":null`, ""); err != nil || strings.Contains(text, "null") {
			t.Errorf("%s, %v", raw, err)
		}
	}
}

func TestSearchFindsWhatWasJustSaid(t *testing.T) {
	p := newPlace(t)
	w := p.begin()
	id := filepath.Base(w.Dir())
	for i := range uint64(3) {
		p.say(w, i+1, fmt.Sprintf("car number %d", i), photo(t, 64, 48))
		hits, err := p.Search("number car", "")
		if err != nil || len(hits) != int(i)+1 {
			t.Fatalf("after %d: %+v, %v", i+1, hits, err)
		}
	}
	w.Close(nil)
	hits, err := p.Search("2", id)
	want := []Hit{{
		Recording: id, Title: "Test card", StartedMS: 1795332593000, AtMS: 3000, Seq: 3, Backend: "Detector", Model: "m",
		Pieces: []Piece{{Text: "car number "}, {Text: "2", Found: true}}, Picture: "/recorded/" + id + "/frames/000003.jpg",
	}}
	if err != nil || !reflect.DeepEqual(hits, want) {
		t.Errorf("got %+v, %v\nwant %+v", hits, err, want)
	}
	if picture := p.get("GET", hits[0].Picture); picture.status != http.StatusOK {
		t.Errorf("its picture: %d", picture.status)
	}
	_, err = p.Search("2", "../x")
	hasCode(t, err, archive.CodeNone)
}

func TestTextIsTakenApartAtItsMarks(t *testing.T) {
	for marked, want := range map[string][]Piece{
		"":                                      {},
		"plain":                                 {{"plain", false}},
		"\ue000car\ue001":                       {{"car", true}},
		"a \ue000car\ue001, a \ue000bus\ue001!": {{"a ", false}, {"car", true}, {", a ", false}, {"bus", true}, {"!", false}},
		"cut \ue000off":                         {{"cut ", false}, {"off", true}},
	} {
		if got := pieces(marked); !slices.Equal(got, want) || got == nil {
			t.Errorf("%q: %v", marked, got)
		}
	}
}

func TestSearchDoesNotWaitForALongRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, end := context.WithCancel(t.Context())
		work := make(chan struct{})
		var times atomic.Int32
		f := &freshness{refresh: func(ctx context.Context) error {
			times.Add(1)
			select {
			case <-work:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}}
		begun := time.Now()
		for range 3 {
			if err := f.wait(ctx, freshWait); err != nil {
				t.Error(err)
			}
		}
		if waited := time.Since(begun); waited != 3*freshWait || times.Load() != 1 {
			t.Errorf("waited %v, for %d refreshes", waited, times.Load())
		}
		results := make(chan error, 2)
		for range 2 { // both wait for the one after that under way
			go func() { results <- f.wait(ctx, time.Hour) }()
		}
		synctest.Wait()
		work <- struct{}{}
		synctest.Wait()
		if len(results) != 0 {
			t.Error("what came during a refresh waited for that one only")
		}
		work <- struct{}{}
		if err := errors.Join(<-results, <-results); err != nil || times.Load() != 2 {
			t.Errorf("%v, after %d refreshes", err, times.Load())
		}
		go func() { results <- f.wait(ctx, time.Hour) }()
		synctest.Wait()
		end()
		<-results
		f.running.Wait()
	})
}

func TestChangesShowAtOnce(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	if r, err := p.Rename(id, "  At the zoo\n"); err != nil || r.Title != "At the zoo" {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.SetKeep(id, true); err != nil || !r.Keep {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := p.Recording(id); err != nil || r.Title != "At the zoo" || !r.Keep {
		t.Errorf("%+v, %v", r, err)
	}
	if err := p.Reveal(id); err != nil || p.revealed != filepath.Join(p.folder, id) {
		t.Errorf("revealed %q, %v", p.revealed, err)
	}
}

func TestDeletedRecordingIsGoneAtOnce(t *testing.T) {
	winetest.Skip(t, "its recycle bin takes nothing")
	p := newPlace(t)
	id := p.record("a car")
	if err := p.Delete(id); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	hasCode(t, p.Reveal(id), archive.CodeNone)
	if s, err := p.Recordings(); err != nil || len(s.Recordings) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestRecordingGoesOutAndComesIn(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	id := from.record("a car", "a bus")
	if r, err := p.Import(filepath.Join(from.folder, id)); err != nil || r.ID != id {
		t.Fatalf("%+v, %v", r, err)
	}
	to := filepath.Join(t.TempDir(), "answers.csv")
	did, err := p.Export(ExportForm{ID: id, Format: "csv", To: to, FromMS: 1500})
	if err != nil || !slices.Equal(did.Files, []string{to}) {
		t.Fatalf("%+v, %v", did, err)
	}
	if csv, err := os.ReadFile(to); err != nil || !strings.Contains(string(csv), "a bus") || strings.Contains(string(csv), "a car") {
		t.Errorf("%s, %v", csv, err)
	}
	for _, form := range []ExportForm{
		{ID: id, Format: "csv", To: to, FromMS: -1},
		{ID: id, Format: "csv", To: to, ToMS: 1e300},
		{ID: id, Format: "csv"},
		{ID: id, Format: "exe", To: to},
		{ID: "../x", Format: "csv", To: to},
	} {
		if _, err := p.Export(form); err == nil || fault.CodeOf(err) == fault.CodeUnexpected {
			t.Errorf("%+v: %v", form, err)
		}
	}
}

func TestStartTellsWhatItClosedAndRemoved(t *testing.T) {
	p := newPlace(t)
	old, cut := p.record("a car"), p.record("a bus")
	path := filepath.Join(p.folder, cut, "recording.json")
	raw, _ := os.ReadFile(path)
	raw = []byte(strings.Replace(string(raw), `"complete"`, `"recording"`, 1))
	raw = []byte(strings.Replace(string(raw), "2026-11-22T07", "2026-11-22T08", 1))
	os.WriteFile(path, raw, 0o600)
	p.limit = 1
	p.SetKeep(cut, true)
	begun, err := Begin(t.Context(), p.Library)
	hasCode(t, err, history.CodeLimit)
	if len(begun.Mended) != 1 || begun.Mended[0].ID != cut || begun.Mended[0].State != "cut short" {
		t.Errorf("mended %+v", begun.Mended)
	}
	if len(begun.Expired) != 1 || begun.Expired[0].ID != old {
		t.Errorf("removed %+v", begun.Expired)
	}
}

func TestVideoServerHasAnAddress(t *testing.T) {
	p := newPlace(t)
	if base, err := p.Base(); err != nil || !strings.HasPrefix(base, "http://127.0.0.1:") {
		t.Errorf("%q, %v", base, err)
	}
}

func TestPageIsBoundToWhatItMayDo(t *testing.T) {
	var methods []string
	for m := range reflect.TypeFor[*Library]().Methods() {
		methods = append(methods, m.Name)
		for in := range m.Type.Ins() {
			if in == reflect.TypeFor[context.Context]() {
				t.Errorf("%s takes a context, which no page has", m.Name)
			}
		}
	}
	want := []string{"Base", "Delete", "Export", "Import", "Recording", "Recordings", "Rename", "Reveal", "Search", "SetKeep"}
	if !slices.Equal(methods, want) {
		t.Errorf("the page can call %v", methods)
	}
}

func TestClosedLibraryAnswersNothing(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	Close(p.Library)
	if _, err := p.Search("car", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := p.get("GET", "/recorded/"+id+"/answers.jsonl"); got.status != http.StatusServiceUnavailable {
		t.Errorf("got %d", got.status)
	}
}

func TestAnswersComeInWholeLines(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car", strings.Repeat("long ", 9000))
	path := filepath.Join(p.folder, id, "answers.jsonl")
	whole, _ := os.ReadFile(path)
	for _, torn := range []string{"", `{"session":"s","seq":3,"ou`, strings.Repeat("x", 200_000)} {
		os.WriteFile(path, append(slices.Clone(whole), torn...), 0o600)
		got := p.get("GET", "/recorded/"+id+"/answers.jsonl")
		if got.status != http.StatusOK || got.body != string(whole) || got.length != len(whole) {
			t.Errorf("with %d bytes of a line: %d, %d bytes, length %d, want %d", len(torn), got.status, len(got.body), got.length, len(whole))
		}
		if got.header.Get("Cache-Control") != "no-store" || got.header.Get("Content-Type") != "application/x-ndjson; charset=utf-8" {
			t.Errorf("header %v", got.header)
		}
	}
	os.WriteFile(path, []byte("no end"), 0o600)
	if got := p.get("GET", "/recorded/"+id+"/answers.jsonl"); got.status != http.StatusOK || got.length != 0 {
		t.Errorf("without a line: %d, %d", got.status, got.length)
	}
	head := p.get("HEAD", "/recorded/"+id+"/frames/000001.jpg")
	if head.length == 0 || head.body != "" {
		t.Errorf("HEAD: length %d, %d bytes", head.length, len(head.body))
	}
}

func TestPicturesCome(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	stored, _ := os.ReadFile(filepath.Join(p.folder, id, "frames", "000001.jpg"))
	got := p.get("GET", "/recorded/"+id+"/frames/000001.jpg")
	if got.body != string(stored) || got.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("%d, %d bytes, %v", got.status, len(got.body), got.header)
	}
	got = p.get("GET", "/recorded/"+id+"/thumb")
	if w, h, err := jpeg.Size([]byte(got.body)); err != nil || w != 320 || h != 180 || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%d, %d×%d, %v, %v", got.status, w, h, err, got.header)
	}
	os.WriteFile(filepath.Join(p.folder, id, "frames", "000001.jpg"), []byte("no picture"), 0o600)
	if got := p.get("GET", "/recorded/"+id+"/thumb"); got.status != http.StatusNotFound {
		t.Errorf("of a damaged picture: %d", got.status)
	}
}

func TestFolderOfAnyNameIsServed(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	name := "50% of día #1? + more"
	if runtime.GOOS == "windows" {
		name = "50% of día #1; + more" // no file has a question mark there
	}
	if err := os.Rename(filepath.Join(p.folder, id), filepath.Join(p.folder, name)); err != nil {
		t.Fatal(err)
	}
	r, err := p.Recording(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.get("GET", r.Thumb); got.status != http.StatusOK {
		t.Errorf("%s: %d", r.Thumb, got.status)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	p := newPlace(t)
	id := p.record("a car")
	dir := filepath.Join(p.folder, id)
	os.WriteFile(filepath.Join(p.folder, "secret.jpg"), []byte("secret"), 0o600)
	os.WriteFile(filepath.Join(dir, "frames", "notes.txt"), []byte("secret"), 0o600)
	os.Symlink(filepath.Join(p.folder, "secret.jpg"), filepath.Join(dir, "frames", "000007.jpg"))
	os.Mkdir(filepath.Join(dir, "frames", "000008.jpg"), 0o700)
	linked := p.record("a bus")
	os.Remove(filepath.Join(p.folder, linked, "answers.jsonl"))
	os.Symlink(filepath.Join(p.folder, "secret.jpg"), filepath.Join(p.folder, linked, "answers.jsonl"))
	at := "/recorded/" + id
	for _, address := range []string{
		"/recorded/", "/recorded", at, at + "/", at + "/recording.json", at + "/answers.vtt", at + "/frames", at + "/frames/", at + "/frames/notes.txt",
		at + "/frames/000007.jpg", at + "/frames/000008.jpg", at + "/frames/000009.jpg", at + "/../secret.jpg", at + "/frames/../../secret.jpg",
		at + "/frames/%2e%2e/%2e%2e/secret.jpg", at + "/frames%2f000001.jpg", at + "/..%2fsecret.jpg", "/recorded/..%2f" + id + "/thumb",
		"/recorded/%2e%2e/thumb", "/recorded//thumb", "/recorded/nothing/thumb", at + "/thumb/x", at + "/frames/000001.jpg/", at + "//frames/000001.jpg",
		"/elsewhere/" + id + "/thumb", "/recorded/" + linked + "/answers.jsonl", "/recorded/%00/thumb", "/recorded/" + url.PathEscape(`..\`+id) + "/thumb",
	} {
		got := p.get("GET", "http://page"+address)
		if got.status != http.StatusNotFound || strings.Contains(got.body, "secret") {
			t.Errorf("%s: %d", address, got.status)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if got := p.get(method, at+"/thumb"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, got.status)
		}
	}
}

// BenchmarkTenThousandAnswers reports what opening a long recording takes.
func BenchmarkTenThousandAnswers(b *testing.B) {
	p := newPlace(b)
	w := p.begin()
	for i := range uint64(10_000) {
		e := archive.Entry{
			Line: sight.Line{Session: "s", Seq: i + 1, Outcome: "answered", Captured: "2026-11-22T07:29:53Z", Backend: "Detector", Text: strings.Repeat("a red car ", 25)},
			AtMS: float64(i) * 1000, Prompt: "What is there?",
		}
		if err := w.Answer(e, nil); err != nil {
			b.Fatal(err)
		}
	}
	w.Close(nil)
	id := filepath.Base(w.Dir())
	for b.Loop() {
		if _, err := p.Recording(id); err != nil {
			b.Fatal(err)
		}
		got := p.get("GET", "/recorded/"+id+"/answers.jsonl")
		if len(got.body) < 10_000*250 || len(got.body) != got.length {
			b.Fatal(len(got.body), got.length)
		}
	}
}
