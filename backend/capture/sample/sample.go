// Package sample is the source sample: real photographs in a slow pan and zoom, for a first look without a camera.
package sample

import (
	"context"
	"image"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// The form of its frames: pixels, and frames a second.
const (
	Width  = 1280
	Height = 720
	FPS    = 30
)

// The scheme, with its colon the whole URI; and what it is called.
const (
	name  = "sample"
	title = "Sample pictures" // as a person knows it
)

// Scheme is the source's entry in a capture.Table. It takes no name and no options.
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
	if err := uri.Allow(); err != nil {
		return nil, err
	}
	show, err := newShow()
	if err != nil {
		return nil, err
	}
	return &source{show}, nil
}

type source struct{ show show }

// Run starts the show from its beginning. Its frames are drawn when somebody looks at them, and the photographs decoded then.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	ticks := capture.Ticks(FPS)
	return ticks.Run(ctx, func(n int) error {
		put(s.frame(ticks.At(n)))
		return nil
	})
}

func (s *source) frame(at time.Duration) sight.Frame {
	render := func(w, h int) *image.YCbCr { return s.show.at(at, w, h) }
	return sight.Frame{Captured: time.Now(), Picture: sight.FromScalable(Width, Height, render)}
}
