package replay

import (
	"cmp"
	"context"
	"errors"
	"io"
	"time"
)

// mostBarren is how often in a row ffmpeg may end without a picture before a segment is given up.
const mostBarren = 3

// expose has ffmpeg begin with a sample of a segment, or with a later key where that is long past its time.
func (p *player) expose(ctx context.Context, r *reel, from int) (err error) {
	if p.start == nil {
		p.start, err = p.program()
	}
	if err == nil {
		r.film, err = expose(ctx, p.start, r.Video, max(from, p.caughtUp(r, from)))
	}
	p.lacking = cmp.Or(p.lacking, err)
	return err
}

// foreign shows the pictures of a segment that another encoder made: a camera's own video. Where ffmpeg ends on the way, it goes on at the next key.
// It gives the first thing that went wrong.
func (p *player) foreign(ctx context.Context, r *reel, follows func(at time.Duration)) error {
	var first error
	for barren := 1; ; barren++ {
		shown, err := p.roll(ctx, r, follows)
		left, wrong := r.film.close()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		first = cmp.Or(first, wrong, err)
		if shown {
			barren = 0
		}
		if left = keyAfter(r.Video, left); err == nil || left == len(r.Samples) || barren == mostBarren {
			return first
		}
		if err := p.expose(ctx, r, left); err != nil {
			return cmp.Or(ctx.Err(), first, err)
		}
	}
}

// roll shows the pictures as ffmpeg gives them, and says whether there was one.
func (p *player) roll(ctx context.Context, r *reel, follows func(at time.Duration)) (begun bool, _ error) {
	for ; ; begun = true {
		due := time.Duration(0)
		if p.clock.running {
			due = p.clock.now() - r.start
		}
		i, picture, err := r.film.next(due)
		if errors.Is(err, io.EOF) {
			return begun, nil
		}
		if err == nil {
			err = p.offer(ctx, r, i, picture, follows)
		}
		if err != nil {
			return begun, err
		}
	}
}
