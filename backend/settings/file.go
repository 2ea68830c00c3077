package settings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sightline/backend/fault"
)

// maxFile is the size in bytes of the largest file that is read or written.
const maxFile = 1 << 20

// file is one JSON document on disk, and the rules it keeps.
//
// A field the document lacks has its default, and one this version does not know is dropped by the next change: a new field whose default means
// what was so before needs no new version, any other change of shape does.
type file[T any] struct {
	path     string
	version  func(*T) *int
	defaults func() T
	settle   func(*T) // leaves out what only another computer has; nil: nothing
	check    func(*T) error

	// steps[i] brings the JSON of version i+1 to version i+2; so the current version is one more than there are steps.
	steps []func([]byte) ([]byte, error)
}

func (f file[T]) current() int { return len(f.steps) + 1 }

// read is the document as it is, with what stands in the way of it: a damaged one is set aside first.
func (f file[T]) read(l locker) (T, *fault.Error) {
	value, trouble := f.load()
	if !isBroken(trouble) {
		return value, trouble
	}
	unlock, err := l.take(context.Background())
	if err != nil {
		return f.peek()
	}
	defer unlock()
	return f.loadLocked()
}

// change is Store.Change for one document. It also gives the trouble to report, which need not have stopped the change.
func (f file[T]) change(ctx context.Context, l locker, edit func(*T) error) (T, *fault.Error, error) {
	unlock, err := l.take(ctx)
	if err != nil {
		value, trouble := f.peek()
		return f.unsaved(value, edit, trouble, err)
	}
	defer unlock()

	value, trouble := f.loadLocked()
	if trouble != nil && trouble.Code != CodeBroken {
		return f.unsaved(value, edit, trouble, trouble)
	}
	edited, raw, err := f.edit(value, edit)
	if err != nil {
		return value, trouble, err
	}
	return edited, trouble, f.saveLocked(raw)
}

// unsaved is the end of a change that cannot be kept, but holds for this run.
func (f file[T]) unsaved(value T, edit func(*T) error, trouble *fault.Error, why error) (T, *fault.Error, error) {
	edited, _, err := f.edit(value, edit)
	if err != nil {
		return value, trouble, err
	}
	return edited, trouble, why
}

// edit applies an edit to a copy that shares nothing with value, and gives it with its JSON.
func (f file[T]) edit(value T, edit func(*T) error) (T, []byte, error) {
	edited, err := f.clone(value)
	if err != nil {
		return value, nil, err
	}
	if err := edit(&edited); err != nil {
		return value, nil, err
	}
	*f.version(&edited) = f.current()
	if err := f.check(&edited); err != nil {
		return value, nil, err
	}
	raw, err := encode(edited)
	return edited, raw, err
}

func (f file[T]) clone(value T) (T, error) {
	raw, err := encode(value)
	if err != nil {
		return value, err
	}
	return f.decode(raw)
}

// load reads the document without changing anything on disk. CodeBroken here means that it is still in its place.
func (f file[T]) load() (T, *fault.Error) {
	raw, err := readRegular(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f.defaults(), nil
	}
	if err != nil && !errors.Is(err, errDamaged) {
		return f.defaults(), f.unread(err)
	}
	value := f.defaults()
	if err == nil {
		value, err = f.decode(raw)
	}
	if errors.Is(err, errNewer) {
		return f.defaults(), f.newer(raw, err)
	}
	if err != nil {
		return f.defaults(), f.broken(err)
	}
	return value, nil
}

// peek is load for those who could not get the lock, and so leave a damaged document where it is.
func (f file[T]) peek() (T, *fault.Error) {
	value, trouble := f.load()
	if isBroken(trouble) {
		trouble = f.stuck(trouble)
	}
	return value, trouble
}

// written is how long a damaged document must have been left alone before it is taken for one: who does not write it as we do, such as an editor,
// may be in the middle of it.
const written = time.Second

// loadLocked is load under the lock, where a damaged document can be set aside, as CodeBroken says from here on.
func (f file[T]) loadLocked() (T, *fault.Error) {
	value, trouble := f.load()
	for end := time.Now().Add(patience / 2); isBroken(trouble) && f.writtenJustNow() && time.Now().Before(end); value, trouble = f.load() {
		time.Sleep(written / 50)
	}
	if !isBroken(trouble) {
		return value, trouble
	}
	aside, err := setAside(f.path, time.Now())
	if err != nil {
		return value, f.stuck(trouble)
	}
	trouble.Hint = fmt.Sprintf("It is kept as %s; until you choose again the defaults are used.", aside)
	return value, trouble
}

func isBroken(trouble *fault.Error) bool { return trouble != nil && trouble.Code == CodeBroken }

// writtenJustNow goes by the file's own clock, which on a network's disk may not be ours: one from the future is no reason to wait.
func (f file[T]) writtenJustNow() bool {
	info, err := os.Stat(f.path)
	if err != nil {
		return false
	}
	age := time.Since(info.ModTime())
	return age >= 0 && age < written
}

var (
	errNewer   = errors.New("written by a newer version")
	errDamaged = errors.New("damaged")
)

func (f file[T]) decode(raw []byte) (T, error) {
	value := f.defaults()
	raw, err := f.upgrade(raw)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		return f.defaults(), err
	}
	*f.version(&value) = f.current()
	if f.settle != nil {
		f.settle(&value)
	}
	return value, f.check(&value)
}

// upgrade brings the JSON of any earlier version to the current one.
func (f file[T]) upgrade(raw []byte) ([]byte, error) {
	var head struct{ Version int }
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	if head.Version > f.current() {
		return nil, fmt.Errorf("version %d: %w", head.Version, errNewer)
	}
	if head.Version < 1 {
		return nil, fmt.Errorf("no version: %w", errDamaged)
	}
	for v := head.Version; v < f.current(); v++ {
		var err error
		if raw, err = f.steps[v-1](raw); err != nil {
			return nil, fmt.Errorf("from version %d: %w", v, err)
		}
	}
	return raw, nil
}

// encode writes JSON a person can read and edit. A document too large to be read again is refused.
func encode(value any) ([]byte, error) {
	raw, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return nil, err
	}
	if len(raw) >= maxFile {
		return nil, invalid("That is more than the settings can hold.", "Delete prompts or backends that are no longer used.")
	}
	return append(raw, '\n'), nil
}

func (f file[T]) saveLocked(raw []byte) error {
	if old, err := readRegular(f.path); err == nil && bytes.Equal(old, raw) {
		return nil
	}
	if err := write(f.path, raw); err != nil {
		return cannotWrite(err, filepath.Dir(f.path))
	}
	return nil
}

// readRegular reads a file that is one: opening a pipe would wait for ever.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("no regular file: %w", errDamaged)
	}
	f, err := openToRead(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(raw) > maxFile {
		err = fmt.Errorf("larger than %d bytes: %w", maxFile, errDamaged)
	}
	return raw, err
}

// write replaces a file at once, so that a reader, or the next start after a crash, sees the old one or the new one, whole. It needs the lock.
func write(path string, raw []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link stays a link: some keep their settings elsewhere
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	removeLeftovers(path)
	_ = os.Chmod(path, 0o600) // the new file gets the mode of the old one
	return replace(path, raw)
}

// removeLeftovers removes what writers that were killed left behind: the file's name with digits after it. With the lock held, none is in use.
func removeLeftovers(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		digits, ours := strings.CutPrefix(e.Name(), filepath.Base(path))
		if ours && digits != "" && strings.Trim(digits, "0123456789") == "" {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

// setAside renames a file to a name that is free and tells the time, and gives that name.
func setAside(path string, now time.Time) (string, error) {
	stem := path + ".broken-" + now.Format("20060102-150405")
	aside := stem
	for n := 2; exists(aside); n++ {
		aside = fmt.Sprintf("%s-%d", stem, n)
	}
	return aside, rename(path, aside)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
