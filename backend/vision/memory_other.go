//go:build !cgo || !linux

package vision

// There is nothing to do where the C library gives memory back by itself.

func keepMemory() {}

func trim() {}

func giveBackMemory() {}
