// Package images is the source images: a folder of JPEG and PNG pictures, looped in name order.
//
//	images:DIR?fps=30
//
// JPEGs are passed on as they are, undecoded. Each picture is read from disk when its turn comes, so that a folder of any size takes little
// memory: the system keeps in its own cache what it has room for.
package images

import (
	"context"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Scheme is the source's entry in a capture.Table. It lists no devices: any folder will do.
func Scheme() capture.Scheme {
	return capture.Scheme{Name: "images", Open: open}
}

func open(uri capture.URI) (capture.Source, error) {
	if err := uri.Allow("fps"); err != nil {
		return nil, err
	}
	ticks, err := uri.FPS()
	if err != nil {
		return nil, err
	}
	if uri.Name == "" {
		return nil, &fault.Error{
			Code: "images.unnamed", Message: "No folder of pictures is named.", Blame: fault.Question,
			Hint: "Write it behind the colon, like images:~/Pictures.",
		}
	}
	return &source{dir: capture.Folder(uri.Name), ticks: ticks}, nil
}

type source struct {
	dir   string
	ticks capture.Ticks
}

// Run loops the pictures the folder has at this moment, from the first. One that is broken, or gone meanwhile, is left out from then on; when
// none is left, the run ends.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	loop, err := list(s.dir)
	if err != nil {
		return err
	}
	return s.ticks.Run(ctx, func(int) error {
		captured := time.Now()
		picture, err := loop.next(ctx)
		if err != nil {
			return err
		}
		put(sight.Frame{Captured: captured, Picture: picture})
		return nil
	})
}
