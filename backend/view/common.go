package view

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/settings"
)

// InspectBackend asks a server what it has; nothing is saved, and no picture sent. An empty key means the one saved for its origin.
func (v *View) InspectBackend(ctx context.Context, address, key string) (BackendInfo, error) {
	base, origin, public, err := v.Servers.Base(address)
	if err != nil {
		return BackendInfo{}, err
	}
	models, err := v.Servers.Models(ctx, base, strings.TrimSpace(key))
	if err != nil {
		return BackendInfo{}, err
	}
	return BackendInfo{URL: base, Models: append([]string{}, models...), Public: public, HasKey: v.Keys.Has(ctx, origin)}, nil
}

// FindServers looks for servers on this machine.
func (v *View) FindServers(ctx context.Context) []FoundServer {
	return append([]FoundServer{}, v.Servers.Find(ctx)...)
}

// SaveBackend adds a backend, or changes the one with the form's ID, and keeps its key. An address of another origin does not inherit the
// key: it belongs to the origin it was saved for.
func (v *View) SaveBackend(ctx context.Context, form BackendForm) (settings.Backend, error) {
	base, origin, _, err := v.Servers.Base(form.URL)
	if err != nil {
		return settings.Backend{}, err
	}
	saved := settings.Backend{ID: form.ID, Name: strings.TrimSpace(form.Name), URL: base, Model: strings.TrimSpace(form.Model)}
	if saved.ID == "" {
		saved.ID = newID()
	}
	err = v.change(ctx, func(s *settings.Settings) error {
		if saved.Name == "" {
			saved.Name = freeName(hostOf(base), s.Backends)
		}
		return put(&s.Backends, saved, func(b settings.Backend) bool { return b.ID == saved.ID }, form.ID != "")
	})
	if err != nil {
		return settings.Backend{}, err
	}
	return saved, v.saveKey(ctx, origin, form)
}

// saveKey keeps or forgets the form's key.
func (v *View) saveKey(ctx context.Context, origin string, form BackendForm) error {
	switch key := strings.TrimSpace(form.Key); {
	case form.ForgetKey:
		return v.Keys.Delete(ctx, origin)
	case key != "":
		_, err := v.Keys.Set(ctx, origin, key)
		return err
	}
	return nil
}

// DeleteBackend forgets a backend, and its key where no other backend has the same origin. This window falls back to the
// built-in detector; another one that asked it says so.
func (v *View) DeleteBackend(ctx context.Context, id string) error {
	var gone settings.Backend
	shared := false
	err := v.change(ctx, func(s *settings.Settings) error {
		gone, _ = find(s.Backends, id)
		s.Backends = slices.DeleteFunc(s.Backends, func(b settings.Backend) bool { return b.ID == id })
		shared = slices.ContainsFunc(s.Backends, func(b settings.Backend) bool { return v.originOf(b.URL) == v.originOf(gone.URL) })
		return nil
	})
	if err != nil || gone.ID == "" {
		return err
	}
	if !shared {
		err = v.Keys.Delete(ctx, v.originOf(gone.URL))
	}
	builtin := settings.Builtin
	if v.current().Backend == id {
		_, chosen := v.Choose(ctx, Choices{Backend: &builtin})
		err = cmp.Or(err, chosen)
	}
	return err
}

// SavePrompt adds a prompt, or changes the one with its ID.
func (v *View) SavePrompt(ctx context.Context, p settings.Prompt) (settings.Prompt, error) {
	known := p.ID != ""
	if !known {
		p.ID = newID()
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

// SetTimes sets how long a backend may take.
func (v *View) SetTimes(ctx context.Context, t settings.TimeLimits) error {
	return v.change(ctx, func(s *settings.Settings) error { s.Times = t; return nil })
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

func (v *View) current() settings.Window {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window
}

func (v *View) originOf(address string) string {
	_, origin, _, _ := v.Servers.Base(address) // saved ones are valid
	return origin
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

// freeName is name, or name with a number behind it where a backend is called so already.
func freeName(name string, backends []settings.Backend) string {
	for n := 1; ; n++ {
		candidate := name
		if n > 1 {
			candidate = fmt.Sprintf("%s (%d)", name, n)
		}
		if !slices.ContainsFunc(backends, func(b settings.Backend) bool { return strings.EqualFold(b.Name, candidate) }) {
			return candidate
		}
	}
}

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "Backend"
	}
	return u.Host
}

func newID() string { return strings.ToLower(rand.Text()[:10]) }
