package wiring

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sightline/backend/awake"
)

// vigil keeps the machine awake while something is recorded. The system is asked in a goroutine of its own: it may take its time.
type vigil struct {
	hold func(ctx context.Context, why string) (release func(), err error)

	mu      sync.Mutex // guards what follows
	wanted  bool
	busy    bool   // a goroutine brings the machine in line with what is wanted
	release func() // nil: the machine may sleep
}

// StayAwake gives the function that says whether the machine is to stay awake.
func StayAwake() func(on bool) { return (&vigil{hold: awake.Hold}).Keep }

// holdTime is how long the system may take.
const holdTime = 3 * time.Second

// Keep says whether the machine is to stay awake. It returns at once.
func (v *vigil) Keep(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wanted = on
	if !v.busy {
		v.busy = true
		go v.follow()
	}
}

func (v *vigil) follow() {
	for {
		wanted, release, done := v.next()
		switch {
		case done:
			return
		case wanted:
			v.take()
		default:
			release()
		}
	}
}

// next is what is to be done now, and nothing more where done.
func (v *vigil) next() (wanted bool, release func(), done bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wanted == (v.release != nil) {
		v.busy = false
		return false, nil, true
	}
	release = v.release
	v.release = nil
	return v.wanted, release, false
}

// take holds off sleep. Where the system cannot be asked, recording goes on: that is nothing to bother a person with.
func (v *vigil) take() {
	ctx, cancel := context.WithTimeout(context.Background(), holdTime)
	defer cancel()
	release, err := v.hold(ctx, "A recording is being made")
	if err != nil {
		slog.Debug("the machine may go to sleep while recording", "cause", err)
		release = func() {}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.release = release
}
