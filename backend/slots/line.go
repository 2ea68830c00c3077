package slots

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"
)

// One who waits shows that it is awake by touching its ticket; one that has not for a while (a process that was stopped, a debugger) is
// passed by, and keeps its ticket for when it wakes.
const (
	touches = 250 * time.Millisecond
	asleep  = time.Second
)

// sighting is a ticket as it was first seen. The time between two looks is the looker's own, so no clock that jumps can mislead it.
type sighting struct {
	touched time.Time
	since   time.Time
}

// ahead is how many stand in line before w, and the number of the last in line. Only the oldest is looked at closely, for it alone holds up
// the others: tickets of the dead are thrown away.
func (f *files) ahead(w *waiter) (n int, last uint64, err error) {
	entries, err := os.ReadDir(f.queue())
	if errors.Is(err, fs.ErrNotExist) { // somebody makes the folders just now, or has cleared them
		err = f.makeFolders()
	}
	if err != nil {
		return 0, 0, err
	}
	mine := false
	for _, entry := range entries {
		number, err := strconv.ParseUint(entry.Name(), 16, 64)
		if err != nil {
			continue // no ticket
		}
		last = number
		mine = mine || w.ticket != nil && number == w.number
		if !mine && (n > 0 || f.holdsUp(number, w)) {
			n++
		}
	}
	if !mine {
		f.discard(w) // somebody has cleared the folder: a new ticket is due
	}
	return n, last, nil
}

// holdsUp reports whether the one with that ticket is alive and awake, and throws the ticket away if it is dead.
func (f *files) holdsUp(number uint64, w *waiter) bool {
	path := f.ticket(number)
	lock := existing(path)
	got, err := lock.TryLock()
	if got {
		_ = lock.Unlock() // before it is removed: Windows removes no open file
		_ = os.Remove(path)
	}
	if got || err != nil {
		return false
	}
	info, err := os.Stat(path)
	if err != nil {
		return false
	}
	return w.awake(number, info.ModTime())
}

// awake reports whether the ticket has been touched within the time that w has looked at it.
func (w *waiter) awake(number uint64, touched time.Time) bool {
	if s, known := w.seen[number]; known && s.touched.Equal(touched) {
		return time.Since(s.since) < asleep
	}
	if w.seen == nil {
		w.seen = map[uint64]sighting{}
	}
	w.seen[number] = sighting{touched: touched, since: time.Now()}
	return true
}

func (f *files) ticket(number uint64) string { return filepath.Join(f.queue(), ticketName(number)) }

func ticketName(number uint64) string { return fmt.Sprintf("%016x", number) }

// standInLine gives w a ticket, or touches the one it has. It needs the gate.
func (f *files) standInLine(w *waiter, number uint64) error {
	now := time.Now()
	if w.ticket != nil {
		if now.Sub(w.touched) > touches {
			w.touched = now
			return os.Chtimes(f.ticket(w.number), now, now)
		}
		return nil
	}
	for ; ; number++ {
		lock := flock.New(f.ticket(number), flock.SetFlag(os.O_CREATE|os.O_EXCL|os.O_RDONLY), flock.SetPermissions(0o600))
		got, err := lock.TryLock()
		if errors.Is(err, fs.ErrExist) || err == nil && !got {
			continue // somebody went on without the gate
		}
		if err == nil {
			w.ticket, w.number, w.touched = lock, number, now
		}
		return err
	}
}

// discard throws w's ticket away. It needs the gate: else the number might be somebody else's by the time its file is removed.
func (f *files) discard(w *waiter) {
	if w.ticket == nil {
		return
	}
	_ = w.ticket.Unlock()
	_ = os.Remove(f.ticket(w.number)) // what stays is swept by the next who looks
	w.ticket = nil
}

// quit leaves the line.
func (f *files) quit(w *waiter) {
	if w.ticket == nil {
		return
	}
	if open, err := f.gate(); err == nil {
		defer open()
		f.discard(w)
		return
	}
	_ = w.ticket.Unlock()
	w.ticket = nil
}
