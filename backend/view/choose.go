package view

import (
	"context"

	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/vlm"
)

// hired is the asker in use and whom it was hired for: another prompt needs no other asker, another source needs a built-in without memory.
type hired struct {
	asker   vlm.Asker
	backend settings.Backend
	times   settings.TimeLimits
	source  string
}

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
	lay(&w.Source, c.Source)
	lay(&w.CameraOn, c.CameraOn)
	lay(&w.Backend, c.Backend)
	lay(&w.Model, c.Model)
	lay(&w.Prompt, c.Prompt)
	lay(&w.System, c.System)
	lay(&w.Pace, c.Pace)
	lay(&w.MaxTokens, c.MaxTokens)
	lay(&w.ImageEdge, c.ImageEdge)
	lay(&w.ImageQuality, c.ImageQuality)
	lay(&w.Mirror, c.Mirror)
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
	if w.Backend != was && c.Pace == nil && v.costly(*w) {
		w.Pace = settings.DefaultWindow(w.ID).Pace
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

// apply brings the session in line with the window's choices.
func (v *View) apply(w settings.Window) {
	if pace, err := sampler.ParsePace(w.Pace); err == nil { // saved ones are valid
		v.session.SetPace(pace)
	}
	v.mu.Lock()
	source := v.source.URI
	v.mu.Unlock()
	v.session.SetCamera(w.CameraOn)
	v.session.SetSource(source) // before the task: a new asker must not be shown the old source's picture
	v.session.SetTask(session.Task{
		Asker: v.hire(w, source), Backend: v.backendOf(w).Name, Prompt: w.Prompt, System: w.System, Model: w.Model,
		MaxTokens: w.MaxTokens, Temperature: w.Temperature, ImageEdge: w.ImageEdge, ImageQuality: w.ImageQuality,
	})
}

// hire finds the asker for a window's choices: the one in use where it still fits. A backend that is gone is answered for by a fault.
func (v *View) hire(w settings.Window, source string) vlm.Asker {
	v.mu.Lock()
	defer v.mu.Unlock()
	saved, ok := find(v.common.Backends, w.Backend)
	saved.Model = "" // a question names its own
	wanted := hired{backend: saved, times: v.common.Times, source: source}
	if w.Backend != settings.Builtin {
		wanted.source = ""
	}
	wanted.asker = v.asker.asker
	if v.asker.asker != nil && wanted == v.asker {
		return v.asker.asker
	}
	if old, ok := v.asker.asker.(interface{ Close() }); ok {
		old.Close() // lets go of idle connections; a question in flight goes on to its end
	}
	var err error
	switch {
	case w.Backend == settings.Builtin:
		wanted.asker = v.Servers.Builtin()
	case ok:
		wanted.asker, err = v.Servers.Asker(saved, v.common.Times)
	default:
		err = &fault.Error{Code: "backend.deleted", Message: "The backend this window asked is no longer saved.", Hint: "Choose another one.", Blame: fault.Us}
	}
	if err != nil {
		wanted.asker = refusing{err}
	}
	v.asker = wanted
	return wanted.asker
}
