// Package localtest is for the tests of those who listen with package local.
package localtest

import "go.uber.org/goleak"

// Lasting are goroutines that a test may leave where somebody listens, or has listened: on Windows one looks after all pipes from the first on,
// and one of each listener, made anew by each who comes, waits for the next.
func Lasting() []goleak.Option {
	return []goleak.Option{
		goleak.IgnoreAnyFunction("github.com/Microsoft/go-winio.ioCompletionProcessor"),
		goleak.IgnoreAnyFunction("github.com/Microsoft/go-winio.(*win32PipeListener).makeConnectedServerPipe.func1"),
	}
}
