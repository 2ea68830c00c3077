package stats

import (
	"os"
	"time"
)

const (
	// listEvery is how old the list of processes may be: it costs some 15 µs for each process of the machine.
	listEvery = 2 * time.Second

	// weighEvery is how old a process's memory may be: the kernel walks all of its pages for that, which takes milliseconds.
	weighEvery = 5 * time.Second
)

// id is a process that cannot be mistaken for a later one with the same number. Start is in units of the system's own.
type id struct {
	pid   int
	start uint64
}

// process is one of the machine's, as its table has it.
type process struct {
	id
	parent int
	ours   bool // its program is Sightline, and this person runs it
}

// table is where processes are looked up: the system's, but in tests.
type table interface {
	list() ([]process, error)
	used(p id) (seconds float64, alive bool) // of processor time so far
	memory(p id) uint64                      // bytes, as in Share; 0: not known
}

// shares is what Sightline takes; nil while it is not known.
type shares struct{ own, all *Share }

// census adds up what Sightline's processes take. A process belongs to the nearest Sightline above it, or is one: so a window started by another one
// is none of that other's. It is used by one goroutine at a time.
type census struct {
	table table
	self  int

	listed  time.Time
	members []member
	windows int

	looked time.Time
	used   map[id]float64 // seconds, at that look
	last   shares         // of that look

	weighed time.Time
	weights map[id]uint64
}

// member is a process of Sightline.
type member struct {
	id
	own bool // of this window
}

func newCensus() *census { return &census{table: newTable(), self: os.Getpid()} }

// look is what was taken since the look before; nothing is known at the first one.
func (c *census) look() shares {
	if !c.looked.IsZero() && time.Since(c.looked) < soonest {
		return c.last
	}
	if c.listed.IsZero() || time.Since(c.listed) >= listEvery {
		c.relist()
	}
	now := time.Now()
	elapsed, known := now.Sub(c.looked), !c.looked.IsZero() && now.Sub(c.looked) <= latest
	own, all := c.addUp(elapsed.Seconds())
	c.looked, c.last = now, shares{}
	if known && all.Processes > 0 {
		c.last = shares{own: &own, all: &all}
	}
	return c.last
}

// relist finds Sightline's processes. Where the system does not tell, those known so far remain.
func (c *census) relist() {
	listed, err := c.table.list()
	if err != nil {
		return
	}
	c.listed = time.Now()
	c.members, c.windows = nil, 0
	f := newFamily(listed, c.self)
	for _, p := range listed {
		home := f.homeOf(p)
		if home == 0 {
			continue
		}
		c.members = append(c.members, member{id: p.id, own: home == c.self})
		if home == p.pid {
			c.windows++
		}
	}
}

// addUp is what the members took in so many seconds.
func (c *census) addUp(elapsed float64) (own, all Share) {
	used := make(map[id]float64, len(c.members))
	weights := c.weights
	if c.weighed.IsZero() || time.Since(c.weighed) >= weighEvery {
		c.weighed, weights = time.Now(), nil
	}
	c.weights = make(map[id]uint64, len(c.members))
	for _, m := range c.members {
		seconds, alive := c.table.used(m.id)
		if !alive {
			continue
		}
		used[m.id] = seconds
		weight, known := weights[m.id]
		if !known {
			weight = c.table.memory(m.id)
		}
		c.weights[m.id] = weight
		took := Share{Processes: 1, CPU: c.percent(m.id, seconds, elapsed), Memory: weight}
		all.add(took)
		if m.own {
			own.add(took)
		}
	}
	c.used = used
	own.Windows, all.Windows = 1, c.windows
	return own, all
}

// percent is of one core. A process that has come since the last look counts from now on.
func (c *census) percent(p id, seconds, elapsed float64) float64 {
	before, known := c.used[p]
	if !known || elapsed <= 0 {
		return 0
	}
	return max(100*(seconds-before)/elapsed, 0)
}

func (s *Share) add(o Share) {
	s.Processes += o.Processes
	s.CPU += o.CPU
	s.Memory += o.Memory
}

// named says whether a program is called as one of Sightline's.
func named(program string) bool { return program == "sightline" || program == "sightline-cli" }
