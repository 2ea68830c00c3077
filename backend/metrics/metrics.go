// Package metrics serves a session's figures to Prometheus, where a person switched that on.
//
// Several windows are several processes. Each lets the others of its person fetch its own figures, over an endpoint that only they reach, and
// whoever holds the lock of a port serves there for all of them: at each scrape it fetches the others' figures, and adds its own, and the
// machine's once. When it goes, the system frees its lock, and another window takes its place.
package metrics

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

// DefaultAddress is where metrics are served unless a person says otherwise.
const DefaultAddress = "127.0.0.1:9717"

// The codes of this package's faults.
const (
	CodeAddress = "metrics.address" // it is not HOST:PORT, or nobody may serve there
	CodeToken   = "metrics.token"   // an address that others reach needs a token
	CodeTaken   = "metrics.taken"   // another program serves there
	CodeFolder  = "metrics.folder"  // the windows cannot find each other
)

// tryAgain is how long what went wrong is left alone.
const tryAgain = 2 * time.Second

// Config is what an exporter tells of. All of it is needed but Dir and Loads.
type Config struct {
	Dir     string // where the windows of this person find each other's figures; empty: this process serves its own alone
	Window  string // the window's ID, or "watch"
	Version string

	Counts  func() sight.Counts
	FPS     func() float64 // measured; 0 while unknown
	Machine func(ctx context.Context) stats.Snapshot
	Loads   func(ctx context.Context) []load.Load // nil: none
}

// Settings is what a person chose.
type Settings struct {
	On      bool
	Address string // HOST:PORT; empty: DefaultAddress
	Token   string // whoever asks sends it as a bearer token; needed where Address is not this machine's own
}

// Exporter is a session.Sink. Its methods may be called by any goroutine. Switched off it costs nothing.
type Exporter struct {
	c       Config
	own     atomic.Pointer[figures] // nil while switched off
	machine *look[stats.Snapshot]
	loads   *look[[]load.Load]

	mu      sync.Mutex
	chosen  Settings
	changed chan struct{} // closed by the next change
}

// New serves nothing yet.
func New(c Config) *Exporter {
	if c.Loads == nil {
		c.Loads = func(context.Context) []load.Load { return nil }
	}
	return &Exporter{c: c, machine: newLook(c.Machine), loads: newLook(c.Loads), changed: make(chan struct{})}
}

// Observe counts one outcome; it returns at once.
func (e *Exporter) Observe(o sight.Observation) {
	if own := e.own.Load(); own != nil {
		own.observe(o)
	}
}

// Set takes up what a person chose. Run carries it out. What was chosen already goes on undisturbed. Counting begins when it is switched on.
func (e *Exporter) Set(s Settings) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s == e.chosen {
		return
	}
	e.chosen = s
	close(e.changed)
	e.changed = make(chan struct{})
	switch {
	case !s.On:
		e.own.Store(nil)
	case e.own.Load() == nil:
		e.own.Store(newFigures(e.c))
	}
}

func (e *Exporter) wish() (s Settings, changed <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.chosen, e.changed
}

// Run serves until ctx ends, as it is told by Set; notify hears of what went wrong, each once for each Set, from goroutines of Run's, never
// two at a time. Of several windows one serves at the address, for all of them; when it goes, another takes its place within two seconds.
func (e *Exporter) Run(ctx context.Context, notify func(error)) error {
	for ctx.Err() == nil {
		s, changed := e.wish()
		turn, end := context.WithCancel(ctx)
		var all sync.WaitGroup
		if s.On {
			all.Go(func() { e.keep(turn, s, once(notify)) })
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
		end()
		all.Wait()
	}
	return ctx.Err()
}

// once tells each kind of fault a single time.
func once(notify func(error)) func(error) {
	var mu sync.Mutex
	told := make(map[string]bool)
	return func(err error) {
		mu.Lock()
		defer mu.Unlock()
		code := fault.CodeOf(err)
		if told[code] {
			slog.Debug("metrics: still not served", "cause", err)
			return
		}
		told[code] = true
		notify(err)
	}
}

// keep does what a person chose until ctx ends.
func (e *Exporter) keep(ctx context.Context, s Settings, tell func(error)) {
	at, err := placeOf(s)
	if err != nil {
		tell(err) // until something else is chosen
		return
	}
	if e.c.Dir == "" {
		again(ctx, tell, func() error { return e.serve(ctx, at, alone) })
		return
	}
	home := &home{dir: e.c.Dir}
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { again(ctx, tell, func() error { return home.tell(ctx, e.gatherOwn) }) })
	again(ctx, tell, func() error { return e.takeTurn(ctx, at, home, tell) })
}

// takeTurn waits until no other window serves at the port, and serves there. It keeps its turn while another program is there, so that only
// one window complains of that.
func (e *Exporter) takeTurn(ctx context.Context, at place, home *home, tell func(error)) error {
	release, err := home.claim(ctx, at.port)
	if err != nil {
		return err
	}
	defer release()
	again(ctx, tell, func() error { return e.serve(ctx, at, home.fetch) })
	return nil
}

// serve listens at a place and answers there until ctx ends.
func (e *Exporter) serve(ctx context.Context, at place, others fetch) error {
	listener, err := at.listen(ctx)
	if err != nil {
		return err
	}
	return e.answer(ctx, listener, at, others)
}

// Serve is Run for a single process that was told so on its command line: it listens before it returns, with CodeTaken where it cannot, and
// serves until ctx ends, its own figures alone whatever Config.Dir says. wait returns when all of it has ended.
func (e *Exporter) Serve(ctx context.Context, s Settings) (wait func(), err error) {
	s.On = true
	at, err := placeOf(s)
	if err != nil {
		return nil, err
	}
	listener, err := at.listen(ctx)
	if err != nil {
		return nil, err
	}
	e.Set(s)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := e.answer(ctx, listener, at, alone); err != nil {
			slog.Error("metrics: the server has ended", "cause", errors.Unwrap(err))
		}
		e.Set(Settings{})
	}()
	return func() { <-ended }, nil
}

// again does something until ctx ends. What goes wrong is told, and tried again a little later.
func again(ctx context.Context, tell func(error), do func() error) {
	for ctx.Err() == nil {
		err := do()
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			tell(err)
		}
		pause(ctx, tryAgain)
	}
}

// pause waits about so long, each window a little differently; less where ctx ends.
func pause(ctx context.Context, about time.Duration) {
	timer := time.NewTimer(about*3/4 + rand.N(about/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
