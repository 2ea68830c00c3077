// Package energy is an asker that reads from this machine's GPUs what each answer of another asker cost.
package energy

import (
	"context"
	"time"

	"sightline/backend/gpu"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// patience is how long a reading may take. Healthy drivers need a few milliseconds; a silent one costs an answer this much once, since who reads the
// meters remembers that it is.
const patience = 200 * time.Millisecond

// Meter reads what energy is reckoned from; gpu.Reader is one. It ends by ctx.
type Meter interface {
	Meters(ctx context.Context) ([]gpu.Meter, error)
}

// Asker fills in Answer.Energy, from when the question was sent until it had its answer; all else is as its inner asker has it. Where that cannot be
// told, or the question was withdrawn, there is none. Any number of goroutines may ask at once.
type Asker struct {
	inner  vlm.Asker
	scale  *Scale
	server func(ctx context.Context) []int
}

var _ vlm.Asker = (*Asker)(nil)

// New measures inner's answers on a scale that all askers of a process share. server gives the processes of the server it asks, and ends by ctx; where
// it, or what it gives, is nil they cannot be told, and every GPU that somebody computes on counts.
func New(inner vlm.Asker, scale *Scale, server func(ctx context.Context) []int) *Asker {
	if server == nil {
		server = func(context.Context) []int { return nil }
	}
	return &Asker{inner: inner, scale: scale, server: server}
}

// Ask implements vlm.Asker.
func (a *Asker) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	w := &weighing{asker: a}
	answer, err := a.inner.Ask(ctx, q, func(e sight.Event) {
		if e.Kind == sight.Sent {
			w.begin(ctx)
		}
		if on != nil {
			on(e)
		}
	})
	answer.Energy = w.end(ctx)
	return answer, err
}

// Close closes the inner asker, where that can be closed.
func (a *Asker) Close() {
	if c, ok := a.inner.(interface{ Close() }); ok {
		c.Close()
	}
}

// weighing is the energy of one question. Its methods are called one after the other.
type weighing struct {
	asker *Asker
	stay  *stay         // on the scale; nil before the question was sent, and where there is no GPU
	first chan *reading // brings the reading at the beginning
}

// begin returns at once: the answer does not wait for the meters.
func (w *weighing) begin(ctx context.Context) {
	if w.stay != nil {
		return
	}
	if w.stay = w.asker.scale.enter(); w.stay == nil {
		return
	}
	w.first = make(chan *reading, 1)
	go func() {
		r := w.asker.read(ctx)
		if r != nil {
			w.asker.scale.settle(w.stay, used(r.server, r.meters))
		}
		w.first <- r
	}()
}

// end waits for the reading that begin has started, and does without another one where that came to nothing.
func (w *weighing) end(ctx context.Context) *sight.Energy {
	if w.stay == nil {
		return nil
	}
	var before, after *reading
	if before = <-w.first; before != nil && ctx.Err() == nil {
		after = w.asker.read(ctx)
	}
	if after == nil {
		w.asker.scale.leave(w.stay, w.stay.on)
		return nil
	}
	server := both(before.server, after.server)
	ids := used(server, before.meters, after.meters)
	together := w.asker.scale.leave(w.stay, ids)
	joules, known := reckon(ids, before.meters, after.meters)
	if !known {
		return nil
	}
	return &sight.Energy{Joules: joules, Shared: together || strangers(ids, server, before.meters, after.meters)}
}

// reading is what the meters say at a moment.
type reading struct {
	meters []gpu.Meter
	server map[int]bool // processes of the server; empty: they cannot be told
}

// read is nil where there is no meter, or not all of them tell: what one does not say cannot be made up for.
func (a *Asker) read(ctx context.Context) *reading {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	meters, err := a.scale.meter.Meters(ctx)
	if err == nil {
		a.scale.found(len(meters) > 0)
	}
	if err != nil || len(meters) == 0 {
		return nil
	}
	r := &reading{meters: meters, server: map[int]bool{}}
	for _, pid := range a.server(ctx) {
		r.server[pid] = true
	}
	return r
}
