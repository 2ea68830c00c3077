package sampler

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"sightline/backend/fault"
)

// Pace says when a frame is picked. The zero value is back to back: as soon as the backend is free.
type Pace struct {
	Every  time.Duration // one frame each so long, 100 ms to an hour
	Frames int           // one of so many captured frames, 1–3600
	Asked  bool          // only when somebody asks
}

// The limits of a pace.
const (
	MinEvery  = 100 * time.Millisecond
	MaxEvery  = time.Hour
	MaxFrames = 3600
)

// ParsePace reads "0", "2s" (any Go duration), "30f" or "asked".
func ParsePace(s string) (Pace, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "0":
		return Pace{}, nil
	case s == "asked":
		return Pace{Asked: true}, nil
	case strings.HasSuffix(s, "f"):
		n, err := strconv.Atoi(strings.TrimSuffix(s, "f"))
		if err != nil || n < 1 || n > MaxFrames {
			return Pace{}, badPace(s, fmt.Sprintf("Count 1 to %d frames, like 30f.", MaxFrames))
		}
		return Pace{Frames: n}, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return Pace{}, badPace(s, "Write it like 2s, 500ms or 30f; 0 asks back to back.")
	}
	if d < MinEvery || d > MaxEvery {
		return Pace{}, badPace(s, "Choose 100ms to 1h; 0 asks back to back.")
	}
	return Pace{Every: d}, nil
}

// String is the pace as ParsePace reads it.
func (p Pace) String() string {
	switch {
	case p.Asked:
		return "asked"
	case p.Frames > 0:
		return strconv.Itoa(p.Frames) + "f"
	case p.Every > 0:
		return p.Every.String()
	}
	return "0"
}

func badPace(s, hint string) error {
	return &fault.Error{Code: "pace", Message: fmt.Sprintf("%q is no pace.", s), Hint: hint, Blame: fault.Question}
}
