package recorder

import (
	"context"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// How long a disk is waited for.
const (
	patience = 30 * time.Second // for one call while recording: what is to be written fits into memory that long
	shake    = 5 * time.Second  // for one call while the recording is being closed
	farewell = 30 * time.Second // for all of its closing
)

// look is how often the director looks after a tape, and at what is kept in memory.
const look = time.Second

// director carries out what a person wishes. It belongs to the goroutine of Run.
type director struct {
	r    *Recorder
	tape *tape // the recording that goes on, or is being closed
	film *film // nil while nobody wants video
	left *tape // the one whose disk call never returned

	first sight.Frame // what a film begins with; none: what comes next

	tick    *time.Ticker
	ticking bool
}

func newDirector(r *Recorder) *director {
	d := &director{r: r, tick: time.NewTicker(look)}
	d.tick.Stop()
	return d
}

func (d *director) run(ctx context.Context) {
	defer d.tick.Stop()
	for leaving := ctx.Done(); ; {
		going := ctx.Err() == nil
		d.follow(going)
		if !going && d.tape == nil {
			return
		}
		select {
		case <-leaving:
			leaving = nil
		case <-d.r.nudge:
		case <-d.tick.C:
			d.look()
		case <-doneOf(d.tape):
			d.ended()
		case <-doneOf(d.left):
			d.left = nil
		}
	}
}

func doneOf(t *tape) <-chan struct{} {
	if t == nil {
		return nil
	}
	return t.done
}

// follow brings what is going on in line with what is wished. The order keeps every outcome: what came since Start is laid in the new
// recording's tray, and what came until Stop in the old one's.
func (d *director) follow(going bool) {
	w := d.r.wanted()
	if d.tape == nil && w.on && going {
		d.begin(w)
	}
	d.r.sort()
	if t := d.tape; t != nil && t.ending.IsZero() {
		if why := d.r.failed(); why != nil || !going || !w.on || w.turn != t.turn {
			d.end(why)
		}
	}
	d.prepare(w.options, going)
}

// records says whether anything is recorded at all: pictures alone, without the answers that name them, are not.
func records(p archive.Parts) bool { return p.Video || p.Answers }

// begin starts a recording with what is kept from before.
func (d *director) begin(w wish) {
	switch {
	case d.left != nil:
		d.r.refuse(hanging(nil))
		return
	case w.options.Folder == "":
		d.r.refuse(nowhere())
		return
	case !records(w.options.Parts):
		d.r.refuse(nothingChosen())
		return
	}
	d.tape, d.first = d.r.roll(w)
	go d.tape.run()
	d.r.c.Changed()
}

// end has the recording closed, once what came until now is written.
func (d *director) end(why error) {
	d.tape.ending = time.Now()
	d.r.finish(d.tape, why)
}

// ended notes that the disk has let go of the recording.
func (d *director) ended() {
	t := d.tape
	d.tape = nil
	if t.ending.IsZero() {
		d.r.finish(t, nil)
	}
	d.r.note(t, t.result)
}

// look gives up a disk call that hangs, and what has been kept for too long.
func (d *director) look() {
	if d.tape != nil && d.tape.hangs(time.Now()) {
		d.leave()
	}
	if d.r.forget(time.Now()) {
		d.r.grown()
	}
}

// leave goes on without a disk call that does not return. Its goroutine is the one that may outlive Run; it closes the recording when the
// disk lets it go, and until then no other one begins.
func (d *director) leave() {
	t := d.tape
	d.tape, d.left = nil, t
	t.left.Store(true)
	if t.ending.IsZero() {
		d.r.finish(t, nil)
	}
	d.r.note(t, d.r.abandon(t))
}

// prepare keeps film, tray and tick going for as long as somebody needs them: without a recording or a pre-roll, nothing wakes up.
func (d *director) prepare(o Options, going bool) {
	recording := d.tape != nil && d.tape.ending.IsZero()
	keeping := going && o.PreRoll > 0 && records(o.Parts)
	filming := keeping && o.Parts.Video
	if recording {
		filming = d.tape.options.Parts.Video
	}
	d.r.lay(keeping, o)
	d.watch(keeping || d.tape != nil)
	switch {
	case filming && d.film == nil:
		d.film = startFilm(d.r, d.first)
	case !filming && d.film != nil:
		d.film.stop()
		d.film = nil
	}
	d.first = sight.Frame{}
}

// watch has look called now and then, or not.
func (d *director) watch(on bool) {
	switch {
	case on && !d.ticking:
		d.tick.Reset(look)
	case !on && d.ticking:
		d.tick.Stop()
	}
	d.ticking = on
}

// roll makes a tape that takes from the tray, and gives the frame with which its video begins at once.
func (r *Recorder) roll(w wish) (*tape, sight.Frame) {
	now, started := time.Now(), w.asked
	newest, _ := r.c.Latest.Newest()
	if w.options.Parts.Video {
		started = beginning(w.asked, newest)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tray == nil {
		r.tray = newTray(0)
	}
	t := newTape(r, w, started, r.tray)
	t.tray.hand(t, now)
	r.tape, r.failure = t, nil
	r.state = State{On: true, Since: t.manifest.Started}
	return t, newest
}

// finish takes the tray away from a tape: what is in it is its last.
func (r *Recorder) finish(t *tape, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.why = why
	t.tray.last = true
	t.tray.poke()
	r.failure = nil
	if r.tray == t.tray {
		r.tray = nil
	}
}

// abandon empties the tray of a tape that is left behind, and says why its recording has ended.
func (r *Recorder) abandon(t *tape) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.tray.clear()
	t.why = firstOf(t.why, hanging(nil))
	return t.why
}

// note tells that a recording has ended, and why.
func (r *Recorder) note(t *tape, why error) {
	r.mu.Lock()
	r.tape = nil
	if r.wish.turn == t.turn {
		r.wish.on = false
	}
	r.state.On, r.state.Dir, r.state.LowDisk, r.state.Err = false, "", false, why
	r.mu.Unlock()
	r.tell(why)
}

// refuse tells that no recording begins.
func (r *Recorder) refuse(why error) {
	r.mu.Lock()
	r.wish.on = false
	r.state = State{Err: why}
	r.mu.Unlock()
	r.tell(why)
}

func (r *Recorder) tell(why error) {
	r.c.Changed()
	if why != nil {
		r.c.Notify(why)
	}
}

// failed is why the recording has to end; nil where it has not.
func (r *Recorder) failed() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failure
}

// lay has a tray where one is needed, and none where not.
func (r *Recorder) lay(keeping bool, o Options) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.writingLocked() != nil:
		return
	case !keeping:
		r.tray = nil
		return
	case r.tray == nil:
		r.tray = newTray(o.PreRoll)
	}
	r.tray.keep = o.PreRoll
	if !o.Parts.Video {
		r.tray.drop(len(r.tray.samples))
	}
}

// forget lets go of what is older than the pre-roll, and says whether there was any.
func (r *Recorder) forget(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tray == nil || r.tray.tape != nil {
		return false
	}
	before := r.tray.preRoll()
	r.tray.trim(now)
	return r.tray.preRoll() != before
}
