package view

import (
	"context"
	"sync"
	"time"
)

// The feed sends at most once in flushEvery, and looks at rates once in refreshEvery while the page is seen.
const (
	flushEvery   = time.Second / 30
	refreshEvery = time.Second
	queueLimit   = 4096 // events waiting for a page that does not take them
)

// feed numbers events and takes them to the page in batches. Pieces of one text that wait together become one.
type feed struct {
	emit  func([]Event)
	nudge chan struct{} // buffered by one

	mu     sync.Mutex // guards what follows
	n      uint64
	sealed uint64 // a snapshot holds all up to here: nothing more may be joined to them
	queue  []Event
	dirty  bool // states may have changed
	shown  bool
}

func newFeed(emit func([]Event)) *feed { return &feed{emit: emit, nudge: make(chan struct{}, 1)} }

// add numbers an event and sends it with the next batch. A page that takes nothing loses the oldest: it sees the gap and loads a snapshot.
func (f *feed) add(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.wake()
	if f.joinLocked(e) {
		return
	}
	f.n++
	e.N = f.n
	if len(f.queue) == queueLimit {
		f.queue = f.queue[1:]
	}
	f.queue = append(f.queue, e)
}

// joinLocked appends a piece of text to the one that waits last, if that belongs to the same row and no snapshot holds it yet.
func (f *feed) joinLocked(e Event) bool {
	if e.Kind != "text" || len(f.queue) == 0 {
		return false
	}
	last := &f.queue[len(f.queue)-1]
	if last.Kind != "text" || last.Seq != e.Seq || last.N <= f.sealed {
		return false
	}
	last.Text += e.Text
	last.Thinking += e.Thinking
	return true
}

// seal gives the number of the newest event, which stays as it is from now on.
func (f *feed) seal() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sealed = f.n
	return f.n
}

// touch says that states may have changed.
func (f *feed) touch() {
	f.mu.Lock()
	f.dirty = true
	f.mu.Unlock()
	f.wake()
}

func (f *feed) setShown(shown bool) {
	f.mu.Lock()
	f.shown = shown
	f.mu.Unlock()
	f.touch()
}

func (f *feed) wake() {
	select {
	case f.nudge <- struct{}{}:
	default:
	}
}

// run sends batches until ctx ends, calling refresh before one where states may have changed. It sleeps while nothing happens.
func (f *feed) run(ctx context.Context, refresh func()) {
	rates := time.NewTicker(refreshEvery)
	defer rates.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-f.nudge:
		case <-rates.C:
			if !f.isShown() {
				continue
			}
			refresh()
		}
		f.flush(refresh)
		pause(ctx, flushEvery)
	}
}

func (f *feed) flush(refresh func()) {
	f.mu.Lock()
	dirty := f.dirty
	f.dirty = false
	f.mu.Unlock()
	if dirty {
		refresh()
	}
	f.mu.Lock()
	batch := f.queue
	f.queue = nil
	f.mu.Unlock()
	if len(batch) > 0 {
		f.emit(batch)
	}
}

func (f *feed) isShown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.shown
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
