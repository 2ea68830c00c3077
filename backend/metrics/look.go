package metrics

import (
	"context"
	"sync"
	"time"
)

const (
	lookEvery    = time.Second            // at most, however often somebody asks
	lookPatience = 2 * time.Second        // for a look
	lookGrace    = 500 * time.Millisecond // for one that ends at the last moment, with what it has
)

// look is something that is read when somebody asks, at most once a second, by one goroutine at a time. A read that hangs holds up nobody for
// longer than the patience, and there is no other until it has come back.
type look[T any] struct {
	read func(ctx context.Context) T

	mu   sync.Mutex
	last *glance[T] // nil before the first
}

// glance is one read.
type glance[T any] struct {
	began   time.Time
	patient context.Context // ends when nobody waits any more
	done    chan struct{}   // closed when the read has come back
	value   T               // from then on
	known   bool            // it came back in time
}

func newLook[T any](read func(ctx context.Context) T) *look[T] { return &look[T]{read: read} }

// now is what was read within the last second, or is read now. known is false where it cannot be had in time. A read ends with ctx.
func (l *look[T]) now(ctx context.Context) (value T, known bool) {
	g := l.glance(ctx)
	select {
	case <-g.done:
	case <-g.patient.Done():
	case <-ctx.Done():
	}
	if !g.over() {
		return value, false
	}
	return g.value, g.known
}

func (l *look[T]) glance(ctx context.Context) *glance[T] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil || l.last.over() && (!l.last.known || time.Since(l.last.began) >= lookEvery) {
		l.last = l.begin(ctx)
	}
	return l.last
}

func (l *look[T]) begin(ctx context.Context) *glance[T] {
	patient, enough := context.WithTimeout(ctx, lookPatience+lookGrace)
	g := &glance[T]{began: time.Now(), patient: patient, done: make(chan struct{})}
	go func() {
		defer enough()
		defer close(g.done)
		reading, end := context.WithTimeout(patient, lookPatience)
		defer end()
		g.value = l.read(reading)
		g.known = patient.Err() == nil
	}()
	return g
}

// settle waits for the read that is under way, though not for one that hangs.
func (l *look[T]) settle() {
	l.mu.Lock()
	g := l.last
	l.mu.Unlock()
	if g == nil {
		return
	}
	timer := time.NewTimer(lookGrace)
	defer timer.Stop()
	select {
	case <-g.done:
	case <-timer.C:
	}
}

func (g *glance[T]) over() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}
