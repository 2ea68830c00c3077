package replay

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/ffmpeg"
	"sightline/backend/h264"
)

const (
	mostInside = 24               // pictures in ffmpeg at once: the 16 it may hold back, and enough that it is never idle
	hungAfter  = 10 * time.Second // without a picture, ffmpeg is given up
)

// decoder is an ffmpeg.Decoder.
type decoder interface {
	Write(p []byte) (int, error)
	Next() (*image.YCbCr, error)
	End() error
	Close()
}

// starter starts a decoder.
type starter func(ctx context.Context, in ffmpeg.Input) (decoder, error)

// film is a segment on its way through ffmpeg, from a key on. One goroutine hands the samples over, ahead of their time, and another takes the
// pictures: each belongs to the oldest sample that is inside, since nothing is recorded whose pictures come in another order.
type film struct {
	video   *archive.Video
	decoder decoder
	stop    context.CancelFunc
	fed     chan struct{} // closed when nothing more is handed over
	room    chan struct{} // there may be room

	mu     sync.Mutex
	inside []int         // the samples whose pictures are to come, in order
	ahead  int           // the sample that is handed over next
	begun  bool          // a picture has come; until then there is always room
	due    time.Duration // the moment of the segment that is due, as far as is known
	wrong  error         // the first sample that could not be handed over
}

// expose begins with a sample, which is a key.
func expose(ctx context.Context, start starter, video *archive.Video, from int) (*film, error) {
	d, err := start(ctx, inputOf(video.SPS))
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	f := &film{video: video, decoder: d, stop: stop, fed: make(chan struct{}), room: make(chan struct{}, 1)}
	go f.feed(ctx, from)
	return f, nil
}

// inputOf has ffmpeg end at the first picture that is damaged, instead of making something up. So it stays known which picture is which.
func inputOf(sps []byte) ffmpeg.Input {
	return ffmpeg.Input{Args: append(ffmpeg.LiveH264(), "-xerror"), Rate: ffmpeg.Passthrough, Colour: colourOf(sps)}
}

// colourOf is what a sequence parameter set says of colours.
func colourOf(sps []byte) ffmpeg.Colour {
	s, err := h264.Describe(sps)
	if err != nil {
		return ffmpeg.Colour{}
	}
	return ffmpeg.ColourOf(s.Matrix, s.FullRange)
}

// next is the next picture and the sample it was made of; io.EOF where there are no more. due is the moment of the segment that is due.
func (f *film) next(due time.Duration) (sample int, picture *image.YCbCr, err error) {
	f.mu.Lock()
	f.due = due
	f.mu.Unlock()
	patience := time.AfterFunc(hungAfter, f.decoder.Close)
	picture, err = f.decoder.Next()
	inTime := patience.Stop()
	switch {
	case errors.Is(err, io.EOF):
		return 0, nil, f.end()
	case err != nil && !inTime:
		return 0, nil, errors.New("no picture came in time")
	case err != nil:
		return 0, nil, err
	}
	sample, err = f.took()
	return sample, picture, err
}

// end tells a proper end from one that leaves pictures out.
func (f *film) end() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := len(f.inside); n > 0 {
		return fmt.Errorf("%d pictures did not come", n)
	}
	return io.EOF
}

// took is the sample of the picture that has come.
func (f *film) took() (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.inside) == 0 {
		return 0, errors.New("ffmpeg made more pictures than it was given")
	}
	i := f.inside[0]
	f.inside, f.begun = f.inside[1:], true
	select {
	case f.room <- struct{}{}:
	default:
	}
	return i, nil
}

// feed hands over the samples, each where there is room for it. Behind one that cannot be read it goes on at the next key.
func (f *film) feed(ctx context.Context, from int) {
	defer close(f.fed)
	u := unit{video: f.video}
	for i := from; i < len(f.video.Samples); {
		if !f.waitForRoom(ctx) {
			return
		}
		i = f.caughtUp(i)
		stream, err := u.read(i)
		if err != nil {
			f.missed(err)
			i = keyAfter(f.video, i)
			continue
		}
		f.enter(i)
		if _, err := f.decoder.Write(stream); err != nil {
			return // who takes the pictures is told why
		}
		i++
	}
	_ = f.decoder.End() // one that has ended already is noticed by its pictures
}

func (f *film) waitForRoom(ctx context.Context) bool {
	for {
		f.mu.Lock()
		full := f.begun && len(f.inside) >= mostInside
		f.mu.Unlock()
		if !full {
			return ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-f.room:
		}
	}
}

// caughtUp is where to go on instead of with sample i: at the newest key that is due, where i is long past its time.
func (f *film) caughtUp(i int) int {
	f.mu.Lock()
	due := f.due
	f.mu.Unlock()
	if due-f.video.Samples[i].At < farBehind {
		return i
	}
	return max(i, f.video.KeyAt(due))
}

func (f *film) enter(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inside, f.ahead = append(f.inside, i), i+1
}

func (f *film) missed(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.wrong == nil {
		f.wrong = err
	}
}

// close ends the child, and returns when nobody reads the segment any more. It gives the first sample whose picture has not come, and why a
// sample could not be handed over.
func (f *film) close() (left int, wrong error) {
	f.stop()
	f.decoder.Close()
	<-f.fed
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.inside) > 0 {
		return f.inside[0], f.wrong
	}
	return f.ahead, f.wrong
}

// keyAfter is the first key behind sample i; where there is none, the end.
func keyAfter(v *archive.Video, i int) int {
	for i++; i < len(v.Samples); i++ {
		if v.Samples[i].Key {
			return i
		}
	}
	return len(v.Samples)
}
