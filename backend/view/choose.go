package view

import (
	"cmp"
	"context"
	"slices"

	"sightline/backend/settings"
)

// Choose changes the window's own choices, all or none, and what runs with them. A choice that cannot be saved holds for this run, and the
// person is told.
func (v *View) Choose(ctx context.Context, c Choices) (settings.Window, error) {
	v.changes.Lock()
	defer v.changes.Unlock()
	w, err := v.save(ctx, func(w *settings.Window) {
		v.edit(w, c)
	})
	if err != nil {
		return settings.Window{}, err
	}
	if c.Source != nil {
		v.mu.Lock()
		v.source, v.chosen = v.Sources.Describe(w.Source), true
		v.mu.Unlock()
	}
	v.apply(w)
	return w, nil
}

// remember changes what the window has no need to be told.
func (v *View) remember(ctx context.Context, edit func(*settings.Window)) {
	v.changes.Lock()
	defer v.changes.Unlock()
	if _, err := v.save(ctx, edit); err != nil {
		v.Notify(err)
	}
}

// save edits the window's choices and keeps them. Its error is that of a choice which is not valid; one of the disk becomes a notice.
func (v *View) save(ctx context.Context, edit func(*settings.Window)) (settings.Window, error) {
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	v.mu.Lock()
	mine := v.window
	v.mu.Unlock()
	saved, err := v.store.ChangeWindow(ctx, v.Window, func(w *settings.Window) error {
		*w = mine // what holds in this window, also where it could not be saved before
		edit(w)
		return nil
	})
	if err != nil && !settings.Unsaved(err) {
		return settings.Window{}, err
	}
	v.mu.Lock()
	v.window = saved
	v.mu.Unlock()
	v.feed.add(Event{Kind: "window", Window: &saved})
	if err != nil {
		v.Notify(err)
	}
	return saved, nil
}

// edit lays the choices over the window's state.
func (v *View) edit(w *settings.Window, c Choices) {
	was := w.Backend
	editView(w, c) // looks at the source there was
	lay(&w.Source, c.Source)
	lay(&w.CameraOn, c.CameraOn)
	lay(&w.Backend, c.Backend)
	lay(&w.Model, c.Model)
	lay(&w.Compare, c.Compare)
	lay(&w.Prompt, c.Prompt)
	lay(&w.System, c.System)
	lay(&w.Pace, c.Pace)
	lay(&w.MaxTokens, c.MaxTokens)
	lay(&w.ImageEdge, c.ImageEdge)
	lay(&w.ImageQuality, c.ImageQuality)
	lay(&w.Overlay, c.Overlay)
	if c.Temperature != nil {
		w.Temperature = nil
		if *c.Temperature >= 0 {
			w.Temperature = c.Temperature
		}
	}
	if w.Backend != was && c.Model == nil {
		w.Model = v.lastModel(w.Backend)
	}
	w.Compare = slices.Clone(w.Compare)
	for i, column := range w.Compare {
		w.Compare[i].Model = cmp.Or(column.Model, v.lastModel(column.Backend))
	}
	if w.Backend != was && c.Pace == nil && v.costly(*w) {
		w.Pace = settings.DefaultWindow(w.ID).Pace
	}
}

// editView changes how the picture is seen. A change of source begins upright and whole again, since the part that was asked about was that of
// another scene.
func editView(w *settings.Window, c Choices) {
	if c.Source != nil && *c.Source != w.Source {
		w.Rotate, w.Mirror, w.Crop = 0, false, nil
	}
	lay(&w.Rotate, c.Rotate)
	lay(&w.Mirror, c.Mirror)
	lay(&w.Boxes, c.Boxes)
	if c.Crop != nil {
		w.Crop = nil
		if c.Crop.W > 0 {
			w.Crop = c.Crop
		}
	}
}

func lay[T any](on *T, choice *T) {
	if choice != nil {
		*on = *choice
	}
}

func (v *View) lastModel(backend string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	b, _ := find(v.common.Backends, backend)
	return b.Model
}
