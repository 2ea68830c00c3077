// Package mp4 writes and reads MP4 files of one H.264 track: written in fragments, each whole on its own, and read even where a file is cut
// short anywhere.
package mp4

import (
	"errors"
	"sort"
	"time"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	CodeBroken = "video.broken" // not such a file, or damaged in its very beginning
	CodeEmpty  = "video.empty"  // no picture, at all or in the part that was asked for
)

// Shape is what a track's pictures have in common.
type Shape struct {
	Width, Height int
	SPS, PPS      []byte
}

// Sample is one encoded picture.
type Sample struct {
	Data []byte        // NAL units behind four-byte lengths
	At   time.Duration // since the start of the file
	Key  bool
}

// Track is what a file holds, as far as it is whole.
type Track struct {
	Shape
	Samples []Span        // in order
	Length  time.Duration // until the end of the last sample
	Whole   int64         // bytes up to the end of the last whole fragment: what follows is an index, or torn
	Indexed bool          // an index follows: the file was finished
}

// Span is where a sample lies, and when it is shown. Where the camera was gone, the next one begins later than this one ends.
type Span struct {
	Offset       int64
	Size         int
	At, Duration time.Duration
	Key          bool
}

// KeyAt is the index of the last key at or before a moment, 0 where there is none.
func (t *Track) KeyAt(at time.Duration) int {
	for i := t.after(at) - 1; i > 0; i-- {
		if t.Samples[i].Key {
			return i
		}
	}
	return 0
}

// after is the index of the first sample that begins after a moment.
func (t *Track) after(at time.Duration) int {
	return sort.Search(len(t.Samples), func(i int) bool { return t.Samples[i].At > at })
}

// timescale is the ticks a second in which files count time. Each time is rounded by itself, so that the errors never add up.
const timescale = 90000

// ticks is a time in the file's clock, to the nearest tick.
func ticks(d time.Duration) int64 {
	return (int64(max(d, 0))*9 + 50_000) / 100_000
}

// moment is the time of a tick, to the nearest nanosecond, for a clock of any speed.
func moment(tick, scale int64) time.Duration {
	whole, rest := tick/scale, tick%scale
	return time.Duration(whole)*time.Second + time.Duration((rest*int64(time.Second)+scale/2)/scale)
}

func broken(cause error) error {
	return &fault.Error{
		Code: CodeBroken, Blame: fault.Source, Cause: cause,
		Message: "The video file is damaged, or is none that Sightline wrote.",
		Hint:    "The answers and pictures beside it can still be read.",
	}
}

func empty() error {
	return &fault.Error{
		Code: CodeEmpty, Blame: fault.Source, Cause: errors.New("no samples"),
		Message: "There is no video in this part of the recording.",
		Hint:    "Choose another part.",
	}
}
