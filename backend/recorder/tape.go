package recorder

import (
	"errors"
	"sync/atomic"
	"time"

	"sightline/backend/archive"
)

// How often the tape does what nobody asks it for.
const (
	silence   = 500 * time.Millisecond // without a new picture; then those that wait to fill a fragment are written
	spaceTime = 2 * time.Second        // between two looks at the free space
)

// Free space that is little, and too little to go on, in bytes.
const (
	lowSpace = 1 << 30
	endSpace = 200 << 20
)

// errLeft stops a tape that nobody waits for any more.
var errLeft = errors.New("the disk took too long")

// tape writes one recording. Everything that touches the disk happens in its one goroutine, so that a call that hangs holds up nobody else.
type tape struct {
	r       *Recorder
	turn    uint64
	options Options
	tray    *tray

	done    chan struct{} // closed when the disk has let go; result is set then
	result  error         // why the recording has ended; nil: a person's wish
	busy    atomic.Int64  // since when a disk call has been going on, Unix nanoseconds; 0: none is
	left    atomic.Bool   // nobody waits for this tape any more
	ending  time.Time     // since when it has been being closed; the director's
	why     error         // why it is closed; guarded by the recorder's mutex
	waiting int           // outcomes that are not on disk yet; likewise

	// The tape's goroutine alone knows what follows.
	manifest archive.Manifest
	writer   *archive.Writer
	reel     *reel     // nil until a picture comes
	newest   time.Time // when the last picture came
	looked   time.Time // when the free space was looked at
	warned   bool
	closing  bool
}

// newTape is a tape of what is wished; where the tray holds a pre-roll, its recording begins with that.
func newTape(r *Recorder, w wish, started time.Time, from *tray) *tape {
	return &tape{
		r: r, turn: w.turn, options: w.options, tray: from, done: make(chan struct{}),
		manifest: archive.Manifest{
			Started: started, Version: r.c.Version, Session: r.c.Session, About: w.about, Parts: w.options.Parts,
		},
	}
}

func (t *tape) run() {
	defer close(t.done)
	err := t.open()
	if err == nil {
		err = t.roll()
	}
	t.result = t.close(err)
}

// disk makes a call that may hang.
func (t *tape) disk(call func() error) error {
	if t.left.Load() && !t.closing {
		return errLeft
	}
	t.busy.Store(time.Now().UnixNano())
	defer t.busy.Store(0)
	return call()
}

// hangs says whether a disk call takes too long, or all of the closing does. The director asks.
func (t *tape) hangs(now time.Time) bool {
	limit := patience
	if !t.ending.IsZero() {
		if now.Sub(t.ending) >= farewell {
			return true
		}
		limit = shake
	}
	since := t.busy.Load()
	return since != 0 && now.Sub(time.Unix(0, since)) >= limit
}

func (t *tape) open() error {
	if err := t.disk(t.admit); err != nil {
		return err
	}
	err := t.disk(func() (err error) {
		t.writer, err = archive.Create(t.r.c.Files, t.options.Folder, t.manifest)
		return err
	})
	if err == nil {
		t.report(true, func(s *State) { s.Dir = t.writer.Dir() })
	}
	return err
}

// admit refuses to begin where there is too little space. A folder whose space nobody knows is tried.
func (t *tape) admit() error {
	t.looked = time.Now()
	free, known := t.free(t.options.Folder)
	switch {
	case !known:
	case free < endSpace:
		return crammed(free)
	case free < lowSpace:
		t.warn(free)
	}
	return nil
}

// watch looks at the free space now and then, and whether the folder is still there: files that are open would be written on without it.
func (t *tape) watch() error {
	if time.Since(t.looked) < spaceTime {
		return nil
	}
	t.looked = time.Now()
	return t.disk(func() error {
		if free, known := t.free(t.writer.Dir()); known {
			if free < endSpace {
				return ending(free)
			}
			t.warn(free)
		}
		_, err := t.writer.Sync()
		return err
	})
}

func (t *tape) free(dir string) (bytes uint64, known bool) {
	if t.r.c.Free == nil {
		return 0, false
	}
	bytes, err := t.r.c.Free(dir)
	return bytes, err == nil
}

func (t *tape) warn(free uint64) {
	little := free < lowSpace
	t.report(false, func(s *State) { s.LowDisk = little })
	if little && !t.warned {
		t.warned = true
		t.r.tell(low(free))
	}
}

// roll writes what comes into the tray until nothing comes any more.
func (t *tape) roll() error {
	timer := time.NewTimer(silence)
	defer timer.Stop()
	for {
		b := t.take()
		if err := t.write(b); err != nil || b.last {
			return err
		}
		timer.Reset(silence)
		select {
		case <-t.tray.wake:
		case <-timer.C:
		}
	}
}

// batch is what was in the tray.
type batch struct {
	samples []sample
	notes   []note
	last    bool
}

func (t *tape) take() batch {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	b := batch{t.tray.samples, t.tray.notes, t.tray.last}
	t.tray.samples, t.tray.notes = nil, nil
	return b
}

// settle says that a batch is on disk, or as good as.
func (t *tape) settle(b batch) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	for _, s := range b.samples {
		t.tray.film -= int64(len(s.data))
	}
	for _, n := range b.notes {
		t.tray.said -= n.size()
		if n.counted {
			t.waiting--
		}
	}
}

func (t *tape) write(b batch) error {
	if err := t.answers(b.notes); err != nil {
		return err
	}
	if err := t.video(b.samples); err != nil {
		return err
	}
	t.settle(b)
	return t.watch()
}

// answers writes outcomes, and only when they are beyond loss says that they are recorded.
func (t *tape) answers(notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	for _, n := range notes {
		at := n.captured.Sub(t.manifest.Started)
		if at < 0 {
			continue // about a frame from before the recording
		}
		n.AtMS = atMS(at)
		if err := t.disk(func() error { return t.writer.Answer(n.Entry, n.picture) }); err != nil {
			return err
		}
	}
	var lines int
	err := t.disk(func() (err error) {
		lines, err = t.writer.Sync()
		return err
	})
	if err == nil {
		t.report(true, func(s *State) { s.Answers = lines })
	}
	return err
}

// video writes pictures as fragments fill, and what waits to fill one when no picture comes.
func (t *tape) video(samples []sample) error {
	for _, s := range samples {
		if err := t.show(s); err != nil {
			return err
		}
	}
	if len(samples) > 0 {
		t.newest = time.Now()
	}
	if t.reel != nil && time.Since(t.newest) >= silence {
		return t.flush(t.reel.soon())
	}
	return nil
}

func (t *tape) show(s sample) error {
	if t.reel != nil && t.reel.ends(s, t.options) {
		if err := t.cut(min(t.reel.soon(), s.moment.Sub(t.reel.began))); err != nil {
			return err
		}
	}
	if t.reel == nil {
		if err := t.load(s); err != nil {
			return err
		}
	}
	if t.reel.filled(s) {
		if err := t.flush(s.moment.Sub(t.reel.began)); err != nil {
			return err
		}
	}
	t.reel.add(s)
	return nil
}

// load begins a file of video with a picture.
func (t *tape) load(s sample) error {
	return t.disk(func() error {
		var source *archive.Source
		if s.stream.source.URI != t.manifest.Source.URI {
			source = &s.stream.source
		}
		at := s.moment.Sub(t.manifest.Started)
		file, err := t.writer.Video(at, s.stream.width, s.stream.height, source)
		if err != nil {
			return err
		}
		t.reel, err = newReel(file, s)
		return err
	})
}

// flush writes what waits to fill a fragment, and returns when it is on disk.
func (t *tape) flush(until time.Duration) error {
	if len(t.reel.pending) == 0 {
		return nil
	}
	if err := t.disk(func() error { return t.reel.flush(until) }); err != nil {
		return err
	}
	t.writer.Length(t.reel.began.Sub(t.manifest.Started) + until)
	t.report(false, func(*State) {})
	t.r.grown()
	return nil
}

// cut ends the file of video.
func (t *tape) cut(until time.Duration) error {
	err := t.flush(until)
	reel := t.reel
	t.reel = nil
	if err != nil {
		return errors.Join(err, t.disk(reel.file.Close))
	}
	return t.disk(reel.finish)
}

// close saves what can be saved, also after err, and gives why the recording has ended.
func (t *tape) close(err error) error {
	why := t.reason(err)
	if t.writer == nil {
		return why
	}
	t.closing = true
	if t.reel != nil { // after a failure, too: what failed may have been something else
		why = firstOf(why, t.trouble(t.cut(t.reel.soon())))
	}
	return firstOf(why, t.trouble(t.disk(func() error { return t.writer.Close(why) })))
}

// reason is why the recording ends: what the disk says counts, then what the director said.
func (t *tape) reason(err error) error {
	if errors.Is(err, errLeft) {
		err = hanging(err)
	}
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	return firstOf(t.trouble(err), t.why)
}

func (t *tape) trouble(err error) error { return archive.Trouble(err, t.options.Folder) }

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// report writes down what there is to tell, unless nobody waits for this tape any more.
func (t *tape) report(now bool, change func(*State)) {
	t.r.mu.Lock()
	mine := t.r.tape == t
	if mine {
		if t.writer != nil {
			t.r.state.Bytes = t.writer.Bytes()
		}
		change(&t.r.state)
	}
	t.r.mu.Unlock()
	if mine && now {
		t.r.c.Changed()
	}
}
