package stats

import (
	"context"
	"runtime"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"
)

const (
	// soonest is how soon a look has percentages of its own. One that comes sooner repeats the last ones: the system counts in hundredths of a second.
	soonest = 50 * time.Millisecond

	// latest is how old a look may be for the next one to reckon from. A mean over a longer time is not what anybody means by "now".
	latest = 2 * time.Minute
)

// clock turns the system's counters, seconds since its start, into what was used between two looks. The zero clock has seen nothing yet.
type clock struct {
	all   gauge
	cores []gauge
}

// readAll is percent of the whole machine since the look before; nil at the first one.
func (c *clock) readAll(ctx context.Context) *float64 {
	times, err := cpu.TimesWithContext(ctx, false)
	if err != nil || len(times) == 0 {
		return nil
	}
	return c.all.read(time.Now(), times[0])
}

// readCores is percent of each core since the look before; nil at the first one, and where a core has come or gone since.
func (c *clock) readCores(ctx context.Context) []float64 {
	times, err := cpu.TimesWithContext(ctx, true)
	if err != nil || len(times) == 0 {
		return nil
	}
	return c.advanceCores(time.Now(), times)
}

func (c *clock) advanceCores(now time.Time, times []cpu.TimesStat) []float64 {
	if len(times) != len(c.cores) {
		c.cores = make([]gauge, len(times))
	}
	percents := make([]float64, 0, len(times))
	for i, t := range times {
		if percent := c.cores[i].read(now, t); percent != nil {
			percents = append(percents, *percent)
		}
	}
	if len(percents) < len(times) {
		return nil
	}
	return percents
}

// gauge is one counter of a clock.
type gauge struct {
	at          time.Time
	busy, total float64
	percent     *float64 // as the last look had it
}

// read is percent of the time since the look before; nil where that is not known.
func (g *gauge) read(now time.Time, times cpu.TimesStat) *float64 {
	if !g.at.IsZero() && now.Sub(g.at) < soonest {
		return g.percent
	}
	busy, total := busyAndTotal(times)
	before := *g
	*g = gauge{at: now, busy: busy, total: total}
	if before.at.IsZero() || now.Sub(before.at) > latest {
		return nil
	}
	percent := 0.0 // of a core that sleeps so deeply that its counters stand still
	if total > before.total {
		percent = min(max(100*(busy-before.busy)/(total-before.total), 0), 100)
	}
	g.percent = &percent
	return g.percent
}

// busyAndTotal adds up the kinds of time. Guests are left out, since their time is in that of the users already, and on Windows interrupts, whose
// time is in that of the system.
func busyAndTotal(t cpu.TimesStat) (busy, total float64) {
	busy = t.User + t.Nice + t.System + t.Softirq + t.Steal
	if runtime.GOOS != "windows" {
		busy += t.Irq
	}
	return busy, busy + t.Idle + t.Iowait
}
