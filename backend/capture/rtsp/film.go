package rtsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"sync/atomic"
	"time"

	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// film has the units of a queue decoded, by one ffmpeg after another: each knows one kind of picture.
type film struct {
	address *url.URL // for faults
	codec   codec
	program ffmpeg.Program
	queue   *queue
	put     func(sight.Frame)

	reel *reel
	buf  []byte
}

// reel is one decoder, with who takes its pictures.
type reel struct {
	sps      []byte
	decoder  *ffmpeg.Decoder
	match    *matcher
	fed      bool // it has been given a unit
	stopping atomic.Bool
	taken    chan struct{} // closed when nobody takes pictures any more
}

// run decodes until ctx ends, or it cannot go on.
func (f *film) run(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	defer f.end()
	for {
		u, err := f.queue.pop(ctx)
		if err != nil {
			return context.Cause(ctx)
		}
		if u.key && (f.reel == nil || !bytes.Equal(f.reel.sps, u.sps)) {
			if err := f.begin(ctx, u.sps, fail); err != nil {
				return err
			}
		}
		if err := f.feed(ctx, u); err != nil {
			return err
		}
	}
}

// end ends the decoder, and tells the log what was left out: it is no news where a camera is only looked at, but explains gaps.
func (f *film) end() {
	f.change(nil)
	if n := f.queue.dropped(); n > 0 {
		slog.Debug("rtsp: pictures were left out since they could not be decoded in time, or came before a key", "host", f.address.Host, "pictures", n)
	}
}

// begin has another decoder take over, for pictures of another kind.
func (f *film) begin(ctx context.Context, sps []byte, fail func(error)) error {
	last := f.change(nil)
	f.queue.bePatient(true)
	in := ffmpeg.Input{Args: f.codec.args(), Rate: ffmpeg.Passthrough, Colour: f.codec.colour(sps)}
	decoder, err := f.program.Start(ctx, in)
	if err != nil {
		return err
	}
	r := &reel{sps: sps, decoder: decoder, match: newMatcher(last), taken: make(chan struct{})}
	f.change(r)
	go func() {
		defer close(r.taken)
		if err := f.take(r); !r.stopping.Load() {
			fail(err)
		}
	}()
	return nil
}

// change puts a reel in the place of another, which it ends; it gives when the newest picture of that was captured.
func (f *film) change(to *reel) (last time.Time) {
	if from := f.reel; from != nil {
		from.stopping.Store(true)
		from.decoder.Close()
		<-from.taken
		last = from.match.newest()
	}
	f.reel = to
	return last
}

// feed hands a unit to the decoder. That it takes no more is told by who takes its pictures.
func (f *film) feed(ctx context.Context, u *unit) error {
	if f.reel == nil {
		return nil // a queue begins with a key, so there is one
	}
	if err := f.reel.match.admit(ctx, u); err != nil {
		return context.Cause(ctx)
	}
	f.buf = append(u.stream(f.buf[:0]), f.codec.end...)
	if !f.reel.fed {
		f.buf = f.codec.fillUp(f.buf)
		f.reel.fed = true
	}
	if _, err := f.reel.decoder.Write(f.buf); err != nil {
		<-f.reel.taken
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	return nil
}

// fillUp adds what means nothing, so that ffmpeg has seen enough to begin. Otherwise a dark room, of which next to nothing is sent, would take seconds to show.
func (c codec) fillUp(buf []byte) []byte {
	const enough = 6000
	buf = append(append(buf, 0, 0, 0, 1), c.fill...)
	buf = append(buf, bytes.Repeat([]byte{0xff}, enough)...)
	return append(append(buf, 0x80), c.end...)
}

// take hands on the pictures of a decoder until it gives no more, and says why.
func (f *film) take(r *reel) error {
	for begun := false; ; begun = true {
		picture, err := r.decoder.Next()
		if err != nil {
			return f.explain(r, begun, err)
		}
		if !begun {
			f.queue.bePatient(false)
		}
		u, captured := r.match.shown(time.Now())
		frame := sight.Frame{Captured: captured, Picture: sight.FromYCbCr(picture)}
		if u != nil {
			frame.Coded = u.coded
		}
		f.put(frame)
	}
}

// explain tells a decoder that cannot read this video from one that ended on the way.
func (f *film) explain(r *reel, begun bool, err error) error {
	known := fault.CodeOf(err)
	switch {
	case !begun && (errors.Is(err, io.EOF) || known == ffmpeg.CodeFailed):
		return undecoded(f.address, fmt.Errorf("%w; ffmpeg says %q", err, r.decoder.Said()))
	case errors.Is(err, io.EOF):
		return &fault.Error{
			Code: ffmpeg.CodeFailed, Message: "ffmpeg has stopped decoding.", Hint: "Sightline starts it again by itself.", Blame: fault.Source, Cause: err,
		}
	}
	return err
}
