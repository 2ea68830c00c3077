package camera

import (
	"errors"

	"golang.org/x/sys/windows"
)

// FreeThread gives the calling thread back to windows. Importing mediadevices' camera driver makes the thread of main a member of COM's
// multithreaded apartment, in which WebView2 cannot be made; this moves it to one of its own. Call it first thing in main of a program that
// opens a window, on the thread that will.
func FreeThread() {
	err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED)
	if errors.Is(err, windows.Errno(windows.RPC_E_CHANGED_MODE)) {
		windows.CoUninitialize()
		_ = windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED) // what cannot be had, WebView2 reports better
	}
}
