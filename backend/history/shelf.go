package history

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sightline/backend/archive"
)

const manifestName = "recording.json"

// shelf remembers the manifests it has read for as long as their files stay the same.
type shelf struct {
	mu   sync.Mutex
	seen map[string]seen // by folder
}

// seen is what a manifest's file held when it was looked at. Reading it never changes what it holds.
type seen struct {
	file fs.FileInfo
	is   Recording
}

// read is the recording in a folder as it is now.
func (s *shelf) read(dir string) Recording {
	file, err := archive.Stat(filepath.Join(dir, manifestName))
	if err != nil {
		return Recording{Manifest: archive.Manifest{ID: filepath.Base(dir)}, Dir: dir, Err: gone(dir, err)}
	}
	s.mu.Lock()
	known := s.seen[dir]
	s.mu.Unlock()
	if !sameFile(known.file, file) {
		known = seen{file, load(dir, file)}
		s.mu.Lock()
		s.seen[dir] = known
		s.mu.Unlock()
	}
	r := known.is
	r.Busy = r.State == archive.Recording && archive.Busy(dir)
	return r
}

// sameFile says that a file was neither replaced nor written to since.
func sameFile(a, b fs.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func load(dir string, file fs.FileInfo) Recording {
	m, err := archive.Read(dir)
	if err != nil {
		slog.Debug("a recording cannot be read", "folder", dir, "cause", err)
		m = archive.Manifest{Started: file.ModTime()}
	}
	m.ID = filepath.Base(dir)
	return Recording{Manifest: m, Dir: dir, Err: err}
}

func (s *shelf) forget(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, dir)
}

// keep forgets all but these folders.
func (s *shelf) keep(dirs []string) {
	there := make(map[string]bool, len(dirs))
	for _, dir := range dirs {
		there[dir] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for dir := range s.seen {
		if !there[dir] {
			delete(s.seen, dir)
		}
	}
}

// List is all recordings, newest first, as they are on disk now. One whose manifest cannot be read is among them, with Err.
func (h *History) List(ctx context.Context) ([]Recording, error) {
	dirs, err := h.dirs()
	if err != nil {
		return nil, err
	}
	h.shelf.keep(dirs)
	list := make([]Recording, 0, len(dirs))
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r := h.shelf.read(dir); r.Err == nil || archive.Is(dir) { // not one that has gone meanwhile
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b Recording) int {
		return cmp.Or(b.Started.Compare(a.Started), strings.Compare(b.ID, a.ID))
	})
	return list, nil
}

// dirs are the folders of the recordings, but for those that are on their way in or out.
func (h *History) dirs() ([]string, error) {
	dirs, err := archive.List(h.parent())
	return slices.DeleteFunc(dirs, func(dir string) bool { return !isName(filepath.Base(dir)) }), err
}
