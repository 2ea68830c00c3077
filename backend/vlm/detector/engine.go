package detector

import (
	"context"
	"errors"

	"sightline/backend/sight"
)

// Engine finds things and reads text in pictures. What it finds are boxes with fractions of the picture; what it is not sure of it may give, too.
type Engine interface {
	// Things are the things found in p, labelled with their COCO names.
	Things(ctx context.Context, p *sight.Picture) ([]sight.Box, error)
	// Text is what stands written in p, in reading order. Unless it is to be thorough, it may overlook what is small, and be quick about a picture
	// that holds nothing like text.
	Text(ctx context.Context, p *sight.Picture, thorough bool) ([]sight.Box, error)
}

// tellFound tells what the engine finds, as it finds it, and then what is measured. Text is looked for thoroughly where the prompt asks for it, and
// where there was some in a picture like this one.
func (d *Detector) tellFound(ctx context.Context, q sight.Question, t *telling, now, before *look) error {
	changed := compare(before, now)
	like := before
	if changed == nil || changed.amount > some {
		like = nil
	}
	found, err := d.engine.Things(ctx, q.Frame.Picture)
	if err != nil {
		return engineFault(err)
	}
	now.things = sure(found, like)
	if err := t.part(ctx, thingWords(now.things)); err != nil {
		return err
	}
	found, err = d.engine.Text(ctx, q.Frame.Picture, asksForText(q.Prompt) || like.hasText())
	if err != nil {
		return engineFault(err)
	}
	now.texts = readable(found, like)
	t.answer.Boxes = now.boxes()
	width, height := q.Frame.Picture.Size()
	if err := t.part(ctx, textWords(now.texts, width, height)); err != nil {
		return err
	}
	return t.measured(ctx, now, changed)
}

func (l *look) hasText() bool { return l != nil && len(l.texts) > 0 }

// boxes are all that is named and quoted.
func (l *look) boxes() []sight.Box {
	var boxes []sight.Box
	for _, t := range l.things {
		boxes = append(boxes, t.box)
	}
	return append(boxes, l.texts...)
}

// engineFault is an engine's own fault as it is; what else went wrong on the way was the picture.
func engineFault(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return badPicture(err)
}
