//go:build !bindings

package windows

import (
	"os"
	"runtime"
)

// DisplayHere says whether a window can open: on Linux that takes a display server.
func DisplayHere() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
