package session

import (
	"context"
	"sync"
)

// progress is a number that only grows, and can be waited for. The zero value is ready.
type progress struct {
	mu      sync.Mutex // guards what follows
	at      uint64
	changed chan struct{} // closed when at grows; nil while nobody waits
}

func (p *progress) reach(n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n <= p.at {
		return
	}
	p.at = n
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// await waits until n is reached, or ctx ends.
func (p *progress) await(ctx context.Context, n uint64) {
	for {
		changed, reached := p.look(n)
		if reached {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (p *progress) look(n uint64) (changed <-chan struct{}, reached bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	return p.changed, p.at >= n
}
