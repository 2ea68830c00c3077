package tally

import "time"

// mostEnds bounds the memory of a pace: a hundred ends a second for a minute. Where there are more, the pace is of a shorter time.
const mostEnds = 6000

// pace is how often answers come, counted over the last minute in which somebody was asked. That minute ends with the newest question's end,
// not now: a session that pauses keeps its pace. It begins with the end of the question a minute before, or of the first since a break of
// more than a minute. Counted are the answers after that one, by the time since: so the pace is right from the second on, and one in
// two minutes is 0.5. The zero value is ready.
type pace struct {
	first time.Time
	ends  []end // oldest first
}

// end is when a question ended, counted from the first, and whether by an answer.
type end struct {
	at       time.Duration
	answered bool
}

// add counts a question. Ends come nearly in order; one that is told late counts as now.
func (p *pace) add(at time.Time, answered bool) {
	if len(p.ends) == 0 {
		p.first = at
	}
	e := end{at.Sub(p.first), answered}
	if n := len(p.ends); n > 0 {
		e.at = max(e.at, p.ends[n-1].at)
	}
	p.ends = append(p.ends, e)
	for len(p.ends) > 2 && (len(p.ends) > mostEnds || e.at-p.ends[1].at >= time.Minute || p.ends[1].at-p.ends[0].at > time.Minute) {
		p.ends = p.ends[1:]
	}
}

// perMinute is nil until there are two ends to count between.
func (p *pace) perMinute() *float64 {
	if len(p.ends) < 2 {
		return nil
	}
	span := p.ends[len(p.ends)-1].at - p.ends[0].at
	if span <= 0 {
		return nil
	}
	answers := 0
	for _, e := range p.ends[1:] {
		if e.answered {
			answers++
		}
	}
	return rounded(float64(answers) / span.Minutes())
}
