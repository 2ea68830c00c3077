package view

import (
	"math"
	"slices"
	"time"

	"sightline/backend/fault"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// noticeable is how long room at a backend is waited for before it is told: most waits are over at once.
const noticeable = 300 * time.Millisecond

// look is the state of everything that comes and goes by itself.
func (v *View) look() Shown {
	state := v.session.State()
	v.mu.Lock()
	source, chosen, w, hired := v.source, v.chosen, v.window, slices.Clone(v.hired)
	v.mu.Unlock()
	shown := Shown{
		Source: Source{
			URI: source.URI, Name: source.Name, Kind: source.Kind, State: string(state.Source.Phase), Chosen: chosen,
			Width: state.Source.Width, Height: state.Source.Height, FPS: math.Round(state.Source.FPS*10) / 10,
			Fault: sight.NewLineError(state.Source.Err),
		},
		Others: []Backend{},
		Asking: askingOf(state.Asking),
		Counts: state.Counts, Recording: v.recordingNow(),
	}
	for i, c := range columnsOf(w) {
		b := v.backendOf(c)
		if i < len(hired) && i < len(state.Asking.Askers) {
			b = withHealth(b, state.Asking.Askers[i])
			b.Replicas = replicasOf(hired[i].asker)
		}
		if i == 0 {
			shown.Backend = b
		} else {
			shown.Others = append(shown.Others, b)
		}
	}
	return shown
}

func askingOf(s session.AskingState) Asking {
	a := Asking{On: s.On, InFlight: s.InFlight}
	if !s.RetryAt.IsZero() && s.On {
		a.RetryAtMS = s.RetryAt.UnixMilli()
	}
	a.Waiting = !s.Waiting.IsZero() && time.Since(s.Waiting) > noticeable
	return a
}

// backendOf is who answers a column, as far as its choice tells.
func (v *View) backendOf(c settings.Column) Backend {
	if c.Backend == settings.Builtin {
		return Backend{ID: settings.Builtin, Name: settings.BuiltinName, Model: "basic", Builtin: true, Health: "well", Replicas: []Replica{}}
	}
	v.mu.Lock()
	saved, ok := find(v.common.Backends, c.Backend)
	v.mu.Unlock()
	b := Backend{ID: c.Backend, Name: "Deleted backend", Health: "unknown", Replicas: []Replica{}}
	if ok {
		b.Name, b.URL, b.Model, b.Public = saved.Name, saved.URL, c.Model, v.Servers.Leaves(saved)
	}
	return b
}

// withHealth adds how the backend does: well after an answer, slow when it asked for patience, out after any other failure.
func withHealth(b Backend, s session.AskerState) Backend {
	switch f := fault.From(s.LastErr); {
	case f != nil && (f.RetryAfter > 0 && f.Code != "backend.all_out" || f.Code == "backend.rate_limited"):
		b.Health, b.Fault = "slow", sight.NewLineError(f)
	case f != nil:
		b.Health, b.Fault = "out", sight.NewLineError(f)
	case s.Answered:
		b.Health = "well"
	}
	return b
}

// replicasOf is how each server of a backend does, where it has several.
func replicasOf(asker vlm.Asker) []Replica {
	replicas := []Replica{}
	if several, ok := asker.(interface{ Servers() []vlm.Server }); ok {
		for _, s := range several.Servers() {
			replicas = append(replicas, Replica{Host: s.Host, Health: s.Health})
		}
	}
	if len(replicas) < 2 {
		return []Replica{}
	}
	return replicas
}

func sameSource(a, b Source) bool {
	fa, fb := a.Fault, b.Fault
	a.Fault, b.Fault = nil, nil
	return a == b && sameFault(fa, fb)
}

func sameBackend(a, b Backend) bool {
	return a.ID == b.ID && a.Name == b.Name && a.URL == b.URL && a.Model == b.Model && a.Builtin == b.Builtin && a.Public == b.Public &&
		a.Health == b.Health && sameFault(a.Fault, b.Fault) && slices.Equal(a.Replicas, b.Replicas)
}

func sameFault(a, b *sight.LineError) bool {
	return a == b || a != nil && b != nil && *a == *b
}
