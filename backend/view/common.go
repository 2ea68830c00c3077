package view

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/settings"
)

// SavePrompt adds a prompt, or changes the one with its ID.
func (v *View) SavePrompt(ctx context.Context, p settings.Prompt) (settings.Prompt, error) {
	known := p.ID != ""
	if !known {
		p.ID = settings.NewID()
	}
	p.Name = strings.TrimSpace(p.Name)
	err := v.change(ctx, func(s *settings.Settings) error {
		return put(&s.Prompts, p, func(o settings.Prompt) bool { return o.ID == p.ID }, known)
	})
	return p, err
}

// DeletePrompt forgets a prompt of the person's own.
func (v *View) DeletePrompt(ctx context.Context, id string) error {
	return v.change(ctx, func(s *settings.Settings) error {
		s.Prompts = slices.DeleteFunc(s.Prompts, func(p settings.Prompt) bool { return p.ID == id })
		return nil
	})
}

// SetTheme chooses "auto", "light" or "dark" for all windows.
func (v *View) SetTheme(ctx context.Context, theme string) error {
	return v.change(ctx, func(s *settings.Settings) error { s.Theme = theme; return nil })
}

// SetAgain chooses what starting Sightline again does while it runs: "new" or "raise".
func (v *View) SetAgain(ctx context.Context, mode string) error {
	return v.change(ctx, func(s *settings.Settings) error { s.Again = mode; return nil })
}

// SetTimes sets how long a backend may take.
func (v *View) SetTimes(ctx context.Context, t settings.TimeLimits) error {
	return v.change(ctx, func(s *settings.Settings) error { s.Times = t; return nil })
}

// SetRecording sets how recordings are made.
func (v *View) SetRecording(ctx context.Context, r settings.Recording) error {
	r.Folder = strings.TrimSpace(r.Folder)
	return v.change(ctx, func(s *settings.Settings) error { s.Recording = r; return nil })
}

// SetGauges sets how often the machine is looked at, and how far back the page remembers.
func (v *View) SetGauges(ctx context.Context, g settings.Gauges) error {
	return v.change(ctx, func(s *settings.Settings) error { s.Gauges = g; return nil })
}

// Cameras are the network cameras that were watched, newest first.
func (v *View) Cameras() []string { return v.Common().Cameras }

// KeepCamera remembers a network camera, or forgets it. The oldest gives way.
func (v *View) KeepCamera(ctx context.Context, uri string, on bool) error {
	return v.change(ctx, func(s *settings.Settings) error {
		kept := slices.DeleteFunc(slices.Clone(s.Cameras), func(o string) bool { return o == uri })
		if on {
			kept = slices.Insert(kept, 0, uri)
		}
		s.Cameras = kept[:min(len(kept), settings.MaxCameras)]
		return nil
	})
}

// SetFFmpeg says which program decodes video; empty: the one on PATH.
func (v *View) SetFFmpeg(ctx context.Context, path string) error {
	return v.change(ctx, func(s *settings.Settings) error { s.FFmpeg = path; return nil })
}

// change edits what all windows have in common. Its error is that of an edit which is not valid, and changes nothing; one that cannot be saved
// holds for this run, and the person is told.
func (v *View) change(ctx context.Context, edit func(*settings.Settings) error) error {
	v.changes.Lock()
	defer v.changes.Unlock()
	ctx, cancel := context.WithTimeout(ctx, saveTimeout)
	defer cancel()
	v.mu.Lock()
	mine, unsaved := v.common, v.unsaved
	v.mu.Unlock()
	changed, err := v.store.Change(ctx, func(s *settings.Settings) error {
		if unsaved {
			*s = mine.Clone() // what holds in this window, since it could not be saved before
		}
		return edit(s)
	})
	if err != nil && !settings.Unsaved(err) {
		return err
	}
	v.mu.Lock()
	v.common, v.unsaved = changed, err != nil
	w := v.window
	v.mu.Unlock()
	v.feed.add(Event{Kind: "settings", Settings: &changed})
	v.apply(w)
	v.feed.touch()
	if err != nil {
		v.Notify(err)
	}
	return nil
}

// follow takes up what another window has changed in what all have in common.
func (v *View) follow() {
	v.changes.Lock()
	defer v.changes.Unlock()
	now := v.store.Settings()
	v.mu.Lock()
	news := !v.unsaved && !reflect.DeepEqual(now, v.common)
	if news {
		v.common = now
	}
	w := v.window
	v.mu.Unlock()
	if news {
		v.feed.add(Event{Kind: "settings", Settings: &now})
		v.apply(w)
		v.feed.touch()
	}
}

func (v *View) current() settings.Window {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window
}

// put replaces the item that is meant, or appends it where none is to be there yet.
func put[T any](list *[]T, item T, meant func(T) bool, known bool) error {
	if i := slices.IndexFunc(*list, meant); i >= 0 {
		(*list)[i] = item
		return nil
	}
	if known {
		return &fault.Error{Code: "settings.gone", Message: "What you are changing was deleted in another window.", Hint: "Add it anew.", Blame: fault.Us}
	}
	*list = append(*list, item)
	return nil
}
