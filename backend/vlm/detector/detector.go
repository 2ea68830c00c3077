// Package detector is the built-in asker: it says what it finds in the picture, with no large model and no prompt.
//
// It looks at a small copy of the picture (measure.go, colour.go), compares it with the one of the question before (motion.go), and has an engine,
// where there is one, find things and read text (engine.go, things.go, reading.go). What came of it is put into one plain sentence (words.go,
// telling.go).
package detector

import (
	"context"
	"errors"
	"sync"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// How the detector names itself in an answer.
const (
	Backend     = "Built-in detector"
	Model       = "basic"
	ModelEngine = "nanodet + pp-ocr" // with an engine
)

// Long edges of the copies that are looked at, in pixels. A JPEG is decoded straight to about that size.
const (
	edge       = 320 // for light, colours and motion
	engineEdge = 640 // for things; what stands written is read from the full picture
)

// Config says what the detector has to look with.
type Config struct {
	Engine Engine // shared by all detectors of the process; nil: there is none, and only light, colours and motion are told
}

// Detector implements vlm.Asker. What it remembers is one small grid of the picture it last answered about and what it said was in it, so a session
// has its own. It may be used by many goroutines at once.
type Detector struct {
	engine Engine

	mu     sync.Mutex
	before *look // the picture of the last answer; nil: none to compare with
}

// New is a detector that has seen nothing.
func New(c Config) *Detector { return &Detector{engine: c.Engine} }

// Ask describes the picture of q. Of the prompt it notices only whether that asks for text; model and limits play no part, and on may be nil.
func (d *Detector) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	a := sight.Answer{Backend: Backend, Model: Model}
	if d.engine != nil {
		a.Model = ModelEngine
	}
	if err := ctx.Err(); err != nil {
		return a, err
	}
	if q.Frame.Picture == nil {
		return a, badPicture(errors.New("the question has no picture"))
	}
	if on == nil {
		on = func(sight.Event) {}
	}
	before := d.recall()
	d.begin(&a, q.Frame.Picture, on)
	now, err := lookAt(q.Frame.Picture)
	if err == nil {
		err = d.tell(ctx, q, &telling{answer: &a, on: on}, now, before)
	}
	a.Ended = time.Now()
	if err == nil {
		d.remember(now)
	}
	return a, err
}

// begin says what is being looked at. The picture never leaves the process, so there are no bytes to show.
func (d *Detector) begin(a *sight.Answer, p *sight.Picture, on func(sight.Event)) {
	within := edge
	if d.engine != nil {
		within = engineEdge
	}
	width, height := p.Size()
	a.Image.Width, a.Image.Height = sight.Fit(width, height, within)
	a.Sent = time.Now()
	on(sight.Event{Kind: sight.Sent, Image: a.Image})
}

// tell gives the answer. Nothing is looked for in a picture that shows nothing at all.
func (d *Detector) tell(ctx context.Context, q sight.Question, t *telling, now, before *look) error {
	if d.engine != nil && now.blank == notBlank {
		return d.tellFound(ctx, q, t, now, before)
	}
	return t.say(ctx, describe(now, compare(before, now))...)
}

func lookAt(p *sight.Picture) (*look, error) {
	img, err := p.PlanesWithin(edge)
	if err != nil {
		return nil, badPicture(err)
	}
	if img.Rect.Empty() {
		return nil, badPicture(errors.New("the picture has no pixels"))
	}
	return measure(img), nil
}

func (d *Detector) recall() *look {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.before
}

func (d *Detector) remember(l *look) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = l
}

func badPicture(cause error) error {
	var known *fault.Error
	if errors.As(cause, &known) {
		return cause
	}
	return &fault.Error{
		Code: "detector.picture", Message: "The picture could not be read.", Blame: fault.Source, Cause: cause,
		Hint: "Wait for the next picture; if it happens often, choose the source again.",
	}
}
