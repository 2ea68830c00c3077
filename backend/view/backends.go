package view

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"sightline/backend/settings"
)

// InspectBackend asks a server what it has; nothing is saved, and no picture sent. An empty key means the one saved for its origin, no
// certificate file that of a saved backend with this address.
func (v *View) InspectBackend(ctx context.Context, address, key, caFile string) (BackendInfo, error) {
	base, origin, public, err := v.Servers.Base(address)
	if err != nil {
		return BackendInfo{}, err
	}
	models, err := v.Servers.Models(ctx, base, strings.TrimSpace(key), cmp.Or(strings.TrimSpace(caFile), v.caFileOf(base)))
	if err != nil {
		return BackendInfo{}, err
	}
	return BackendInfo{URL: base, Models: append([]string{}, models...), Public: public, HasKey: v.Keys.Has(ctx, origin)}, nil
}

func (v *View) caFileOf(base string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.common.Backends, func(b settings.Backend) bool { return slices.Contains(b.URLs(), base) })
	if i < 0 {
		return ""
	}
	return v.common.Backends[i].CAFile
}

// FindServers looks for servers on this machine.
func (v *View) FindServers(ctx context.Context) []FoundServer {
	return append([]FoundServer{}, v.Servers.Find(ctx)...)
}

// SaveBackend adds a backend, or changes the one with the form's ID, and keeps its key. A key belongs to the origin it was saved for: an
// address of another origin does not inherit it, and where no backend has an origin any more, its key is forgotten.
func (v *View) SaveBackend(ctx context.Context, form BackendForm) (settings.Backend, error) {
	saved, err := v.backendFrom(form)
	if err != nil {
		return settings.Backend{}, err
	}
	var before settings.Backend
	var all []settings.Backend
	err = v.change(ctx, func(s *settings.Settings) error {
		before, _ = find(s.Backends, saved.ID)
		if saved.Name == "" {
			saved.Name = settings.FreeName(saved.URL, s.Backends)
		}
		saved.Profiles = profilesAfter(before, saved)
		err := put(&s.Backends, saved, func(b settings.Backend) bool { return b.ID == saved.ID }, form.ID != "")
		all = slices.Clone(s.Backends)
		return err
	})
	if err != nil {
		return settings.Backend{}, err
	}
	return saved, errors.Join(v.saveKey(ctx, saved, form), v.forgetKeys(ctx, before, all))
}

// backendFrom is what a form says, normalised.
func (v *View) backendFrom(form BackendForm) (settings.Backend, error) {
	base, _, _, err := v.Servers.Base(form.URL)
	if err != nil {
		return settings.Backend{}, err
	}
	saved := settings.Backend{
		ID: cmp.Or(form.ID, settings.NewID()), Name: strings.TrimSpace(form.Name), URL: base, Model: strings.TrimSpace(form.Model),
		InFlight: form.InFlight, PerMinute: form.PerMinute, Times: form.Times, CAFile: strings.TrimSpace(form.CAFile),
		Leaves: form.Leaves, Fallback: form.Fallback,
	}
	for _, address := range form.Replicas {
		if strings.TrimSpace(address) == "" {
			continue
		}
		replica, _, _, err := v.Servers.Base(address)
		if err != nil {
			return settings.Backend{}, err
		}
		saved.Replicas = append(saved.Replicas, replica)
	}
	return saved, nil
}

// profilesAfter is what is still known of a backend's models: nothing, where another server may answer.
func profilesAfter(before, now settings.Backend) map[string]settings.Profile {
	if before.URL != now.URL {
		return nil
	}
	return before.Profiles
}

// saveKey keeps or forgets the form's key, for each origin the backend has.
func (v *View) saveKey(ctx context.Context, b settings.Backend, form BackendForm) error {
	key := strings.TrimSpace(form.Key)
	for _, origin := range v.originsOf(b) {
		var err error
		switch {
		case form.ForgetKey:
			err = v.Keys.Delete(ctx, origin)
		case key != "":
			_, err = v.Keys.Set(ctx, origin, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// forgetKeys forgets the keys of a backend's origins, but for those that others of all still have.
func (v *View) forgetKeys(ctx context.Context, gone settings.Backend, all []settings.Backend) error {
	var needed []string
	for _, b := range all {
		needed = append(needed, v.originsOf(b)...)
	}
	var trouble error
	for _, origin := range v.originsOf(gone) {
		if !slices.Contains(needed, origin) {
			trouble = cmp.Or(trouble, v.Keys.Delete(ctx, origin))
		}
	}
	return trouble
}

// originsOf is where a backend's servers are, each origin once.
func (v *View) originsOf(b settings.Backend) []string {
	var origins []string
	for _, url := range b.URLs() {
		if _, origin, _, err := v.Servers.Base(url); err == nil && !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	return origins
}

// DeleteBackend forgets a backend, and its keys where no other backend has the same origin. This window falls back to the built-in detector;
// another one that asked it says so.
func (v *View) DeleteBackend(ctx context.Context, id string) error {
	var gone settings.Backend
	var all []settings.Backend
	err := v.change(ctx, func(s *settings.Settings) error {
		gone, _ = find(s.Backends, id)
		s.Backends = slices.DeleteFunc(s.Backends, func(b settings.Backend) bool { return b.ID == id })
		for i := range s.Backends {
			if s.Backends[i].Fallback == id {
				s.Backends[i].Fallback = ""
			}
		}
		all = slices.Clone(s.Backends)
		return nil
	})
	if err != nil || gone.ID == "" {
		return err
	}
	return cmp.Or(v.forgetKeys(ctx, gone, all), v.leaveBackend(ctx, id))
}

// leaveBackend takes a backend that is gone out of this window's choices.
func (v *View) leaveBackend(ctx context.Context, id string) error {
	var c Choices
	w := v.current()
	if builtin := settings.Builtin; w.Backend == id {
		c.Backend = &builtin
	}
	others := slices.DeleteFunc(slices.Clone(w.Compare), func(o settings.Column) bool { return o.Backend == id })
	if len(others) < len(w.Compare) {
		c.Compare = &others
	}
	if c == (Choices{}) {
		return nil
	}
	_, err := v.Choose(ctx, c)
	return err
}

// SetPrivate says whether the pictures of a source are to stay on this network.
func (v *View) SetPrivate(ctx context.Context, uri string, on bool) error {
	return v.change(ctx, func(s *settings.Settings) error {
		s.Private = slices.DeleteFunc(s.Private, func(o string) bool { return o == uri })
		if on {
			s.Private = append(s.Private, uri)
		}
		return nil
	})
}
