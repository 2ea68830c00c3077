package view

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
	"sightline/backend/vlm/openai"
)

// patience is how long a test waits for what must come; it is only used up by a failure.
const patience = 20 * time.Second

// still is a source of small grey pictures.
type still struct{}

func (still) Run(ctx context.Context, put func(sight.Frame)) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func stills(context.Context) ([]capture.Device, error) {
	return []capture.Device{{URI: "still:", Name: "Still pictures", Kind: "still"}}, nil
}

// servers is the backends of a test: each answers with its own address and the prompt.
type servers struct {
	mu    sync.Mutex
	hired []string
	fail  error
}

func (s *servers) Builtin() vlm.Asker { return echo{s, "builtin"} }

func (s *servers) Examined(b settings.Backend, _ settings.Settings) ([]doctor.Server, error) {
	var all []doctor.Server
	for _, url := range b.URLs() {
		client, err := openai.New(openai.Config{Base: url, Name: b.Name})
		if err != nil {
			return nil, err
		}
		all = append(all, client)
	}
	return all, nil
}

func (s *servers) Leaves(b settings.Backend) bool { return strings.Contains(b.URL, "cloud") }

func (s *servers) Private(common settings.Settings, source string) bool {
	return slices.Contains(common.Private, source)
}

func (s *servers) Asker(b settings.Backend, common settings.Settings, source string) (vlm.Asker, error) {
	if s.Private(common, source) && s.Leaves(b) {
		return nil, &fault.Error{Code: "backend.private", Message: "Not there.", Hint: "Choose another."}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hired = append(s.hired, b.URL)
	if strings.HasPrefix(b.Name, "Named ") {
		return echo{s, b.Name}, nil
	}
	return echo{s, b.URL}, nil
}

func (s *servers) Base(address string) (string, string, bool, error) {
	if !strings.HasPrefix(address, "http") {
		return "", "", false, &fault.Error{Code: "backend.address", Message: "No.", Hint: "Type one."}
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(address, "http://"), "https://"), "/")
	return address, "http://" + host, strings.Contains(address, "cloud"), nil
}

func (s *servers) Models(_ context.Context, base, _, caFile string) ([]string, error) {
	if strings.HasPrefix(base, "https://own") && caFile != "ca.pem" {
		return nil, &fault.Error{Code: "backend.tls", Message: "Not trusted.", Hint: "Name its certificate."}
	}
	return []string{"m1"}, s.fail
}
func (s *servers) Find(context.Context) []FoundServer { return nil }

type echo struct {
	s    *servers
	name string
}

func (e echo) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	a := sight.Answer{Backend: e.name, Model: q.Model, Sent: time.Now()}
	on(sight.Event{Kind: sight.Sent})
	if strings.Contains(e.name, "hang") {
		<-ctx.Done()
	}
	if err := ctx.Err(); err != nil {
		return a, err
	}
	for _, word := range []string{e.name, " ", q.Prompt} {
		on(sight.Event{Kind: sight.Text, Text: word})
		a.Text += word
	}
	a.FirstToken, a.LastToken, a.Ended = time.Now(), time.Now(), time.Now()
	return a, nil
}

// ring keeps keys in memory.
type ring struct {
	mu   sync.Mutex
	keys map[string]string
}

func (r *ring) Set(_ context.Context, origin, key string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys[origin] = key
	return true, nil
}

func (r *ring) Delete(_ context.Context, origin string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.keys, origin)
	return nil
}

func (r *ring) Has(_ context.Context, origin string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys[origin] != ""
}
func (r *ring) Persistent() bool { return true }

// page is what a test sees of a view: it takes events as the real page does, and checks that none is missing.
type page struct {
	*View
	t       *testing.T
	servers *servers
	ring    *ring
	end     func()

	mu     sync.Mutex
	events []Event
	news   chan struct{}
}

func open(t *testing.T, dir string) *page {
	t.Helper()
	return openWindow(t, dir, "main")
}

func openWindow(t *testing.T, dir, id string) *page {
	t.Helper()
	p := &page{t: t, servers: &servers{}, ring: &ring{keys: map[string]string{}}, news: make(chan struct{}, 1)}
	p.View = New(Config{
		Session: "s1", Window: id, Version: "test", Settings: dir, Keys: p.ring,
		Sources: capture.Table{{Name: "still", Title: "Still pictures", Devices: stills, Open: func(u capture.URI) (capture.Source, error) {
			if u.Name == "broken" {
				return nil, errors.New("broken")
			}
			return still{}, nil
		}}},
		Servers: p.servers, Emit: p.take, Followed: func(settings.Settings) {},
		Files: archive.OS(), Free: func(string) (uint64, error) { return 100 << 30, nil }, Recorded: func() {}, Awake: func(bool) {},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = p.Run(ctx) }()
	p.end = sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(p.end)
	return p
}

func (p *page) take(events []Event) {
	p.mu.Lock()
	p.events = append(p.events, events...)
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// until waits for an event that fits and gives it.
func (p *page) until(what string, fits func(Event) bool) Event {
	p.t.Helper()
	deadline := time.After(patience)
	seen := 0
	for {
		p.mu.Lock()
		for ; seen < len(p.events); seen++ {
			if fits(p.events[seen]) {
				defer p.mu.Unlock()
				return p.events[seen]
			}
		}
		p.mu.Unlock()
		select {
		case <-p.news:
		case <-deadline:
			p.t.Fatalf("never came: %s", what)
		}
	}
}

func (p *page) untilAnswer(text string) *Row {
	p.t.Helper()
	return p.until("the answer "+text, func(e Event) bool {
		return e.Row != nil && e.Row.Outcome == string(sight.Answered) && e.Row.Text == text
	}).Row
}

func ptr[T any](v T) *T { return &v }

func TestFirstStartShowsAPictureAndAnAnswerWithNothingConfigured(t *testing.T) {
	p := open(t, t.TempDir())
	p.SetShown(true)
	row := p.untilAnswer("builtin " + settings.Presets()[0].Text)
	s := p.Snapshot()
	if !s.FirstRun || s.Source.Chosen || s.Source.Name != "Still pictures" || s.Source.State != "live" {
		t.Errorf("the page should say that this is a first start and what it shows: %+v", s.Source)
	}
	if !s.Backend.Builtin || s.Backend.Health != "well" || s.Asking.RetryAtMS != 0 {
		t.Errorf("the built-in detector should be at work: %+v", s.Backend)
	}
	if len(s.Rows) == 0 || s.Rows[len(s.Rows)-1].Seq != row.Seq {
		t.Errorf("the first answer should be in the list, got %d rows", len(s.Rows))
	}
}

func TestEventsAreNumberedWithoutAGapAndTextsJoinToTheAnswer(t *testing.T) {
	p := open(t, t.TempDir())
	row := p.untilAnswer("builtin " + settings.Presets()[0].Text)
	p.end()
	p.mu.Lock()
	defer p.mu.Unlock()
	text := ""
	for i, e := range p.events {
		if e.N != uint64(i)+1 {
			t.Fatalf("event %d has number %d", i+1, e.N)
		}
		if e.Kind == "text" && e.Seq == row.Seq {
			text += e.Text
		}
	}
	if text != row.Text {
		t.Errorf("pieces joined are %q, the answer is %q", text, row.Text)
	}
}

func TestRowTellsItsTimesAsSoonAsTheyAreKnown(t *testing.T) {
	p := open(t, t.TempDir())
	row := p.until("a pending row with its first word's time", func(e Event) bool {
		return e.Row != nil && e.Row.Pending && e.Row.FirstTokenMS != nil
	}).Row
	if row.AgeMS == nil || row.Outcome != "" {
		t.Errorf("got %+v", row)
	}
}

func TestSnapshotAndTheEventsAfterItTellTheSame(t *testing.T) {
	f := newFeed(func([]Event) {})
	f.add(Event{Kind: "text", Seq: 1, Text: "a"})
	f.add(Event{Kind: "text", Seq: 1, Text: "b"})
	if n := f.seal(); n != 1 || f.queue[0].Text != "ab" {
		t.Fatalf("waiting pieces should have joined: n=%d %+v", n, f.queue)
	}
	f.add(Event{Kind: "text", Seq: 1, Text: "c"})
	if len(f.queue) != 2 || f.queue[1].N != 2 || f.queue[1].Text != "c" {
		t.Errorf("a piece after the snapshot is an event of its own: %+v", f.queue)
	}
}

func TestPageThatTakesNothingLosesTheOldestAndSeesTheGap(t *testing.T) {
	f := newFeed(func([]Event) {})
	for i := range uint64(queueLimit + 10) {
		f.add(Event{Kind: "text", Seq: i})
	}
	if len(f.queue) != queueLimit || f.queue[0].N != 11 {
		t.Errorf("%d events wait, the first is %d", len(f.queue), f.queue[0].N)
	}
}

func TestAnswersBringTheirPictures(t *testing.T) {
	p := open(t, t.TempDir())
	row := p.untilAnswer("builtin " + settings.Presets()[0].Text)
	handler := p.Handler()
	for _, path := range []string{row.Thumb, row.Picture, "/live/frame?after=0"} {
		deadline := time.Now().Add(patience)
		for { // the picture of an answer is made beside it
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code == http.StatusOK && w.Header().Get("Content-Type") == "image/jpeg" {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
			<-time.After(10 * time.Millisecond)
		}
	}
}

func TestChoicesOutliveTheWindow(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	if _, err := p.Choose(t.Context(), Choices{Prompt: ptr("Which colour?"), Pace: ptr("1s"), Mirror: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	p.Stop(t.Context())
	p.end()
	again := open(t, dir).Snapshot()
	if w := again.Window; w.Prompt != "Which colour?" || w.Pace != "1s" || !w.Mirror || w.Asking {
		t.Errorf("came back as %+v", w)
	}
	if again.FirstRun {
		t.Error("it is no first start any more")
	}
}

func TestChoiceThatMakesNoSenseChangesNothing(t *testing.T) {
	p := open(t, t.TempDir())
	before := p.Snapshot().Window
	_, err := p.Choose(t.Context(), Choices{Prompt: ptr("new"), Pace: ptr("often")})
	if fault.CodeOf(err) != settings.CodeInvalid {
		t.Errorf("got %v", err)
	}
	if after := p.Snapshot().Window; !reflect.DeepEqual(after, before) {
		t.Errorf("the window changed to %+v", after)
	}
}

func TestChoiceHoldsForThisRunWhereTheDiskTakesNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	p := open(t, dir)
	if _, err := p.Choose(t.Context(), Choices{Prompt: ptr("Hold on")}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(t.Context(), Choices{Mirror: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	s := p.Snapshot()
	if s.Window.Prompt != "Hold on" || !s.Window.Mirror {
		t.Errorf("the choices are lost: %+v", s.Window)
	}
	if len(s.Notices) == 0 {
		t.Error("the person should be told that nothing is saved")
	}
}

func TestNewBackendAnswersAfterItIsChosen(t *testing.T) {
	p := open(t, t.TempDir())
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "http://lab:8000/v1", Key: "secret", Model: "m1"})
	if err != nil {
		t.Fatal(err)
	}
	if b.Name != "lab:8000" || p.ring.keys["http://lab:8000"] != "secret" {
		t.Errorf("saved as %+v with keys %v", b, p.ring.keys)
	}
	if p.Snapshot().Window.Backend != settings.Builtin {
		t.Fatal("a backend must not be used before somebody chooses it")
	}
	if _, err := p.Choose(t.Context(), Choices{Backend: &b.ID, Prompt: ptr("hi")}); err != nil {
		t.Fatal(err)
	}
	row := p.untilAnswer("http://lab:8000/v1 hi")
	if row.Model != "m1" {
		t.Errorf("asked %q, want the backend's model", row.Model)
	}
}

func TestAnotherPromptNeedsNoOtherAsker(t *testing.T) {
	p := open(t, t.TempDir())
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "http://lab/v1"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if _, err := p.Choose(t.Context(), Choices{Backend: &b.ID, Prompt: ptr(fmt.Sprint(i))}); err != nil {
			t.Fatal(err)
		}
	}
	p.servers.mu.Lock()
	defer p.servers.mu.Unlock()
	if len(p.servers.hired) != 1 {
		t.Errorf("%d askers were made, want one whose connections live on", len(p.servers.hired))
	}
}

func TestDeletedBackendLeavesTheWindowWithTheBuiltIn(t *testing.T) {
	p := open(t, t.TempDir())
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "http://lab/v1", Key: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(t.Context(), Choices{Backend: &b.ID}); err != nil {
		t.Fatal(err)
	}
	if err := p.DeleteBackend(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	s := p.Snapshot()
	if !s.Backend.Builtin || len(s.Settings.Backends) != 0 || len(p.ring.keys) != 0 {
		t.Errorf("left behind: %+v, keys %v", s.Backend, p.ring.keys)
	}
}

func TestPublicBackendNeverStartsBackToBackByItself(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "https://cloud/v1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(t.Context(), Choices{Pace: ptr("0")}); err != nil {
		t.Fatal(err)
	}
	w, err := p.Choose(t.Context(), Choices{Backend: &b.ID})
	if err != nil || w.Pace == "0" {
		t.Errorf("pace %q, %v: choosing a public backend should leave back to back", w.Pace, err)
	}
	if _, err := p.Choose(t.Context(), Choices{Pace: ptr("0")}); err != nil { // the page asked the person
		t.Fatal(err)
	}
	p.end()
	again := open(t, dir)
	again.until("a word on cost", func(e Event) bool { return e.Notice != nil && e.Notice.Code == "backend.costly" })
	if again.Snapshot().Asking.On {
		t.Error("it asks a public backend back to back without a word")
	}
}

func TestLostSourceIsShownWithItsReason(t *testing.T) {
	p := open(t, t.TempDir())
	if _, err := p.Choose(t.Context(), Choices{Source: ptr("still:broken")}); err != nil {
		t.Fatal(err)
	}
	e := p.until("a lost source", func(e Event) bool { return e.Source != nil && e.Source.State == "lost" })
	if e.Source.Fault == nil || e.Source.Name != "broken" || !e.Source.Chosen {
		t.Errorf("got %+v", e.Source)
	}
}

func TestAddressOfAnotherOriginDoesNotInheritTheKey(t *testing.T) {
	p := open(t, t.TempDir())
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "http://lab/v1", Key: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.SaveBackend(t.Context(), BackendForm{ID: b.ID, Name: b.Name, URL: "http://evil/v1"}); err != nil {
		t.Fatal(err)
	}
	info, err := p.InspectBackend(t.Context(), "http://evil/v1", "", "")
	if err != nil || info.HasKey {
		t.Errorf("got %+v, %v", info, err)
	}
}

func TestPromptsOfOnesOwn(t *testing.T) {
	p := open(t, t.TempDir())
	mine, err := p.SavePrompt(t.Context(), settings.Prompt{Name: "Door", Text: "Is the door open?"})
	if err != nil {
		t.Fatal(err)
	}
	mine.Text = "Is it shut?"
	if _, err := p.SavePrompt(t.Context(), mine); err != nil {
		t.Fatal(err)
	}
	if got := p.Snapshot().Settings.Prompts; len(got) != 1 || got[0].Text != "Is it shut?" {
		t.Errorf("got %+v", got)
	}
	if err := p.DeletePrompt(t.Context(), mine.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SavePrompt(t.Context(), mine); fault.CodeOf(err) != "settings.gone" {
		t.Errorf("changing a deleted prompt: %v", err)
	}
}

func TestQuestionThatWasTakenBackIsInTheListAsItIsOnThePage(t *testing.T) {
	p := open(t, t.TempDir())
	p.untilAnswer("builtin " + settings.Presets()[0].Text)
	b, err := p.SaveBackend(t.Context(), BackendForm{URL: "http://hang/v1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(t.Context(), Choices{Backend: &b.ID}); err != nil {
		t.Fatal(err)
	}
	sent := p.until("a question on the wire", func(e Event) bool { return e.Row != nil && e.Row.Pending && e.Row.AgeMS != nil && e.Row.Seq > 1 }).Row
	p.Stop(t.Context())
	p.until("its end", func(e Event) bool { return e.Row != nil && e.Row.Seq == sent.Seq && !e.Row.Pending })
	for _, row := range p.Snapshot().Rows {
		if row.Seq == sent.Seq {
			if row.Pending || row.Outcome != string(sight.Cancelled) {
				t.Errorf("got %+v", row)
			}
			return
		}
	}
	t.Error("the snapshot does not know of it")
}

func TestRenamedBackendAnswersUnderItsNewName(t *testing.T) {
	p := open(t, t.TempDir())
	b, err := p.SaveBackend(t.Context(), BackendForm{Name: "Named one", URL: "http://lab/v1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Choose(t.Context(), Choices{Backend: &b.ID, Prompt: ptr("hi")}); err != nil {
		t.Fatal(err)
	}
	p.untilAnswer("Named one hi")
	if _, err := p.SaveBackend(t.Context(), BackendForm{ID: b.ID, Name: "Named two", URL: "http://lab/v1"}); err != nil {
		t.Fatal(err)
	}
	if row := p.untilAnswer("Named two hi"); row.Backend != "Named two" {
		t.Errorf("the answer is %q's", row.Backend)
	}
}

func TestWhatIsCommonHoldsForThisRunWhereTheDiskTakesNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	p := open(t, dir)
	for _, url := range []string{"http://one/v1", "http://two/v1"} {
		if _, err := p.SaveBackend(t.Context(), BackendForm{URL: url, Key: "secret"}); err != nil {
			t.Fatalf("%s: %v", url, err)
		}
	}
	s := p.Snapshot()
	if len(s.Settings.Backends) != 2 || len(p.ring.keys) != 2 {
		t.Errorf("kept %d backends and %d keys, want two of each", len(s.Settings.Backends), len(p.ring.keys))
	}
	if len(s.Notices) == 0 {
		t.Error("the person should be told that nothing is saved")
	}
}
