package replay

import "sync"

// abandoned is the readings nobody waits for any more, because their disk does not answer. The zero value is ready.
type abandoned struct {
	mu   sync.Mutex
	dirs map[string]int // how many there are, by folder
}

// reading is one goroutine that plays a recording.
type reading struct {
	dir        string
	left, done bool // guarded by abandoned.mu
}

// has says whether a folder has one: its disk has to answer first.
func (a *abandoned) has(dir string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.dirs[dir] > 0
}

// leave says that nobody waits for r any more.
func (a *abandoned) leave(r *reading) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.done {
		return // it came back just now
	}
	if a.dirs == nil {
		a.dirs = make(map[string]int)
	}
	r.left = true
	a.dirs[r.dir]++
}

// back says that r has ended.
func (a *abandoned) back(r *reading) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r.done = true
	if !r.left {
		return
	}
	if a.dirs[r.dir]--; a.dirs[r.dir] == 0 {
		delete(a.dirs, r.dir)
	}
}
