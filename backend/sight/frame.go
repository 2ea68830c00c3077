// Package sight holds the shared words of Sightline: Frame, Picture, Question, Answer, Observation, Outcome, and Latest, the one slot
// between capture and everything that looks.
package sight

import "time"

// Frame is one captured picture. It is a small value, freely copied; its picture is shared and never changes.
type Frame struct {
	// Number counts the frames captured in a session, from 1, also across restarts of the source. Sources leave it 0: the session counts.
	Number uint64

	// Captured is when the picture was taken, as near to the sensor as the source knows. It carries a monotonic reading.
	Captured time.Time

	Picture *Picture

	// Origin is where the frame comes from when it was recorded before; nil for a live one.
	Origin *Origin
}

// Origin is a moment of a recording.
type Origin struct {
	Recording string        // its ID
	Dir       string        // its folder
	At        time.Duration // since its start
}
