package archive_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/mp4"
	"sightline/backend/sight"
)

// started is when the recordings of these tests began, in a zone of its own, so that they are the same everywhere.
func started() time.Time {
	return time.Date(2026, 11, 22, 7, 29, 53, 250e6, time.FixedZone("", 3600))
}

func manifest() archive.Manifest {
	return archive.Manifest{
		Started: started(), Version: "1.2.3", Session: "s-1",
		About: archive.About{
			Source: archive.Source{URI: "rtsp://user:geheim@camera.local/stream?token=geheim&channel=1", Name: "Front door", Kind: "rtsp"},
			Asked: archive.Asked{
				Askers: []archive.Asker{{Backend: "gpu-box", Model: "qwen2.5vl"}}, Prompt: "What happens?", Pace: "2s", ImageEdge: 640, ImageQuality: 80,
			},
		},
		Parts: archive.Parts{Video: true, Frames: true, Answers: true},
	}
}

// said is an answer about the frame captured at a time.
func said(seq uint64, at time.Duration, text string) archive.Entry {
	return archive.Entry{
		Line: sight.Line{
			Session: "s-1", Seq: seq, Frame: seq * 10, Outcome: "answered", Captured: started().Add(at).Format(time.RFC3339Nano),
			AgeMS: ms(6.1), FirstTokenMS: ms(31), TotalMS: ms(120.4), Backend: "gpu-box", Model: "qwen2.5vl", Text: text,
			Image: &sight.LineImage{Width: 64, Height: 48, Bytes: 942},
		},
		AtMS: float64(at) / 1e6, Prompt: "What happens?",
	}
}

// missed is a sample that was never sent.
func missed(seq uint64, at time.Duration) archive.Entry {
	return archive.Entry{
		Line: sight.Line{Session: "s-1", Seq: seq, Frame: seq * 10, Outcome: "superseded", Captured: started().Add(at).Format(time.RFC3339Nano)},
		AtMS: float64(at) / 1e6,
	}
}

// compared is an answer of one of several backends.
func compared(group, seq uint64, at time.Duration, backend, text string) archive.Entry {
	e := said(seq, at, text)
	e.Group, e.Backend, e.Frame = group, backend, group*10
	return e
}

func ms(v float64) *float64 { return &v }

func create(t *testing.T, f archive.Files, parent string, change ...func(*archive.Manifest)) *archive.Writer {
	t.Helper()
	m := manifest()
	for _, c := range change {
		c(&m)
	}
	w, err := archive.Create(f, parent, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close(nil) }) // frees the lock
	return w
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func picture(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// reel is encoded pictures.
type reel struct {
	shape   mp4.Shape
	samples []mp4.Sample
}

// film is the pictures of testdata/clip.h264: 20 of 64×48, ten a second, every fifth a key.
func film(t testing.TB) reel {
	t.Helper()
	shape := mp4.Shape{Width: 64, Height: 48}
	var samples []mp4.Sample
	for nal := range bytes.SplitSeq(picture(t, "clip.h264"), []byte{0, 0, 1}) {
		nal = bytes.TrimRight(nal, "\x00")
		if len(nal) == 0 {
			continue
		}
		switch kind := nal[0] & 31; kind {
		case 7:
			shape.SPS = nal
		case 8:
			shape.PPS = nal
		case 1, 5:
			data := append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
			samples = append(samples, mp4.Sample{Data: data, At: time.Duration(len(samples)) * 100 * time.Millisecond, Key: kind == 5})
		}
	}
	if len(samples) != 20 {
		t.Fatalf("testdata/clip.h264 has %d pictures", len(samples))
	}
	return reel{shape, samples}
}

// shoot writes a segment of so many fragments of half a second, each synced before the next one, and gives how many of them are on disk.
func shoot(w *archive.Writer, r reel, at time.Duration, fragments int, source *archive.Source) (synced int, err error) {
	file, err := w.Video(at, r.shape.Width, r.shape.Height, source)
	if err != nil {
		return 0, err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	video, err := mp4.NewWriter(file, r.shape)
	if err != nil {
		return 0, err
	}
	for n := range fragments {
		end := time.Duration(n+1) * 500 * time.Millisecond
		if err := video.Fragment(r.samples[n*5:n*5+5], end); err != nil {
			return n, err
		}
		if err := file.Sync(); err != nil {
			return n, err
		}
		w.Length(at + end)
	}
	return fragments, video.Finish()
}

// script is a recording of 7 s that does all there is to do. What was promised by Sync is in synced and fragments.
type script struct {
	reel     reel
	one, two []byte

	dir       string
	synced    int   // lines
	fragments []int // of each segment, synced
	finished  bool
}

func newScript(t testing.TB) *script {
	return &script{reel: film(t), one: picture(t, "one.jpg"), two: picture(t, "two.jpg")}
}

// entries are the lines of the script, with the pictures they are about.
func (s *script) entries() []archive.Entry {
	var list []archive.Entry
	for n := range 12 {
		seq, at := uint64(n+1), time.Duration(n)*600*time.Millisecond
		switch {
		case n%4 == 1:
			list = append(list, missed(seq, at))
		case n%4 >= 2:
			group := seq - uint64(n%4-2)
			list = append(list, compared(group, seq, time.Duration(n-n%4+2)*600*time.Millisecond, fmt.Sprintf("gpu-%d", n%4), fmt.Sprintf("answer %d", seq)))
		default:
			list = append(list, said(seq, at, fmt.Sprintf("answer %d", seq)))
		}
	}
	return list
}

func (s *script) pictureOf(e archive.Entry) []byte {
	switch {
	case e.Outcome != "answered":
		return nil
	case e.Seq%8 == 4: // the second one of a comparison was asked about a smaller picture
		return s.two
	}
	return s.one
}

// run records until the disk takes no more. It closes the recording in any case, as a recorder does.
func (s *script) run(disk *archivetest.Disk) error {
	w, err := archive.Create(disk, filepath.Join(disk.Dir(), "Videos", "Sightline"), manifest())
	if err != nil {
		return err
	}
	s.dir = w.Dir()
	err = s.record(w)
	if closed := w.Close(nil); err == nil {
		err = closed
	}
	s.finished = err == nil
	return err
}

func (s *script) record(w *archive.Writer) error {
	for n, e := range s.entries() {
		if n%4 == 0 {
			synced, err := shoot(w, s.reel, time.Duration(n)*600*time.Millisecond, 4, nil)
			s.fragments = append(s.fragments, synced)
			if err != nil {
				return err
			}
		}
		if err := w.Answer(e, s.pictureOf(e)); err != nil {
			return err
		}
		if n%3 == 2 {
			lines, err := w.Sync()
			s.synced = max(s.synced, lines)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func entriesOf(t *testing.T, dir string) []archive.Entry {
	t.Helper()
	var list []archive.Entry
	var damage archive.Damage
	for e := range archive.Survey(dir, 0, &damage) {
		list = append(list, e)
	}
	if damage.Err != nil || damage.Lines != 0 {
		t.Errorf("damage: %+v", damage)
	}
	return list
}
