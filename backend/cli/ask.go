package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/metrics"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
)

// askFlags is what every command that asks about a source has in common.
type askFlags struct {
	Source       string        `help:"What to watch: camera:, camera:NAME, rtsp://HOST/PATH, http://HOST/PATH, file:VIDEO, file:VIDEO?pace=max, screen:, images:FOLDER?fps=30, sample: or pattern:. The first camera, or the sample, unless named." placeholder:"URI"`
	Rotate       int           `help:"Rotate the picture clockwise by 90, 180 or 270 degrees." default:"0" placeholder:"DEGREES"`
	Mirror       bool          `help:"Exchange left and right."`
	Crop         string        `help:"Ask about a part of the picture: its left and upper edge, width and height as shares of the picture, like 0.25,0,0.5,1." placeholder:"X,Y,W,H"`
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
	Record       string        `help:"Record video, answers and the pictures asked about, in a new folder in this one." placeholder:"DIR"`
	Metrics      string        `help:"Tell Prometheus how it goes, at this address. One that other machines reach needs a token in SIGHTLINE_METRICS_TOKEN." placeholder:"HOST:PORT"`

	crop  *sight.Region      // what Crop says
	named []settings.Backend // the servers that are asked
}

// asked is a backend as it was named, with the model wanted of it.
type asked struct{ backend, model string }

// prepare checks what was asked before anything starts.
func (c *askFlags) prepare(ctx context.Context, parts Parts, of []asked) (session.Task, sampler.Pace, error) {
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
	if c.Metrics != "" {
		if err := metrics.Check(metricsAt(c.Metrics)); err != nil {
			return session.Task{}, pace, err
		}
	}
	task := session.Task{MaxTokens: c.MaxTokens, Temperature: c.Temperature, ImageEdge: c.ImageEdge, ImageQuality: c.ImageQuality}
	if task.Prompt, err = textOf(c.Prompt); err != nil {
		return task, pace, err
	}
	if task.System, err = textOf(c.System); err != nil {
		return task, pace, err
	}
	task.Prompt = cmp.Or(task.Prompt, settings.Presets()[0].Text)
	if c.Source == "" {
		c.Source = parts.Sources.First(ctx).URI
	}
	if _, err := parts.Sources.Open(c.Source); err != nil {
		return task, pace, err
	}
	task.Askers, err = c.askers(parts, of, pace)
	return task, pace, err
}

func (c *askFlags) askers(parts Parts, of []asked, pace sampler.Pace) ([]session.Answerer, error) {
	var askers []session.Answerer
	var origin string
	for _, a := range of {
		b, err := parts.backend(a.backend, c.Source)
		if err != nil {
			return nil, err
		}
		if parts.KeyHere && origin != "" && b.origin != "" && b.origin != origin {
			return nil, usage("SIGHTLINE_API_KEY is for one server, and more than one is named.", "Unset it, and save each server's key in the window's settings.")
		}
		origin = cmp.Or(b.origin, origin)
		if b.base != "" {
			c.named = append(c.named, b.saved)
		}
		parts.warn(b, pace)
		askers = append(askers, session.Answerer{Asker: b.seeing(a.model), Backend: b.name, Model: cmp.Or(a.model, b.model)})
	}
	return askers, nil
}

func (c *askFlags) check() error {
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
	if c.Rotate < 0 || c.Rotate > 270 || c.Rotate%90 != 0 {
		return usage(fmt.Sprintf("A picture cannot be rotated by %d degrees.", c.Rotate), "Choose --rotate 0, 90, 180 or 270.")
	}
	if err := c.readCrop(); err != nil {
		return err
	}
	if c.Temperature != nil && (*c.Temperature < 0 || *c.Temperature > 2) {
		return usage(fmt.Sprintf("--temperature %g is out of range.", *c.Temperature), "Choose 0 to 2.")
	}
	if c.For < 0 || c.Answers < 0 {
		return usage("--for and --answers cannot be negative.", "Leave them out to watch until Ctrl-C.")
	}
	return nil
}

// readCrop reads the part of the picture that is asked about.
func (c *askFlags) readCrop() error {
	if c.Crop == "" {
		return nil
	}
	var r sight.Region
	var rest string
	n, _ := fmt.Sscanf(c.Crop+" ", "%g,%g,%g,%g%s", &r.X, &r.Y, &r.W, &r.H, &rest) // how much of it was read says all
	if n != 4 || !r.Within() {
		return usage(fmt.Sprintf("%q is no part of a picture.", c.Crop), "Write four shares of the picture's sides, like --crop 0.25,0,0.5,1 for its middle half.")
	}
	c.crop = &r
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
