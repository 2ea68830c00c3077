// Package awake holds off the machine's sleep while something runs that sleep would break.
package awake

import "context"

// Hold keeps the machine from going to sleep by itself until release is called, which may be called twice; the screen may still go dark. why is for
// whoever asks the system what keeps it awake. Where the system cannot be asked, that is the error, and release does nothing.
func Hold(ctx context.Context, why string) (release func(), err error) { panic("not built yet") }
