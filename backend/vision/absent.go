//go:build !cgo || !(linux || windows)

package vision

// opener has nothing to open: the runtime cannot be called without cgo.
func opener() func(library string) (runtime, error) { return nil }
