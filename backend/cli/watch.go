package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/settings"
)

type watchCommand struct {
	Source       string        `help:"What to watch: camera:, camera:NAME, sample:, pattern: or images:FOLDER?fps=30. The first camera, or the sample, unless named." placeholder:"URI"`
	Backend      string        `help:"Who answers: builtin:, the URL of an OpenAI-compatible server, or the name of a saved backend." default:"builtin:" placeholder:"URL|NAME"`
	Model        string        `help:"The model to ask; the server's first one unless named." placeholder:"NAME"`
	Prompt       string        `help:"The question, or @FILE that holds it." placeholder:"TEXT|@FILE"`
	System       string        `help:"The system prompt, or @FILE that holds it." placeholder:"TEXT|@FILE"`
	MaxTokens    int           `help:"The longest answer, in tokens (1-4096)." default:"200" placeholder:"N"`
	Temperature  *float64      `help:"The model's temperature (0-2); the server's own unless named." placeholder:"T"`
	Every        string        `help:"When to ask: 2s, 30f (every 30 frames), or 0 to ask as soon as the backend is free." default:"2s" placeholder:"PACE"`
	ImageEdge    int           `help:"The longer side of the picture as it is sent, in pixels (224-2048)." default:"640" placeholder:"N"`
	ImageQuality int           `help:"JPEG quality where the picture has to be encoded (50-95)." default:"80" placeholder:"N"`
	For          time.Duration `help:"End after so long." placeholder:"30s"`
	Answers      int           `help:"End after so many answers." placeholder:"N"`
	JSON         bool          `help:"Write one JSON object a line for each sampled frame, and a summary." name:"json"`
}

// run watches until it is told to end, its time is up or its answers are there.
func (c *watchCommand) run(ctx context.Context, parts Parts) int {
	task, pace, err := c.prepare(parts)
	if err != nil {
		return parts.misuse(err)
	}
	if c.Source == "" {
		c.Source = parts.Sources.First(ctx).URI
	}
	if _, err := parts.Sources.Open(c.Source); err != nil {
		return parts.misuse(err)
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)

	printer := newPrinter(parts, c.JSON, c.Answers, end)
	s := session.New(session.Config{
		ID: strings.ToLower(rand.Text()[:8]), Open: parts.Sources.Open, Sinks: []session.Sink{printer}, Watch: printer,
	})
	printer.session = s
	s.SetPace(pace)
	s.SetTask(task)
	s.SetSource(c.Source)
	s.Start()
	if !c.JSON {
		fmt.Fprintf(parts.Stderr, "Watching %s, answered by %s. Ctrl-C ends it.\n", parts.Sources.Describe(c.Source).Name, task.Backend)
	}
	_ = s.Run(ctx) // its error is the context's; the cause says more
	return printer.finish(context.Cause(ctx))
}

// prepare checks what was asked before anything starts.
func (c *watchCommand) prepare(parts Parts) (session.Task, sampler.Pace, error) {
	pace, err := sampler.ParsePace(c.Every)
	if err == nil && pace.Asked {
		err = usage("Nobody can ask for single answers here.", "Choose --every 2s, 30f or 0.")
	}
	if err != nil {
		return session.Task{}, pace, err
	}
	if err := c.check(); err != nil {
		return session.Task{}, pace, err
	}
	task := session.Task{
		Model: c.Model, MaxTokens: c.MaxTokens, Temperature: c.Temperature, ImageEdge: c.ImageEdge, ImageQuality: c.ImageQuality,
	}
	if task.Prompt, err = textOf(c.Prompt); err != nil {
		return task, pace, err
	}
	if task.System, err = textOf(c.System); err != nil {
		return task, pace, err
	}
	if task.Prompt == "" {
		task.Prompt = settings.Presets()[0].Text
	}
	b, err := parts.backend(c.Backend)
	if err != nil {
		return task, pace, err
	}
	parts.warn(b, pace)
	task.Asker, task.Backend = b.asker, b.name
	if task.Model == "" {
		task.Model = b.model
	}
	return task, pace, nil
}

func (c *watchCommand) check() error {
	for _, limit := range []struct {
		flag      string
		value     int
		low, high int
	}{
		{"--max-tokens", c.MaxTokens, 1, settings.MaxTokens},
		{"--image-edge", c.ImageEdge, settings.MinEdge, settings.MaxEdge},
		{"--image-quality", c.ImageQuality, settings.MinQuality, settings.MaxQuality},
	} {
		if limit.value < limit.low || limit.value > limit.high {
			return usage(fmt.Sprintf("%s %d is out of range.", limit.flag, limit.value), fmt.Sprintf("Choose %d to %d.", limit.low, limit.high))
		}
	}
	if c.Temperature != nil && (*c.Temperature < 0 || *c.Temperature > 2) {
		return usage(fmt.Sprintf("--temperature %g is out of range.", *c.Temperature), "Choose 0 to 2.")
	}
	if c.For < 0 || c.Answers < 0 {
		return usage("--for and --answers cannot be negative.", "Leave them out to watch until Ctrl-C.")
	}
	return nil
}

// promptLimit is the longest text taken from a file, in bytes.
const promptLimit = 16 * 1024

// textOf is what a flag says itself, or the contents of the file it names with an @.
func textOf(flag string) (string, error) {
	path, isFile := strings.CutPrefix(flag, "@")
	if !isFile {
		return flag, nil
	}
	info, err := os.Stat(path)
	if err == nil && (info.Size() > promptLimit || !info.Mode().IsRegular()) {
		return "", usage(fmt.Sprintf("%s is no text of at most %d bytes.", path, promptLimit), "Name a file that holds the prompt.")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", &fault.Error{
			Code: "usage", Message: fmt.Sprintf("The file %s cannot be read.", path), Hint: "Check the name, or write the prompt itself without @.",
			Blame: fault.Question, Cause: err,
		}
	}
	return strings.TrimSpace(string(text)), nil
}

func usage(message, hint string) error {
	return &fault.Error{Code: "usage", Message: message, Hint: hint, Blame: fault.Question}
}
