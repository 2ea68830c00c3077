// Package recorder writes a live session to disk: the video of what the camera showed, and what the models said about it.
//
// Three goroutines do it. The director (director.go) carries out what a person wishes and makes outcomes ready to be written; it never
// waits for a disk. The film (film.go) looks at the newest frame, takes the camera's own video as it is (own.go), and encodes what has none;
// it runs only while somebody wants video. The tape (tape.go) alone touches the disk, and lasts as long as one recording. Film and director
// lay what they make in a tray (tray.go), which is the pre-roll until a tape takes from it: so what came before Start, and what comes after,
// are one stream.
package recorder

import (
	"context"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// maxAnswers is how many outcomes wait for the disk; one more ends the recording.
const maxAnswers = 1024

// growth is how often growing numbers are told of, at most.
const growth = 250 * time.Millisecond

// Config is what a recorder is made of.
type Config struct {
	Files   archive.Files
	Version string
	Session string
	Latest  *sight.Latest
	Free    func(dir string) (bytes uint64, err error) // free space where dir is, or would be made; nil: it is not watched

	Changed func()      // State has something new to tell; returns at once
	Notify  func(error) // a person should know this; returns at once
}

// Options is how recordings are made.
type Options struct {
	Folder       string // where the recordings' folders go
	Parts        archive.Parts
	PreRoll      time.Duration // kept in memory before Start; 0: nothing is
	SegmentBytes int64         // a new file of video when one is that large; 0: the default
	SegmentTime  time.Duration // or lasts that long; 0: an hour
}

// State is a recorder at one moment.
type State struct {
	On      bool
	Dir     string    // of the recording, while On
	Since   time.Time // when it began
	Bytes   int64
	Answers int    // lines on disk, beyond loss
	Missed  uint64 // frames that came faster than they could be encoded or written, or hang on such
	LowDisk bool   // less than a gigabyte is left
	PreRoll PreRoll
	Err     error // why the last recording ended; nil: a person's wish
}

// PreRoll is what is kept in memory.
type PreRoll struct {
	Length time.Duration
	Bytes  int64
}

// Recorder records a session whenever it is told to. Its methods may be called by any goroutine and return at once.
type Recorder struct {
	c     Config
	nudge chan struct{} // buffered by one: a nudge is never lost, and never waited for

	mu      sync.Mutex // guards what follows, and every tray
	wish    wish
	state   State
	tray    *tray   // where film and director lay what they make; nil: nobody wants it
	tape    *tape   // the recording that goes on, or is being closed
	heard   []heard // outcomes that came since the director looked
	failure error   // why the recording has to end
	told    time.Time
}

// wish is what a person wants, now.
type wish struct {
	on      bool
	asked   time.Time // when Start was called
	turn    uint64    // grows with each Stop, so that a Start after it means another recording
	options Options
	about   archive.About
}

// heard is an outcome as it came, without the pictures nobody will look at.
type heard struct {
	sight.Observation
	of *tape // the recording that waits for it; nil: it is kept for the next one
}

// New is a recorder that does nothing yet.
func New(c Config) *Recorder {
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Notify == nil {
		c.Notify = func(error) {}
	}
	return &Recorder{c: c, nudge: make(chan struct{}, 1)}
}

// Run works until ctx ends; then it closes the recording, returns when that is done, and gives ctx's error. It never waits longer than half
// a minute for a disk, and leaves behind at most one call that hangs in it.
func (r *Recorder) Run(ctx context.Context) error {
	newDirector(r).run(ctx)
	return ctx.Err()
}

// Set changes how recordings are made: the pre-roll at once, the rest with the next recording.
func (r *Recorder) Set(o Options) {
	r.want(func(w *wish) { w.options = o })
}

// Describe says what is watched and asked from now on.
func (r *Recorder) Describe(a archive.About) {
	r.want(func(w *wish) { w.about = a })
}

// Start begins a recording, Stop ends it. What goes wrong is told by State and Notify.
func (r *Recorder) Start() {
	r.want(func(w *wish) {
		if !w.on {
			w.on, w.asked = true, time.Now()
		}
	})
}

// Stop is described at Start.
func (r *Recorder) Stop() {
	r.want(func(w *wish) {
		if w.on {
			w.on = false
			w.turn++
		}
	})
}

// Observe takes an outcome; the recorder is a sink of its session.
func (r *Recorder) Observe(o sight.Observation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t, parts := r.writingLocked(), r.wish.options.Parts
	if t != nil {
		parts = t.options.Parts
	}
	switch {
	case !parts.Answers:
		return
	case t != nil && (t.waiting >= maxAnswers || t.tray.said >= maxSaid):
		r.failLocked(behind())
		return
	case t != nil:
		t.waiting++
	case !r.wish.on && r.wish.options.PreRoll <= 0, len(r.heard) >= maxAnswers:
		return
	}
	r.heard = append(r.heard, heard{lean(o, parts), t})
	r.poke()
}

// State is the recorder now.
func (r *Recorder) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.state
	if r.tray != nil && r.tray.tape == nil {
		s.PreRoll = r.tray.preRoll()
	}
	return s
}

func (r *Recorder) want(change func(*wish)) {
	r.mu.Lock()
	change(&r.wish)
	r.mu.Unlock()
	r.poke()
}

func (r *Recorder) wanted() wish {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wish
}

// poke wakes the director.
func (r *Recorder) poke() {
	select {
	case r.nudge <- struct{}{}:
	default:
	}
}

// writingLocked is the recording that takes what comes now; nil where none does.
func (r *Recorder) writingLocked() *tape {
	if r.tray == nil {
		return nil
	}
	return r.tray.tape
}

// failLocked has the director end the recording. The first reason counts.
func (r *Recorder) failLocked(why error) {
	if r.failure == nil {
		r.failure = why
	}
	r.poke()
}

// grown tells that numbers have grown, unless that was told a moment ago: those that grow go on growing.
func (r *Recorder) grown() {
	now := time.Now()
	r.mu.Lock()
	due := now.Sub(r.told) >= growth
	if due {
		r.told = now
	}
	r.mu.Unlock()
	if due {
		r.c.Changed()
	}
}
