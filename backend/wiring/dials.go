package wiring

import (
	"context"
	"path/filepath"
	"sync"

	"sightline/backend/cli"
	"sightline/backend/gauges"
	"sightline/backend/keys"
	"sightline/backend/metrics"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/tally"
	"sightline/backend/view"
	"sightline/backend/vlm/load"
	"sightline/backend/windows"
)

// Dials is everything of a window that tells what its session takes: of this machine, of its servers, of time and energy; to the page, and to
// Prometheus where that is wanted.
type Dials struct {
	Gauges *gauges.Gauges

	servers  *Servers
	keys     *keys.Keys
	machine  *stats.Reader
	loads    *loads
	tally    *tally.Tally
	exporter *metrics.Exporter
	news     chan struct{} // room for one: settings have changed

	mu     sync.Mutex // guards what follows
	wanted settings.Metrics
}

// Watched is the session that dials tell of.
type Watched interface {
	Asked() []settings.Backend
	State() session.State
}

// NewDials looks at nothing yet. now gives the window's session, once there is one.
func NewDials(window string, servers *Servers, folder func() string, now func() Watched) *Dials {
	d := &Dials{
		servers: servers, keys: servers.keys, machine: stats.New(servers.gpus), loads: newLoads(servers), tally: tally.New(), news: make(chan struct{}, 1),
	}
	told := func(ctx context.Context) []load.Load { return d.loads.read(ctx, now().Asked()) }
	d.Gauges = gauges.New(gauges.Config{Machine: d.machine.Read, Folder: folder, Tally: d.tally, Loads: told})
	d.exporter = metrics.New(metrics.Config{
		Dir: filepath.Join(windows.Dir(), "metrics"), Window: window, Version: cli.Version,
		Counts:  func() sight.Counts { return now().State().Counts },
		FPS:     func() float64 { return now().State().Source.FPS },
		Machine: func(ctx context.Context) stats.Snapshot { return d.machine.Read(ctx, folder(), false) },
		Loads:   told,
	})
	return d
}

// Sinks take the session's outcomes.
func (d *Dials) Sinks() []session.Sink { return []session.Sink{d.tally, d.exporter} }

// Follow takes up what all windows have in common. It returns at once: Run carries it out.
func (d *Dials) Follow(common settings.Settings) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.wanted == common.Metrics {
		return
	}
	d.wanted = common.Metrics
	select {
	case d.news <- struct{}{}:
	default:
	}
}

// Run serves metrics while a person wants them, until ctx ends. notify is told what a person should know.
func (d *Dials) Run(ctx context.Context, notify func(error)) {
	var serving sync.WaitGroup
	serving.Go(func() { _ = d.exporter.Run(ctx, notify) }) // its error is the context's
	defer serving.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.news:
			d.exporter.Set(d.settings(ctx, notify))
		}
	}
}

// settings are what is wanted, with the token from the keyring.
func (d *Dials) settings(ctx context.Context, notify func(error)) metrics.Settings {
	d.mu.Lock()
	wanted := d.wanted
	d.mu.Unlock()
	s := metrics.Settings{On: wanted.On, Address: wanted.Address}
	if !wanted.On {
		return s
	}
	token, err := d.keys.Get(ctx, view.MetricsOrigin(wanted))
	if err != nil {
		notify(err)
	}
	s.Token = token.Reveal()
	return s
}

// Machine is one look at this machine in detail.
func (d *Dials) Machine(ctx context.Context) stats.Snapshot { return d.machine.Read(ctx, "", true) }

// Close ends what is under way.
func (d *Dials) Close() {
	gauges.Close(d.Gauges)
	d.loads.close()
}

// exporter tells Prometheus of a session without a window.
func exporter(servers *Servers, named []settings.Backend, state func() session.State) *metrics.Exporter {
	machine, loads := stats.New(servers.gpus), newLoads(servers)
	return metrics.New(metrics.Config{
		Window: "watch", Version: cli.Version,
		Counts:  func() sight.Counts { return state().Counts },
		FPS:     func() float64 { return state().Source.FPS },
		Machine: func(ctx context.Context) stats.Snapshot { return machine.Read(ctx, "", false) },
		Loads:   func(ctx context.Context) []load.Load { return loads.read(ctx, named) },
	})
}
