package replay

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

const (
	shortest = 20 * time.Millisecond  // what a picture lasts at least, whatever the recording says
	rescue   = 250 * time.Millisecond // a machine too slow for the video still shows a picture this often
	mostTold = 5                      // parts left out that are told to the log, in one Run
)

// player plays a recording. It belongs to one Run.
type player struct {
	*source
	put      func(sight.Frame)
	manifest archive.Manifest
	stills   bool      // the kept pictures are shown, not the video
	kept     []picture // the kept pictures, once they are listed
	listed   bool
	clock    clock
	shown    int       // in this round
	newest   time.Time // when the last one was put
	late     time.Time // since when every picture comes too late; zero: the last one did not
	told     int
	start    starter // of ffmpeg, once it was needed
	lacking  error   // why there is no ffmpeg to decode with
}

func (s *source) play(ctx context.Context, put func(sight.Frame)) error {
	manifest, err := archive.Read(s.dir)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return lost(s.dir, err)
	}
	p := &player{source: s, put: put, manifest: manifest, stills: s.asked}
	for {
		if err := p.round(ctx); err != nil {
			return err
		}
		if !s.loop {
			return finished()
		}
	}
}

// round plays the recording once, until its last picture has had its time.
func (p *player) round(ctx context.Context) error {
	p.clock, p.shown = clock{}, 0
	if !p.stills {
		if err := p.video(ctx); err != nil {
			return err
		}
		p.stills = p.shown == 0
	}
	if p.stills {
		if err := p.pictures(ctx); err != nil {
			return err
		}
	}
	if p.shown == 0 {
		return p.nothing()
	}
	return wait(ctx, p.clock.due(p.clock.end))
}

// nothing tells a recording that is gone from one that never had anything to show.
func (p *player) nothing() error {
	if _, err := archive.Read(p.dir); err != nil {
		return lost(p.dir, err)
	}
	if p.asked {
		return unkept(p.dir)
	}
	if p.lacking != nil {
		return p.lacking
	}
	return unplayable(p.dir)
}

// turn waits until a picture is due. It says false where its time has passed already, so that nobody sees it: after a stall nothing is made up
// for. Where the machine is never in time, a late picture is better than none.
func (p *player) turn(ctx context.Context, at, until time.Duration) (bool, error) {
	until = max(until, at+shortest)
	if err := wait(ctx, p.clock.due(at)); err != nil {
		return false, err
	}
	p.clock.end = max(p.clock.end, until)
	now := time.Now()
	switch {
	case now.Before(p.clock.due(until)):
		p.late = time.Time{}
		return true, nil
	case p.late.IsZero():
		p.late = now
	case now.Sub(p.late) >= rescue:
		p.late = now
		return true, nil
	}
	return false, nil
}

// show puts a picture that was captured at a moment of the recording. Its frame is as young as it looks: the recording's own times are in Origin.
func (p *player) show(ctx context.Context, at time.Duration, picture *sight.Picture) error {
	if err := ctx.Err(); err != nil { // what came from a slow disk may come when Run is over
		return err
	}
	now := time.Now()
	if !now.After(p.newest) {
		now = p.newest.Add(1) // some clocks stand still for a millisecond
	}
	p.newest = now
	p.shown++
	p.put(sight.Frame{Captured: now, Picture: picture, Origin: &sight.Origin{Recording: p.manifest.ID, Dir: p.dir, At: at}})
	return nil
}

// leaveOut tells the log of a part that cannot be shown, and goes on without it.
func (p *player) leaveOut(name string, err error) {
	if p.told++; p.told <= mostTold {
		slog.Warn("replay: a part of a recording is left out", "recording", p.manifest.ID, "part", name, "error", err, "cause", errors.Unwrap(err))
	}
}
