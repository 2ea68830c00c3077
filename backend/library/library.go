package library

import (
	"context"
	"math"
	"sync"
	"time"

	"sightline/backend/export"
	"sightline/backend/fault"
	"sightline/backend/history"
	"sightline/backend/playback"
)

// Config is what a library is made of.
type Config struct {
	History *history.History
	Player  *playback.Server
	Folder  func() string                              // of all recordings
	Limit   func() int64                               // bytes they may take together; 0: there is no limit
	Free    func(dir string) (bytes uint64, err error) // free space where dir is, or will be
	Reveal  func(path string) error                    // nil: Reveal of this package
	FFmpeg  string                                     // the program; empty: looked for on PATH
}

// How long a call may take: one that looks, and one that moves gigabytes.
const (
	soon  = 15 * time.Second
	later = 30 * time.Minute

	// freshWait is how long a search waits for the index to be brought up to date. Then it finds what is there by then.
	freshWait = 1500 * time.Millisecond
)

// Library is bound to the page: each of its methods is one call of the page's. They may be called by any goroutine, have deadlines of their
// own, and end when the library is closed. What is not for the page are functions of this package: Begin, Handler and Close.
type Library struct {
	config Config
	thumbs *thumbs

	ctx   context.Context // ends with the library
	end   context.CancelFunc
	fresh *freshness
}

// New is the library of these recordings. It does nothing until it is asked. Close it.
func New(c Config) *Library {
	if c.Reveal == nil {
		c.Reveal = Reveal
	}
	ctx, end := context.WithCancel(context.Background())
	return &Library{config: c, thumbs: newThumbs(), ctx: ctx, end: end, fresh: &freshness{refresh: c.History.Refresh}}
}

// Close ends what is under way in a library. Its history and its player are their owner's to close.
func Close(l *Library) {
	l.end()
	l.fresh.running.Wait()
}

// Begun is what Begin did.
type Begun struct {
	Mended  []Recording // were cut short, and are closed now
	Expired []Recording // were removed, since all together took more than the limit
}

// Begin does what is due when a window starts: it closes recordings that were cut short, and removes the oldest beyond the limit. Both also
// where it gives an error, which tells of those it could not.
func Begin(ctx context.Context, l *Library) (Begun, error) {
	ctx, cancel := context.WithTimeout(ctx, later)
	defer cancel()
	mended, err := l.config.History.Mend(ctx)
	expired, over := l.config.History.Expire(ctx, l.config.Limit())
	if err == nil {
		err = over
	}
	return Begun{Mended: l.all(mended), Expired: l.all(expired)}, err
}

func (l *Library) all(list []history.Recording) []Recording {
	recordings := make([]Recording, 0, len(list))
	for _, r := range list {
		recordings = append(recordings, l.recording(r))
	}
	return recordings
}

// Recordings is all recordings, newest first, and what they take. It reads their manifests and nothing else.
func (l *Library) Recordings() (Shelf, error) {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	list, err := l.config.History.List(ctx)
	if err != nil {
		return Shelf{}, err
	}
	s := Shelf{Recordings: l.all(list), Folder: l.config.Folder(), Limit: l.config.Limit(), Free: l.free()}
	for _, r := range s.Recordings {
		s.Bytes += r.Bytes
	}
	return s, nil
}

// free is 0 where it is not known.
func (l *Library) free() int64 {
	if l.config.Free == nil {
		return 0
	}
	free, err := l.config.Free(l.config.Folder())
	if err != nil {
		return 0
	}
	return int64(min(free, math.MaxInt64))
}

// Recording is one of them.
func (l *Library) Recording(id string) (Recording, error) {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	return l.found(l.config.History.Find(ctx, id))
}

func (l *Library) found(r history.Recording, err error) (Recording, error) {
	if err != nil {
		return Recording{}, err
	}
	return l.recording(r), nil
}

// Search finds answers by their words, in one recording or, where none is named, in all. Where the index is behind by much, it finds what is
// indexed by then, and more a moment later.
func (l *Library) Search(words, recording string) ([]Hit, error) {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	if err := l.fresh.wait(l.ctx, freshWait); err != nil {
		return nil, err
	}
	found, err := l.config.History.Search(ctx, history.Query{Words: words, Recording: recording})
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, 0, len(found))
	for _, h := range found {
		hits = append(hits, hit(h))
	}
	return hits, nil
}

// Rename gives a recording a title; an empty one takes it away.
func (l *Library) Rename(id, title string) (Recording, error) {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	return l.found(l.config.History.Rename(ctx, id, title))
}

// SetKeep says whether a recording is never removed by itself.
func (l *Library) SetKeep(id string, keep bool) (Recording, error) {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	return l.found(l.config.History.SetKeep(ctx, id, keep))
}

// Delete moves a recording to the trash.
func (l *Library) Delete(id string) error {
	ctx, cancel := context.WithTimeout(l.ctx, later)
	defer cancel()
	return l.config.History.Delete(ctx, id)
}

// Reveal shows a recording's folder in the system's file manager.
func (l *Library) Reveal(id string) error {
	ctx, cancel := context.WithTimeout(l.ctx, soon)
	defer cancel()
	r, err := l.config.History.Find(ctx, id)
	if r.Dir == "" {
		return err
	}
	return l.config.Reveal(r.Dir) // one that cannot be read can still be looked at
}

// Import copies a recording from elsewhere.
func (l *Library) Import(dir string) (Recording, error) {
	ctx, cancel := context.WithTimeout(l.ctx, later)
	defer cancel()
	return l.found(l.config.History.Import(ctx, dir))
}

// Export writes a recording, or a part of it, as other programs read it.
func (l *Library) Export(form ExportForm) (Exported, error) {
	ctx, cancel := context.WithTimeout(l.ctx, later)
	defer cancel()
	r, err := l.config.History.Find(ctx, form.ID)
	if err != nil {
		return Exported{}, err
	}
	from, ok := duration(form.FromMS)
	up, alsoOK := duration(form.ToMS)
	if !ok || !alsoOK || form.To == "" {
		return Exported{}, &fault.Error{
			Code: "export.form", Message: "It is not said what to export, or where to.", Hint: "Choose the part and the file once more.", Blame: fault.Question,
		}
	}
	did, err := export.Run(ctx, export.Job{Dir: r.Dir, Format: form.Format, To: form.To, From: from, Up: up, FFmpeg: l.config.FFmpeg})
	if err != nil {
		return Exported{}, err
	}
	return Exported{Files: append([]string{}, did.Files...), Note: did.Note}, nil
}

// duration is a time of a recording as the page has it.
func duration(ms float64) (time.Duration, bool) {
	const century = 100 * 366 * 24 * 3600 * 1000.0
	if !(ms >= 0 && ms < century) { // nor no number
		return 0, false
	}
	return time.Duration(ms * float64(time.Millisecond)), true
}

// Base is the address of the recordings' videos: segment N, from 0, of a recording is BASE/ID/N.mp4.
func (l *Library) Base() (string, error) { return l.config.Player.Base() }

// freshness brings the index up to date for all who wait for that. Who comes while that is under way waits for the next time, as what came
// before may have been missed.
type freshness struct {
	refresh func(context.Context) error
	running sync.WaitGroup

	mu        sync.Mutex
	now, next *pass // nil: none is
}

// pass is one time.
type pass struct {
	done chan struct{}
	err  error // set when done is closed
}

// wait waits until the index is up to date, at most for a time; after that it goes on in the background, until ctx ends.
func (f *freshness) wait(ctx context.Context, patience time.Duration) error {
	enough := time.NewTimer(patience)
	defer enough.Stop()
	p := f.join(ctx)
	select {
	case <-p.done:
		return p.err
	case <-enough.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *freshness) join(ctx context.Context) *pass {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &pass{done: make(chan struct{})}
	switch {
	case f.now == nil:
		f.now = p
		f.running.Go(func() { f.run(ctx, p) })
		return p
	case f.next == nil:
		f.next = p
	}
	return f.next
}

// run does one time after the other as long as somebody waits for the next.
func (f *freshness) run(ctx context.Context, p *pass) {
	for p != nil {
		p.err = f.refresh(ctx)
		close(p.done)
		f.mu.Lock()
		p, f.now, f.next = f.next, f.next, nil
		f.mu.Unlock()
	}
}
