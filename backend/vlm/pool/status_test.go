package pool

// Status is a replica with how many questions are at it.
type Status struct {
	Name     string
	State    string // "unknown", "well", "out" (it makes no progress), or "resting" (it asked to be left alone)
	InFlight int    // questions at it now, from all windows
}

// Replicas is what Servers tells, and how many questions are at each.
func (p *Pool) Replicas() []Status {
	out := make([]Status, len(p.replicas))
	for i, r := range p.replicas {
		out[i] = Status{Name: r.name, State: r.state(), InFlight: r.room.InFlight()}
	}
	return out
}
