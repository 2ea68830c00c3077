package view

import (
	"cmp"
	"slices"
	"sort"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/sight"
)

// recordingKind is the scheme of the source that replays a recording.
const recordingKind = "recording"

// sameMoment is how far apart two times of one picture may be: they were rounded on their way through files.
const sameMoment = time.Millisecond

// before is what was answered when the source was recorded, where the source is a recording.
type before struct {
	mu      sync.Mutex // guards what follows
	uri     string
	entries []archive.Entry // answered ones, by time
}

func newBefore() *before { return &before{} }

// follow reads the answers of a source that is a recording. It reads a file, so it is called where a person has just chosen.
func (b *before) follow(uri string) {
	b.mu.Lock()
	known := b.uri == uri
	b.mu.Unlock()
	if known {
		return
	}
	entries := answersOf(uri)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.uri, b.entries = uri, entries
}

// answersOf is nothing for any other source, and for a recording that cannot be read: the source itself says so.
func answersOf(uri string) (answered []archive.Entry) {
	u, err := capture.ParseURI(uri)
	if err != nil || u.Scheme != recordingKind {
		return nil
	}
	for e := range archive.Entries(capture.Folder(u.Name), 0) {
		if e.Outcome == string(sight.Answered) {
			answered = append(answered, e)
		}
	}
	slices.SortStableFunc(answered, func(a, b archive.Entry) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return answered
}

// at is the answer about a moment of the recording: the one about that very picture, or the last one about an earlier one.
func (b *before) at(origin *sight.Origin) *Before {
	if origin == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	i := sort.Search(len(b.entries), func(i int) bool { return b.entries[i].At() > origin.At+sameMoment })
	if i == 0 {
		return nil
	}
	e := b.entries[i-1]
	return &Before{
		Backend: e.Backend, Model: e.Model, Prompt: e.Prompt, Text: e.Text, AtMS: e.AtMS,
		Boxes: e.Boxes, Exact: (origin.At - e.At()).Abs() <= sameMoment,
	}
}
