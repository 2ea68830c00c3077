package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/capture/pattern"
	"sightline/backend/capture/replay"
	"sightline/backend/fault"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// studio is the program with a test card, a recording's player, and an asker of the test's own.
type studio struct {
	Parts
	t        *testing.T
	out, err said
}

// said is what a program writes; several goroutines may.
type said struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newStudio(t *testing.T, asker vlm.Asker, more ...capture.Scheme) *studio {
	t.Helper()
	s := &studio{t: t}
	folder := filepath.Join(t.TempDir(), "Videos")
	s.Parts = Parts{
		Version: "test", Sources: append(capture.Table{pattern.Scheme(), replay.Scheme(replay.Config{})}, more...), Servers: one{asker: asker},
		Store: settings.Open(filepath.Join(t.TempDir(), "config"), nil), Stdout: &s.out, Stderr: &s.err,
		Recordings: func() string { return folder }, Index: filepath.Join(t.TempDir(), "index.db"),
	}
	return s
}

// run runs a command and gives what it wrote to stdout, line by line.
func (s *studio) run(wantStatus int, args ...string) []string {
	s.t.Helper()
	s.out.b.Reset()
	s.err.b.Reset()
	if status := Run(s.t.Context(), s.Parts, args); status != wantStatus {
		s.t.Errorf("%q: exit %d, want %d: %s", args, status, wantStatus, s.err.String())
	}
	return strings.FieldsFunc(s.out.String(), func(r rune) bool { return r == '\n' })
}

// watch runs watch with a small card, asked back to back.
func (s *studio) watch(wantStatus int, args ...string) []string {
	s.t.Helper()
	return s.run(wantStatus, append([]string{"watch", "--source", "pattern:?size=320x180", "--every", "0", "--for", "60s", "--json"}, args...)...)
}

// recorded is where the last watch says that it has recorded to.
func (s *studio) recorded() string {
	s.t.Helper()
	_, dir, found := strings.Cut(s.err.String(), "Recorded to ")
	if !found {
		s.t.Fatalf("it does not say where it recorded to: %s", s.err.String())
	}
	return strings.TrimSpace(dir)
}

// one is the built-in asker alone.
type one struct {
	Servers
	asker vlm.Asker
}

func (o one) Builtin() vlm.Asker { return o.asker }

// talker answers each question after a while; a while below 0 never ends.
type talker struct {
	text  string
	while time.Duration
}

func (a talker) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	picture, err := q.Frame.Picture.JPEG(q.ImageEdge, q.ImageQuality)
	answer := sight.Answer{Backend: "Talker", Model: "parrot", Image: picture, Sent: time.Now()}
	if err != nil {
		return answer, err
	}
	on(sight.Event{Kind: sight.Sent, Image: picture})
	var over <-chan time.Time
	if a.while >= 0 {
		over = time.After(a.while)
	}
	select {
	case <-ctx.Done():
		return answer, ctx.Err()
	case <-over:
	}
	now := time.Now()
	answer.Text, answer.FirstToken, answer.LastToken, answer.Ended = a.text, now, now, now
	return answer, nil
}

// seqs are the numbers and outcomes of lines, in order.
func seqs(t *testing.T, lines []string) []string {
	t.Helper()
	var all []string
	for _, raw := range lines {
		var line sight.Line
		if err := json.Unmarshal([]byte(raw), &line); err != nil {
			t.Fatal(err)
		}
		if line.Seq != 0 {
			all = append(all, line.Outcome+" "+count(line.Seq))
		}
	}
	return all
}

func count(n uint64) string { return string(rune('0' + n%10)) }

func TestRecordingHoldsWhatTheTerminalShows(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar.", while: 50 * time.Millisecond})
	folder := filepath.Join(t.TempDir(), "new", "tapes")
	lines := s.watch(exitOK, "--answers", "5", "--record", folder, "--prompt", "What is there?")
	dir := s.recorded()
	if filepath.Dir(dir) != folder {
		t.Errorf("recorded to %s, want a folder in %s", dir, folder)
	}
	if strings.Contains(lines[0], "at_ms") || strings.Contains(lines[0], "What is there") {
		t.Errorf("the lines have changed: %s", lines[0])
	}
	var kept []string
	for e := range archive.Entries(dir, 0) {
		kept = append(kept, e.Outcome+" "+count(e.Seq))
		if e.Outcome == "answered" && (e.Prompt != "What is there?" || e.Picture == "") {
			t.Errorf("an entry is not complete: %+v", e)
		}
	}
	if shown := seqs(t, lines); !slices.Equal(kept, shown) {
		t.Errorf("recorded %v, shown %v", kept, shown)
	}
	m, err := archive.Read(dir)
	if err != nil || m.State != archive.Complete || len(m.Segments) == 0 || m.Outcomes.Answered < 5 {
		t.Errorf("%+v, %v", m, err)
	}
	if m.Source.URI != "pattern:?size=320x180" || m.Asked.Pace != "0" || len(m.Asked.Askers) != 1 || m.Asked.Askers[0].Backend != settings.BuiltinName {
		t.Errorf("it says of itself %+v", m.About)
	}
}

func TestComparisonIsRecordedToo(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar."})
	s.run(exitOK, "compare", "--source", "pattern:?size=320x180", "--backend", "builtin:", "--backend", "builtin:", "--every", "100ms", "--answers", "2", "--for", "60s", "--record", t.TempDir())
	groups := map[uint64]int{}
	for e := range archive.Entries(s.recorded(), 0) {
		groups[e.Group]++
	}
	if len(groups) < 2 {
		t.Errorf("groups: %v", groups)
	}
	for group, n := range groups {
		if group == 0 || n != 2 {
			t.Errorf("group %d has %d entries", group, n)
		}
	}
}

func TestDiskTroubleEndsTheRecordingAndNotTheWatching(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar.", while: 20 * time.Millisecond})
	s.Free = func(string) (uint64, error) { return 100 << 20, nil }
	lines := s.watch(exitOK, "--answers", "3", "--record", t.TempDir())
	if !strings.Contains(s.err.String(), "100 MB left") || strings.Contains(s.err.String(), "Recorded to") {
		t.Errorf("it says %q", s.err.String())
	}
	if len(seqs(t, lines)) < 3 || !strings.HasPrefix(lines[len(lines)-1], `{"summary"`) {
		t.Errorf("the lines are %v", lines)
	}
}

func TestFolderThatCannotBeRecordedToIsToldBeforeAnythingStarts(t *testing.T) {
	s := newStudio(t, talker{})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if lines := s.watch(exitFailed, "--record", file); len(lines) > 0 || !strings.Contains(s.err.String(), "Nothing can be recorded to") {
		t.Errorf("%v, %s", lines, s.err.String())
	}
}

func TestRecordingThatWasCutShortIsClosedByTheNextOne(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar."})
	folder := t.TempDir()
	torn := filepath.Join(folder, "2026-11-22_07-29-53_k3f9")
	if err := os.Mkdir(torn, 0o700); err != nil {
		t.Fatal(err)
	}
	manifest := `{"format":1,"id":"2026-11-22_07-29-53_k3f9","state":"recording","started":"2026-11-22T07:29:53Z","sightline":"test","session":"abc","segments":[]}`
	if err := os.WriteFile(filepath.Join(torn, "recording.json"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	s.watch(exitOK, "--answers", "1", "--record", folder)
	if m, err := archive.Read(torn); err != nil || m.State != archive.CutShort {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestReplayIsWatchedToItsEnd(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar.", while: 20 * time.Millisecond})
	s.watch(exitOK, "--answers", "5", "--record", t.TempDir())
	dir := s.recorded()
	lines := s.run(exitOK, "watch", "--source", "recording:"+dir, "--every", "0", "--for", "60s", "--json")
	if s.err.String() != "" || len(lines) < 2 || !strings.Contains(lines[0], `"replayed":{"recording":"`+filepath.Base(dir)+`"`) {
		t.Errorf("%v\n%s", lines, s.err.String())
	}
	if !strings.HasPrefix(lines[len(lines)-1], `{"summary"`) {
		t.Errorf("it does not end with a summary: %v", lines)
	}
}

// once is a source that shows one picture and has come to its end a second later.
func once() capture.Scheme {
	return capture.Scheme{Name: "once", Open: func(capture.URI) (capture.Source, error) { return shortSource{}, nil }}
}

type shortSource struct{}

func (shortSource) Run(ctx context.Context, put func(sight.Frame)) error {
	put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return &fault.Error{Code: sourceFinished, Message: "It has come to its end.", Blame: fault.Question}
	}
}

func TestLastAnswerAfterTheEndOfASourceIsWaitedForButNotForever(t *testing.T) {
	for _, c := range []struct {
		while, least, most time.Duration
		outcome            string
	}{
		{while: 10 * time.Second, least: 10 * time.Second, most: 11 * time.Second, outcome: "answered 1"},
		{while: 100 * time.Millisecond, least: time.Second, most: 2 * time.Second, outcome: "answered 1"},
		{while: -1, least: lastAnswers, most: lastAnswers + 5*time.Second, outcome: "cancelled 1"},
	} {
		s := newStudio(t, talker{text: "Grey.", while: c.while}, once())
		synctest.Test(t, func(t *testing.T) {
			s.t = t // its context belongs to the bubble
			start := time.Now()
			lines := s.run(exitOK, "watch", "--source", "once:", "--every", "0", "--json")
			if took := time.Since(start); took < c.least || took > c.most {
				t.Errorf("an answer that takes %v: ended after %v", c.while, took)
			}
			if got := seqs(t, lines); !slices.Equal(got, []string{c.outcome}) || s.err.String() != "" {
				t.Errorf("an answer that takes %v: %v, %s", c.while, got, s.err.String())
			}
		})
	}
}

func TestRecordingsAreListedAndFoundByTheirWords(t *testing.T) {
	s := newStudio(t, talker{text: "A zebra before a wall.", while: 20 * time.Millisecond})
	if lines := s.run(exitOK, "recordings"); len(lines) > 0 || !strings.Contains(s.err.String(), "no recordings here yet") {
		t.Errorf("%v, %s", lines, s.err.String())
	}
	s.watch(exitOK, "--answers", "2", "--record", s.Recordings())
	first := s.recorded()
	s.Parts.Servers = one{asker: talker{text: "A lion\x1b[31m at rest.", while: 20 * time.Millisecond}}
	s.watch(exitOK, "--answers", "2", "--record", s.Recordings())
	second := s.recorded()

	lines := s.run(exitOK, "recordings", "--json")
	var listed listedRecording
	if err := json.Unmarshal([]byte(lines[0]), &listed); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 2 || listed.Dir != second && listed.Dir != first || listed.ID != filepath.Base(listed.Dir) || listed.State != "complete" || listed.Answered < 2 ||
		listed.Source != "pattern:?size=320x180" || listed.Bytes == 0 || listed.Seconds <= 0 {
		t.Errorf("%s", lines)
	}
	if lines := s.run(exitOK, "recordings"); len(lines) != 2 || !strings.Contains(lines[0], "Built-in detector, ") || !strings.HasSuffix(lines[0], "complete") {
		t.Errorf("%v", lines)
	}

	var hit listedHit
	lines = s.run(exitOK, "recordings", "--search", "zeb", "--json")
	if err := json.Unmarshal([]byte(lines[0]), &hit); err != nil {
		t.Fatal(err)
	}
	if len(lines) < 2 || hit.Dir != first || hit.Recording != filepath.Base(first) || hit.Text != "A zebra before a wall." || hit.Seq == 0 || hit.Model != "parrot" {
		t.Errorf("%v", lines)
	}
	lines = s.run(exitOK, "recordings", "--search", "lion")
	if len(lines) < 2 || !strings.HasPrefix(lines[0], filepath.Base(second)+"  ") || !strings.Contains(lines[0], "lion") || strings.Contains(lines[0], "\x1b") {
		t.Errorf("%q", lines)
	}
	if lines := s.run(exitOK, "recordings", "--search", "lion", "--folder", filepath.Dir(first), "--json"); len(lines) < 2 {
		t.Errorf("%q", lines)
	}
	if lines := s.run(exitOK, "recordings", "--search", "okapi"); len(lines) > 0 || s.err.String() != "No answer has these words.\n" {
		t.Errorf("%q, %s", lines, s.err.String())
	}
	s.run(exitUsage, "recordings", "--folder", filepath.Join(t.TempDir(), "none"))
}

func TestExportTakesAFolderOrAnID(t *testing.T) {
	s := newStudio(t, talker{text: "A red bar.", while: 20 * time.Millisecond})
	s.watch(exitOK, "--answers", "3", "--record", s.Recordings())
	dir := s.recorded()
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	lines := s.run(exitOK, "export", filepath.Base(dir), "--format", "csv")
	if want := filepath.Join(here, filepath.Base(dir)+".csv"); !slices.Equal(lines, []string{want}) {
		t.Errorf("it wrote %v, want %s", lines, want)
	}
	lines = s.run(exitOK, "export", dir, "--format", "md", "--to", "report.md", "--from", "0s", "--until", "1m")
	if !slices.Equal(lines, []string{filepath.Join(here, "report.md"), filepath.Join(here, "report-pictures")}) {
		t.Errorf("it wrote %v", lines)
	}
	s.run(exitFailed, "export", "2026-01-01_00-00-00_none", "--format", "csv")
	if !strings.Contains(s.err.String(), "There is no recording 2026-01-01_00-00-00_none.") {
		t.Errorf("it says %s", s.err.String())
	}
	for _, senseless := range [][]string{{dir}, {dir, "--format", "pdf"}, {"--format", "csv"}, {dir, "--format", "csv", "--from", "2s", "--until", "1s"}} {
		if s.run(exitUsage, append([]string{"export"}, senseless...)...); s.err.String() == "" {
			t.Errorf("%q: nothing is said", senseless)
		}
	}
}
