package view

import (
	"cmp"
	"context"

	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/settings"
)

// Examine looks at a saved backend step by step, telling each as a "check", and keeps what it finds out about the model. Only squares of one
// colour are sent. An empty model means the backend's own. It ends by itself within minutes.
func (v *View) Examine(ctx context.Context, id, model string) (doctor.Report, error) {
	visit, err := v.visit(id, model)
	if err != nil {
		return doctor.Report{}, err
	}
	defer visit.Close()
	report := doctor.Examine(ctx, visit.Steps(), func(c doctor.Check) {
		v.feed.add(Event{Kind: "check", Check: &Check{Backend: id, Check: c}})
	})
	asked, found, ok := visit.Profile()
	if !ok || id == settings.Builtin || ctx.Err() != nil {
		return report, nil
	}
	if err := doctor.Save(ctx, v.store, id, asked, found); err != nil {
		v.Notify(err)
	}
	v.follow()
	return report, nil
}

func (v *View) visit(id, model string) (*doctor.Visit, error) {
	if id == settings.Builtin {
		return doctor.NewVisit(doctor.Backend{Name: settings.BuiltinName, Builtin: v.Servers.Builtin()}), nil
	}
	v.mu.Lock()
	common := v.common.Clone()
	v.mu.Unlock()
	b, ok := find(common.Backends, id)
	if !ok {
		return nil, &fault.Error{Code: "settings.gone", Message: "That backend was deleted in another window.", Hint: "Add it anew.", Blame: fault.Us}
	}
	servers, err := v.Servers.Examined(b, common)
	if err != nil {
		return nil, err
	}
	return doctor.NewVisit(doctor.Backend{Name: b.Name, Model: cmp.Or(model, b.Model), Servers: servers}), nil
}
