//go:build !windows

package settings

import (
	"bytes"

	"github.com/natefinch/atomic"
)

// replace puts raw in the place of a file, at once and flushed to the disk. The lock file of its folder is held.
func replace(path string, raw []byte) error { return atomic.WriteFile(path, bytes.NewReader(raw)) }
