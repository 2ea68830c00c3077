// Package vision finds things and reads text in pictures, by small networks that run in this process.
//
// The networks are NanoDet, which knows eighty everyday things, and PP-OCRv4, which finds text and reads it. They run in ONNX Runtime, a library
// that is opened when the first question comes and let go of when there was none for a while (engine.go). What goes into a network and what comes
// out of it is plain Go (planes.go, things.go, find.go, read.go) and knows no runtime.
package vision

import (
	"context"
	"errors"
	"image"

	"sightline/backend/sight"
)

// The kinds of boxes.
const (
	KindThing = "thing"
	KindText  = "text"
)

// Edges of the copies that are looked at, in pixels.
const (
	lookEdge = 640  // for finding: what is smaller there is not found
	readEdge = 4096 // for reading: text that is found at 640 is higher here than the network can use, so no more is decoded
)

// Things are the things found in p, surest first: everything of which a network trained on eighty kinds is at least two fifths sure. It is the
// caller's to judge. It waits for its turn, and for the networks where they are not loaded; when ctx ends, it ends.
func (e *Engine) Things(ctx context.Context, p *sight.Picture) ([]sight.Box, error) {
	img, err := copyOf(p, lookEdge)
	if err != nil {
		return nil, err
	}
	var found []sight.Box
	err = e.work(ctx, func(n *networks) error {
		found, err = n.findThings(ctx, img)
		return err
	})
	return found, err
}

// Text is what stands written in p, in reading order, each line or word with its place; as a rule it takes three times as long as Things. Unless
// it is to be thorough, it first looks for anything like text in a coarse copy, and leaves it at that where there is nothing.
func (e *Engine) Text(ctx context.Context, p *sight.Picture, thorough bool) ([]sight.Box, error) {
	img, err := copyOf(p, lookEdge)
	if err != nil {
		return nil, err
	}
	var found []sight.Box
	err = e.work(ctx, func(n *networks) error {
		defer trim()
		places, err := n.findText(ctx, img, thorough)
		if err != nil || len(places) == 0 {
			return err
		}
		full, err := copyOf(p, readEdge)
		if err != nil {
			return err
		}
		found, err = n.readAll(ctx, full, places)
		return err
	})
	return found, err
}

func copyOf(p *sight.Picture, edge int) (*image.YCbCr, error) {
	img, err := p.PlanesWithin(edge)
	if err == nil && img.Rect.Empty() {
		return nil, errors.New("the picture has no pixels")
	}
	return img, err
}
