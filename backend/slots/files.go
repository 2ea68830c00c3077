package slots

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// files keeps the limits over all processes. In dir lie:
//
//	gate      held for the moment of a look, so that nobody sees another one's half-made change
//	slot-00…  one for each question at the server, locked while it is there; the lowest free one is taken
//	queue/    a ticket for each one who waits, locked by it, named by its number
//	minute    when the questions of the last minute were begun
type files struct {
	top, dir string
	limits   limits
}

// gatePatience is how long the gate is waited for. It is held for microseconds, so who holds it longer was stopped in mid-look. Going on
// without it is then safe enough: the locks still exclude each other, and only the order of arrival may suffer.
const gatePatience = 250 * time.Millisecond

// waiter is one who looks for a place, in a goroutine of its own.
type waiter struct {
	fileless bool      // the files failed it: it waits in memory
	head     time.Time // since when it is the first in line; zero: it is not

	ticket  *flock.Flock // nil: it does not stand in line
	number  uint64
	touched time.Time
	seen    map[uint64]sighting // those found at the head of the line
}

// look gives a place if it is w's turn and there is one, or says when to look again.
func (f *files) look(w *waiter, join bool) (place, time.Duration, error) {
	open, err := f.gate()
	if err != nil {
		return nil, 0, err
	}
	defer open()
	ahead, last, err := f.ahead(w)
	if err != nil {
		return nil, 0, err
	}
	next := w.looks(ahead)
	if ahead == 0 {
		p, wait, err := f.take()
		if p != nil || err != nil {
			f.discard(w)
			return p, 0, err
		}
		next = max(next, min(wait, minuteLooks))
	}
	if join {
		err = f.standInLine(w, last+1)
	}
	return nil, next, err
}

// gate locks the gate, and makes the folders where they are missing.
func (f *files) gate() (open func(), err error) {
	gate := f.lock("gate")
	got, err := gate.TryLock()
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.makeFolders(); err != nil {
			return nil, err
		}
		got, err = gate.TryLock()
	}
	if !got && err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), gatePatience)
		defer cancel()
		_, err = gate.TryLockContext(ctx, gatePatience/1000)
	}
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("lock %s: %w", gate.Path(), err)
	}
	return func() { _ = gate.Unlock() }, nil // closing cannot fail in a way that keeps the lock
}

// makeFolders makes the folders for this person alone.
func (f *files) makeFolders() error {
	if err := os.MkdirAll(f.queue(), 0o700); err != nil {
		return err
	}
	return os.Chmod(f.top, 0o700)
}

func (f *files) queue() string { return filepath.Join(f.dir, "queue") }

func (f *files) lock(name string) *flock.Flock {
	return flock.New(filepath.Join(f.dir, name), flock.SetPermissions(0o600))
}

// existing is a lock on a file that is not made where it is missing.
func existing(path string) *flock.Flock { return flock.New(path, flock.SetFlag(os.O_RDONLY)) }

// take takes the lowest free place if the minute allows it, else says how long it does not. It needs the gate.
func (f *files) take() (place, time.Duration, error) {
	now := time.Now()
	times, err := f.readMinute(now)
	if err != nil {
		return nil, 0, err
	}
	if wait := times.wait(now, f.limits.perMinute); wait > 0 {
		return nil, wait, nil
	}
	slot, err := f.lowestFree()
	if err != nil || slot == nil && f.limits.inFlight > 0 {
		return nil, 0, err
	}
	p := filePlace{in: f, slot: slot, at: now.UnixNano()}
	if err := f.writeMinute(append(times, p.at)); err != nil {
		p.giveBack(true)
		return nil, 0, err
	}
	return p, 0, nil
}

// lowestFree locks the lowest free slot; nil where all are taken.
func (f *files) lowestFree() (*flock.Flock, error) {
	for i := range f.limits.places() {
		slot := f.lock(slotName(i))
		if got, err := slot.TryLock(); got || err != nil {
			return slot, err
		}
	}
	return nil, nil
}

func slotName(i int) string { return fmt.Sprintf("slot-%02d", i) }

// inFlight counts the slots that are locked. Slots are made from the lowest up, so behind one that is missing there are none.
func (f *files) inFlight() (n int, err error) {
	open, err := f.gate()
	if err != nil {
		return 0, err
	}
	defer open()
	for i := range max(counted, f.limits.places()) {
		slot := existing(filepath.Join(f.dir, slotName(i)))
		got, err := slot.TryLock()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return n, nil
		case err != nil:
			return n, err
		case !got:
			n++
		}
		_ = slot.Unlock()
	}
	return n, nil
}

func (f *files) readMinute(now time.Time) (begun, error) {
	if f.limits.perMinute == 0 {
		return nil, nil
	}
	raw, err := os.ReadFile(filepath.Join(f.dir, "minute"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return readBegun(raw).at(now), nil
}

func (f *files) writeMinute(times begun) error {
	if f.limits.perMinute == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(f.dir, "minute"), times.bytes(), 0o600)
}

// filePlace is a slot, taken at a time. slot is nil where there is no limit and more are at the server than are counted.
type filePlace struct {
	in   *files
	slot *flock.Flock
	at   int64
}

func (p filePlace) giveBack(asked bool) {
	if !asked && p.in.limits.perMinute > 0 {
		p.in.forget(p.at)
	}
	if p.slot != nil {
		_ = p.slot.Unlock() // as above
	}
}

// forget gives the minute back a question that was not asked. Where that fails the minute is stricter than it need be.
func (f *files) forget(at int64) {
	open, err := f.gate()
	if err != nil {
		return
	}
	defer open()
	if times, err := f.readMinute(time.Now()); err == nil {
		_ = f.writeMinute(times.without(at))
	}
}
