package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// folder goes through its pictures, over and over. It belongs to one Run.
type folder struct {
	dir   string
	names []string // in natural order; those that turned out to be no pictures are gone
	at    int      // the next one
	cause error    // why the last one was left out
}

// list reads the folder's names, and none of its pictures.
func list(dir string) (*folder, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fromDisk("images.file", dir, "%s is a file, not a folder.", "Name the folder it is in.", nil)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	f := &folder{dir: dir}
	for _, entry := range entries {
		if !entry.IsDir() && isPicture(entry.Name()) {
			f.names = append(f.names, entry.Name())
		}
	}
	if len(f.names) == 0 {
		return nil, fromDisk("images.empty", dir, "The folder %s has no pictures.", "Put JPEG or PNG pictures into it, or choose another folder.", nil)
	}
	slices.SortFunc(f.names, byName)
	return f, nil
}

// isPicture goes by the name. Hidden files are none: some systems keep their notes on pictures in such.
func isPicture(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".png":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// next is the next picture that can be read. It tells the log, once each, of those that cannot.
func (f *folder) next(ctx context.Context) (*sight.Picture, error) {
	for len(f.names) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.at %= len(f.names)
		name := f.names[f.at]
		picture, err := read(filepath.Join(f.dir, name))
		if err == nil {
			f.at++
			return picture, nil
		}
		slog.Warn("images: a picture is left out", "file", name, "error", err, "cause", errors.Unwrap(err))
		f.names, f.cause = slices.Delete(f.names, f.at, f.at+1), err
	}
	return nil, f.nothingLeft()
}

// nothingLeft tells a folder that is gone from one in which every picture is broken.
func (f *folder) nothingLeft() error {
	if _, err := os.Stat(f.dir); err != nil {
		return unreadable(f.dir, err)
	}
	return fromDisk("images.broken", f.dir, "None of the pictures in %s can be read.", "Check that they open in a picture viewer.", f.cause)
}

func unreadable(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fromDisk("images.missing", dir, "There is no folder %s.", "Check how it is written, and that its drive is connected.", err)
	case errors.Is(err, fs.ErrPermission):
		return fromDisk("images.denied", dir, "The folder %s may not be read.", "Give yourself the right to read it, or choose another folder.", err)
	}
	return fromDisk("images.unreadable", dir, "The folder %s cannot be read.", "Check that its drive is connected and healthy.", err)
}

func fromDisk(code, dir, message, hint string, cause error) error {
	return &fault.Error{Code: code, Message: fmt.Sprintf(message, dir), Hint: hint, Blame: fault.Source, Cause: cause}
}
