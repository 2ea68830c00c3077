package archive_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sightline/backend/archive"
	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
)

// troubles are the codes of faults, and what a disk says.
func troubles() map[string]error {
	return map[string]error{
		archive.CodeFull: archivetest.ErrFull, archive.CodeReadOnly: archivetest.ErrReadOnly, archive.CodeGone: archivetest.ErrGone,
		archive.CodeFailed: archivetest.ErrBroken,
	}
}

func TestDiskTroubleIsToldInWordsWithTheNextStep(t *testing.T) {
	all := troubles()
	for cause, code := range map[error]string{
		all[archive.CodeFull]: archive.CodeFull, all[archive.CodeReadOnly]: archive.CodeReadOnly, fs.ErrPermission: archive.CodeReadOnly,
		all[archive.CodeGone]: archive.CodeGone, fs.ErrNotExist: archive.CodeGone, all[archive.CodeFailed]: archive.CodeFailed, errors.New("what?"): archive.CodeFailed,
	} {
		f := fault.From(archive.Trouble(fmt.Errorf("write: %w", &fs.PathError{Op: "write", Path: "/v/x", Err: cause}), "/v"))
		if f.Code != code || !strings.Contains(f.Hint, "/v") || !strings.HasSuffix(f.Message, ".") || !errors.Is(f, cause) {
			t.Errorf("%v: %+v", cause, f)
		}
		if again := archive.Trouble(f, "/elsewhere"); fault.From(again) != f {
			t.Errorf("%v: told anew: %v", cause, again)
		}
	}
	if err := archive.Trouble(nil, "/v"); err != nil {
		t.Errorf("no trouble is %v", err)
	}
}

func TestRecordingsFolderThatCannotBeIsAFault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, parent := range []string{file, filepath.Join(file, "below")} {
		if w, err := archive.Create(archive.OS(), parent, manifest()); w != nil || !strings.HasPrefix(fault.CodeOf(err), "disk.") {
			t.Errorf("%s: %v", parent, err)
		}
	}
}

// TestRealDisk does what package archivetest plays.
func TestRealDisk(t *testing.T) {
	d, dir := archive.OS(), t.TempDir()
	path := filepath.Join(dir, "a", "b", "file")
	must(t, d.MkdirAll(filepath.Dir(path)))
	f, err := d.Create(path)
	must(t, err)
	_, err = f.Write([]byte("one"))
	must(t, err, f.Sync(), f.Close(), d.SyncDir(filepath.Dir(path)))
	if f, err := d.Create(path); f != nil || !errors.Is(err, fs.ErrExist) {
		t.Errorf("made where there is one: %v", err)
	}
	if f, err := d.Append(filepath.Join(path, "below")); f != nil || err == nil {
		t.Error("opened where nothing can be")
	}
	f, err = d.Append(path)
	must(t, err)
	_, err = f.Write([]byte(" two"))
	must(t, err, f.Close(), d.Truncate(path, 5))
	wantFile(t, path, "one t")
	must(t, os.WriteFile(path+".new", []byte("what a crash has left, and longer"), 0o600), d.Replace(path, []byte("three")))
	wantFile(t, path, "three")
	must(t, d.Remove(path), d.Remove(path))
	if names, err := os.ReadDir(filepath.Dir(path)); err != nil || len(names) != 0 {
		t.Errorf("left: %v, %v", names, err)
	}
	for name, err := range map[string]error{
		"replace": d.Replace(path+"/x/y", nil), "truncate": d.Truncate(path, 0), "sync": d.SyncDir(path), "remove": d.Remove(dir),
	} {
		if err == nil {
			t.Errorf("%s works on what is not there", name)
		}
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v", path, got, err)
	}
}
