//go:build !windows

package metrics

import (
	"errors"
	"syscall"
)

// inUse says whether somebody listens at an address already.
func inUse(err error) bool { return errors.Is(err, syscall.EADDRINUSE) }
