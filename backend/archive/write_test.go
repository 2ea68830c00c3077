package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
)

func TestRecordingIsNamedByItsStartAndExistsAtOnce(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "Videos", "Sightline")
	w := create(t, archive.OS(), parent)
	name := regexp.MustCompile(`^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[0-9a-z]{4}$`)
	at := started().Local().Format("2006-01-02_15-04-05")
	if id := filepath.Base(w.Dir()); !name.MatchString(id) || !strings.HasPrefix(id, at) || id != w.Manifest().ID {
		t.Errorf("its name is %q", id)
	}
	m, err := archive.Read(w.Dir())
	must(t, err)
	if m.State != archive.Recording || m.Format != archive.Format || !m.Started.Equal(started()) {
		t.Errorf("got %+v", m)
	}
	if dirs, err := archive.List(parent); err != nil || !slices.Equal(dirs, []string{w.Dir()}) {
		t.Errorf("the list is %v, %v", dirs, err)
	}
	if info, err := os.Stat(w.Dir()); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o700) {
		t.Error("others can look into it: ", info.Mode(), err)
	}
}

func TestOnlyWhatIsNeededIsMade(t *testing.T) {
	for name, c := range map[string]struct {
		parts archive.Parts
		want  []string
	}{
		"nothing said": {archive.Parts{Video: true, Frames: true, Answers: true}, nil},
		"no answers":   {archive.Parts{Video: true, Frames: true}, nil},
		"no frames":    {archive.Parts{Answers: true}, []string{"answers.jsonl", "answers.vtt"}},
		"both":         {archive.Parts{Answers: true, Frames: true}, []string{"answers.jsonl", "answers.vtt", "frames/000001.jpg"}},
	} {
		w := create(t, archive.OS(), t.TempDir(), func(m *archive.Manifest) { m.Parts = c.parts })
		if name != "nothing said" {
			must(t, w.Answer(said(1, 0, "Yes."), picture(t, "one.jpg")))
		}
		must(t, w.Close(nil))
		if diff := cmp.Diff(append(c.want, "recording.json"), filesOf(t, w.Dir())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestComparedBackendsShareTheFileOfTheSamePicture(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	one, two := picture(t, "one.jpg"), picture(t, "two.jpg")
	for i, bytes := range [][]byte{one, two, one, two} {
		must(t, w.Answer(compared(1000000, uint64(1000000+i), 0, "b", "Yes."), bytes))
	}
	must(t, w.Answer(said(2000000, time.Second, "Yes."), one)) // another frame has its own file, whatever it shows
	var names []string
	for _, e := range entriesOf(t, w.Dir()) {
		names = append(names, e.Picture)
	}
	a, b := "frames/1000000.jpg", "frames/1000000-2.jpg"
	if diff := cmp.Diff([]string{a, b, a, b, "frames/2000000.jpg"}, names); diff != "" {
		t.Errorf("pictures (-want +got):\n%s", diff)
	}
}

func TestPictureNeverTakesThePlaceOfAnother(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	must(t, w.Answer(said(1, 0, "Yes."), picture(t, "one.jpg")), w.Answer(said(1, 0, "Again?"), picture(t, "two.jpg")))
	list := entriesOf(t, w.Dir())
	wantPicture(t, w.Dir(), list[0], picture(t, "one.jpg"))
	wantPicture(t, w.Dir(), list[1], picture(t, "two.jpg"))
}

func TestAnswersCanBeReadAsTheyCome(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	must(t, w.Answer(said(1, 0, "Yes."), picture(t, "one.jpg")), w.Answer(said(2, 2*time.Second, "No."), nil))
	if n := len(entriesOf(t, w.Dir())); n != 2 {
		t.Errorf("%d lines of 2", n)
	}
	if lines, err := w.Sync(); lines != 2 || err != nil {
		t.Errorf("Sync: %d, %v", lines, err)
	}
	want := "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nYes.\n\n"
	if got := content(t, w.Dir(), "answers.vtt"); got != want {
		t.Errorf("subtitles so far: %q", got)
	}
}

// TestManyPicturesCostFewOpenFiles is about a recorder that syncs seldom.
func TestManyPicturesCostFewOpenFiles(t *testing.T) {
	disk := archivetest.New(t)
	w := create(t, disk, disk.Dir())
	open, most := 0, 0
	disk.Before(func(op, path string) {
		switch {
		case op == "create":
			open++
		case op == "sync" && strings.HasSuffix(path, ".jpg"):
			open--
		}
		most = max(most, open)
	})
	for n := range 200 {
		must(t, w.Answer(said(uint64(n+1), time.Duration(n)*time.Second, "Yes."), picture(t, "one.jpg")))
	}
	if lines, err := w.Sync(); lines != 200 || err != nil || most > 40 || open != 0 {
		t.Errorf("%d lines, %v; %d pictures were open at once, %d stay", lines, err, most, open)
	}
}

// TestSyncWithNothingNewIsCheap is about a recorder that syncs on a clock.
func TestSyncWithNothingNewIsCheap(t *testing.T) {
	disk := archivetest.New(t)
	w := create(t, disk, disk.Dir())
	must(t, w.Answer(said(1, 0, "Yes."), picture(t, "one.jpg")))
	_, err := w.Sync()
	must(t, err)
	before := disk.Ops()
	for range 10 {
		if lines, err := w.Sync(); lines != 1 || err != nil {
			t.Errorf("Sync: %d, %v", lines, err)
		}
	}
	if ops := disk.Ops() - before; ops != 0 {
		t.Errorf("%d operations for nothing", ops)
	}
}

// TestPicturesAreOnDiskBeforeTheLinesThatNameThem looks at the order of what is synced.
func TestPicturesAreOnDiskBeforeTheLinesThatNameThem(t *testing.T) {
	disk := archivetest.New(t)
	w := create(t, disk, disk.Dir())
	var order []string
	disk.Before(func(op, path string) {
		if op == "sync" || op == "syncdir" {
			rel, _ := filepath.Rel(w.Dir(), path)
			order = append(order, filepath.ToSlash(rel))
		}
	})
	must(t, w.Answer(missed(1, 0), nil))
	_, err := w.Sync()
	must(t, err, w.Answer(said(2, 0, "Yes."), picture(t, "one.jpg")))
	_, err = w.Sync()
	must(t, err)
	want := []string{".", "answers.jsonl", "frames/000002.jpg", "frames", ".", "answers.jsonl"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestWriterThatFailedSaysSoAgainAndSavesWhatItHas(t *testing.T) {
	disk := archivetest.New(t)
	w := create(t, disk, disk.Dir())
	must(t, w.Answer(said(1, 0, "Yes."), picture(t, "one.jpg")))
	disk.Room(100)
	first := w.Answer(said(2, time.Second, "A line that does not fit."), nil)
	disk.Room(10000)
	if again := w.Answer(said(3, time.Second, "short"), nil); fault.CodeOf(first) != archive.CodeFull || !errors.Is(again, first) {
		t.Errorf("first %v, then %v", first, again)
	}
	if lines, err := w.Sync(); lines != 0 || err == nil {
		t.Errorf("Sync: %d, %v", lines, err)
	}
	must(t, w.Close(nil))
	m, err := archive.Read(w.Dir())
	must(t, err)
	if m.State != archive.Complete || m.Reason == nil || m.Reason.Code != archive.CodeFull || m.Outcomes.Answered != 1 {
		t.Errorf("got %+v", m)
	}
	var damage archive.Damage
	for range archive.Survey(w.Dir(), 0, &damage) {
	}
	info, err := os.Stat(filepath.Join(w.Dir(), "answers.jsonl"))
	if must(t, err); damage.Whole != info.Size() {
		t.Error("the torn line is still there")
	}
}

func TestSegmentLastsUntilItsFileIsClosed(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	first, err := w.Video(500*time.Millisecond, 64, 48, nil)
	must(t, err)
	w.Length(2 * time.Second)
	must(t, first.Close())
	w.Length(3 * time.Second) // the camera is away
	if m := w.Manifest(); m.Segments[0].Seconds != 1.5 || m.Seconds != 3 {
		t.Errorf("it lasts %v s of %v s", m.Segments[0].Seconds, m.Seconds)
	}
}

func TestBytesAreThoseOnDisk(t *testing.T) {
	w := plain(t, t.TempDir())
	must(t, w.Close(nil))
	var total int64
	for _, name := range filesOf(t, w.Dir()) {
		info, err := os.Stat(filepath.Join(w.Dir(), filepath.FromSlash(name)))
		must(t, err)
		total += info.Size()
	}
	if w.Bytes() != total {
		t.Errorf("%d bytes, and %d on disk", w.Bytes(), total)
	}
}

func TestNoCredentialIsWritten(t *testing.T) {
	for uri, want := range map[string]string{
		"camera:HD Webcam":                                     "camera:HD Webcam",
		"images:/home/me@work/pictures":                        "images:/home/me@work/pictures",
		"rtsp://cam/stream":                                    "rtsp://cam/stream",
		"rtsp://me:geheim@cam:554/stream":                      "rtsp://cam:554/stream",
		"rtsp://geheim@cam":                                    "rtsp://cam",
		"rtsp://me:ge@heim@cam/stream@2":                       "rtsp://cam/stream@2",
		"rtsp://me:geh/eim@cam/stream":                         "rtsp://cam/stream",
		"http://cam/v?user=me&pwd=geheim&res=hd#top":           "http://cam/v?res=hd#top",
		"http://cam/v?API%5FKey=geheim":                        "http://cam/v",
		"Camera at http://me:geheim@cam/ and rtsp://geheim@b/": "Camera at http://cam/ and rtsp://b/",
	} {
		w := create(t, archive.OS(), t.TempDir(), func(m *archive.Manifest) {
			m.Source.URI, m.Source.Name = uri, uri
			m.Asked.Askers = []archive.Asker{{Backend: uri}}
		})
		v, err := w.Video(0, 1, 1, &archive.Source{URI: uri, Name: uri})
		must(t, err, v.Close(), w.Close(nil))
		m, err := archive.Read(w.Dir())
		must(t, err)
		if m.Source.URI != want || strings.Contains(content(t, w.Dir(), "recording.json"), "geheim") {
			t.Errorf("%s is written as %s", uri, content(t, w.Dir(), "recording.json"))
		}
	}
}

func TestTextsThatMakeALineTooLongAreLeftOutOfIt(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	e := said(1, 0, strings.Repeat("\x01", 64<<10)) // six bytes each in JSON
	e.Thinking, e.Prompt, e.System = strings.Repeat("t", 900<<10), "Why?", strings.Repeat("s", 900<<10)
	must(t, w.Answer(e, nil))
	list := entriesOf(t, w.Dir())
	if len(list) != 1 || list[0].Text != e.Text || list[0].Prompt != "Why?" || list[0].Thinking != "" || !list[0].Cut {
		t.Errorf("%d lines", len(list))
	}
}

// TestRecordingsLieWhereAPersonWantsThem is about a folder with a name that many programs stumble over.
func TestRecordingsLieWhereAPersonWantsThem(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "Müllers Übersicht", strings.Repeat("sehr lang ", 20)+"…", "監視カメラ 📹", strings.Repeat("x", 100))
	w := plain(t, parent)
	must(t, w.Close(nil))
	dirs, err := archive.List(parent)
	must(t, err)
	if len(dirs) != 1 || len(dirs[0]) < 300 {
		t.Fatalf("the list is %q", dirs)
	}
	m, err := archive.Edit(archive.OS(), dirs[0], func(m *archive.Manifest) { m.Title = "Tür" })
	must(t, err)
	if m.Title != "Tür" || m.State != archive.Complete || len(m.Segments) != 2 {
		t.Errorf("got %+v", m)
	}
	wantPicture(t, dirs[0], entriesOf(t, dirs[0])[0], picture(t, "one.jpg"))
}

func TestClosingTwiceIsHarmless(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	must(t, w.Close(nil), w.Close(errors.New("late")))
	if m, err := archive.Read(w.Dir()); err != nil || m.Reason != nil {
		t.Errorf("%+v, %v", m, err)
	}
}
