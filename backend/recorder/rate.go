package recorder

import (
	"math"
	"time"
)

// smallest is the shortest edge that is encoded, in pixels.
const smallest = 16

// What video is made of: so many bits at this size and rate, and never fewer or more than these, a second.
const (
	usualBits   = 2_400_000
	usualPixels = 1280 * 720
	usualFPS    = 30

	fewestBits = 250_000
	mostBits   = 12_000_000
)

// bitsPerSecond is the bit rate for pictures of a size. It grows slower than their pixels and their number do: larger pictures are smoother,
// and more of them differ less.
func bitsPerSecond(width, height int, fps float64) int {
	pixels := float64(width) * float64(height) / usualPixels
	bits := usualBits * math.Pow(pixels, 0.75) * math.Sqrt(fps/usualFPS)
	return int(min(max(bits, fewestBits), mostBits))
}

// cadence is how fast frames come, from the moments they were captured at.
type cadence struct {
	last     time.Time
	interval time.Duration // between two frames, about; 0: not known yet
}

// Bounds of what passes for a cadence. What is longer than longest is no interval: the source was away.
const (
	longest = 2 * time.Second
	slowest = 1 // a second
	fastest = 120
)

func (c *cadence) add(moment time.Time) {
	d := moment.Sub(c.last)
	known := !c.last.IsZero() && d > 0 && d <= longest
	c.last = moment
	switch {
	case !known:
	case c.interval == 0:
		c.interval = d
	default:
		c.interval += (d - c.interval) / 8
	}
}

func (c *cadence) fps() float64 {
	if c.interval == 0 {
		return usualFPS
	}
	return min(max(float64(time.Second)/float64(c.interval), slowest), fastest)
}

// clock makes moments of a source's times: they grow, whatever the source's clock does.
type clock struct{ last time.Time }

// astray is how far back a source's time may step before it is not believed any more.
const astray = time.Second

// moment is when a frame was captured. Two frames are a millisecond apart at least. A source whose clock was set back, or runs ahead, is
// taken at the time its frames come.
func (c *clock) moment(captured, now time.Time) time.Time {
	if captured.After(now) || c.last.Sub(captured) > astray {
		captured = now
	}
	if earliest := c.last.Add(time.Millisecond); captured.Before(earliest) {
		captured = earliest
	}
	c.last = captured
	return captured
}
