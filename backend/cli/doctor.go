package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"sightline/backend/doctor"
	"sightline/backend/settings"
)

type doctorCommand struct {
	Backend string `help:"Check this backend too: builtin:, a URL, or the name of a saved one." placeholder:"URL|NAME"`
	Model   string `help:"The model to check; the saved one, or the server's first." placeholder:"NAME"`
	JSON    bool   `help:"Write one JSON object." name:"json"`
}

func (c *doctorCommand) run(ctx context.Context, parts Parts) int {
	steps := parts.machineSteps()
	var saved settings.Backend
	var visit *doctor.Visit
	if c.Backend != "" {
		var err error
		if saved, visit, err = c.visit(parts); err != nil {
			return parts.misuse(err)
		}
		defer visit.Close()
		steps = append(steps, visit.Steps()...)
	}
	report := c.examine(ctx, parts, steps)
	if visit != nil && ctx.Err() == nil {
		c.keep(ctx, parts, saved, visit)
	}
	if c.JSON {
		if err := writeJSON(parts.Stdout, report); err != nil {
			return parts.fail(err)
		}
	}
	if !report.OK {
		return exitFailed
	}
	return exitOK
}

func (c *doctorCommand) examine(ctx context.Context, parts Parts, steps []doctor.Step) doctor.Report {
	width := 0
	for _, s := range steps {
		width = max(width, len(s.Name))
	}
	return doctor.Examine(ctx, steps, func(check doctor.Check) {
		if !c.JSON {
			inPerson(parts.Stdout, check, width)
		}
	})
}

// machineSteps look at this machine.
func (p Parts) machineSteps() []doctor.Step {
	return []doctor.Step{
		{Name: "settings", Do: func(context.Context) (string, error) {
			n := len(p.Store.Settings().Backends)
			return fmt.Sprintf("%d saved backends", n), nil
		}},
		{Name: "keyring", Do: func(ctx context.Context) (string, error) {
			p.Keys.Has(ctx, "https://sightline.invalid:443") // a look is what tells
			if !p.Keys.Persistent() {
				return "none here: keys last for one run", nil
			}
			return "keys are kept", nil
		}},
		{Name: "sources", Limit: listTimeout + time.Second, Do: func(ctx context.Context) (string, error) {
			ctx, cancel := context.WithTimeout(ctx, listTimeout)
			defer cancel()
			found, err := p.Sources.Devices(ctx)
			cameras := 0
			for _, d := range found {
				if d.Kind == "camera" {
					cameras++
				}
			}
			return fmt.Sprintf("%d cameras", cameras), err
		}},
	}
}

// visit prepares a look at the backend that was named. The saved one it is, or belongs to, comes with it; without an ID there is none.
func (c *doctorCommand) visit(parts Parts) (settings.Backend, *doctor.Visit, error) {
	if c.Backend == settings.Builtin {
		return settings.Backend{}, doctor.NewVisit(doctor.Backend{Name: "The built-in detector", Builtin: parts.Servers.Builtin()}), nil
	}
	common := parts.Store.Settings()
	b, err := parts.examined(c.Backend, common.Backends)
	if err != nil {
		return b, nil, err
	}
	if c.Model != "" {
		b.Model = c.Model
	}
	servers, err := parts.Servers.Examined(b, common)
	if err != nil {
		return b, nil, err
	}
	return b, doctor.NewVisit(doctor.Backend{Name: b.Name, Model: b.Model, Servers: servers}), nil
}

// examined is the backend that is called so: a saved one by its name, with all its servers; by the URL of one of them, with that one alone; or
// one that is not saved, by its URL.
func (p Parts) examined(called string, saved []settings.Backend) (settings.Backend, error) {
	for _, b := range saved {
		if strings.EqualFold(b.Name, called) {
			return b, nil
		}
	}
	if !strings.ContainsAny(called, ":./") {
		return settings.Backend{}, usage(fmt.Sprintf("No backend is saved as %q.", called), savedHint(saved))
	}
	base, origin, _, err := p.Servers.Base(called)
	if err != nil {
		return settings.Backend{}, err
	}
	for _, b := range saved {
		if slices.Contains(b.URLs(), base) {
			b.URL, b.Replicas = base, nil
			return b, nil
		}
	}
	return settings.Backend{Name: origin, URL: base}, nil
}

// keep saves what was found out with the saved backend, where it is one. That it cannot be saved changes nothing about the report.
func (c *doctorCommand) keep(ctx context.Context, parts Parts, saved settings.Backend, visit *doctor.Visit) {
	model, found, ok := visit.Profile()
	if !ok || saved.ID == "" {
		return
	}
	if err := doctor.Save(ctx, parts.Store, saved.ID, model, found); err != nil {
		parts.Tell(err)
		return
	}
	if !c.JSON {
		fmt.Fprintf(parts.Stdout, "What was found out about %q is kept with %s.\n", model, saved.Name)
	}
}

func inPerson(w io.Writer, c doctor.Check, width int) {
	if c.OK {
		fmt.Fprintf(w, "✓ %-*s %s\n", width, c.Name, c.Found)
		return
	}
	fmt.Fprintf(w, "✗ %-*s %s\n  %-*s %s\n", width, c.Name, c.Error.Message, width, "", c.Error.Hint)
}
