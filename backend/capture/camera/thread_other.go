//go:build !windows

package camera

// FreeThread does something on Windows only.
func FreeThread() {}
