package cli

import (
	"context"
	"os"

	"sightline/backend/metrics"
	"sightline/backend/sight"
)

// exposed is what --metrics makes of a session: a sink that Prometheus can ask. Where it was not wanted it does nothing.
type exposed struct {
	exporter *metrics.Exporter // nil: nobody is told
	cease    context.CancelFunc
	wait     func()
}

// Observe counts an outcome.
func (e *exposed) Observe(o sight.Observation) {
	if e.exporter != nil {
		e.exporter.Observe(o)
	}
}

// begin serves until end.
func (e *exposed) begin(ctx context.Context, address string, exporter *metrics.Exporter) error {
	ctx, cease := context.WithCancel(context.WithoutCancel(ctx))
	wait, err := exporter.Serve(ctx, metricsAt(address))
	if err != nil {
		cease()
		return err
	}
	e.exporter, e.cease, e.wait = exporter, cease, wait
	return nil
}

// end returns when nothing is served any more.
func (e *exposed) end() {
	e.cease()
	e.wait()
}

// metricsAt is what --metrics asks for. The token comes from the environment: on the command line everybody could read it.
func metricsAt(address string) metrics.Settings {
	return metrics.Settings{On: true, Address: address, Token: os.Getenv("SIGHTLINE_METRICS_TOKEN")}
}
