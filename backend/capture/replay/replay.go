// Package replay is the source recording: a recording, played again with its own pictures and times.
//
//	recording:DIR?loop=1&asked=1
//
// With asked, only the pictures that were asked about are shown, each at its time and byte for byte. Without it they come from the video, which
// has them all in one size; a recording without video, or one that cannot be decoded here, shows the kept pictures instead. Video that
// Sightline encoded is decoded in this process; a camera's own needs ffmpeg.
package replay

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// Config is what playing needs beside the recordings. Its zero value is ready.
type Config struct {
	Program func() (ffmpeg.Program, error) // what decodes cameras' own video; asked when there is some; nil: the ffmpeg that is found
}

// Scheme is the source's entry in a capture.Table. It lists no devices: recordings have a shelf of their own.
func Scheme(c Config) capture.Scheme {
	all := new(abandoned)
	return capture.Scheme{Name: "recording", Describe: describe, Open: func(u capture.URI) (capture.Source, error) { return open(u, c, all) }}
}

// starter finds the program.
func (c Config) starter() (starter, error) {
	find := c.Program
	if find == nil {
		find = func() (ffmpeg.Program, error) { return ffmpeg.Find("") }
	}
	program, err := find()
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, in ffmpeg.Input) (decoder, error) {
		d, err := program.Start(ctx, in)
		if err != nil {
			return nil, err // and not a decoder that is nil
		}
		return d, nil
	}, nil
}

// describe tells when it was recorded, which the folder's name begins with.
func describe(u capture.URI) string {
	folder := filepath.Base(u.Name)
	if when, err := time.Parse(stamp, folder[:min(len(stamp), len(folder))]); err == nil {
		return "Recording of " + when.Format("2 Jan 2006, 15:04")
	}
	return "Recording " + folder
}

// stamp is how the folder of a recording begins.
const stamp = "2006-01-02_15-04"

func open(u capture.URI, c Config, all *abandoned) (capture.Source, error) {
	if err := u.Allow("loop", "asked"); err != nil {
		return nil, err
	}
	if u.Name == "" {
		return nil, unnamed()
	}
	s := &source{abandoned: all, openVideo: archive.OpenVideo, program: c.starter}
	var err error
	if s.loop, err = yes(u, "loop"); err != nil {
		return nil, err
	}
	if s.asked, err = yes(u, "asked"); err != nil {
		return nil, err
	}
	if s.dir, err = filepath.Abs(capture.Folder(u.Name)); err != nil {
		return nil, lost(u.Name, err)
	}
	return s, nil
}

// yes reads an option that is on or off.
func yes(u capture.URI, option string) (bool, error) {
	if !u.Options.Has(option) {
		return false, nil
	}
	on, err := strconv.ParseBool(u.Options.Get(option))
	if err != nil {
		return false, neither(option)
	}
	return on, nil
}

type source struct {
	dir         string // absolute
	loop, asked bool
	abandoned   *abandoned
	openVideo   func(dir string, s archive.Segment) (*archive.Video, error)
	program     func() (starter, error)
}

// grace is how long a read may go on when Run is to end: half of what Run itself has.
const grace = time.Second

// Run plays what the recording has at this moment, once, and then ends; with loop it starts over. A network disk may let a read hang for
// minutes, so that playing has a goroutine of its own: it outlives Run only as long as such a read, of which each recording has one at most.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	if s.abandoned.has(s.dir) {
		return hung(s.dir)
	}
	reading, ended := &reading{dir: s.dir}, make(chan error, 1)
	go func() {
		err := s.play(ctx, put)
		s.abandoned.back(reading)
		ended <- err
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	patience := time.NewTimer(grace)
	defer patience.Stop()
	select {
	case err := <-ended:
		return err
	case <-patience.C:
		s.abandoned.leave(reading)
		return ctx.Err()
	}
}
