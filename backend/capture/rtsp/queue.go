package rtsp

import (
	"context"
	"sync"
	"time"
)

// Bounds of what waits to be decoded while a decoder starts, in units and bytes.
const (
	maxWaiting      = 600
	maxWaitingBytes = 32 << 20
)

// queue is the units that are still to be decoded. Where they come faster than they are decoded, the older ones go, up to a key: the newest wins.
type queue struct {
	lag time.Duration // how old the oldest may grow

	mu      sync.Mutex
	units   []*unit
	bytes   int
	patient bool // a decoder is starting: age does not matter
	keyless bool // what comes cannot be decoded before the next key
	left    int  // units that were left out

	nudge chan struct{} // there may be a unit
}

func newQueue(lag time.Duration) *queue {
	return &queue{lag: lag, patient: true, keyless: true, nudge: make(chan struct{}, 1)}
}

// push adds a unit. It never blocks.
func (q *queue) push(u *unit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	late := len(q.units) > 0 && (!q.patient && u.arrived.Sub(q.units[0].arrived) > q.lag ||
		len(q.units) >= maxWaiting || q.bytes > maxWaitingBytes)
	if late || u.key && q.lateForKeyLocked(u) {
		q.left += len(q.units)
		q.units, q.bytes, q.keyless = nil, 0, true
	}
	if q.keyless && !u.key {
		q.left++
		return
	}
	q.keyless = false
	q.units = append(q.units, u)
	q.bytes += u.size()
	select {
	case q.nudge <- struct{}{}:
	default:
	}
}

// lateForKeyLocked says that it is worth while to go on at the key at once: half of what is allowed waits already.
func (q *queue) lateForKeyLocked(u *unit) bool {
	return !q.patient && len(q.units) > 0 && u.arrived.Sub(q.units[0].arrived) > q.lag/2
}

// pop waits for the oldest unit.
func (q *queue) pop(ctx context.Context) (*unit, error) {
	for {
		if u := q.take(); u != nil {
			return u, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-q.nudge:
		}
	}
}

func (q *queue) take() *unit {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.units) == 0 {
		return nil
	}
	u := q.units[0]
	q.units[0] = nil // what is decoded is not held by what is not
	q.units = q.units[1:]
	q.bytes -= u.size()
	return u
}

// bePatient says whether a decoder is starting.
func (q *queue) bePatient(patient bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.patient = patient
}

// dropped is how many units were left out so far.
func (q *queue) dropped() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left
}
