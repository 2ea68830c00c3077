package settings

import (
	"bytes"
	"time"

	"github.com/natefinch/atomic"
)

// replace puts raw in the place of a file, at once and flushed to the disk. Windows refuses while anybody reads the file, which takes
// milliseconds: it is tried again, for half a second at most.
func replace(path string, raw []byte) error {
	for range 25 {
		if err := atomic.WriteFile(path, bytes.NewReader(raw)); err == nil {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return atomic.WriteFile(path, bytes.NewReader(raw))
}
