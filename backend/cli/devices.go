package cli

import (
	"context"
	"fmt"
	"math"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// listTimeout bounds the listing of devices: a driver may hang.
const listTimeout = 10 * time.Second

type devicesCommand struct {
	JSON bool `help:"Write one JSON object." name:"json"`
}

// devices is the JSON of `devices --json`.
type devices struct {
	Devices []capture.Device `json:"devices"`
	Error   *sight.LineError `json:"error,omitempty"` // why some may be missing
}

func (c *devicesCommand) run(ctx context.Context, parts Parts) int {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	found, err := parts.Sources.Devices(ctx)
	if c.JSON {
		if err := writeJSON(parts.Stdout, devices{append([]capture.Device{}, found...), sight.NewLineError(err)}); err != nil {
			return parts.fail(err)
		}
		return status(err)
	}
	for _, d := range found {
		fmt.Fprintf(parts.Stdout, "%-32s %s\n", d.URI, described(d))
	}
	if err != nil {
		return parts.fail(err)
	}
	return exitOK
}

// described is a device in a line: its name, where it is, and what it does best.
func described(d capture.Device) string {
	text := d.Name
	if d.Detail != "" {
		text += ", " + d.Detail
	}
	if len(d.Modes) == 0 {
		return text
	}
	best := d.Modes[0]
	text += fmt.Sprintf(", %dx%d", best.Width, best.Height)
	if best.FPS > 0 {
		text += fmt.Sprintf(" at %g/s", math.Round(best.FPS*10)/10)
	}
	if more := len(d.Modes) - 1; more > 0 {
		text += fmt.Sprintf(" (%d more with --json)", more)
	}
	return text
}

func status(err error) int {
	if err != nil {
		return exitFailed
	}
	return exitOK
}
