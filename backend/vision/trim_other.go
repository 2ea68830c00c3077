//go:build !cgo || !linux

package vision

// beModest and trim have nothing to do where the C library gives memory back by itself.
func beModest() {}

func trim() {}
