// Package journal keeps the program's log in the XDG state directory. What goes there holds no key, no picture, no prompt and no answer.
package journal

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// limit is the size in bytes at which a log is put aside for a new one; one old log is kept.
const limit = 1 << 20

// Path is where the log lies.
func Path() string { return filepath.Join(xdg.StateHome, "sightline", "sightline.log") }

// Open sends what is logged by slog to Path. Where that cannot be written the log is dropped: Sightline works without. The returned function
// closes the file.
func Open() (closeLog func()) {
	f, err := open(Path())
	if err != nil {
		slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
		return func() {}
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(f, nil)))
	return func() { _ = f.Close() } // nothing is left to be told
}

func open(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.Size() > limit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
