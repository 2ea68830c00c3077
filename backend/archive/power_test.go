package archive_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
	"sightline/backend/local/winetest"
)

// TestPowerCutAtAnyMomentLosesNothingThatWasPromised cuts the power in the middle of each operation of a recording.
func TestPowerCutAtAnyMomentLosesNothingThatWasPromised(t *testing.T) {
	s := newScript(t)
	disk := archivetest.New(t)
	must(t, s.run(disk))
	total := disk.Ops()
	for n := 1; n <= total; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			s, disk := newScript(t), archivetest.New(t)
			disk.Seed(uint64(n))
			disk.CutAt(n)
			_ = s.run(disk)
			wantClosed(t, disk)
			after := disk.Restart()
			wantPromised(t, s, disk, after)
		})
	}
}

func wantPromised(t *testing.T, s *script, before, after *archivetest.Disk) {
	t.Helper()
	if s.dir == "" {
		return // Create did not return: nothing was promised
	}
	dir := filepath.Join(after.Dir(), s.dir[len(before.Dir()):])
	m, err := archive.Read(dir)
	must(t, err)
	if archive.Busy(dir) {
		t.Fatal("nobody writes it, and it is busy")
	}
	mended, err := archive.Mend(after, dir)
	must(t, err)
	if mended != (m.State == archive.Recording) {
		t.Errorf("mended: %v; its state was %q", mended, m.State)
	}
	wantWhole(t, s, dir)
}

// wantWhole looks at a recording of the script that was cut short anywhere, and mended.
func wantWhole(t *testing.T, s *script, dir string) {
	t.Helper()
	m, err := archive.Read(dir)
	must(t, err)
	if s.finished && m.State != archive.Complete || m.State == archive.Recording {
		t.Errorf("its state is %q", m.State)
	}
	var got []archive.Entry
	for e := range archive.Entries(dir, 0) {
		got = append(got, e)
	}
	if len(got) < s.synced {
		t.Errorf("%d lines, and %d were promised", len(got), s.synced)
	}
	all := s.entries()
	for i, e := range got[:min(s.synced, len(got))] {
		wantPicture(t, dir, e, s.pictureOf(e))
		e.Picture = ""
		if diff := cmp.Diff(all[i], e); diff != "" {
			t.Errorf("line %d (-want +got):\n%s", i, diff)
		}
	}
	wantVideos(t, s, dir, m)
}

func wantVideos(t *testing.T, s *script, dir string, m archive.Manifest) {
	t.Helper()
	lengths := map[string]time.Duration{}
	for _, seg := range m.Segments {
		v, err := archive.OpenVideo(dir, seg)
		must(t, err)
		lengths[seg.File] = v.Length
		info, err := v.File.Stat()
		must(t, err, v.File.Close())
		if m.State == archive.CutShort && (seg.Seconds != v.Length.Seconds() || v.Length <= 0 || !v.Indexed && info.Size() != v.Whole) {
			t.Errorf("%s: %v, %+v, %d bytes of %d whole", seg.File, v.Length, seg, v.Whole, info.Size())
		}
	}
	for i, promised := range s.fragments {
		name := fmt.Sprintf("video-%04d.mp4", i+1)
		if i == 0 {
			name = "video.mp4"
		}
		if want := time.Duration(promised) * 500 * time.Millisecond; lengths[name] < want {
			t.Errorf("%s lasts %v, and %v were promised", name, lengths[name], want)
		}
	}
}

func wantPicture(t *testing.T, dir string, e archive.Entry, want []byte) {
	t.Helper()
	if want == nil {
		if e.Picture != "" {
			t.Errorf("line %d names a picture: %s", e.Seq, e.Picture)
		}
		return
	}
	path, err := archive.Picture(dir, e.Picture)
	must(t, err)
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the picture of line %d has %d bytes of %d: %v", e.Seq, len(got), len(want), err)
	}
}

// TestMendingIsItselfCutShort cuts the power again at each operation of a Mend, and once more in the next one.
func TestMendingIsItselfCutShort(t *testing.T) {
	s, disk := newScript(t), archivetest.New(t)
	disk.CutAt(100)
	_ = s.run(disk)
	torn := disk.Restart()
	at := func(d *archivetest.Disk) string { return filepath.Join(d.Dir(), s.dir[len(disk.Dir()):]) }
	for n := 1; ; n++ {
		second := torn.Copy()
		second.Seed(uint64(n))
		second.CutAt(n)
		mended, err := archive.Mend(second, at(second))
		if err == nil {
			if !mended {
				t.Error("nothing was to be done")
			}
			break
		}
		if fault.CodeOf(err) == fault.CodeUnexpected {
			t.Errorf("no fault: %v", err)
		}
		third := second.Restart()
		if _, err := archive.Mend(third, at(third)); err != nil {
			t.Fatalf("cut at %d: %v", n, err)
		}
		wantWhole(t, s, at(third))
		if n > 50 {
			t.Fatal("mending takes more than 50 operations")
		}
	}
}

// TestDiskThatTakesNoMoreLeavesAWholeRecording fails operations of a recording in turn, with each of the troubles a disk has.
func TestDiskThatTakesNoMoreLeavesAWholeRecording(t *testing.T) {
	s := newScript(t)
	first := archivetest.New(t)
	must(t, s.run(first))
	const every = 11 // operations, each trouble at others: all of them take long
	offset := 0
	for code, cause := range troubles() {
		offset += every / 4
		t.Run(code, func(t *testing.T) {
			for n := offset; n <= first.Ops(); n += every {
				s, disk := newScript(t), archivetest.New(t)
				disk.FailAt(n, cause)
				if err := s.run(disk); fault.CodeOf(err) != code {
					t.Errorf("operation %d: %v", n, err)
				}
				disk.Heal()
				wantMended(t, s, disk)
			}
		})
	}
}

// wantClosed checks that a recording that has ended lets go of its files.
func wantClosed(t *testing.T, disk *archivetest.Disk) {
	t.Helper()
	if n := disk.Open(); n != 0 {
		t.Errorf("%d files stay open", n)
	}
}

func wantMended(t *testing.T, s *script, disk *archivetest.Disk) {
	t.Helper()
	wantClosed(t, disk)
	if s.dir == "" {
		return
	}
	if archive.Busy(s.dir) {
		t.Error("the lock is still held")
	}
	_, err := archive.Mend(disk, s.dir)
	must(t, err)
	wantWhole(t, s, s.dir)
}

// TestFullDiskLeavesAWholeRecording lets the disk be full at each 3000th byte.
func TestFullDiskLeavesAWholeRecording(t *testing.T) {
	for room := int64(0); ; room += 3000 {
		s, disk := newScript(t), archivetest.New(t)
		disk.Room(room)
		err := s.run(disk)
		if err == nil {
			return
		}
		if fault.CodeOf(err) != archive.CodeFull {
			t.Errorf("after %d bytes: %v", room, err)
		}
		disk.Heal()
		wantMended(t, s, disk)
	}
}

// TestMendedVideoPlays asks the players that others use.
func TestMendedVideoPlays(t *testing.T) {
	probe, err := exec.LookPath("ffmpeg")
	if err != nil && winetest.Here() {
		t.Skip("wine has no ffmpeg to ask")
	}
	if err != nil {
		t.Fatal("this test needs ffmpeg: ", err)
	}
	s, disk := newScript(t), archivetest.New(t)
	disk.CutAt(60)
	_ = s.run(disk)
	after := disk.Restart()
	dir := filepath.Join(after.Dir(), s.dir[len(disk.Dir()):])
	if mended, err := archive.Mend(after, dir); !mended || err != nil {
		t.Fatal(mended, err)
	}
	for name, format := range map[string]string{"video.mp4": "null", "answers.vtt": "webvtt"} {
		var said bytes.Buffer
		cmd := exec.CommandContext(t.Context(), probe, "-v", "warning", "-xerror", "-i", filepath.Join(dir, name), "-map", "0", "-f", format, "-")
		cmd.Stderr, cmd.Stdout = &said, io.Discard
		if err := cmd.Run(); err != nil || said.Len() > 0 {
			t.Errorf("%s: %v: %s", name, err, &said)
		}
	}
}
