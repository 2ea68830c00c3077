//go:build !cgo || !linux

package vision

// trim has nothing to do where the C library gives memory back by itself.
func trim() {}
