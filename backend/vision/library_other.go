//go:build !linux && !windows

package vision

const runtimeFile = "libonnxruntime"

func endOf(string) (uint64, error) { return 0, nil }

func hintFor(error) string { return "" }
