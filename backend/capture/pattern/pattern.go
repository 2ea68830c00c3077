// Package pattern is the source pattern: a moving test card that shows its frame counter and the time it was captured.
//
//	pattern:?fps=30&size=1280x720&colour=RRGGBB
//
// With a colour, the card is that colour instead of bars.
package pattern

import (
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"strconv"
	"strings"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// The size of a card that is not told otherwise, and the limits of one that is, in pixels.
const (
	Width     = 1280
	Height    = 720
	MinWidth  = 160
	MinHeight = 90
	MaxWidth  = 4096
	MaxHeight = 4096
)

const (
	name  = "pattern"
	title = "Test pattern" // as a person knows it
)

// Scheme is the source's entry in a capture.Table.
func Scheme() capture.Scheme {
	return capture.Scheme{Name: name, Title: title, Open: open, Devices: devices}
}

func devices(context.Context) ([]capture.Device, error) {
	return []capture.Device{{URI: name + ":", Name: title, Kind: name}}, nil
}

func open(uri capture.URI) (capture.Source, error) {
	if err := uri.Nameless(); err != nil {
		return nil, err
	}
	if err := uri.Allow("fps", "size", "colour"); err != nil {
		return nil, err
	}
	ticks, err := uri.FPS()
	if err != nil {
		return nil, err
	}
	size, err := parseSize(uri.Options.Get("size"))
	if err != nil {
		return nil, err
	}
	colour, err := parseColour(uri.Options.Get("colour"))
	if err != nil {
		return nil, err
	}
	card, err := newCard(size, colour)
	if err != nil {
		return nil, err
	}
	return &source{ticks, card}, nil
}

// parseSize reads WxH; the default where text is empty.
func parseSize(text string) (image.Point, error) {
	if text == "" {
		return image.Pt(Width, Height), nil
	}
	w, h, _ := strings.Cut(strings.ToLower(text), "x")
	width, errW := strconv.Atoi(w)
	height, errH := strconv.Atoi(h)
	if errW != nil || errH != nil || width < MinWidth || width > MaxWidth || height < MinHeight || height > MaxHeight {
		return image.Point{}, &fault.Error{
			Code: "pattern.size", Message: "That is no size for a test pattern.", Blame: fault.Question,
			Hint: fmt.Sprintf("Choose from %dx%d to %dx%d pixels, like ?size=%dx%d.", MinWidth, MinHeight, MaxWidth, MaxHeight, Width, Height),
		}
	}
	return image.Pt(width, height), nil
}

// parseColour reads RRGGBB in hex, with or without a leading #; nil, for the bars, where text is empty.
func parseColour(text string) (*color.YCbCr, error) {
	if text == "" {
		return nil, nil
	}
	rgb, err := hex.DecodeString(strings.TrimPrefix(text, "#"))
	if err != nil || len(rgb) != 3 {
		return nil, &fault.Error{
			Code: "pattern.colour", Message: "That is no colour for a test pattern.", Blame: fault.Question,
			Hint: "Write it in six hex digits, like ?colour=ff8800 for orange.",
		}
	}
	c := yuv(rgb[0], rgb[1], rgb[2])
	return &c, nil
}

type source struct {
	ticks capture.Ticks
	card  *card
}

// Run counts its frames from 1. They are drawn when somebody looks at them.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	var counter uint32
	return s.ticks.Run(ctx, func(n int) error {
		counter++
		put(s.frame(counter, s.ticks.At(n)))
		return nil
	})
}

func (s *source) frame(counter uint32, since time.Duration) sight.Frame {
	m := moment{counter: counter, since: since, captured: time.Now()}
	render := func() *image.YCbCr { return s.card.at(m) }
	return sight.Frame{Captured: m.captured, Picture: sight.FromRender(s.card.size.X, s.card.size.Y, render)}
}

func yuv(r, g, b byte) color.YCbCr {
	y, cb, cr := color.RGBToYCbCr(r, g, b)
	return color.YCbCr{Y: y, Cb: cb, Cr: cr}
}
