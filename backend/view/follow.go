package view

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"sightline/backend/fault"
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
	row := v.newRow(sight.Observation{Session: v.Session, Seq: q.Seq, Group: q.Group, Frame: q.Frame, Question: q})
	row.Pending, row.Backend, row.Model = true, q.Backend, q.Model
	v.mu.Lock()
	defer v.mu.Unlock()
	p := &pendingRow{Row: row, captured: q.Frame.Captured}
	v.pending[q.Seq] = p
	v.tellPendingLocked(p)
}

// Heard lets the row grow. The row is told anew when it is on the wire and when its first word is there: its times are known then.
func (w watcher) Heard(seq uint64, e sight.Event) {
	v := w.v
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.pending[seq]
	if p == nil {
		return
	}
	switch {
	case e.Kind == sight.Sent:
		p.sent = time.Now()
		p.AgeMS = sight.Milliseconds(p.sent.Sub(p.captured))
		v.tellPendingLocked(p)
	case e.Kind == sight.Thinking:
		p.Thinking += e.Text
		v.feed.add(Event{Kind: "text", Seq: seq, Thinking: e.Text})
	default:
		p.Text += e.Text
		v.feed.add(Event{Kind: "text", Seq: seq, Text: e.Text})
		if p.FirstTokenMS == nil && !p.sent.IsZero() {
			p.FirstTokenMS = sight.Milliseconds(time.Since(p.sent))
			v.tellPendingLocked(p)
		}
	}
}

func (v *View) tellPendingLocked(p *pendingRow) {
	row := p.Row
	v.feed.add(Event{Kind: "row", Row: &row})
}

// Observe closes the row of a question. It is the view's place among the session's sinks.
func (v *View) Observe(o sight.Observation) {
	v.recorder.Observe(o)
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
	delete(v.pending, o.Seq)
	v.feed.add(Event{Kind: "row", Row: &row})
}

// newRow is an observation as the page lists it.
func (v *View) newRow(o sight.Observation) Row {
	return Row{
		Before: v.before.at(o.Frame.Origin),
		Line:   o.Line(), Prompt: o.Question.Prompt, Column: o.Question.Column, AtMS: o.Frame.Captured.UnixMilli(),
		Thumb: v.recent.ThumbURL(o.Seq), Picture: v.recent.PictureURL(o.Seq), Raw: o.Answer.Exchange != nil,
	}
}

// rowsLocked is what the list shows, newest first.
func (v *View) rowsLocked() []Row {
	rows := []Row{}
	for _, p := range v.pending {
		rows = append(rows, p.Row)
	}
	for _, o := range v.recent.Rows() {
		rows = append(rows, v.newRow(o))
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(b.Seq, a.Seq) })
	return rows
}

// refresh tells the page which states have changed since it was last told.
func (v *View) refresh() {
	now := v.look()
	before := v.tell(now)
	v.followRecording(before.Recording, now.Recording)
}

// tell sends what differs from what the page was told last, and gives that.
func (v *View) tell(now Shown) (before Shown) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before = v.shown
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
	if !slices.EqualFunc(now.Others, before.Others, sameBackend) {
		v.feed.add(Event{Kind: "others", Others: now.Others})
	}
	if now.Asking != before.Asking {
		v.feed.add(Event{Kind: "asking", Asking: &now.Asking})
	}
	if now.Counts != before.Counts {
		v.feed.add(Event{Kind: "counts", Counts: &now.Counts})
	}
	if now.Recording != before.Recording {
		v.feed.add(Event{Kind: "recording", Recording: &now.Recording})
	}
	return before
}
