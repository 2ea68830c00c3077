package archive

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// rename returns when the new name is on disk. Where a file stays open whose name is wanted, Windows speaks of a lack of permission.
func rename(from, to string) error {
	err := patiently(func() error { return moveFile(from, to) })
	if err != nil {
		if errors.Is(err, fs.ErrPermission) && isOpen(to) {
			err = windows.ERROR_SHARING_VIOLATION
		}
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

func moveFile(from, to string) error {
	old, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	wanted, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(old, wanted, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
}

// isOpen is so where nobody gets the file alone.
func isOpen(path string) bool { return isOneOf(alone(path), inUse()) }

// staysOpen is so where it is open for longer than a look takes.
func staysOpen(path string) bool {
	return isOneOf(patiently(func() error { return alone(path) }), inUse())
}

// alone opens a file as nobody else may have it open, and lets go of it.
func alone(path string) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	file, err := windows.CreateFile(name, windows.GENERIC_READ, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return err
	}
	return windows.CloseHandle(file)
}

// open waits for a file that is just being replaced.
func open(path string) (*os.File, error) {
	var f *os.File
	err := patiently(func() (err error) {
		f, err = os.Open(path)
		return err
	})
	return f, err
}

// patiently does what Windows refuses while somebody else has the file open: a reader, whoever replaces it, or a virus scanner. Each takes
// milliseconds, so it is tried again, for half a second at most.
func patiently(do func() error) error {
	for range 25 {
		if err := do(); !passes(err) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return do()
}

// passes says that an error may be one that passes by itself. A file that is just being removed, and one that is open and to be replaced, are
// met as a lack of permission.
func passes(err error) bool {
	return isOneOf(err, inUse()) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrExist)
}

// syncDir has nothing to do: NTFS writes its names by itself.
func syncDir(dir string) error {
	_, err := os.Stat(dir)
	return err
}
