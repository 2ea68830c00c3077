// Package file is the source file: a video file, at its own pace or as fast as it is asked about.
//
//	file:PATH?pace=max&loop=1
//
// At its own pace it is like a camera: who is late misses pictures. With pace=max whoever asks sets the pace: every picture comes once, and none is
// read before the one before it is settled. Whatever ffmpeg decodes can be played; it opens nothing but the file itself, and no network.
package file

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"sightline/backend/capture"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// Config is what the source stands on.
type Config struct {
	Program func() (ffmpeg.Program, error) // the ffmpeg to use; asked each time a file is opened
}

// Scheme is the source's entry in a capture.Table. It lists no devices: any file will do.
func Scheme(c Config) capture.Scheme {
	disks := newDisks()
	return capture.Scheme{
		Name: "file", Describe: describe,
		Open: func(u capture.URI) (capture.Source, error) { return open(u, c, disks) },
	}
}

func describe(u capture.URI) string { return filepath.Base(path(u.Name)) }

func open(u capture.URI, c Config, disks *disks) (capture.Source, error) {
	if err := u.Allow("pace", "loop"); err != nil {
		return nil, err
	}
	if u.Name == "" {
		return nil, unnamed()
	}
	s := &source{program: c.Program, disks: disks}
	switch pace := u.Options.Get("pace"); {
	case pace == "max":
		s.max = true
	case u.Options.Has("pace"):
		return nil, wrong(codeOption, "The pace of a file is max, or its own.", "Write ?pace=max, or leave it out.")
	}
	if u.Options.Has("loop") {
		var err error
		if s.loop, err = strconv.ParseBool(u.Options.Get("loop")); err != nil {
			return nil, wrong(codeOption, "The option loop of a file is 1 or 0.", "Write it like ?loop=1.")
		}
	}
	var err error
	if s.path, err = filepath.Abs(path(u.Name)); err != nil {
		return nil, fmt.Errorf("find the file %s: %w", u.Name, err)
	}
	return s, nil
}

// path is the file that a URI names: by its path, or the way programs hand over files (file:///home/me/a%20b.mp4).
func path(name string) string {
	rest, whole := strings.CutPrefix(name, "//")
	if !whole || !strings.HasPrefix(rest, "/") {
		return capture.Folder(name)
	}
	plain, err := url.PathUnescape(rest)
	if err != nil {
		return name
	}
	if runtime.GOOS == "windows" { // /C:/Users
		plain = filepath.FromSlash(strings.TrimPrefix(plain, "/"))
	}
	return plain
}

type source struct {
	program   func() (ffmpeg.Program, error)
	disks     *disks
	path      string // absolute
	max, loop bool
}

// Waits says that put is to return only when its frame is settled.
func (s *source) Waits() bool { return s.max }

// Run plays the file once, or for ever. A second time is ffmpeg's own loop, which has no gap; it is left to it only once the file has proven to hold
// pictures, since ffmpeg would look for them for ever.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	program, err := s.program()
	if err != nil {
		return err
	}
	regular, err := s.disks.look(ctx, s.path)
	if err != nil {
		return err
	}
	in := ffmpeg.Input{Name: s.path, Rate: ffmpeg.CFR}
	if s.max {
		in.Rate = ffmpeg.Passthrough
	}
	if regular {
		in.Colour = s.colour(ctx, program)
	}
	for {
		err := s.play(ctx, program, in, put)
		if err != nil || !s.loop {
			return err
		}
		if regular {
			in.Args = []string{"-stream_loop", "-1"}
		}
	}
}

func (s *source) colour(ctx context.Context, program ffmpeg.Program) ffmpeg.Colour {
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	return program.Look(ctx, s.path)
}
