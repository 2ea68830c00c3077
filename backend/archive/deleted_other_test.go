//go:build !windows

package archive_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

func TestFolderThatIsDeletedEndsTheRecording(t *testing.T) {
	for name, notices := range map[string]func(*archive.Writer, archive.File) error{
		"at the next answers": func(w *archive.Writer, _ archive.File) error { _, err := w.Sync(); return err },
		"at the next picture": func(w *archive.Writer, _ archive.File) error { return w.Answer(said(9, 0, "Yes."), []byte("x")) },
		"in the video":        func(_ *archive.Writer, v archive.File) error { return v.Sync() },
		"at a new segment":    func(w *archive.Writer, _ archive.File) error { _, err := w.Video(0, 1, 1, nil); return err },
	} {
		w := create(t, archive.OS(), t.TempDir())
		must(t, w.Answer(missed(1, 0), nil))
		v, err := w.Video(0, 64, 48, nil)
		must(t, err)
		must(t, os.RemoveAll(w.Dir()))
		if err := notices(w, v); fault.CodeOf(err) != archive.CodeGone {
			t.Errorf("%s: %v", name, err)
		}
		must(t, v.Close())
		if err := w.Close(nil); fault.CodeOf(err) != archive.CodeGone {
			t.Errorf("%s: closing: %v", name, err)
		}
		if _, err := os.Stat(w.Dir()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: it is made again", name)
		}
	}
}
