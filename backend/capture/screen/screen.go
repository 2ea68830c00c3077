// Package screen is the source screen: what a monitor of this machine shows.
//
//	screen:2?fps=10
//
// Without a number it is the first one. Nothing looks at a screen before a person has chosen it.
package screen

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// The frames a second that are taken of a screen where nothing else is said, and at most: each is some megabytes from the system.
const (
	DefaultFPS = 10
	MaxFPS     = 30
)

// patience is how long a system may take over one answer. It is also the longest time a screen that hangs looks alive.
const patience = 2 * time.Second

const name = "screen"

// Scheme is the source's entry in a capture.Table.
func Scheme() capture.Scheme { return scheme(newDesk()) }

func scheme(d desk) capture.Scheme {
	return capture.Scheme{
		Name: name, Title: "Screen 1",
		Open:     func(u capture.URI) (capture.Source, error) { return open(d, u) },
		Describe: func(u capture.URI) string { return title(strings.TrimSpace(u.Name)) },
		Devices:  func(ctx context.Context) ([]capture.Device, error) { return devices(ctx, d) },
	}
}

// desk is the monitors of this machine. Its calls return within patience, and at once when ctx ends; their errors are faults.
type desk interface {
	// monitors is how large each is, in a steady order, the first one first.
	monitors(ctx context.Context) ([]image.Point, error)

	// open gives the monitor of that number, from 0. It may be looked at until ctx ends.
	open(ctx context.Context, number int) (monitor, error)
}

// monitor is one monitor, used by one goroutine.
type monitor interface {
	look() (*shot, error) // bounded likewise; a monitor of another size than before is a fault
	close()
}

func devices(ctx context.Context, d desk) ([]capture.Device, error) {
	found, err := d.monitors(ctx)
	if code := fault.CodeOf(err); code == codeNone || code == codeWayland {
		return nil, nil // that is how some machines are
	}
	if err != nil {
		return nil, err
	}
	all := make([]capture.Device, len(found))
	for i, size := range found {
		uri := name + ":"
		if i > 0 {
			uri += strconv.Itoa(i + 1)
		}
		all[i] = capture.Device{
			URI: uri, Name: title(strconv.Itoa(i + 1)), Kind: name, Detail: fmt.Sprintf("%d×%d", size.X, size.Y),
			Modes: []capture.Mode{{URI: uri, Width: size.X, Height: size.Y, FPS: DefaultFPS, Format: "RGB"}},
		}
	}
	return all, nil
}

func title(number string) string { return "Screen " + number }

func open(d desk, u capture.URI) (capture.Source, error) {
	if err := u.Allow("fps"); err != nil {
		return nil, err
	}
	number, err := numberOf(strings.TrimSpace(u.Name))
	if err != nil {
		return nil, err
	}
	ticks, err := ticksOf(u)
	if err != nil {
		return nil, err
	}
	return &source{desk: d, number: number, ticks: ticks}, nil
}

// numberOf reads the number of a monitor, from 1, and gives it from 0.
func numberOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, &fault.Error{
			Code: codeNumber, Message: "That is no number of a screen.", Blame: fault.Question,
			Hint: "Write screen: for the first one, screen:2 for the second.",
		}
	}
	return n - 1, nil
}

func ticksOf(u capture.URI) (capture.Ticks, error) {
	if !u.Options.Has("fps") {
		return DefaultFPS, nil
	}
	ticks, err := u.FPS()
	if err != nil || ticks > MaxFPS {
		return 0, &fault.Error{
			Code: "source.fps", Message: "That is no frame rate for a screen.", Blame: fault.Question, Cause: err,
			Hint: fmt.Sprintf("Choose %d to %d frames a second, like ?fps=%d.", capture.MinFPS, MaxFPS, DefaultFPS),
		}
	}
	return ticks, nil
}

// source is one choice of monitor.
type source struct {
	desk   desk
	number int // from 0
	ticks  capture.Ticks
}

// Run implements capture.Source. What was seen is converted when somebody looks at the frame.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m, err := s.desk.open(ctx, s.number)
	if err != nil {
		return ended(ctx, err)
	}
	defer m.close()
	return s.ticks.Run(ctx, func(int) error {
		now := time.Now()
		seen, err := m.look()
		if err != nil {
			return ended(ctx, err)
		}
		put(sight.Frame{Captured: now, Picture: sight.FromScalable(seen.width, seen.height, seen.draw)})
		return nil
	})
}

// ended is why a look failed: that the source was told to end, if it was.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
