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

	// Part is which part of the captured picture Picture shows; nil: all of it.
	Part *Region

	// Coded is the camera's own video of this frame, where it sends any; nil elsewhere.
	Coded *Coded

	// Origin is where the frame comes from when it was recorded before; nil for a live one.
	Origin *Origin
}

// Coded is one frame of H.264 as a camera sends it. A frame that is no key can be decoded only after all those before it, back to the last key:
// they hang together, so that whoever sees only some frames still finds the others, and a recording can be whole without encoding anything.
// The chain is let go of with its last frame. It never changes.
type Coded struct {
	Data     []byte    // NAL units in the order of the stream, each behind its length in four bytes, without parameter sets
	Key      bool      // decoding can start here (IDR)
	SPS, PPS []byte    // the parameter sets in force, the same slices as long as they are the same
	Captured time.Time // of its frame
	Before   *Coded    // the frame before it; nil for a key
}

// Origin is a moment of a recording.
type Origin struct {
	Recording string        // its ID
	Dir       string        // its folder
	At        time.Duration // since its start
}
