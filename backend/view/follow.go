package view

import (
	"log/slog"
	"math"
	"time"

	"sightline/backend/fault"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
)

// pendingRow is the row of the question in flight.
type pendingRow struct {
	Row
	captured, sent time.Time
}

// watcher follows the session for its view.
type watcher struct{ v *View }

// Changed makes the next batch bring the page's states up to date.
func (w watcher) Changed() { w.v.feed.touch() }

// Asked opens the row of a question.
func (w watcher) Asked(q sight.Question) {
	v := w.v
	v.recent.Asked(q.Seq, q.Frame)
	row := v.newRow(sight.Observation{Session: v.Session, Seq: q.Seq, Frame: q.Frame, Question: q})
	row.Pending = true
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pending = &pendingRow{Row: row, captured: q.Frame.Captured}
	v.tellPendingLocked()
}

// Heard lets the row grow. The row is told anew when it is on the wire and when its first word is there: its times are known then.
func (w watcher) Heard(seq uint64, e sight.Event) {
	v := w.v
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.pending
	if p == nil || p.Seq != seq {
		return
	}
	switch {
	case e.Kind == sight.Sent:
		p.sent = time.Now()
		p.AgeMS = sight.Milliseconds(p.sent.Sub(p.captured))
		v.tellPendingLocked()
	case e.Kind == sight.Thinking:
		p.Thinking += e.Text
		v.feed.add(Event{Kind: "text", Seq: seq, Thinking: e.Text})
	default:
		p.Text += e.Text
		v.feed.add(Event{Kind: "text", Seq: seq, Text: e.Text})
		if p.FirstTokenMS == nil && !p.sent.IsZero() {
			p.FirstTokenMS = sight.Milliseconds(time.Since(p.sent))
			v.tellPendingLocked()
		}
	}
}

func (v *View) tellPendingLocked() {
	row := v.pending.Row
	v.feed.add(Event{Kind: "row", Row: &row})
}

// Observe closes the row of a question. It is the view's place among the session's sinks.
func (v *View) Observe(o sight.Observation) {
	if o.Question.Seq == 0 {
		return // never asked: it only counts
	}
	if o.Outcome == sight.Failed {
		slog.Warn("question failed", "seq", o.Seq, "code", fault.CodeOf(o.Err))
	}
	v.recent.Observe(o)
	row := v.newRow(o)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pending = nil
	v.feed.add(Event{Kind: "row", Row: &row})
}

// newRow is an observation as the page lists it.
func (v *View) newRow(o sight.Observation) Row {
	return Row{
		Line: o.Line(), Prompt: o.Question.Prompt, AtMS: o.Frame.Captured.UnixMilli(),
		Thumb: v.recent.ThumbURL(o.Seq), Picture: v.recent.PictureURL(o.Seq), Raw: o.Answer.Exchange != nil,
	}
}

// rowsLocked is what the list shows, newest first.
func (v *View) rowsLocked() []Row {
	rows := []Row{}
	if v.pending != nil {
		rows = append(rows, v.pending.Row)
	}
	for _, o := range v.recent.Rows() {
		rows = append(rows, v.newRow(o))
	}
	return rows
}

// refresh tells the page which states have changed since it was last told.
func (v *View) refresh() {
	now := v.look()
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.shown
	v.shown = now
	if now.Source.Fault != nil && !sameFault(now.Source.Fault, before.Source.Fault) {
		slog.Warn("source lost", "kind", now.Source.Kind, "code", now.Source.Fault.Code)
	}
	if !sameSource(now.Source, before.Source) {
		v.feed.add(Event{Kind: "source", Source: &now.Source})
	}
	if !sameBackend(now.Backend, before.Backend) {
		v.feed.add(Event{Kind: "backend", Backend: &now.Backend})
	}
	if now.Asking != before.Asking {
		v.feed.add(Event{Kind: "asking", Asking: &now.Asking})
	}
	if now.Counts != before.Counts {
		v.feed.add(Event{Kind: "counts", Counts: &now.Counts})
	}
}

// look is the state of everything that comes and goes by itself.
func (v *View) look() Shown {
	state := v.session.State()
	v.mu.Lock()
	source, chosen, w := v.source, v.chosen, v.window
	v.mu.Unlock()
	return Shown{
		Source: Source{
			URI: source.URI, Name: source.Name, Kind: source.Kind, State: string(state.Source.Phase), Chosen: chosen,
			Width: state.Source.Width, Height: state.Source.Height, FPS: math.Round(state.Source.FPS*10) / 10,
			Fault: sight.NewLineError(state.Source.Err),
		},
		Backend: withHealth(v.backendOf(w), state.Asking),
		Asking:  askingOf(state.Asking),
		Counts:  state.Counts,
	}
}

func askingOf(s session.AskingState) Asking {
	a := Asking{On: s.On, InFlight: s.InFlight}
	if !s.RetryAt.IsZero() && s.On {
		a.RetryAtMS = s.RetryAt.UnixMilli()
	}
	return a
}

// backendOf is who answers a window, as far as its choices tell.
func (v *View) backendOf(w settings.Window) Backend {
	if w.Backend == settings.Builtin {
		return Backend{ID: settings.Builtin, Name: "Built-in detector", Model: "basic", Builtin: true}
	}
	v.mu.Lock()
	saved, ok := find(v.common.Backends, w.Backend)
	v.mu.Unlock()
	if !ok {
		return Backend{ID: w.Backend, Name: "Deleted backend"}
	}
	_, _, public, _ := v.Servers.Base(saved.URL) // saved ones are valid
	return Backend{ID: saved.ID, Name: saved.Name, URL: saved.URL, Model: w.Model, Public: public}
}

// withHealth adds how the backend does: well after an answer, slow when it asked for patience, out after any other failure.
func withHealth(b Backend, s session.AskingState) Backend {
	switch f := fault.From(s.LastErr); {
	case f != nil && (f.RetryAfter > 0 || f.Code == "backend.rate_limited"):
		b.Health, b.Fault = "slow", sight.NewLineError(f)
	case f != nil:
		b.Health, b.Fault = "out", sight.NewLineError(f)
	case s.Answered || b.Builtin:
		b.Health = "well"
	default:
		b.Health = "unknown"
	}
	return b
}

func find(backends []settings.Backend, id string) (settings.Backend, bool) {
	for _, b := range backends {
		if b.ID == id {
			return b, true
		}
	}
	return settings.Backend{}, false
}

func sameSource(a, b Source) bool {
	fa, fb := a.Fault, b.Fault
	a.Fault, b.Fault = nil, nil
	return a == b && sameFault(fa, fb)
}

func sameBackend(a, b Backend) bool {
	fa, fb := a.Fault, b.Fault
	a.Fault, b.Fault = nil, nil
	return a == b && sameFault(fa, fb)
}

func sameFault(a, b *sight.LineError) bool {
	return a == b || a != nil && b != nil && *a == *b
}
