package export

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// draft is a folder beside the destination in which an export is made. It lies there, and not among temporary files, so that what is whole
// can be moved to its name in one step.
type draft struct {
	dir   string
	to    string   // the wanted file
	files []string // that have their names
	taken []string // likewise, and the names that are held but not filled yet
}

func newDraft(to string) (*draft, error) {
	dir, err := os.MkdirTemp(filepath.Dir(to), ".sightline-export-*")
	return &draft{dir: dir, to: to}, err
}

// path is where a part of the export is made.
func (d *draft) path(name string) string { return filepath.Join(d.dir, name) }

// discard removes the draft.
func (d *draft) discard() { _ = os.RemoveAll(d.dir) } // what cannot be removed cannot be helped

// withdraw removes what has its name already.
func (d *draft) withdraw() {
	for _, path := range d.taken {
		_ = os.RemoveAll(path) // ours since take
	}
}

// mostTries bounds the search for a free name.
const mostTries = 10_000

// take holds free names for what belongs together: the wanted name with each ending in place of its own, all with the same number where one of
// them is taken. An ending with a slash is a folder. What is held is empty until put fills it.
func (d *draft) take(endings ...string) ([]string, error) {
	stem := strings.TrimSuffix(d.to, filepath.Ext(d.to))
	for n := 1; n <= mostTries; n++ {
		numbered := stem
		if n > 1 {
			numbered += "-" + strconv.Itoa(n)
		}
		names, err := hold(numbered, endings)
		if err == nil {
			d.taken = append(d.taken, names...)
			return names, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return nil, &fault.Error{Code: "export.names", Message: "All names for the export are taken.", Hint: "Choose another name or folder.", Blame: fault.Question}
}

// hold makes all of the names, or none.
func hold(stem string, endings []string) (names []string, err error) {
	defer func() {
		if err != nil {
			for _, name := range names {
				_ = os.Remove(name) // made a moment ago, and empty
			}
		}
	}()
	for _, ending := range endings {
		name, isFolder := strings.CutSuffix(stem+ending, "/")
		if isFolder {
			err = os.Mkdir(name, 0o755)
		} else {
			err = touch(name)
		}
		if err != nil {
			return names, err
		}
		names = append(names, name)
	}
	return names, nil
}

func touch(name string) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return file.Close()
}

// put moves a part of the draft to a name that is held.
func (d *draft) put(part, name string) error {
	path := d.path(part)
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.IsDir() {
		if err := os.Remove(name); err != nil { // not every system replaces even an empty folder
			return err
		}
	}
	if err := archive.Rename(path, name); err != nil {
		return err
	}
	d.files = append(d.files, name)
	return nil
}

// publish gives a part of the draft its name.
func (d *draft) publish(part, ending string) error {
	names, err := d.take(ending)
	if err != nil {
		return err
	}
	return d.put(part, names[0])
}

// create is a new file in the draft.
func (d *draft) create(part string) (*os.File, error) {
	return os.OpenFile(d.path(part), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
}

// whole writes a new file of the draft and publishes it under the wanted name.
func (d *draft) whole(write func(*os.File) error) error {
	const part = "whole"
	if err := d.write(part, write); err != nil {
		return err
	}
	return d.publish(part, filepath.Ext(d.to))
}

// write writes a new file in the draft.
func (d *draft) write(part string, write func(*os.File) error) error {
	file, err := d.create(part)
	if err != nil {
		return err
	}
	err = write(file)
	if closing := file.Close(); err == nil { // a network disk says only here that it is full
		err = closing
	}
	return err
}

// asFault says what went wrong with an export as a person reads it. What was cancelled stays so.
func asFault(ctx context.Context, to string, err error) error {
	var known *fault.Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("export: %w", ctx.Err())
	case errors.As(err, &known):
		return err
	case isFull(err):
		return fullFault(to, err)
	}
	return fmt.Errorf("export to %s: %w", to, err)
}

func fullFault(to string, err error) error {
	return &fault.Error{
		Code: "export.disk_full", Message: fmt.Sprintf("There is not enough space for the export in %s.", filepath.Dir(to)),
		Hint: "Free some space, or export to another disk.", Blame: fault.Us, Cause: err,
	}
}

// folderFault says why nothing can be begun in the wanted folder.
func folderFault(to string, err error) error {
	f := &fault.Error{Code: "export.folder", Hint: "Choose another folder.", Blame: fault.Question, Cause: err}
	switch dir := filepath.Dir(to); {
	case isFull(err):
		return fullFault(to, err)
	case errors.Is(err, fs.ErrNotExist):
		f.Message, f.Hint = fmt.Sprintf("There is no folder %s.", dir), "Make it first, or choose another one."
	default:
		f.Message = fmt.Sprintf("Nothing can be written to %s.", dir)
	}
	return f
}

// isFull says whether a disk, or a person's share of it, has no space left.
func isFull(err error) bool { return fault.CodeOf(archive.Trouble(err, "")) == archive.CodeFull }
