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
	for _, s := range segments {
		err := p.segment(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			p.leaveOut(s.File, err)
		}
	}
	return nil
}

func (p *player) segment(ctx context.Context, s archive.Segment) error {
	video, err := p.openVideo(p.dir, s)
	if err != nil {
		return err
	}
	defer video.File.Close()
	reel, err := thread(video)
	if err != nil {
		return err
	}
	defer reel.close()
	return p.samples(ctx, reel)
}

// samples decodes all of a segment, as each picture builds on the one before it, and shows those whose time has not passed. It gives the
// first thing that went wrong; what follows is shown all the same.
func (p *player) samples(ctx context.Context, r *reel) error {
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
		at := r.start + r.Samples[i].At
		visible, err := p.turn(ctx, at, at+r.Samples[i].Duration)
		if err == nil && visible {
			err = p.show(ctx, at, sight.FromYCbCr(planes))
		}
		if err != nil {
			return err
		}
	}
	return first
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
	start   time.Duration // of the segment, since the recording's start
	decoder *h264.Decoder
	data    []byte
}

func thread(v *archive.Video) (*reel, error) {
	decoder, err := h264.NewDecoder(v.SPS, v.PPS)
	if err != nil {
		return nil, err
	}
	return &reel{Video: v, start: time.Duration(v.StartMS * float64(time.Millisecond)), decoder: decoder}, nil
}

func (r *reel) close() { r.decoder.Close() }

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
