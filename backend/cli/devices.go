package cli

import (
	"context"
	"fmt"
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
		fmt.Fprintf(parts.Stdout, "%-32s %s\n", d.URI, d.Name)
	}
	if err != nil {
		return parts.fail(err)
	}
	return exitOK
}

func status(err error) int {
	if err != nil {
		return exitFailed
	}
	return exitOK
}
