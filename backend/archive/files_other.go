//go:build !windows

package archive

import (
	"errors"
	"os"
	"syscall"
)

func rename(from, to string) error { return os.Rename(from, to) }

func open(path string) (*os.File, error) { return os.Open(path) }

func staysOpen(string) bool { return false }

// passes says that an error may be one that passes by itself. Here there is none: a file can be replaced and removed while others read it.
func passes(error) bool { return false }

// syncDir makes the names in a folder durable, as far as its file system knows how to.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close() // nothing was written to it
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}
