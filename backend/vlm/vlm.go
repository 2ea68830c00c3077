// Package vlm says what an asker promises: something that answers a question about a picture.
package vlm

import (
	"context"

	"sightline/backend/sight"
)

// Asker answers questions about frames. Any number of goroutines may ask one at a time each; what it remembers of earlier pictures belongs to
// one session, so a session has its own.
type Asker interface {
	// Ask blocks until the answer is complete, has failed, or ctx ends, which also ends the request on the wire. on hears each step as it
	// happens, from one goroutine at a time, never after Ask has returned: first sight.Sent, then pieces of thinking and text. It must
	// return at once, and may be nil. The answer returned is partial when the error is not nil: what had come, with its times. Errors are fault.Errors,
	// or ctx's own. Every wait inside has a deadline, whatever ctx's.
	Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error)
}
