// Package slots keeps how many questions are at each server at once, over all windows of one person on this machine, by file locks.
//
// The system frees a lock when its process ends, however that happens: a crash never uses up room. Where the files cannot be used, a Room
// still keeps its limits for this process.
package slots

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"sync"
	"time"
)

// Config says whose room it is, and how much there is.
type Config struct {
	Dir string // shared by all processes; made where it is missing, for this person alone
	Key string // what the limits are those of: a server's origin

	InFlight  int // questions at once; 0: any number, and still counted
	PerMinute int // questions begun within a minute; 0: any number
}

// Room is the room at one server. Processes that name the same folder and key share it. It holds nothing open while nobody asks, so it
// need not be closed, and may be used by many goroutines.
type Room struct {
	files  files
	memory memory
}

// New makes a Room and touches no file yet.
func New(c Config) *Room {
	sum := sha256.Sum256([]byte(c.Key))
	limits := limits{inFlight: max(c.InFlight, 0), perMinute: max(c.PerMinute, 0)}
	return &Room{
		files:  files{top: c.Dir, dir: filepath.Join(c.Dir, hex.EncodeToString(sum[:8])), limits: limits},
		memory: memory{limits: limits},
	}
}

type limits struct{ inFlight, perMinute int }

// counted is how many places are told apart where there is no limit.
const counted = 64

func (l limits) places() int {
	if l.inFlight > 0 {
		return l.inFlight
	}
	return counted
}

// place is the room one question takes. Giving it back cannot fail in a way that keeps it.
type place interface{ giveBack(asked bool) }

// Take waits for room for one question, and is served in the order of arrival over all processes. Its error is ctx's. leave gives the room
// back; asked false means that nothing was asked, which then does not count for the minute either.
func (r *Room) Take(ctx context.Context) (leave func(asked bool), err error) {
	w := &waiter{}
	for ctx.Err() == nil {
		p, next := r.look(w, true)
		if p != nil {
			return leaving(p), nil
		}
		sleep(ctx, next)
	}
	r.files.quit(w)
	r.memory.quit(w)
	return nil, ctx.Err()
}

// Try takes room for one question if there is some at once and nobody waits for it.
func (r *Room) Try() (leave func(asked bool), ok bool) {
	if p, _ := r.look(&waiter{}, false); p != nil {
		return leaving(p), true
	}
	return nil, false
}

// InFlight is how many questions are at the server now, from all processes.
func (r *Room) InFlight() int {
	n, err := r.files.inFlight()
	if err != nil {
		n = 0
	}
	return n + r.memory.inFlight()
}

// look gives a place, or says when to look again. With join, w stands in line from then on.
func (r *Room) look(w *waiter, join bool) (place, time.Duration) {
	if !w.fileless {
		p, next, err := r.files.look(w, join)
		if err == nil {
			return p, next
		}
		// A folder that cannot be read or written, or a full disk, is no reason not to ask.
		r.files.quit(w)
		w.fileless = true
	}
	return r.memory.look(w, join)
}

// leaving gives p back once, however often it is called.
func leaving(p place) func(asked bool) {
	var once sync.Once
	return func(asked bool) { once.Do(func() { p.giveBack(asked) }) }
}

// How often one who waits looks: a file lock cannot be waited for with a deadline. A long wait is looked after less often, which lengthens
// it by two in a hundred at most.
const (
	headLooks   = 2 * time.Millisecond   // the one whose turn it is
	headLatest  = 10 * time.Millisecond  // the same after a long wait
	looksLater  = 3 * time.Millisecond   // more, for each one before it
	looksLatest = 25 * time.Millisecond  // at most
	minuteLooks = 100 * time.Millisecond // at most, where the minute is used up: somebody may give back what they did not use
)

// looks is when w looks again: it has so many before it in line.
func (w *waiter) looks(ahead int) time.Duration {
	if ahead > 0 {
		w.head = time.Time{}
		return min(headLooks+time.Duration(ahead)*looksLater, looksLatest)
	}
	if w.head.IsZero() {
		w.head = time.Now()
	}
	return min(max(headLooks, time.Since(w.head)/50), headLatest)
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
