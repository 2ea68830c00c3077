package recorder

import (
	"slices"
	"time"

	"sightline/backend/archive"
)

// Bounds of what is held in memory, in bytes.
const (
	maxKept    = 64 << 20 // of a pre-roll
	maxWaiting = 96 << 20 // of video that waits for the disk, a pre-roll included; frames are missed while it is full
	maxSaid    = 64 << 20 // of outcomes and their pictures that wait for the disk; more end the recording
)

// tray is what waits for the disk: encoded video, from a key on, and outcomes. It is the pre-roll until a tape takes from it. The recorder's
// mutex guards it.
type tray struct {
	keep time.Duration // how much of it is kept, as long as no tape takes from it
	tape *tape         // takes from it; nil: it is the pre-roll
	from time.Time     // nothing captured before is wanted
	wake chan struct{} // buffered by one; the tape listens

	samples []sample
	notes   []note
	begun   bool      // the next sample need not be a key
	newest  time.Time // moment of the last sample; zero: none came, or all are forgotten
	last    bool      // nothing comes any more
	film    int64     // bytes of video, those in the tape's hands included
	said    int64     // bytes of outcomes, likewise
}

// sample is one encoded picture.
type sample struct {
	data   []byte
	moment time.Time // when it was captured
	key    bool
	stream *stream
}

// stream is what successive pictures have in common: they go into one file.
type stream struct {
	width, height int
	source        archive.Source
	sps, pps      []byte
}

// note is an outcome as it goes to disk, but for its time.
type note struct {
	archive.Entry
	captured time.Time
	picture  []byte
	counted  bool // among those its tape waits for
}

// overhead is about what a line weighs in memory beside its texts and its picture.
const overhead = 1024

func (n note) size() int64 {
	return int64(overhead + len(n.picture) + len(n.Text) + len(n.Thinking) + len(n.Prompt) + len(n.System))
}

func newTray(keep time.Duration) *tray {
	return &tray{keep: keep, wake: make(chan struct{}, 1)}
}

func (t *tray) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *tray) full() bool { return t.tape != nil && t.film >= maxWaiting }

// add lays a sample on top.
func (t *tray) add(s sample) {
	t.begun, t.newest = true, s.moment
	t.samples = append(t.samples, s)
	t.film += int64(len(s.data))
	t.settle(s.moment)
}

// tell lays an outcome on top.
func (t *tray) tell(n note) {
	t.notes = append(t.notes, n)
	t.said += n.size()
	t.settle(n.captured)
}

func (t *tray) settle(newest time.Time) {
	if t.tape == nil {
		t.trim(newest)
	} else {
		t.poke()
	}
}

// hand gives the tray to a tape, without what it has not been asked for, and tells it when its recording begins and with which source.
func (t *tray) hand(to *tape, now time.Time) {
	t.trim(now)
	if !to.options.Parts.Video {
		t.drop(len(t.samples))
	}
	switch {
	case len(t.samples) > 0:
		to.manifest.Started = t.samples[0].moment
		to.manifest.Source = t.samples[0].stream.source
	case len(t.notes) > 0:
		first := slices.MinFunc(t.notes, func(a, b note) int { return a.captured.Compare(b.captured) }).captured
		if first.Before(to.manifest.Started) {
			to.manifest.Started = first
		}
	}
	t.tape, t.from = to, to.manifest.Started
	t.poke()
}

// trim keeps the newest part of a pre-roll: from the last key that is old enough on, as long as that fits.
func (t *tray) trim(now time.Time) {
	oldest := now.Add(-t.keep)
	begin := 0
	for i, s := range t.samples {
		if s.key && !s.moment.After(oldest) {
			begin = i
		}
	}
	if n := len(t.samples); n > 0 && t.samples[n-1].moment.Before(oldest) {
		begin = n
	}
	t.drop(begin)
	for t.film+t.said > maxKept && len(t.samples) > 0 {
		t.drop(t.nextKey())
	}
	t.trimNotes(oldest)
}

// trimNotes keeps the outcomes about what is kept.
func (t *tray) trimNotes(oldest time.Time) {
	if len(t.samples) > 0 {
		oldest = t.samples[0].moment
	}
	t.notes = slices.DeleteFunc(t.notes, func(n note) bool {
		old := n.captured.Before(oldest)
		if old {
			t.said -= n.size()
		}
		return old
	})
	for t.said > maxKept && len(t.notes) > 0 {
		t.said -= t.notes[0].size()
		t.notes = slices.Delete(t.notes, 0, 1)
	}
}

// nextKey is where the second group of pictures begins, or the end.
func (t *tray) nextKey() int {
	for i, s := range t.samples[1:] {
		if s.key {
			return i + 1
		}
	}
	return len(t.samples)
}

// drop lets go of the first n samples. The next one has to be a key when none is left.
func (t *tray) drop(n int) {
	for _, s := range t.samples[:n] {
		t.film -= int64(len(s.data))
	}
	t.samples = slices.Delete(t.samples, 0, n)
	if len(t.samples) == 0 {
		t.begun, t.newest = false, time.Time{}
	}
}

func (t *tray) clear() {
	t.samples, t.notes, t.film, t.said = nil, nil, 0, 0
}

func (t *tray) preRoll() PreRoll {
	p := PreRoll{Bytes: t.film + t.said}
	if n := len(t.samples); n > 0 {
		p.Length = t.samples[n-1].moment.Sub(t.samples[0].moment)
	}
	return p
}
