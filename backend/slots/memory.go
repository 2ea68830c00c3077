package slots

import (
	"slices"
	"sync"
	"time"
)

// memory keeps the limits within this process, where the files cannot be used.
type memory struct {
	limits limits

	mu    sync.Mutex
	held  int
	queue []*waiter
	begun begun
}

func (m *memory) look(w *waiter, join bool) (place, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ahead := slices.Index(m.queue, w)
	if ahead < 0 {
		ahead = len(m.queue)
	}
	now := time.Now()
	m.begun = m.begun.at(now)
	next := w.looks(ahead)
	if ahead == 0 {
		wait := m.begun.wait(now, m.limits.perMinute)
		if wait == 0 && (m.limits.inFlight == 0 || m.held < m.limits.inFlight) {
			return m.takeLocked(w, now), 0
		}
		next = max(next, min(wait, minuteLooks))
	}
	if join && !slices.Contains(m.queue, w) {
		m.queue = append(m.queue, w)
	}
	return nil, next
}

func (m *memory) takeLocked(w *waiter, now time.Time) place {
	m.quitLocked(w)
	m.held++
	if m.limits.perMinute > 0 {
		m.begun = append(m.begun, now.UnixNano())
	}
	return memoryPlace{m, now.UnixNano()}
}

func (m *memory) quit(w *waiter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.quitLocked(w)
}

func (m *memory) quitLocked(w *waiter) {
	m.queue = slices.DeleteFunc(m.queue, func(other *waiter) bool { return other == w })
}

func (m *memory) inFlight() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held
}

// memoryPlace is a place in memory, taken at a time.
type memoryPlace struct {
	in *memory
	at int64
}

func (p memoryPlace) giveBack(asked bool) {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.held--
	if !asked {
		p.in.begun = p.in.begun.without(p.at)
	}
}
