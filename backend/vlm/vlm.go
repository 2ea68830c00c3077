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

// Server is how one of an asker's servers does, where it has several.
type Server struct {
	Host   string
	Health string // "unknown", "well", "resting" (it asked to be left alone), "out"
}

// Queue is an asker with limited room. Whoever asks it waits for a turn first and only then takes the newest frame, so that no frame grows
// old in a queue. Ask alone takes a turn by itself.
type Queue interface {
	Asker

	// Turn waits until there is room for one question. Its error is ctx's, or a fault.Error where nobody can answer now (RetryAfter says when
	// to come again). The wait has a deadline of its own.
	Turn(ctx context.Context) (Turn, error)
}

// Turn is room for one question: it is used by one Ask, or given back by Release.
type Turn interface {
	Asker

	// Release gives the room back where nothing was asked. After Ask it does nothing.
	Release()
}
