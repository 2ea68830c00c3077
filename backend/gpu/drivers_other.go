//go:build !linux && !windows

package gpu

// drivers are none where nobody has been asked for any.
func drivers(Config) []driver { return nil }
