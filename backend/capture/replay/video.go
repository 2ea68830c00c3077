package replay

import (
	"cmp"
	"context"
	"image"
	"slices"
	"time"

	"sightline/backend/archive"
	"sightline/backend/h264"
	"sightline/backend/sight"
)

// farBehind is how late a picture may be before decoding goes on at a later key instead.
const farBehind = 500 * time.Millisecond

// video plays the segments, one after the other, without those that cannot be played.
func (p *player) video(ctx context.Context) error {
	segments := slices.SortedStableFunc(slices.Values(p.manifest.Segments), func(a, b archive.Segment) int { return cmp.Compare(a.StartMS, b.StartMS) })
	var ready *reel // the next one, opened before its time
	defer func() { ready.close() }()
	for i, s := range segments {
		r := ready
		if ready = nil; r == nil {
			r = p.open(ctx, s)
		}
		err := p.segment(ctx, r, func(at time.Duration) {
			if ready == nil && i+1 < len(segments) && startOf(segments[i+1])-at < soon {
				ready = p.open(ctx, segments[i+1])
			}
		})
		r.close()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.leaveOut(s.File, err)
		}
	}
	return nil
}

// soon is how long before its time a segment is opened, if pictures are shown then: ffmpeg takes a while to begin.
const soon = 2 * time.Second

func startOf(s archive.Segment) time.Duration {
	return time.Duration(s.StartMS * float64(time.Millisecond))
}

// segment shows the pictures of a segment whose time has not passed. It gives the first thing that went wrong; what follows is shown all the
// same. passing is told of each picture's time.
func (p *player) segment(ctx context.Context, r *reel, passing func(at time.Duration)) error {
	switch {
	case r.err != nil:
		return r.err
	case r.film != nil:
		return p.foreign(ctx, r, passing)
	}
	return p.samples(ctx, r, passing)
}

// samples decodes all of a segment of Sightline's own, as each picture builds on the one before it.
func (p *player) samples(ctx context.Context, r *reel, passing func(at time.Duration)) error {
	var first error
	for i := 0; i < len(r.Samples); i++ {
		i = max(i, p.caughtUp(r, i))
		planes, err := r.decode(i)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		first = cmp.Or(first, err)
		if err != nil {
			continue
		}
		if err := p.offer(ctx, r, i, planes, passing); err != nil {
			return err
		}
	}
	return first
}

// offer shows a picture when it is due, if its time has not passed.
func (p *player) offer(ctx context.Context, r *reel, i int, planes *image.YCbCr, passing func(at time.Duration)) error {
	at := r.start + r.Samples[i].At
	passing(at)
	visible, err := p.turn(ctx, at, at+r.Samples[i].Duration)
	if err == nil && visible {
		err = p.show(ctx, at, sight.FromYCbCr(planes))
	}
	return err
}

// caughtUp is where to decode on: at the newest key that is due, where sample i is long past its time.
func (p *player) caughtUp(r *reel, i int) int {
	now := p.clock.now()
	if !p.clock.running || now-(r.start+r.Samples[i].At) < farBehind {
		return i
	}
	return r.KeyAt(now - r.start)
}

// reel is a segment being decoded.
type reel struct {
	*archive.Video
	start time.Duration // of the segment, since the recording's start
	err   error         // why it cannot be played

	decoder *h264.Decoder // of what is Sightline's own
	data    []byte
	film    *film // of all else
}

// open opens a segment, to be closed in any case.
func (p *player) open(ctx context.Context, s archive.Segment) *reel {
	r := &reel{start: startOf(s)}
	if r.Video, r.err = p.openVideo(p.dir, s); r.err != nil {
		return r
	}
	stream, err := h264.Describe(r.SPS)
	switch {
	case err != nil:
		r.err = err
	case len(r.Samples) == 0:
	case stream.Own():
		r.decoder, r.err = h264.NewDecoder(r.SPS, r.PPS)
	default:
		r.err = p.expose(ctx, r, 0)
	}
	return r
}

// close lets go of it all. There may be no reel.
func (r *reel) close() {
	if r == nil {
		return
	}
	if r.decoder != nil {
		r.decoder.Close()
	}
	if r.film != nil {
		r.film.close()
	}
	if r.Video != nil {
		_ = r.File.Close() // it was only read
	}
}

// decode is the picture of sample i; an error where that, or one it builds on, cannot be read.
func (r *reel) decode(i int) (*image.YCbCr, error) {
	span := r.Samples[i]
	r.data = slices.Grow(r.data[:0], span.Size)[:span.Size]
	if _, err := r.File.ReadAt(r.data, span.Offset); err != nil {
		_, _ = r.decoder.Decode(nil) // which tells it that something is missing, up to the next key
		return nil, err
	}
	return r.decoder.Decode(r.data)
}
