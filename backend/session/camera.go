package session

import (
	"context"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// How long a lost source is left alone before it is tried again: short, since a replugged camera is to be back within three seconds.
const (
	firstReopen = 500 * time.Millisecond
	lastReopen  = 2 * time.Second
)

// cameraState is what the camera goroutine and the source's frames write down, under the session's mutex.
type cameraState struct {
	phase         Phase
	width, height int
	rate          rate
	err           error
}

// camera is the supervisor of the session's source: it opens the wanted one, closes it when nobody wants it, and opens it again when it fails.
type camera struct {
	s        *Session
	turn     uint64 // the source turn served now
	cancel   context.CancelFunc
	ended    chan ending // of the running source; nil while none runs
	failures int         // in a row, since the last frame
	captured uint64      // the session's count when the source was started
	patient  bool        // the running source waits for whoever asks
	retry    *time.Timer
	pulse    *time.Ticker // runs while a source does
	beat     time.Time    // of the pulse, by the wall clock
	resting  bool         // waiting out a failure
	hopeless bool         // the URI itself is at fault: only another one helps
}

// ending is why a source has ended.
type ending struct{ why error }

func newCamera(s *Session) *camera {
	retry, pulse := time.NewTimer(time.Hour), time.NewTicker(time.Hour)
	retry.Stop()
	pulse.Stop()
	return &camera{s: s, retry: retry, pulse: pulse}
}

func (c *camera) run(ctx context.Context) {
	defer c.stop()
	defer c.retry.Stop()
	for ctx.Err() == nil {
		w := c.s.wanted()
		if w.sourceTurn != c.turn {
			c.stop()
			c.turn = w.sourceTurn
			c.forgive()
		}
		wanted := w.source != "" && w.cameraOn && (w.running || w.shown || w.recorded)
		switch {
		case !wanted:
			c.stop()
			c.forgive()
			c.s.noteOff(c.turn)
		case c.ended == nil && !c.resting && !c.hopeless:
			c.start(ctx, w.source)
		}
		c.await(ctx)
	}
}

// await waits for something to happen, and notes it.
func (c *camera) await(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-c.s.cameraNudge:
	case <-c.retry.C:
		c.resting = false
	case <-c.pulse.C:
		c.feel()
	case end := <-c.ended:
		c.lost(end.why)
		c.resting = true
	}
}

// forgive forgets how the source did so far.
func (c *camera) forgive() { c.failures, c.hopeless, c.resting = 0, false, false }

// start runs the source in a goroutine of its own, which c.ended tells of.
func (c *camera) start(ctx context.Context, uri string) {
	ctx, c.cancel = context.WithCancel(ctx)
	ended, turn := make(chan ending, 1), c.turn
	c.ended = ended
	c.captured = c.s.noteOpening(turn)
	source, err := c.s.open(uri)
	c.patient = err == nil && waits(source)
	c.beat = c.s.wall()
	c.pulse.Reset(pulseTime)
	go func() {
		if err == nil {
			err = source.Run(ctx, c.s.puts(ctx, turn, c.patient))
		}
		ended <- ending{err}
	}()
}

// stop ends the running source and waits for it, which its contract bounds to two seconds.
func (c *camera) stop() {
	if c.ended == nil {
		return
	}
	c.cancel()
	c.pulse.Stop()
	<-c.ended
	c.ended = nil
}

// The machine's own pulse, and the pause in it after which it was not just slow.
const (
	pulseTime = time.Second
	slept     = 5 * time.Second
)

// feel notices that the machine has slept: what was captured before that is no news any more, however young it looks by a clock that stood still. Whether the
// camera is still there its source finds out by itself.
func (c *camera) feel() {
	now := c.s.wall()
	asleep := now.Sub(c.beat)
	c.beat = now
	if asleep < slept || c.patient {
		return
	}
	c.s.wish(func(w *wishes) {
		w.wakings++
		c.s.latest.Clear()
	})
}

// waits says whether a source waits for whoever asks.
func waits(source capture.Source) bool {
	patient, ok := source.(capture.Lossless)
	return ok && patient.Waits()
}

// lost notes why the source ended and sets the time of the next try.
func (c *camera) lost(err error) {
	c.cancel()
	c.pulse.Stop()
	c.ended = nil
	if err == nil {
		err = &fault.Error{Code: "source.ended", Message: "The source has come to its end.", Hint: "Choose another one, or wait: it is opened again.", Blame: fault.Source}
	}
	c.hopeless = fault.From(err).Blame == fault.Question
	if c.s.noteLost(c.turn, err) > c.captured {
		c.failures = 0
	}
	c.failures++
	c.retry.Reset(backoff(c.failures, firstReopen, lastReopen))
}

// puts is what takes the frames of a source. One that waits for whoever asks is held up until its frame is settled.
func (s *Session) puts(ctx context.Context, turn uint64, patient bool) func(sight.Frame) {
	if !patient {
		return func(f sight.Frame) { s.put(turn, f) }
	}
	return func(f sight.Frame) {
		number := s.put(turn, f)
		nudge(s.askingNudge) // the pace alone might not look at this frame
		s.settled.await(ctx, number)
	}
}

// put numbers a frame and lays it in the slot, unless its source is no longer the wanted one: its number is 0 then.
func (s *Session) put(turn uint64, f sight.Frame) (number uint64) {
	s.mu.Lock()
	if turn != s.wishes.sourceTurn {
		s.mu.Unlock()
		return 0
	}
	s.captured++
	f.Number = s.captured
	f = turned(f, s.wishes.view)
	c := &s.camera
	w, h := f.Picture.Size()
	news := c.phase != Live || c.width != w || c.height != h
	c.phase, c.err, c.width, c.height = Live, nil, w, h
	c.rate.add(f.Captured)
	s.latest.Put(f)
	s.mu.Unlock()
	if news {
		s.tellAsking()
	}
	return f.Number
}

// turned is a frame as it is to be seen. The camera's own video shows it otherwise.
func turned(f sight.Frame, v sight.View) sight.Frame {
	if seen := f.Picture.Turned(v.Rotate, v.Mirror); seen != f.Picture {
		f.Picture, f.Coded = seen, nil
	}
	return f
}

func (s *Session) noteOpening(turn uint64) (captured uint64) {
	return s.noteCamera(turn, func(c *cameraState) {
		if c.phase != Lost { // a lost source stays lost until a frame proves otherwise
			c.phase = Opening
		}
		c.rate = rate{}
	})
}

func (s *Session) noteLost(turn uint64, err error) (captured uint64) {
	return s.noteCamera(turn, func(c *cameraState) { c.phase, c.err, c.rate = Lost, err, rate{} })
}

func (s *Session) noteOff(turn uint64) {
	s.noteCamera(turn, func(c *cameraState) {
		*c = cameraState{phase: Off}
		s.latest.Clear()
	})
}

// noteCamera writes down the state of the source, if it is still the wanted one, and tells how many frames have been captured so far.
func (s *Session) noteCamera(turn uint64, change func(*cameraState)) (captured uint64) {
	s.mu.Lock()
	before := s.camera.phase
	if turn == s.wishes.sourceTurn {
		change(&s.camera)
	}
	news, captured := s.camera.phase != before, s.captured
	s.mu.Unlock()
	if news {
		s.tellAsking()
	}
	return captured
}

// tellAsking tells everyone who cares that the picture came or went.
func (s *Session) tellAsking() {
	nudge(s.askingNudge)
	s.watch.Changed()
}
