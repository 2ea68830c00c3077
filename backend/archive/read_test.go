package archive_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// edited is a copy of a kept recording with something replaced in one of its files.
func edited(t *testing.T, name, from, to string) string {
	t.Helper()
	dir := copied(t, oneBackend)
	raw, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	if !bytes.Contains(raw, []byte(from)) {
		t.Fatalf("%s has no %s", name, from)
	}
	must(t, os.WriteFile(filepath.Join(dir, name), bytes.Replace(raw, []byte(from), []byte(to), 1), 0o600))
	return dir
}

func TestManifestThatIsNoneIsAFault(t *testing.T) {
	const format, state, id, file = `"format": 1`, `"complete"`, `2026-11-22_07-29-53_k3f9`, `"video-0002.mp4"`
	for name, c := range map[string]struct{ from, to, code string }{
		"a newer format":      {format, `"format": 2`, archive.CodeNewer},
		"no format":           {format, `"format": 0`, archive.CodeBroken},
		"a torn one":          {format, `"format": 1}`, archive.CodeBroken},
		"another state":       {state, `"paused"`, archive.CodeBroken},
		"an ID that leads up": {id, `..`, archive.CodeBroken},
		"a file that is none": {file, `"../../video.mp4"`, archive.CodeBroken},
		"a file elsewhere":    {file, `"/video.mp4"`, archive.CodeBroken},
		"an endless length":   {`"seconds": 4.5`, `"seconds": 1e300`, archive.CodeBroken},
		"a negative size":     {`"bytes": `, `"bytes": -`, archive.CodeBroken},
		"a picture of -1":     {`"width": `, `"width": -`, archive.CodeBroken},
		"five megabytes":      {format, format + strings.Repeat(" ", 5<<20), archive.CodeBroken},
	} {
		dir := edited(t, "recording.json", c.from, c.to)
		_, err := archive.Read(dir)
		if f := fault.From(err); f == nil || f.Code != c.code || !strings.Contains(f.Hint, dir) {
			t.Errorf("%s: %+v", name, f)
		}
		if mended, err := archive.Mend(archive.OS(), dir); mended || err == nil {
			t.Errorf("%s: mended", name)
		}
		if _, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title = "x" }); err == nil {
			t.Errorf("%s: edited", name)
		}
	}
}

func TestNewerFormatIsRefusedWhateverItLooksLike(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "recording.json"), []byte(`{"format":7,"state":{"now":1},"seconds":"long"}`), 0o600))
	_, err := archive.Read(dir)
	if f := fault.From(err); f == nil || f.Code != archive.CodeNewer || !strings.Contains(f.Hint, "Update Sightline") {
		t.Errorf("got %v", err)
	}
}

func TestFolderWithoutManifestIsNoRecording(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "gone")} {
		if _, err := archive.Read(path); fault.CodeOf(err) != archive.CodeNone || archive.Is(path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if dirs, err := archive.List(filepath.Join(dir, "gone")); dirs != nil || err != nil {
		t.Errorf("the list is %v, %v", dirs, err)
	}
}

func TestEntriesGoOnWhereTheLastPassEnded(t *testing.T) {
	var seqs []uint64
	var offsets []int64
	for e, next := range archive.Entries(oneBackend, 0) {
		seqs, offsets = append(seqs, e.Seq), append(offsets, next)
	}
	for i, from := range offsets {
		var got []uint64
		for e := range archive.Entries(oneBackend, from) {
			got = append(got, e.Seq)
		}
		if diff := cmp.Diff(seqs[i+1:], got); diff != "" && len(got)+len(seqs[i+1:]) > 0 {
			t.Errorf("from %d on (-want +got):\n%s", from, diff)
		}
	}
	for e := range archive.Entries(oneBackend, 0) {
		if e.Seq != 1 {
			t.Error("it goes on behind a break")
		}
		break
	}
}

func TestDamagedLinesAreSkippedAndCounted(t *testing.T) {
	dir := t.TempDir()
	good := `{"session":"s","seq":%,"frame":1,"outcome":"answered","captured":"x","at_ms":5}` + "\n"
	line := func(n string) string { return strings.Replace(good, "%", n, 1) }
	content := line("1") + "{}\n" + "nonsense\n" + "\n" + strings.Repeat("\x00", 100) + "\n" + line("2") +
		`{"outcome":"answered","text":"` + strings.Repeat("x", 3<<20) + `"}` + "\n" + line("3") +
		`{"outcome":"answered","at_ms":1e30}` + "\n" + `{"summary":{"captured":12}}` + "\n" + `{"seq":4,"outcome":"answered"`
	must(t, os.WriteFile(filepath.Join(dir, "answers.jsonl"), []byte(content), 0o600))
	var damage archive.Damage
	var seqs []uint64
	for e := range archive.Survey(dir, 0, &damage) {
		seqs = append(seqs, e.Seq)
	}
	whole := int64(strings.LastIndexByte(content, '\n') + 1)
	if diff := cmp.Diff([]uint64{1, 2, 3}, seqs); diff != "" || damage != (archive.Damage{Lines: 7, Whole: whole}) {
		t.Errorf("%v, %+v", seqs, damage)
	}
}

func TestUnreadableAnswersAreAFaultAndMissingOnesAreNone(t *testing.T) {
	dir := t.TempDir()
	var damage archive.Damage
	for range archive.Survey(dir, 0, &damage) {
		t.Error("a line of no file")
	}
	if damage.Err != nil {
		t.Error(damage.Err)
	}
	must(t, os.Mkdir(filepath.Join(dir, "answers.jsonl"), 0o700))
	for range archive.Survey(dir, 0, &damage) {
		t.Error("a line of a folder")
	}
	if fault.CodeOf(damage.Err) != archive.CodeUnread {
		t.Error(damage.Err)
	}
}

func TestPicturesOutOfTheFolderAreRefused(t *testing.T) {
	dir := copied(t, oneBackend)
	for _, name := range []string{
		"", "frames", "frames/", "frames/../recording.json", "../000001.jpg", "/etc/passwd", "frames/a.jpg", "frames/000001.png", "000001.jpg",
		"frames/000001.jpg/", `frames\000001.jpg`, "frames/000001-.jpg", "frames/000001.jpg\x00", "frames/000001.jpg\n", "frames//000001.jpg",
	} {
		if path, err := archive.Picture(dir, name); fault.CodeOf(err) != archive.CodePicture {
			t.Errorf("%q leads to %s", name, path)
		}
	}
}

func TestLinksOutOfTheFolderAreRefused(t *testing.T) {
	dir := copied(t, oneBackend)
	link(t, "/etc/passwd", filepath.Join(dir, "frames", "000099.jpg"))
	if path, err := archive.Picture(dir, "frames/000099.jpg"); err == nil {
		t.Errorf("a link leads to %s", path)
	}
	must(t, os.Rename(filepath.Join(dir, "frames"), filepath.Join(dir, "elsewhere")))
	link(t, filepath.Join(dir, "elsewhere"), filepath.Join(dir, "frames"))
	if path, err := archive.Picture(dir, "frames/000001.jpg"); err == nil {
		t.Errorf("a linked folder leads to %s", path)
	}
	must(t, os.Remove(filepath.Join(dir, "video.mp4")))
	link(t, "video-0002.mp4", filepath.Join(dir, "video.mp4"))
	if _, err := archive.OpenVideo(dir, archive.Segment{File: "video.mp4"}); fault.CodeOf(err) != archive.CodeVideo {
		t.Errorf("a linked video: %v", err)
	}
}

// link makes a link, where the system lets this person.
func link(t *testing.T, to, at string) {
	t.Helper()
	err := os.Symlink(to, at)
	if err != nil && runtime.GOOS == "windows" {
		t.Skipf("no link can be made here: Windows lets few people, and wine nobody: %v", err)
	}
	must(t, err)
}

func TestThumbIsTheFirstAnsweredPictureThatIsThere(t *testing.T) {
	dir := copied(t, oneBackend)
	for _, want := range []string{"000001.jpg", "000006.jpg", ""} {
		got := archive.Thumb(dir)
		if want == "" && got != "" && filepath.Base(got) != "000003.jpg" || want != "" && filepath.Base(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if got != "" {
			must(t, os.Remove(got))
		}
	}
	must(t, os.RemoveAll(filepath.Join(dir, "frames")))
	if got := archive.Thumb(dir); got != "" {
		t.Errorf("got %q where there is none", got)
	}
}

func TestVideoThatIsMissingOrNoneIsAFault(t *testing.T) {
	dir := copied(t, oneBackend)
	must(t, os.WriteFile(filepath.Join(dir, "video.mp4"), []byte("nothing"), 0o600))
	for _, name := range []string{"video.mp4", "video-0009.mp4", "../video.mp4", "recording.json", ""} {
		if _, err := archive.OpenVideo(dir, archive.Segment{File: name}); fault.CodeOf(err) != archive.CodeVideo {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestEditingKeepsWhatALaterVersionPutThere(t *testing.T) {
	dir := edited(t, "recording.json", `"session": "s-1",`, `"session": "s-1", "weather": {"wind": [1, 2e3], "rain": null}, "source_2": "<&>",`)
	before := content(t, dir, "recording.json")
	m, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title, m.Keep, m.Seconds = " Front\ndoor \x07", true, 99 })
	must(t, err)
	again, err := archive.Read(dir)
	must(t, err)
	if m.Title != "Front door" || !m.Keep || m.Seconds != 4.5 || !cmp.Equal(m, again) {
		t.Errorf("got %+v", m)
	}
	after := content(t, dir, "recording.json")
	if !strings.Contains(after, `"source_2": "<&>"`) || !strings.Contains(after, `"rain": null`) || !strings.Contains(after, "2e3") {
		t.Errorf("lost:\n%s", after)
	}
	_, err = archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title, m.Keep = "", false })
	must(t, err)
	if compact(before) != compact(content(t, dir, "recording.json")) {
		t.Errorf("undone, it is\n%s", content(t, dir, "recording.json"))
	}
	if _, err := os.Stat(filepath.Join(dir, "recording.edit")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a lock is left")
	}
}

func compact(s string) string { return strings.Join(strings.Fields(s), "") }

// TestEditedWhileItIsRecordedStaysEdited is about a person who marks a recording in the library while it is being made.
func TestEditedWhileItIsRecordedStaysEdited(t *testing.T) {
	w := create(t, archive.OS(), t.TempDir())
	_, err := archive.Edit(archive.OS(), w.Dir(), func(m *archive.Manifest) { m.Title, m.Keep = "Front door", true })
	must(t, err)
	v, err := w.Video(0, 64, 48, nil)
	must(t, err, v.Close(), w.Close(nil))
	m, err := archive.Read(w.Dir())
	must(t, err)
	if m.Title != "Front door" || !m.Keep || m.State != archive.Complete || len(m.Segments) != 1 {
		t.Errorf("got %+v", m)
	}
}

func TestTimeOfAnEntry(t *testing.T) {
	for atMS, want := range map[float64]time.Duration{1500.25: 1500250 * time.Microsecond, -20: -20 * time.Millisecond, math.Inf(1): 1<<63 - 1} {
		if got := (archive.Entry{AtMS: atMS}).At(); got != want {
			t.Errorf("%v: %v", atMS, got)
		}
	}
}

func FuzzManifest(f *testing.F) {
	for _, dir := range []string{oneBackend, twoBackends, tornOff} {
		raw, err := os.ReadFile(filepath.Join(dir, "recording.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"format":2}`))
	f.Add([]byte(`{"Format":1,"ID":"2026-11-22_07-29-53_k3f9","state":"complete","started":"2026-11-22T07:29:53Z","TITLE":"x","keep":true,"title":"y","KEEP":true}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		must(t, os.WriteFile(filepath.Join(dir, "recording.json"), raw, 0o600))
		m, err := archive.Read(dir)
		if err != nil {
			if f := fault.From(err); f.Code != archive.CodeBroken && f.Code != archive.CodeNewer {
				t.Fatalf("%+v", f)
			}
			return
		}
		got, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title, m.Keep = "A title", !m.Keep })
		must(t, err)
		if again, err := archive.Read(dir); err != nil || !cmp.Equal(again, got) || got.Keep == m.Keep || got.Title != "A title" {
			t.Fatalf("edited to %+v, read as %+v: %v", got, again, err)
		}
	})
}

func FuzzEntries(f *testing.F) {
	for _, dir := range []string{oneBackend, twoBackends, tornOff} {
		raw, err := os.ReadFile(filepath.Join(dir, "answers.jsonl"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		must(t, os.WriteFile(filepath.Join(dir, "answers.jsonl"), raw, 0o600))
		var damage archive.Damage
		var list []archive.Entry
		last := int64(0)
		for e, next := range archive.Survey(dir, 0, &damage) {
			if next <= last || raw[next-1] != '\n' {
				t.Fatalf("the offset is %d after %d", next, last)
			}
			last, list = next, append(list, e)
			if path, err := archive.Picture(dir, e.Picture); err == nil && filepath.Dir(path) != filepath.Join(dir, "frames") {
				t.Fatalf("a picture at %s", path)
			}
		}
		if want := int64(bytes.LastIndexByte(raw, '\n') + 1); damage.Whole != want || damage.Err != nil {
			t.Fatalf("%+v, want %d whole", damage, want)
		}
		wantSubtitles(t, archive.Subtitles(list, 1))
	})
}
