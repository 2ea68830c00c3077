package wiring

import (
	"sync"

	"sightline/backend/archive"
	"sightline/backend/capture"
)

// origins knows what a source's pictures are of: for a recording, what was recorded. It reads a recording's manifest once.
type origins struct {
	mu    sync.Mutex // guards what follows
	known map[string][]string
}

// mostReplays is how often a recording may be one of another recording before nobody asks any more.
const mostReplays = 8

// of is the URIs of everything that may be seen in a source's pictures, its own first; false where that cannot be known.
func (o *origins) of(source string) ([]string, bool) {
	o.mu.Lock()
	uris, known := o.known[source]
	o.mu.Unlock()
	if known {
		return uris, true
	}
	uris, ok := trace(source, mostReplays)
	if ok {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.known == nil {
			o.known = map[string][]string{}
		}
		o.known[source] = uris
	}
	return uris, ok
}

func trace(source string, left int) ([]string, bool) {
	uris := []string{source}
	u, err := capture.ParseURI(source)
	if err != nil || u.Scheme != "recording" {
		return uris, true
	}
	m, err := archive.Read(capture.Folder(u.Name))
	if err != nil || left == 0 {
		return uris, false
	}
	recorded := []string{m.Source.URI}
	for _, s := range m.Segments {
		if s.Source != nil {
			recorded = append(recorded, s.Source.URI)
		}
	}
	for _, uri := range recorded {
		below, ok := trace(uri, left-1)
		if !ok {
			return uris, false
		}
		uris = append(uris, below...)
	}
	return uris, true
}
