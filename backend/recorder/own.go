package recorder

import (
	"bytes"
	"slices"
	"time"

	"sightline/backend/sight"
)

// farKey is how long the camera's own video may go without a key. Cameras send one each second, or each ten. Where the last key lies further
// back, a recording does not begin with it, and what follows a gap does not wait for the next one: pictures are encoded until it comes.
const farKey = 15 * time.Second

// maxSet is more bytes than a parameter set needs.
const maxSet = 1024

// group is the camera's own video from its last key on, whole, as far as it has come. The frames' chain has all of it too, so that it costs no
// memory; here each picture has its moment, which stays the same wherever it is laid.
type group struct {
	newest  *sight.Coded // the last one of the chain that was looked at; nil: none was
	samples []sample     // a key first; empty: what comes is of no use until the next key
	bytes   int64
	stepped int // how often the next picture was of an earlier time

	laid *tray // where all of it lies, up to now
	left *tray // where there was no room for all of it
}

// follow takes up the camera's own video up to the newest frame, those frames included that nobody looked at, and gives how many pictures it
// takes up.
func (f *film) follow(frame sight.Frame) (fresh int) {
	if frame.Coded == nil {
		f.group = group{}
		return 0
	}
	units, joined := since(f.group.newest, frame.Coded)
	if !joined {
		f.open(units[0], frame)
	}
	f.group.newest = frame.Coded
	for _, c := range units {
		f.join(c)
	}
	return len(units)
}

// since is what came after a unit up to the newest one, in order; where that is no part of the chain any more, all that is left of the chain.
func since(known, newest *sight.Coded) (units []*sight.Coded, joined bool) {
	for c := newest; c != nil && c != known; c = c.Before {
		units = append(units, c)
		joined = known != nil && c.Before == known
	}
	slices.Reverse(units)
	return units, joined || newest == known
}

// open begins a group. It is of no use without a key, and neither is one that began before pictures which were encoded: then the next is.
func (f *film) open(first *sight.Coded, frame sight.Frame) {
	following := f.group.newest != nil
	f.group = group{}
	if !first.Key || !following && !first.Captured.After(f.clock.last) {
		return
	}
	if len(first.SPS) < 4 || len(first.SPS) > maxSet || len(first.PPS) == 0 || len(first.PPS) > maxSet || bytes.Equal(first.SPS, f.disorderly) {
		return
	}
	width, height := frame.Picture.Size()
	f.rename(stream{width: width, height: height, source: f.r.wanted().about.Source, sps: first.SPS, pps: first.PPS})
	f.group.samples = make([]sample, 0, 64)
}

// rename has another stream begin where the pictures of the next group have less in common with those before than one file needs.
func (f *film) rename(s stream) {
	if f.own == nil || !f.own.equal(s) {
		f.own = &s
	}
}

func (s *stream) equal(o stream) bool {
	return s.width == o.width && s.height == o.height && s.source == o.source && bytes.Equal(s.sps, o.sps) && bytes.Equal(s.pps, o.pps)
}

// join adds a picture to the group, if that is of any use.
func (f *film) join(c *sight.Coded) {
	g := &f.group
	switch {
	case g.samples == nil:
		return
	case len(c.Data) == 0, !bytes.Equal(c.SPS, f.own.sps), !bytes.Equal(c.PPS, f.own.pps), f.steps(c):
		*g = group{newest: g.newest}
		return
	}
	g.samples = append(g.samples, sample{data: c.Data, moment: f.clock.moment(c.Captured, time.Now()), key: c.Key, stream: f.own})
	g.bytes += int64(len(c.Data))
}

// steps says that pictures come in another order than they are shown in (B-frames), which the times in the file cannot tell: once may be the
// camera's clock, twice between two keys is not. No picture of such a stream is kept as it came.
func (f *film) steps(c *sight.Coded) bool {
	const least = 4 * time.Millisecond
	if c.Before != nil && c.Before.Captured.Sub(c.Captured) >= least && c.Before.Captured.Sub(c.Captured) < astray {
		f.group.stepped++
	}
	if f.group.stepped < 2 {
		return false
	}
	f.disorderly, f.owned = c.SPS, nil
	return true
}

// moment is when a frame was captured.
func (f *film) moment(frame sight.Frame) time.Time {
	if n := len(f.group.samples); n > 0 {
		return f.group.samples[n-1].moment
	}
	return f.clock.moment(frame.Captured, time.Now())
}

// keepOwn lays what is new of the camera's own video in the tray, untouched. It says false where it cannot, so that the frame is to be encoded.
// passed is how many frames came since the one looked at before, this one included.
func (f *film) keepOwn(moment time.Time, fresh int, passed uint64) bool {
	r := f.r
	r.mu.Lock()
	t := r.tray
	if t == nil || moment.Before(t.from) {
		r.mu.Unlock()
		return true
	}
	samples, ok := f.group.partFor(t, fresh)
	switch {
	case ok:
		f.owned = t
		r.missedLocked(uint64(max(0, int(passed)-max(fresh, 1))) + f.group.lay(samples, t))
	case f.owned == t && moment.Sub(t.newest) < farKey:
		r.missedLocked(max(passed, uint64(fresh)))
	default:
		r.mu.Unlock()
		return false
	}
	before := t.tape == nil
	r.mu.Unlock()
	f.cut()
	if before {
		r.grown()
	}
	return true
}

// partFor is what a tray lacks of the group: what is new, or all of it. It says false where the tray can take none of it.
func (g *group) partFor(t *tray, fresh int) ([]sample, bool) {
	switch {
	case len(g.samples) == 0:
		return nil, false
	case g.laid == t && t.begun:
		return g.samples[len(g.samples)-fresh:], true
	case g.left == t, t.tape == nil && g.bytes > maxKept:
		return nil, false
	}
	if key := g.samples[0].moment; key.Before(t.from) || !key.After(t.newest) {
		return nil, false
	}
	return g.samples, true
}

// lay lays samples in a tray, and gives how many found no room in it: behind a gap, nothing can be decoded before the next key.
func (g *group) lay(samples []sample, t *tray) (missed uint64) {
	for i, s := range samples {
		if t.full() || !t.begun && !s.key {
			g.laid, g.left = nil, t
			return uint64(len(samples) - i)
		}
		t.add(s)
	}
	g.laid = t
	return 0
}

// beginning is when a recording begins that was asked for at a moment: with the camera's own video, from its last key on, so that it has that
// moment at once. The times say so.
func beginning(asked time.Time, newest sight.Frame) time.Time {
	if newest.Coded == nil || asked.Sub(newest.Captured) > longest {
		return asked
	}
	first := newest.Coded
	for first.Before != nil {
		first = first.Before
	}
	if !first.Key || first.Captured.After(asked) || asked.Sub(first.Captured) > farKey {
		return asked
	}
	return first.Captured
}
