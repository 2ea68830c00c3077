//go:build !linux && !windows

package vision

const runtimeFile = "libonnxruntime"

func isWhole(string) error { return nil }

func hintFor(error) string { return "" }
