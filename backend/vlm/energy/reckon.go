package energy

import (
	"maps"
	"slices"

	"sightline/backend/gpu"
)

// users is who was seen to compute on a GPU.
type users struct {
	told bool // by its driver, be it that nobody does
	pids map[int]bool
}

// usersOf puts together what some readings say, by the GPUs' IDs.
func usersOf(readings ...[]gpu.Meter) map[string]users {
	seen := map[string]users{}
	for _, m := range slices.Concat(readings...) {
		u, known := seen[m.ID]
		if !known {
			u.pids = map[int]bool{}
		}
		u.told = u.told || m.PIDs != nil
		for _, pid := range m.PIDs {
			u.pids[pid] = true
		}
		seen[m.ID] = u
	}
	return seen
}

// used is the GPUs that the server uses: those where one of its processes was seen in any of the readings. Where the server's processes are not known,
// it is all that somebody computes on. Where that leads to none, it is those whose drivers do not tell. It is never nil.
func used(server map[int]bool, readings ...[]gpu.Meter) []string {
	certain, possible := []string{}, []string{}
	for id, u := range usersOf(readings...) {
		switch {
		case !u.told:
			possible = append(possible, id)
		case len(server) == 0 && len(u.pids) > 0, meet(u.pids, server):
			certain = append(certain, id)
		}
	}
	if len(certain) == 0 {
		certain = possible
	}
	slices.Sort(certain)
	return certain
}

// strangers reports whether anybody but the server was seen on these GPUs. Where its processes are not known, of several one may be a stranger.
func strangers(ids []string, server map[int]bool, readings ...[]gpu.Meter) bool {
	seen := usersOf(readings...)
	all := map[int]bool{}
	for _, id := range ids {
		maps.Copy(all, seen[id].pids)
	}
	if len(server) == 0 {
		return len(all) > 1
	}
	for pid := range all {
		if !server[pid] {
			return true
		}
	}
	return false
}

// reckon is what these GPUs took between two readings, in joules. It is not known where a GPU has gone or come, says nothing about energy, or has
// a counter that went back, as it does when its driver is loaded anew; nor where no counter has moved yet.
func reckon(ids []string, before, after []gpu.Meter) (joules float64, known bool) {
	for _, id := range ids {
		b, there := find(before, id)
		a, still := find(after, id)
		if !there || !still {
			return 0, false
		}
		j, known := took(b, a)
		if !known {
			return 0, false
		}
		joules += j
	}
	return joules, joules > 0
}

// took reads the counter, or takes the power for the mean of what it was at both ends.
func took(before, after gpu.Meter) (joules float64, known bool) {
	if before.Joules != nil && after.Joules != nil {
		joules = *after.Joules - *before.Joules
		return joules, joules >= 0
	}
	seconds := after.At.Sub(before.At).Seconds()
	if before.Watts == nil || after.Watts == nil || seconds < 0 {
		return 0, false
	}
	return (*before.Watts + *after.Watts) / 2 * seconds, true
}

func find(meters []gpu.Meter, id string) (gpu.Meter, bool) {
	i := slices.IndexFunc(meters, func(m gpu.Meter) bool { return m.ID == id })
	if i < 0 {
		return gpu.Meter{}, false
	}
	return meters[i], true
}

func meet(a, b map[int]bool) bool {
	for pid := range a {
		if b[pid] {
			return true
		}
	}
	return false
}

func both(a, b map[int]bool) map[int]bool {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
