package metrics

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

// complainEvery is how often the log is told of figures that were left out.
const complainEvery = time.Minute

// fetch gets the figures of the other windows, each for itself. It takes about a second at most.
type fetch func(ctx context.Context) [][]*dto.MetricFamily

// alone is the fetch of a process that has no others.
func alone(context.Context) [][]*dto.MetricFamily { return nil }

// gatherOwn is this window's figures; none where it was switched off meanwhile.
func (e *Exporter) gatherOwn() ([]*dto.MetricFamily, error) {
	own := e.own.Load()
	if own == nil {
		return nil, nil
	}
	return own.registry.Gather()
}

// scrape gathers for all windows. Its looks end with the server's ctx, not with that of a request: others ask as well.
type scrape struct {
	e      *Exporter
	ctx    context.Context
	others fetch

	mu         sync.Mutex
	complained time.Time
}

// Gather implements prometheus.Gatherer. What cannot be had, or clashes, is left out: one sick window never takes the others' figures away.
func (s *scrape) Gather() ([]*dto.MetricFamily, error) {
	var all sync.WaitGroup
	var machine stats.Snapshot
	var loads []load.Load
	var others [][]*dto.MetricFamily
	all.Go(func() { machine, _ = s.e.machine.now(s.ctx) })
	all.Go(func() { loads, _ = s.e.loads.now(s.ctx) })
	all.Go(func() { others = s.others(s.ctx) })
	all.Wait()

	registry := prometheus.NewRegistry()
	registry.MustRegister(around{machine, loads})
	gatherers := prometheus.Gatherers{prometheus.GathererFunc(s.e.gatherOwn), registry}
	for _, families := range others {
		gatherers = append(gatherers, prometheus.GathererFunc(func() ([]*dto.MetricFamily, error) { return families, nil }))
	}
	families, err := gatherers.Gather()
	s.complain(err)
	return families, nil
}

// complain logs what was left out, and not each time: the next scrape leaves out the same.
func (s *scrape) complain(err error) {
	if err == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.complained) < complainEvery {
		return
	}
	s.complained = time.Now()
	count := 1
	var many prometheus.MultiError
	if errors.As(err, &many) {
		count, err = len(many), many[0]
	}
	slog.Warn("metrics: figures were left out", "count", count, "first", err)
}
