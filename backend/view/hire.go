package view

import (
	"reflect"
	"slices"

	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// hired is an asker in use and whom it was hired for: another prompt or model needs no other asker, another source needs a built-in without
// memory.
type hired struct {
	asker vlm.Asker
	hiring
}

// hiring is all that decides who is hired.
type hiring struct {
	backend, fallback settings.Backend
	times             settings.TimeLimits
	source            string // of the built-in, which remembers pictures, and of a source that is kept to this network; else empty
}

// apply brings the session in line with the window's choices.
func (v *View) apply(w settings.Window) {
	if pace, err := sampler.ParsePace(w.Pace); err == nil { // saved ones are valid
		v.session.SetPace(pace)
	}
	v.mu.Lock()
	source, common := v.source.URI, v.common
	v.mu.Unlock()
	v.Servers.Private(common, source) // it may have to look at a disk, and remembers: that is not for later, under the lock
	v.session.SetCamera(w.CameraOn)
	v.session.SetView(sight.View{Rotate: w.Rotate, Mirror: w.Mirror, Crop: w.Crop})
	v.before.follow(source)
	v.session.SetSource(source) // before the task: a new asker must not be shown the old source's picture
	v.describe(w)               // after the source: no old frame begins the new one's segment
	v.session.SetTask(session.Task{
		Askers: v.hireAll(w, source), Prompt: w.Prompt, System: w.System,
		MaxTokens: w.MaxTokens, Temperature: w.Temperature, ImageEdge: w.ImageEdge, ImageQuality: w.ImageQuality,
	})
	v.Followed(common)
}

// columnsOf is everybody a window asks, the backend first.
func columnsOf(w settings.Window) []settings.Column {
	return append([]settings.Column{{Backend: w.Backend, Model: w.Model}}, w.Compare...)
}

// hireAll finds an asker for each column of a window: those in use where they still fit. Those no longer wanted are let go.
func (v *View) hireAll(w settings.Window, source string) []session.Answerer {
	v.mu.Lock()
	before, now := v.hired, []hired{}
	var answerers []session.Answerer
	for column, c := range columnsOf(w) {
		h := v.hireLocked(column, c.Backend, source, now)
		now = append(now, h)
		a := session.Answerer{Asker: h.asker, Backend: backendName(v.common, c.Backend), Model: c.Model}
		if h.backend.Profiles[c.Model].Sees == "no" {
			a.Asker = vlm.Blind(h.backend.Name, c.Model)
		}
		answerers = append(answerers, a)
	}
	v.hired = now
	v.mu.Unlock()
	letGo(before, now)
	return answerers
}

// hireLocked gives the asker for a column: the one it has, or another column's of the same backend, or a new one. The built-in remembers
// pictures, so there each column has its own. A backend that is gone is answered for by a fault.
func (v *View) hireLocked(column int, id, source string, others []hired) hired {
	wanted := hired{hiring: v.hiringLocked(id, source)}
	candidates := others
	if column < len(v.hired) {
		candidates = append([]hired{v.hired[column]}, others...)
	}
	if id == settings.Builtin {
		candidates = candidates[:len(candidates)-len(others)]
	}
	for _, h := range candidates {
		if reflect.DeepEqual(h.hiring, wanted.hiring) {
			return h
		}
	}
	var err error
	switch {
	case id == settings.Builtin:
		wanted.asker = v.Servers.Builtin()
	case wanted.backend.ID != "":
		wanted.asker, err = v.Servers.Asker(wanted.backend, v.common, source)
	default:
		err = &fault.Error{Code: "backend.deleted", Message: "The backend this window asked is no longer saved.", Hint: "Choose another one.", Blame: fault.Us}
	}
	if err != nil {
		wanted.asker = refusing{err}
	}
	return wanted
}

func (v *View) hiringLocked(id, source string) hiring {
	h := hiring{times: v.common.Times, source: source}
	if id == settings.Builtin {
		return h
	}
	h.backend, _ = find(v.common.Backends, id)
	h.backend.Model = "" // a question names its own
	h.fallback, _ = find(v.common.Backends, h.backend.Fallback)
	h.fallback.Profiles = nil
	if !v.Servers.Private(v.common, source) {
		h.source = ""
	}
	return h
}

// letGo closes the askers that are not in use any more: they let go of idle connections; a question in flight goes on to its end.
func letGo(before, now []hired) {
	for _, old := range before {
		used := slices.ContainsFunc(now, func(h hired) bool { return h.asker == old.asker })
		if closing, ok := old.asker.(interface{ Close() }); ok && !used {
			closing.Close()
		}
	}
}

// backendName is what a person calls a backend.
func backendName(common settings.Settings, id string) string {
	if id == settings.Builtin {
		return settings.BuiltinName
	}
	if b, ok := find(common.Backends, id); ok {
		return b.Name
	}
	return "Deleted backend"
}

func find(backends []settings.Backend, id string) (settings.Backend, bool) {
	for _, b := range backends {
		if b.ID == id && id != "" {
			return b, true
		}
	}
	return settings.Backend{}, false
}
