package energy

import (
	"slices"
	"sync"
	"time"
)

// Scale weighs the answers of all of a process's askers, and sees where two questions were on a GPU at the same time: what it took was for both.
// Questions of other processes it does not see.
type Scale struct {
	meter Meter

	mu    sync.Mutex
	stays []*stay   // questions under way
	bare  time.Time // until then there is taken to be no GPU
}

// stay is a question's time on the scale. Its fields are guarded by the scale's mu.
type stay struct {
	on     []string        // GPUs, as far as the first reading says; nil: not known
	met    map[string]bool // GPUs of questions that came and went meanwhile
	metAny bool            // one of them was on GPUs that are not known
}

// NewScale reads a meter, which stays its owner's. A process needs one.
func NewScale(meter Meter) *Scale { return &Scale{meter: meter} }

// bareFor is how long a machine without a GPU is taken to have none: there, measuring costs an answer nothing.
const bareFor = 30 * time.Second

// found notes whether there is a GPU.
func (s *Scale) found(some bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bare = time.Time{}
	if !some {
		s.bare = time.Now().Add(bareFor)
	}
}

// enter is nil where there is nothing to be weighed with.
func (s *Scale) enter() *stay {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.bare) {
		return nil
	}
	one := &stay{met: map[string]bool{}}
	s.stays = append(s.stays, one)
	return one
}

// settle notes on which GPUs a question is.
func (s *Scale) settle(one *stay, ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.on = ids
}

// leave ends a question's stay, and reports whether another one was on the same GPUs at the same time. Nil IDs mean that they are not known.
func (s *Scale) leave(one *stay, ids []string) (together bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stays = slices.DeleteFunc(s.stays, func(o *stay) bool { return o == one })
	together = one.metAny || slices.ContainsFunc(ids, func(id string) bool { return one.met[id] })
	for _, other := range s.stays {
		together = together || other.on == nil || slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(other.on, id) })
		other.metAny = other.metAny || ids == nil
		for _, id := range ids {
			other.met[id] = true
		}
	}
	return together
}
