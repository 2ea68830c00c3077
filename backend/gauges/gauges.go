// Package gauges is what the page can do with gauges and figures; it is bound to the page as it is, and knows no Wails.
package gauges

import (
	"bytes"
	"context"
	"time"

	"github.com/natefinch/atomic"

	"sightline/backend/fault"
	"sightline/backend/stats"
	"sightline/backend/tally"
	"sightline/backend/vlm/load"
)

// Config is what gauges are made of. All of it is needed.
type Config struct {
	Machine func(ctx context.Context, folder string, details bool) stats.Snapshot
	Folder  func() string // of all recordings
	Tally   *tally.Tally
	Loads   func(ctx context.Context) []load.Load // of the servers that are asked now
}

// patience is how long a call may take; machine and servers have shorter limits of their own.
const patience = 5 * time.Second

// Gauges is bound to the page: each of its methods is one call of the page's. They may be called by any goroutine, have deadlines of their
// own, and end when the gauges are closed.
type Gauges struct {
	config Config

	ctx context.Context // ends with the gauges
	end context.CancelFunc
}

// New looks at nothing until it is asked. Close it.
func New(c Config) *Gauges {
	ctx, end := context.WithCancel(context.Background())
	return &Gauges{config: c, ctx: ctx, end: end}
}

// Close ends what is under way. It is a function since every method is the page's.
func Close(g *Gauges) { g.end() }

// Machine is one look at the machine; details says that somebody sees them.
func (g *Gauges) Machine(details bool) stats.Snapshot {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	return g.config.Machine(ctx, g.config.Folder(), details)
}

// Figures is what this session's answers took, with the entries newer than after (an earlier Figures.Next; 0: all).
func (g *Gauges) Figures(after uint64) tally.Figures { return g.config.Tally.Figures(after) }

// StartOver counts the figures anew.
func (g *Gauges) StartOver() { g.config.Tally.Reset() }

// Loads is what the servers that are asked now tell of their own work; empty where they tell nothing.
func (g *Gauges) Loads() []load.Load {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	return append([]load.Load{}, g.config.Loads(ctx)...)
}

// Export writes the figures of every answer that is kept to a file, as CSV: whole, or not at all. warm leaves out those that warmed up.
func (g *Gauges) Export(path string, warm bool) error {
	var table bytes.Buffer
	err := g.config.Tally.CSV(&table, warm)
	if err == nil {
		err = atomic.WriteFile(path, &table)
	}
	if err != nil {
		return &fault.Error{
			Code: "gauges.export", Message: "The figures could not be written.", Hint: "Check that the folder can be written and its disk has room, or choose another one.",
			Blame: fault.Us, Cause: err,
		}
	}
	return nil
}
