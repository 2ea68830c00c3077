//go:build !linux && !windows

package about

import "runtime"

func system() string { return runtime.GOOS }
