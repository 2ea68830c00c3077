package stats

import "slices"

// Below is those of the given processes that live, and all that they have started.
func Below(pids []int) ([]int, error) {
	listed, err := newTable().list()
	if err != nil {
		return nil, err
	}
	return below(pids, listed), nil
}

func below(pids []int, listed []process) []int {
	roots := make(map[int]bool, len(pids))
	for _, pid := range pids {
		roots[pid] = true
	}
	listed = slices.Clone(listed)
	for i := range listed {
		listed[i].ours = roots[listed[i].pid]
	}
	var all []int
	f := newFamily(listed, 0)
	for _, p := range listed {
		if f.homeOf(p) != 0 {
			all = append(all, p.pid)
		}
	}
	return all
}

// family tells to which Sightline, or other root, a process belongs.
type family struct {
	self     int // one in any case; 0: none is
	byNumber map[int]process
	home     map[int]int // of those known so far
}

func newFamily(listed []process, self int) family {
	f := family{self: self, byNumber: make(map[int]process, len(listed)), home: make(map[int]int, len(listed))}
	for _, p := range listed {
		f.byNumber[p.pid] = p
	}
	return f
}

// homeOf is the number of the nearest Sightline above a process, or its own where it is one; 0 where there is none.
func (f family) homeOf(p process) int {
	if home, known := f.home[p.pid]; known {
		return home
	}
	home := 0
	if p.ours || p.pid == f.self {
		home = p.pid
	}
	f.home[p.pid] = home // also where parents go round in a circle, as numbers that are used again can make it look
	// Who came after a process is not its parent, but has the number of one that ended.
	if parent, there := f.byNumber[p.parent]; home == 0 && there && parent.start <= p.start {
		home = f.homeOf(parent)
		f.home[p.pid] = home
	}
	return home
}
