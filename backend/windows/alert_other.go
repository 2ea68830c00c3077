//go:build !windows

package windows

// Alert does nothing where what is written to the standard error can be read.
func Alert(string) {}
