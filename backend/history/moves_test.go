package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"sightline/backend/archive"
)

func TestDeletedRecordingIsInTheTrash(t *testing.T) {
	needTrash(t)
	p := newPlace(t)
	id, other := p.record(1, "a car"), p.record(2, "a car")
	p.find("car")
	if err := p.Delete(p.ctx(), id); err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	if ids := p.ids(); !slices.Equal(ids, []string{other}) {
		t.Errorf("left are %v", ids)
	}
	if got := p.find("car"); len(got) != 1 {
		t.Errorf("found %q", got)
	}
	_, err := p.Find(p.ctx(), id)
	hasCode(t, err, archive.CodeNone)
	if !inTrash(t, filepath.Join(p.folder, id)) {
		t.Error("nothing of it is there")
	}
}

func TestUnreadableRecordingCanBeDeleted(t *testing.T) {
	needTrash(t)
	p := newPlace(t)
	id := p.record(1, "a")
	p.rewrite(id, manifestName, func(string) string { return "{" })
	if err := p.Delete(p.ctx(), id); err != nil || len(p.left()) != 0 {
		t.Errorf("%v; left are %v", err, p.left())
	}
}

func TestWithoutTrashNothingIsDeleted(t *testing.T) {
	for name, trash := range map[string]func(string) error{
		"that fails":           func(string) error { return errors.New("no trash on this disk") },
		"that does not do it":  func(string) error { return nil },
		"that is not there":    func(string) error { return fs.ErrNotExist },
		"that may not be made": func(string) error { return fs.ErrPermission },
	} {
		p := newPlace(t)
		p.trash = trash
		id := p.record(1, "a car")
		err := p.Delete(p.ctx(), id)
		hasCode(t, err, CodeTrash)
		if _, err := p.Find(p.ctx(), id); err != nil || len(p.find("car")) != 1 {
			t.Errorf("with a trash %s the recording is gone: %v", name, err)
		}
	}
}

func TestRecordingBeingMadeIsNeitherDeletedNorRemovedNorCopied(t *testing.T) {
	p := newPlace(t)
	w := p.begin(1)
	defer w.Close(nil)
	p.say(w, 1, "a")
	id := filepath.Base(w.Dir())
	hasCode(t, p.Delete(p.ctx(), id), CodeMaking)
	_, err := newPlace(t).Import(p.ctx(), w.Dir())
	hasCode(t, err, CodeMaking)
	expired, err := p.Expire(p.ctx(), 1)
	hasCode(t, err, CodeLimit)
	if len(expired) != 0 || len(p.ids()) != 1 {
		t.Errorf("removed %v, left are %v", expired, p.left())
	}
}

// sized makes a recording that says it takes so many bytes.
func (p *place) sized(n int, bytes int) (id string) {
	p.t.Helper()
	id = p.record(n, "a car")
	r, err := p.Find(p.ctx(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	p.rewrite(id, manifestName, func(s string) string {
		return strings.Replace(s, fmt.Sprintf(`"bytes": %d`, r.Bytes), fmt.Sprintf(`"bytes": %d`, bytes), 1)
	})
	return id
}

func TestOldestAreRemovedBeyondTheLimit(t *testing.T) {
	p := newPlace(t)
	kept, oldest, old, newer, newest := p.sized(0, 1000), p.sized(1, 1000), p.sized(2, 1000), p.sized(3, 1000), p.sized(4, 1000)
	p.SetKeep(p.ctx(), kept, true)
	if expired, err := p.Expire(p.ctx(), 5000); err != nil || len(expired) != 0 {
		t.Errorf("within the limit: %v, %v", expired, err)
	}
	if expired, err := p.Expire(p.ctx(), 0); err != nil || len(expired) != 0 {
		t.Errorf("without a limit: %v, %v", expired, err)
	}
	expired, err := p.Expire(p.ctx(), 3999)
	if err != nil || len(expired) != 2 || expired[0].ID != oldest || expired[1].ID != old {
		t.Errorf("removed %v, %v", expired, err)
	}
	if left := p.left(); !slices.Equal(left, []string{kept, newer, newest}) {
		t.Errorf("left are %v", left)
	}
	if got := p.find("car"); len(got) != 3 {
		t.Errorf("found %q", got)
	}
}

func TestWhatMayNotBeRemovedStaysWhateverTheLimit(t *testing.T) {
	p := newPlace(t)
	kept, cut, newer, broken, whole := p.sized(1, 10), p.cut(2, "a"), p.record(3, "a"), p.record(4, "a"), p.sized(5, 10)
	newest := p.sized(6, 10)
	p.SetKeep(p.ctx(), kept, true)
	p.rewrite(newer, manifestName, func(s string) string { return strings.Replace(s, `"format": 1`, `"format": 2`, 1) })
	p.rewrite(broken, manifestName, func(string) string { return "{" })
	foreign := filepath.Join(p.folder, "holiday pictures")
	os.Mkdir(foreign, 0o700)
	os.WriteFile(filepath.Join(foreign, "beach.jpg"), make([]byte, 1000), 0o600)
	expired, err := p.Expire(p.ctx(), 1)
	hasCode(t, err, CodeLimit)
	if len(expired) != 1 || expired[0].ID != whole {
		t.Errorf("removed %v", expired)
	}
	if left := p.left(); !slices.Equal(left, []string{kept, cut, newer, broken, newest, "holiday pictures"}) {
		t.Errorf("left are %v", left)
	}
}

func TestKeepThatAnotherWindowJustSetIsSeen(t *testing.T) {
	p := newPlace(t)
	id := p.sized(1, 1000)
	r, _ := p.Find(p.ctx(), id)
	p.again().SetKeep(p.ctx(), id, true)
	if err := p.remove(r); !errors.Is(err, errStays) {
		t.Errorf("got %v", err)
	}
}

func TestManyWindowsRemoveTheOldestAtOnce(t *testing.T) {
	p := newPlace(t)
	for n := range 12 {
		p.sized(n, 1000)
	}
	var mu sync.Mutex
	removed := map[string]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			expired, err := p.again().Expire(p.ctx(), 3000)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, r := range expired {
				removed[r.ID]++
			}
		})
	}
	all.Wait()
	if left := p.left(); len(left) != 3 || len(removed) != 9 {
		t.Errorf("removed %v, left are %v", removed, left)
	}
	for id, n := range removed {
		if n != 1 {
			t.Errorf("%s was removed by %d", id, n)
		}
	}
}

func TestImportedRecordingIsOneOfOurs(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	id := from.record(1, "a car", "a bus")
	dir := filepath.Join(from.folder, id)
	for _, name := range []string{"notes.txt", "frames/secret.png", "video.mp4.bak", "more/recording.json", "video.mp4"} {
		os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600)
	}
	_ = os.Symlink("/etc/passwd", filepath.Join(dir, "link")) // where the system lets this person

	r, err := p.Import(p.ctx(), dir)
	if err != nil || r.ID != id || r.Dir != filepath.Join(p.folder, id) || r.Outcomes.Answered != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := p.find("bus"); !slices.Equal(got, []string{id + ": a [bus]"}) {
		t.Errorf("found %q", got)
	}
	var names []string
	filepath.WalkDir(r.Dir, func(path string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			name, _ := filepath.Rel(r.Dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	want := []string{"answers.jsonl", "answers.vtt", "frames/000001.jpg", "frames/000002.jpg", "recording.json", "video.mp4"}
	if !slices.Equal(names, want) {
		t.Errorf("copied %v, want %v", names, want)
	}
	if !os.SameFile(stat(t, r.Dir, "frames/000001.jpg"), stat(t, dir, "frames/000001.jpg")) {
		t.Error("on one disk a picture takes room twice")
	}
	if again, err := p.Import(p.ctx(), dir); err != nil || again.ID != id {
		t.Errorf("imported again: %+v, %v", again, err)
	}
	if own, err := p.Import(p.ctx(), r.Dir); err != nil || own.ID != id {
		t.Errorf("its own: %+v, %v", own, err)
	}
	if left := p.left(); !slices.Equal(left, []string{id}) {
		t.Errorf("left are %v", left)
	}
	p.Rename(p.ctx(), id, "Mine")
	if theirs, err := from.Find(p.ctx(), id); err != nil || theirs.Title != "" {
		t.Errorf("a title given here is there: %+v, %v", theirs, err)
	}
}

func TestImportOfOneThatWasCutShortLeavesTheOriginalAlone(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	id := from.cut(1, "a car")
	dir := filepath.Join(from.folder, id)
	os.WriteFile(filepath.Join(dir, "video.mp4"), []byte("torn"), 0o600)
	contents := func() (all string) {
		for _, name := range []string{manifestName, answersName, "video.mp4", "answers.vtt"} {
			data, err := os.ReadFile(filepath.Join(dir, name))
			all += fmt.Sprintf("%s: %s, %v\n", name, data, err)
		}
		return all
	}
	before := contents()
	r, err := p.Import(p.ctx(), dir)
	if err != nil || r.State != archive.CutShort || r.Outcomes.Answered != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if copied, original := stat(t, r.Dir, "video.mp4"), stat(t, dir, "video.mp4"); os.SameFile(copied, original) {
		t.Error("they share a file that mending may cut")
	}
	if after := contents(); after != before {
		t.Errorf("the original was mended, too:\n%s", after)
	}
}

func stat(t *testing.T, dir, name string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func TestAnotherRecordingOfThatIDIsAFault(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	id := from.record(1, "a car")
	dir := filepath.Join(from.folder, id)
	if _, err := p.Import(p.ctx(), dir); err != nil {
		t.Fatal(err)
	}
	from.rewrite(id, answersName, func(s string) string { return s + s })
	_, err := p.Import(p.ctx(), dir)
	hasCode(t, err, CodeExists)
	from.rewrite(id, manifestName, func(s string) string { return strings.Replace(s, "session1", "session9", 1) })
	_, err = p.Import(p.ctx(), dir)
	hasCode(t, err, CodeExists)
	if got := p.find("car"); len(got) != 1 {
		t.Errorf("found %q", got)
	}
}

func TestImportThatFailsLeavesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		code  string
	}{
		"no recording":         {func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) }, archive.CodeNone},
		"nothing at all":       {os.RemoveAll, archive.CodeNone},
		"damaged":              {func(dir string) error { return os.WriteFile(filepath.Join(dir, manifestName), []byte("{"), 0o600) }, archive.CodeBroken},
		"a link for a picture": {func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "frames", "000009.jpg")) }, CodeLink},
		"a link for the pictures": {func(dir string) error {
			os.RemoveAll(filepath.Join(dir, "frames"))
			return os.Symlink("/etc", filepath.Join(dir, "frames"))
		}, CodeLink},
		"a link for the answers": {func(dir string) error {
			os.Remove(filepath.Join(dir, answersName))
			return os.Symlink("/etc/passwd", filepath.Join(dir, answersName))
		}, CodeLink},
		"a link for a video": {func(dir string) error { return os.Symlink("/dev/zero", filepath.Join(dir, "video.mp4")) }, CodeLink},
	} {
		t.Run(name, func(t *testing.T) {
			from, p := newPlace(t), newPlace(t)
			dir := filepath.Join(from.folder, from.record(1, "a car"))
			if err := c.spoil(dir); err != nil && c.code == CodeLink && runtime.GOOS == "windows" {
				t.Skipf("no link can be made here: Windows lets few people, and wine nobody: %v", err)
			} else if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Import(p.ctx(), dir); err == nil {
				t.Error("it was imported")
			} else {
				hasCode(t, err, c.code)
			}
			if left := p.left(); len(left) != 0 {
				t.Errorf("left are %v", left)
			}
		})
	}
}

func TestCancelledImportLeavesNothing(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	dir := filepath.Join(from.folder, from.record(1, "a car"))
	ctx, cancel := context.WithCancel(p.ctx())
	p.files = cancelling{archive.OS(), cancel} // once the folder is made
	_, err := p.Import(ctx, dir)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left := p.left(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

type cancelling struct {
	archive.Files
	cancel context.CancelFunc
}

func (c cancelling) MkdirAll(dir string) error {
	c.cancel()
	return c.Files.MkdirAll(dir)
}

func TestTwoWindowsImportTheSameAtOnce(t *testing.T) {
	from, p := newPlace(t), newPlace(t)
	var texts []string
	for i := range 50 {
		texts = append(texts, fmt.Sprint("car ", i))
	}
	id := from.record(1, texts...)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if r, err := p.again().Import(p.ctx(), filepath.Join(from.folder, id)); err != nil || r.ID != id {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	all.Wait()
	if left := p.left(); !slices.Equal(left, []string{id}) {
		t.Errorf("left are %v", left)
	}
}
