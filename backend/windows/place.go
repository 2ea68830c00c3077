package windows

import (
	"os"
	"runtime"
)

// Placeable says whether a window can say where it lies: Wayland tells no program, and places none.
func Placeable() bool {
	return runtime.GOOS != "linux" || os.Getenv("WAYLAND_DISPLAY") == "" || os.Getenv("GDK_BACKEND") == "x11"
}
