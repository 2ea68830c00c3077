//go:build !windows

package settings

import (
	"bytes"
	"os"

	"github.com/natefinch/atomic"
)

// replace puts raw in the place of a file, at once and flushed to the disk. The lock file of its folder is held.
func replace(path string, raw []byte) error { return atomic.WriteFile(path, bytes.NewReader(raw)) }

// openToRead opens a file that another window may be replacing: it is the old one or the new one.
func openToRead(path string) (*os.File, error) { return os.Open(path) }

// rename moves a file that another window may be reading.
func rename(from, to string) error { return os.Rename(from, to) }
