package export_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/export"
	"sightline/backend/local/winetest"
	"sightline/backend/mp4"
	"sightline/backend/sight"
)

// films is where the test cards are kept that several tests show: to encode one takes a while.
var films string

// TestMain is also the program that stands in for ffmpeg.
func TestMain(m *testing.M) {
	if manner := os.Getenv(stubbed); manner != "" {
		os.Exit(standIn(manner))
	}
	var err error
	if films, err = os.MkdirTemp("", "films"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(status int) {
		_ = os.RemoveAll(films)
		os.Exit(status)
	}))
}

// started is when the recordings of these tests began.
var started = time.Date(2026, 11, 22, 7, 29, 53, 0, time.UTC)

// begin is a recording to write to; it is closed at the test's end where the test does not.
func begin(t *testing.T) *archive.Writer {
	t.Helper()
	w, err := archive.Create(archive.OS(), t.TempDir(), archive.Manifest{
		Title: "Front door", Started: started, Version: "test", Session: "abc", Parts: archive.Parts{Video: true, Frames: true, Answers: true},
		About: archive.About{
			Source: archive.Source{URI: "pattern:", Name: "Test pattern", Kind: "pattern"},
			Asked:  archive.Asked{Askers: []archive.Asker{{Backend: "Lab", Model: "eye-2"}}, Prompt: "What is there?", Pace: "2s"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close(nil) })
	return w
}

// end closes a recording and gives its folder.
func end(t *testing.T, w *archive.Writer) string {
	t.Helper()
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return w.Dir()
}

// picture is what a test takes for a JPEG: nothing here looks into one.
func picture(n uint64) []byte { return fmt.Appendf(nil, "picture %d", n) }

// answer is an entry that was answered, 100 ms after it was sent.
func answer(seq uint64, at time.Duration, text string) archive.Entry {
	total, first, tokens := 100+float64(seq), 40.0, 12
	return archive.Entry{
		Line: sight.Line{
			Session: "abc", Seq: seq, Frame: seq * 10, Outcome: "answered", Captured: started.Add(at).Format(time.RFC3339Nano), Backend: "Lab", Model: "eye-2",
			Text: text, TotalMS: &total, FirstTokenMS: &first, CompletionTokens: &tokens,
		},
		AtMS: float64(at.Milliseconds()), Prompt: "What is there?",
	}
}

// tell writes entries with their pictures.
func tell(t *testing.T, w *archive.Writer, entries ...archive.Entry) {
	t.Helper()
	for _, e := range entries {
		if err := w.Answer(e, picture(e.Seq)); err != nil {
			t.Fatal(err)
		}
		w.Length(e.At())
	}
	if _, err := w.Sync(); err != nil {
		t.Fatal(err)
	}
}

// run exports into a new folder, and fails the test where that fails.
func run(t *testing.T, j export.Job) export.Result {
	t.Helper()
	if j.To == "" {
		j.To = filepath.Join(t.TempDir(), "out."+j.Format)
	}
	result, err := export.Run(t.Context(), j)
	if err != nil {
		t.Fatalf("export to %s: %v", j.Format, err)
	}
	wantOnly(t, filepath.Dir(j.To), result.Files)
	return result
}

// wantOnly checks that nothing of an export but its files is left.
func wantOnly(t *testing.T, folder string, files []string) {
	t.Helper()
	left, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != len(files) {
		t.Errorf("the folder holds %v, the export says %v", left, files)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// program runs ffmpeg or ffprobe and gives what it says; one that complains fails the test.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("%s (Debian's package ffmpeg) is needed here: %v\n%s", name, err, complaint.Bytes())
	}
	return out.String()
}

// film is a moving test card: ten pictures a second, each another one, a key each second.
func film(t *testing.T, size string, length time.Duration) *source {
	t.Helper()
	path := filepath.Join(films, fmt.Sprintf("%s-%s.mp4", size, length))
	if _, err := os.Stat(path); err != nil && winetest.Here() {
		draw(t, path, size, length)
	} else if err != nil {
		program(t, "ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i", fmt.Sprintf("testsrc=size=%s:rate=10:duration=%g", size, length.Seconds()),
			"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "10", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov+default_base_moof", path)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	track, err := mp4.Read(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	s := &source{path: path, shape: track.Shape, length: track.Length}
	for _, span := range track.Samples {
		data := make([]byte, span.Size)
		if _, err := file.ReadAt(data, span.Offset); err != nil {
			t.Fatal(err)
		}
		s.samples = append(s.samples, mp4.Sample{Data: data, At: span.At, Key: span.Key})
	}
	return s
}

type source struct {
	path    string
	shape   mp4.Shape
	samples []mp4.Sample
	length  time.Duration
}

// show records the film as a segment that begins at a time.
func (s *source) show(t *testing.T, w *archive.Writer, at time.Duration) {
	t.Helper()
	file, err := w.Video(at, s.shape.Width, s.shape.Height, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := s.write(file); err != nil {
		t.Fatal(err)
	}
	w.Length(at + s.length)
}

func (s *source) write(to io.Writer) error {
	out, err := mp4.NewWriter(to, s.shape)
	if err != nil {
		return err
	}
	for len(s.samples) > 0 {
		n := 1
		for n < len(s.samples) && !s.samples[n].Key {
			n++
		}
		until := s.length
		if n < len(s.samples) {
			until = s.samples[n].At
		}
		if err := out.Fragment(s.samples[:n], until); err != nil {
			return err
		}
		s.samples = s.samples[n:]
	}
	return nil
}

// shown is a picture of a video, and when a player shows it.
type shown struct {
	at   time.Duration
	hash string
}

// pictures decodes a video and gives what a player shows of it.
func pictures(t *testing.T, path string) []shown {
	t.Helper()
	if winetest.Here() {
		return decoded(t, path)
	}
	var all []shown
	for line := range strings.Lines(program(t, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:1000", "-f", "framemd5", "-")) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if strings.HasPrefix(line, "#") || len(cells) < 6 {
			continue
		}
		var ms int64
		if _, err := fmt.Sscan(strings.TrimSpace(cells[2]), &ms); err != nil {
			t.Fatal(err)
		}
		all = append(all, shown{time.Duration(ms) * time.Millisecond, strings.TrimSpace(cells[5])})
	}
	return all
}

// gone is a context that has ended.
func gone(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
