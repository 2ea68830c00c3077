package file

import (
	"context"
	"errors"
	"image"
	"io"
	"sync/atomic"
	"time"

	"sightline/backend/capture"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// video is what is played: an ffmpeg.Decoder.
type video interface {
	Next() (*image.YCbCr, error)
	FPS() float64
	Said() string
	Close()
}

// play plays the file once. It gives nil at the end of one that loops.
func (s *source) play(ctx context.Context, program ffmpeg.Program, in ffmpeg.Input, put func(sight.Frame)) error {
	decoder, err := program.Start(ctx, in)
	if err != nil {
		return err
	}
	defer decoder.Close()
	r := newReader(decoder)
	defer r.watch.Stop()
	if s.max {
		err = r.each(ctx, put)
	} else {
		err = r.live(ctx, put)
	}
	return s.ending(ctx, r, err)
}

func (s *source) ending(ctx context.Context, r *reader, err error) error {
	said := r.video.Said()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case r.stalled.Load():
		return stalled(s.path)
	case r.count == 0 && errors.Is(err, io.EOF):
		return noVideo(s.path, errors.New(said))
	case r.count == 0:
		return unplayed(s.path, said, err)
	case !errors.Is(err, io.EOF) && !cutShort(said):
		return broken(s.path, !s.max, err)
	case s.loop:
		return rest(ctx, r)
	}
	return finished(s.path, cutShort(said))
}

// shortest is how long a loop takes at least where each needs an ffmpeg of its own: a single picture would have one started after the other.
const shortest = time.Second

func rest(ctx context.Context, r *reader) error {
	left := time.NewTimer(shortest - time.Since(r.begun))
	defer left.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-left.C:
		return nil
	}
}

// reader takes pictures one after the other, under a watch.
type reader struct {
	video   video
	begun   time.Time
	count   int // pictures so far
	watch   *time.Timer
	stalled atomic.Bool
}

func newReader(v video) *reader {
	r := &reader{video: v, begun: time.Now()}
	r.watch = time.AfterFunc(stall, func() {
		r.stalled.Store(true)
		v.Close()
	})
	r.watch.Stop()
	return r
}

func (r *reader) next() (*image.YCbCr, error) {
	r.watch.Reset(stall)
	picture, err := r.video.Next()
	r.watch.Stop()
	if err == nil {
		r.count++
	}
	return picture, err
}

// each puts every picture, as fast as put returns. Meanwhile ffmpeg gets no further than what its pipe holds.
func (r *reader) each(ctx context.Context, put func(sight.Frame)) error {
	for ctx.Err() == nil {
		picture, err := r.next()
		if err != nil {
			return err
		}
		put(framed(picture))
	}
	return ctx.Err()
}

// Where a file says nothing of its rate, or nothing that can be.
const usual = 25

// farBehind is how late a picture may be for the ones between to be left out. Beyond that the machine slept, or stood still: it goes on from there.
const farBehind = 2 * time.Second

// errBehind sets the clock anew.
var errBehind = errors.New("too far behind")

// live puts pictures when they are due, counted from the first, and leaves out those that are late. A machine that decodes more slowly than the video plays cannot catch
// up by leaving out: there it plays all, slowly.
func (r *reader) live(ctx context.Context, put func(sight.Frame)) error {
	for {
		picture, err := r.next()
		if err != nil {
			return err
		}
		ticks := capture.Ticks(r.video.FPS())
		if ticks <= 0 {
			ticks = usual
		}
		shown := 0 // which picture since the clock was set
		err = ticks.Run(ctx, func(due int) error {
			began, behind := time.Now(), due-shown
			if behind > 1 && ticks.At(behind-1) > farBehind {
				return errBehind
			}
			if picture, err = r.skip(picture, behind); err != nil {
				return err
			}
			put(framed(picture))
			if shown = due; behind > 1 && time.Since(began) > ticks.At(behind) {
				return errBehind
			}
			return nil
		})
		if !errors.Is(err, errBehind) {
			return err
		}
	}
}

// skip is the n-th picture from this one on.
func (r *reader) skip(picture *image.YCbCr, n int) (*image.YCbCr, error) {
	for ; n > 0; n-- {
		var err error
		if picture, err = r.next(); err != nil {
			return nil, err
		}
	}
	return picture, nil
}

func framed(picture *image.YCbCr) sight.Frame {
	return sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(picture)}
}
