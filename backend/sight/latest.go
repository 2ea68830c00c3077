package sight

import (
	"context"
	"sync"
)

// Latest is one slot in which the newest frame wins. Any number of goroutines may read it; each waits for frames newer than those it has
// seen, and one that is slow simply misses some. The zero value is an empty slot, ready to use.
type Latest struct {
	mu      sync.Mutex
	frame   Frame
	full    bool
	changed chan struct{} // closed at the next Put; nil while nobody waits
}

// Put replaces the frame in the slot and wakes everyone who waits.
func (l *Latest) Put(f Frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frame, l.full = f, true
	l.wakeLocked()
}

// Clear empties the slot, as when the source changes: the picture of one source must never pass for another's.
func (l *Latest) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frame, l.full = Frame{}, false
}

// Newest is the frame in the slot; false while it is empty.
func (l *Latest) Newest() (Frame, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frame, l.full
}

// Changed gives a channel that is closed at the next Put. Take it before looking at Newest, and no frame slips through between.
func (l *Latest) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

// After is the newest frame once its number is above n. It waits for one as long as ctx lasts and then gives ctx's error.
func (l *Latest) After(ctx context.Context, n uint64) (Frame, error) {
	for {
		changed := l.Changed()
		if f, ok := l.Newest(); ok && f.Number > n {
			return f, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Frame{}, ctx.Err()
		}
	}
}

func (l *Latest) wakeLocked() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}
