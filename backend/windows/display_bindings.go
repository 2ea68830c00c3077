//go:build bindings

package windows

// DisplayHere is always so for the program that only writes Wails' bindings: it opens no window.
func DisplayHere() bool { return true }
