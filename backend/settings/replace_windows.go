package settings

import (
	"bytes"
	"errors"
	"os"
	"time"

	"github.com/natefinch/atomic"
	"golang.org/x/sys/windows"
)

// Windows lets nobody open a file for the moment in which it is replaced, and nobody replace it while it is read. Both take milliseconds, and
// are tried again for a second at most.
const (
	tries    = 50
	tryAgain = 20 * time.Millisecond
)

// replace puts raw in the place of a file, at once and flushed to the disk.
func replace(path string, raw []byte) error {
	for range tries {
		if err := atomic.WriteFile(path, bytes.NewReader(raw)); err == nil {
			return nil
		}
		time.Sleep(tryAgain)
	}
	return atomic.WriteFile(path, bytes.NewReader(raw))
}

// openToRead opens a file that another window may be replacing.
func openToRead(path string) (f *os.File, err error) {
	err = patiently(func() error {
		f, err = os.Open(path)
		return err
	})
	return f, err
}

// rename moves a file that another window may be reading.
func rename(from, to string) error { return patiently(func() error { return os.Rename(from, to) }) }

func patiently(do func() error) error {
	for range tries {
		err := do()
		if !errors.Is(err, windows.ERROR_SHARING_VIOLATION) && !errors.Is(err, windows.ERROR_ACCESS_DENIED) {
			return err
		}
		time.Sleep(tryAgain)
	}
	return do()
}
