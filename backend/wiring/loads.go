package wiring

import (
	"context"
	"slices"
	"sync"

	"sightline/backend/settings"
	"sightline/backend/vlm/load"
	"sightline/backend/vlm/openai"
)

// loads reads what servers tell of their own work, each through a client of its own that keeps all rules of the one that asks.
type loads struct {
	servers *Servers

	mu      sync.Mutex // guards what follows
	readers map[place]*reading
}

// place is a server as it is reached.
type place struct{ url, caFile string }

type reading struct {
	client *openai.Client
	reader *load.Reader
}

func newLoads(servers *Servers) *loads {
	return &loads{servers: servers, readers: map[place]*reading{}}
}

// read asks all servers of these backends side by side, and forgets those of others. Those that tell nothing are left out.
func (l *loads) read(ctx context.Context, backends []settings.Backend) []load.Load {
	readers := l.readersOf(backends)
	told := make([]*load.Load, len(readers))
	var all sync.WaitGroup
	for i, r := range readers {
		all.Go(func() { told[i] = r.Read(ctx) })
	}
	all.Wait()
	var known []load.Load
	for _, one := range told {
		if one != nil {
			known = append(known, *one)
		}
	}
	return known
}

func (l *loads) readersOf(backends []settings.Backend) []*load.Reader {
	var places []place
	for _, b := range backends {
		for _, url := range b.URLs() {
			if p := (place{url, b.CAFile}); !slices.Contains(places, p) {
				places = append(places, p)
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for p, r := range l.readers {
		if !slices.Contains(places, p) {
			r.client.Close()
			delete(l.readers, p)
		}
	}
	var readers []*load.Reader
	for _, p := range places {
		if r := l.readerLocked(p); r != nil {
			readers = append(readers, r.reader)
		}
	}
	return readers
}

// readerLocked is nil where the address or its certificates are no good: who asks the backend is told so.
func (l *loads) readerLocked(p place) *reading {
	if r := l.readers[p]; r != nil {
		return r
	}
	client, err := l.servers.client(settings.Backend{URL: p.url, CAFile: p.caFile}, p.url, settings.TimeLimits{}, l.servers.key)
	if err != nil {
		return nil
	}
	r := &reading{client: client, reader: load.New(client.Base().Host, client.Fetch)}
	l.readers[p] = r
	return r
}

func (l *loads) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.readers {
		r.client.Close()
	}
	clear(l.readers)
}
