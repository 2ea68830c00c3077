package settings

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"sightline/backend/fault"
)

// The codes of the faults this package reports or returns.
const (
	CodeBroken   = "settings.broken"   // reported: a damaged file was set aside, defaults are used
	CodeNewer    = "settings.newer"    // reported, and returned by a change: a newer Sightline wrote the file, it is left alone
	CodeUnread   = "settings.unread"   // reported, and returned by a change: the file is there and cannot be read
	CodeBusy     = "settings.busy"     // returned: another process held the lock until the deadline
	CodeReadOnly = "settings.readonly" // returned: the folder cannot be written
	CodeFull     = "settings.full"     // returned: no room on the disk
	CodeUnsaved  = "settings.unsaved"  // returned: the file could not be written for another reason
	CodeInvalid  = "settings.invalid"  // returned: the change breaks a rule, and nothing was changed
)

// Store reads and changes the files in one folder. It is safe for concurrent use, by goroutines and by processes; it keeps nothing in memory,
// so every window sees what another one saved as soon as it looks.
//
// Where a change cannot be saved for a reason outside of it (Unsaved tells), the changed value is returned beside the fault: it is valid, and
// can be used for this run. The next change starts from what is on disk again.
type Store struct {
	dir    string
	report func(*fault.Error)
	lock   locker
	again  time.Duration // between looks at what should have been told; see Watch
	told   told
}

// Dir is where settings live unless told otherwise: $XDG_CONFIG_HOME/sightline, or what the system has in its place.
func Dir() string { return filepath.Join(xdg.ConfigHome, "sightline") }

// Open is the store in dir. It touches nothing: a missing folder is made, for this person alone, by the first change.
//
// report is told of each file that is damaged, newer or unreadable, once, and with where it is; it is called from the goroutine that met
// the file, and may be nil.
func Open(dir string, report func(*fault.Error)) *Store {
	if report == nil {
		report = func(*fault.Error) {}
	}
	return &Store{dir: dir, report: report, lock: locker{filepath.Join(dir, "settings.lock"), patience}, again: lookAgain}
}

// Folder is where the files lie, as a path that means the same in every process.
func (s *Store) Folder() string {
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return s.dir
	}
	return dir
}

// FirstRun says that nothing was ever saved here.
func (s *Store) FirstRun() bool {
	_, err := os.Lstat(s.settingsFile().path)
	return errors.Is(err, fs.ErrNotExist) && len(s.Windows()) == 0
}

// Settings is what all windows have in common, as saved last. It is always usable: defaults stand in for what is missing or cannot be read.
func (s *Store) Settings() Settings {
	value, trouble := s.settingsFile().read(s.lock)
	s.tell(trouble)
	return value
}

// Change locks, reads, edits, validates and saves the settings, and returns what holds from now on. It waits at most 5 s for another process.
//
// edit gets a copy of its own, must be quick and must not call the store. Its error ends the change and is returned as it is.
func (s *Store) Change(ctx context.Context, edit func(*Settings) error) (Settings, error) {
	value, trouble, err := s.settingsFile().change(ctx, s.lock, edit)
	s.tell(trouble)
	return value, err
}

// Window is the state of one window, as saved last; defaults where nothing is. The only error is CodeInvalid for an ID that CheckWindowID refuses.
func (s *Store) Window(id string) (Window, error) {
	if err := CheckWindowID(id); err != nil {
		return DefaultWindow(id), err
	}
	value, trouble := s.windowFile(id).read(s.lock)
	s.tell(trouble)
	return value, nil
}

// ChangeWindow is Change for one window's state. The ID cannot be edited.
func (s *Store) ChangeWindow(ctx context.Context, id string, edit func(*Window) error) (Window, error) {
	if err := CheckWindowID(id); err != nil {
		return DefaultWindow(id), err
	}
	value, trouble, err := s.windowFile(id).change(ctx, s.lock, edit)
	s.tell(trouble)
	return value, err
}

// Windows are the IDs of the windows with saved state, sorted.
func (s *Store) Windows() []string {
	entries, _ := os.ReadDir(s.windowsDir()) // missing, or unreadable: then no window can be restored either
	ids := []string{}
	for _, e := range entries {
		id, isState := strings.CutSuffix(e.Name(), ".json")
		if isState && CheckWindowID(id) == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// ForgetWindow removes a window's state. A window without any is no error.
func (s *Store) ForgetWindow(ctx context.Context, id string) error {
	if err := CheckWindowID(id); err != nil {
		return err
	}
	path := s.windowFile(id).path
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	unlock, err := s.lock.take(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return cannotWrite(err, s.dir)
	}
	return nil
}

func (s *Store) windowsDir() string { return filepath.Join(s.dir, "windows") }

func (s *Store) settingsFile() file[Settings] {
	return file[Settings]{
		path:     filepath.Join(s.dir, "settings.json"),
		version:  func(v *Settings) *int { return &v.Version },
		defaults: DefaultSettings,
		settle:   settleHere,
		check:    checkSettings,
	}
}

func (s *Store) windowFile(id string) file[Window] {
	return file[Window]{
		path:     filepath.Join(s.windowsDir(), id+".json"),
		version:  func(v *Window) *int { return &v.Version },
		defaults: func() Window { return DefaultWindow(id) },
		check:    func(w *Window) error { return checkWindow(w, id) },
	}
}

// tell reports a trouble, unless it is none or was reported before.
func (s *Store) tell(trouble *fault.Error) {
	if trouble != nil && s.told.first(trouble) {
		s.report(trouble)
	}
}
