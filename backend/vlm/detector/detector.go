// Package detector is the built-in asker: it answers from the picture itself, with no model and no prompt.
//
// It looks at a small copy of the picture (measure.go, colour.go), compares it with the one of the question before (motion.go), and puts what
// it found into a plain sentence (words.go). Something that finds things or reads text is one more measure with words of its own.
package detector

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// How the detector names itself in an answer.
const (
	Backend = "Built-in detector"
	Model   = "basic"
)

// edge is the long edge of the copy it looks at, in pixels. A JPEG is decoded straight to about that size.
const edge = 320

// Detector implements vlm.Asker. What it remembers is one small grid of the picture it last answered about, so a session has its own. It may
// be used by many goroutines at once.
type Detector struct {
	mu     sync.Mutex
	before *look  // the picture of the last answer; nil: none to compare with
	era    uint64 // counts Forget: an answer begun before it must not be remembered after it
}

// New is a detector that has seen nothing.
func New() *Detector { return new(Detector) }

// Forget lets the next answer be like the first, which says nothing of motion: for when the source changes.
func (d *Detector) Forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = nil
	d.era++
}

// Ask describes the picture of q; prompt, model and limits play no part, and on may be nil. It never waits for anything but the decoding of the picture.
func (d *Detector) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	a := sight.Answer{Backend: Backend, Model: Model}
	if err := ctx.Err(); err != nil {
		return a, err
	}
	if q.Frame.Picture == nil {
		return a, badPicture(errors.New("the question has no picture"))
	}
	if on == nil {
		on = func(sight.Event) {}
	}
	before, era := d.recall()
	begin(&a, q.Frame.Picture, on)
	now, err := lookAt(q.Frame.Picture)
	if err == nil {
		err = tell(ctx, &a, describe(now, compare(before, now)), on)
	}
	a.Ended = time.Now()
	if err == nil {
		d.remember(now, era)
	}
	return a, err
}

// begin says what is being looked at. The picture never leaves the process, so there are no bytes to show.
func begin(a *sight.Answer, p *sight.Picture, on func(sight.Event)) {
	width, height := p.Size()
	a.Image.Width, a.Image.Height = sight.Fit(width, height, edge)
	a.Sent = time.Now()
	on(sight.Event{Kind: sight.Sent, Image: a.Image})
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

// tell gives the answer piece by piece, until somebody no longer wants to hear it.
func tell(ctx context.Context, a *sight.Answer, pieces []string, on func(sight.Event)) error {
	var text strings.Builder
	for _, piece := range pieces {
		if err := ctx.Err(); err != nil {
			return err
		}
		text.WriteString(piece)
		a.Text, a.LastToken = text.String(), time.Now()
		if a.FirstToken.IsZero() {
			a.FirstToken = a.LastToken
		}
		on(sight.Event{Kind: sight.Text, Text: piece})
	}
	return nil
}

func (d *Detector) recall() (before *look, era uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.before, d.era
}

func (d *Detector) remember(l *look, era uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.era == era {
		d.before = l
	}
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
