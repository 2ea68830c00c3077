package cli

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/settings"
	"sightline/backend/sight"
)

type doctorCommand struct {
	Backend string `help:"Check this backend too: a URL, or the name of a saved one." placeholder:"URL|NAME"`
	Model   string `help:"The model to check; the saved one, or the server's first." placeholder:"NAME"`
	JSON    bool   `help:"Write one JSON object." name:"json"`
}

func (c *doctorCommand) run(ctx context.Context, parts Parts) int {
	steps := parts.machineSteps()
	if c.Backend != "" {
		more, err := c.backendSteps(parts)
		if err != nil {
			return parts.misuse(err)
		}
		steps = append(steps, more...)
	}
	report := doctor.Examine(ctx, steps, func(check doctor.Check) {
		if !c.JSON {
			fmt.Fprint(parts.Stdout, inPerson(check))
		}
	})
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
		{Name: "sources", Do: func(ctx context.Context) (string, error) {
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

// backendSteps look at a backend, each step standing on the one before.
func (c *doctorCommand) backendSteps(parts Parts) ([]doctor.Step, error) {
	b, err := parts.backend(c.Backend)
	if err != nil {
		return nil, err
	}
	model := cmp.Or(c.Model, b.model)
	var models []string
	steps := []doctor.Step{
		{Name: "connection", Needed: true, Do: func(ctx context.Context) (string, error) {
			models, err = parts.Servers.Models(ctx, b.base, "")
			return fmt.Sprintf("%d models at %s", len(models), b.name), err
		}},
		{Name: "model", Needed: true, Do: func(context.Context) (string, error) {
			model, err = pick(model, models, b.name)
			return model, err
		}},
	}
	ask := doctor.Step{Name: "picture", Do: func(ctx context.Context) (string, error) {
		start := time.Now()
		answer, err := b.asker.Ask(ctx, testQuestion(model), func(sight.Event) {})
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("answered in %.0f ms: %s", time.Since(start).Seconds()*1000, short(oneLine(answer.Text))), nil
	}}
	if c.Backend == settings.Builtin {
		return []doctor.Step{ask}, nil
	}
	return append(steps, ask), nil
}

// pick is the model to ask: the one wanted, or the first there is. A server that lists none is believed about the wanted one.
func pick(wanted string, models []string, server string) (string, error) {
	switch {
	case wanted == "" && len(models) > 0:
		return models[0], nil
	case wanted == "":
		return "", &fault.Error{Code: "backend.no_model", Message: server + " lists no model.", Hint: "Load one there, or name it with --model.", Blame: fault.Backend}
	case len(models) > 0 && !slices.Contains(models, wanted) && !slices.Contains(models, wanted+":latest"):
		return "", &fault.Error{
			Code: "backend.unknown_model", Message: fmt.Sprintf("%s has no model %q.", server, wanted),
			Hint: "It has: " + short(fmt.Sprint(models)), Blame: fault.Question,
		}
	}
	return wanted, nil
}

// testQuestion is a short one about a grey square.
func testQuestion(model string) sight.Question {
	img := image.NewYCbCr(image.Rect(0, 0, 224, 224), image.YCbCrSubsampleRatio420)
	for _, plane := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range plane {
			plane[i] = 128
		}
	}
	return sight.Question{
		Frame:  sight.Frame{Number: 1, Captured: time.Now(), Picture: sight.FromYCbCr(img)},
		Prompt: "Which colour is this square? Answer in one word.", Model: model, MaxTokens: 32, ImageEdge: 224, ImageQuality: 80,
	}
}

func inPerson(c doctor.Check) string {
	if c.OK {
		return fmt.Sprintf("✓ %-12s %s\n", c.Name, c.Found)
	}
	return fmt.Sprintf("✗ %-12s %s\n  %-12s %s\n", c.Name, c.Error.Message, "", c.Error.Hint)
}

func short(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}
