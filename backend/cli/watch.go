package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/sight"
)

type watchCommand struct {
	askFlags

	Backend string `help:"Who answers: builtin:, the URL of an OpenAI-compatible server, or the name of a saved backend." default:"builtin:" placeholder:"URL|NAME"`
	Model   string `help:"The model to ask; the server's first one unless named." placeholder:"NAME"`
}

func (c *watchCommand) run(ctx context.Context, parts Parts) int {
	task, pace, err := c.prepare(ctx, parts, []asked{{c.Backend, c.Model}})
	if err != nil {
		return parts.misuse(err)
	}
	return c.askFlags.run(ctx, parts, task, pace, nil)
}

// run watches until it is told to end, its time is up or its answers are there. Where backends are compared, it ends with their table.
func (c *askFlags) run(ctx context.Context, parts Parts, task session.Task, pace sampler.Pace, compared *comparison) int {
	if c.Record != "" {
		folder, err := prepareFolder(c.Record)
		if err != nil {
			return parts.fail(err)
		}
		c.Record = folder
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)

	printer := newPrinter(parts, c.JSON, c.Answers, end)
	printer.compared = compared
	tape := &recording{parts: parts, tell: printer.tell}
	told := &exposed{}
	s := session.New(session.Config{
		ID: strings.ToLower(rand.Text()[:8]), Open: parts.Sources.Open, Sinks: []session.Sink{tape, told, printer}, Watch: printer,
	})
	printer.session = s
	if c.Metrics != "" {
		if err := told.begin(ctx, c.Metrics, parts.Exporter(c.named, s.State)); err != nil {
			return parts.fail(err)
		}
		defer told.end()
	}
	s.SetPace(pace)
	s.SetTask(task)
	s.SetView(sight.View{Rotate: c.Rotate, Mirror: c.Mirror, Crop: c.crop})
	s.SetSource(c.Source)
	s.Start()
	if c.Record != "" {
		tape.begin(s, c.Record, c.about(parts, task, pace))
	}
	if !c.JSON {
		fmt.Fprintf(parts.Stderr, "Watching %s, answered by %s. Ctrl-C ends it.\n", parts.Sources.Describe(c.Source).Name, namesOf(task.Askers))
	}
	_ = s.Run(ctx) // its error is the context's; the cause says more
	status := printer.finish(context.Cause(ctx))
	tape.end()
	return status
}

func namesOf(askers []session.Answerer) string {
	var names []string
	for _, a := range askers {
		names = append(names, a.Backend)
	}
	return strings.Join(names, " and ")
}
