package load

import "time"

const (
	shortest = 250 * time.Millisecond // over less, a rate is noise
	longest  = 2 * time.Minute        // over more, it says nothing of now
	coarsest = 10.0                   // tokens a second: a counter that only moves in such steps gives no rate
)

// count is a server's counters at one look. The names say which they are; a counter that was not told has none.
type count struct {
	at                 time.Time
	prompt, generation counter
}

type counter struct {
	name  string
	value float64
}

// counted is what the samples say of k's counters.
func (s samples) counted(k *kind, at time.Time) count {
	read := func(metrics []metric) counter {
		name, values := s.first(metrics)
		if sum := sumOf(values); sum != nil {
			return counter{name: name, value: *sum}
		}
		return counter{}
	}
	return count{at: at, prompt: read(k.prompt), generation: read(k.generation)}
}

// counts is the counters at the looks that rates are made from, oldest first. They reach back as far as is needed, and no farther.
type counts []count

// add takes up one more look. A server that started anew, or another one, has a new beginning: so has one that nobody looked at for long.
func (c *counts) add(now count, over time.Duration) {
	if len(*c) > 0 && !now.follows((*c)[len(*c)-1]) {
		*c = nil
	}
	for len(*c) > 1 && now.at.Sub((*c)[1].at) >= over {
		*c = (*c)[1:]
	}
	*c = append(*c, now)
}

// follows says that now's counters are those of before, later.
func (now count) follows(before count) bool {
	goesOn := func(a, b counter) bool { return a.name == b.name && a.value >= b.value }
	return goesOn(now.prompt, before.prompt) && goesOn(now.generation, before.generation) && now.at.Sub(before.at) <= longest
}

// rate is how fast one of the counters went, nil where that is not known.
func (c counts) rate(digits int, which func(count) counter) *float64 {
	if len(c) < 2 {
		return nil
	}
	first, last := c[0], c[len(c)-1]
	from, to := which(first), which(last)
	took := last.at.Sub(first.at)
	if to.name == "" || took < shortest || stepOf(to.value, digits)/took.Seconds() > coarsest {
		return nil
	}
	rate := (to.value - from.value) / took.Seconds()
	return &rate
}
