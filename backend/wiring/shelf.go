package wiring

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"sightline/backend/fault"
	"sightline/backend/history"
	"sightline/backend/library"
	"sightline/backend/playback"
	"sightline/backend/settings"
	"sightline/backend/stats"
)

// Shelf is everything that has to do with recordings that are there already.
type Shelf struct {
	Library *library.Library

	Folder func() string // of all recordings

	history *history.History
	player  *playback.Server
	tidy    chan struct{} // room for one: a wish to tidy up is never waited for
}

// NewShelf touches nothing yet.
func NewShelf() *Shelf {
	store := settings.Open(settings.Dir(), nil)
	recording := func() settings.Recording { return store.Settings().Recording }
	folder := func() string { return recording().Dir() }
	s := &Shelf{Folder: folder, history: history.Open(Index(), folder), tidy: make(chan struct{}, 1)}
	s.player = playback.New(s.dirOf)
	s.Library = library.New(library.Config{
		History: s.history, Player: s.player, Folder: folder, Limit: func() int64 { return recording().Limit() }, Free: stats.Free,
	})
	return s
}

func (s *Shelf) dirOf(ctx context.Context, id string) (string, error) {
	r, err := s.history.Find(ctx, id)
	return r.Dir, err
}

// Handler serves the pictures and answers of recordings under library.Path.
func (s *Shelf) Handler() http.Handler { return library.Handler(s.Library) }

// Tidy makes room for new recordings, where there is a limit. It returns at once.
func (s *Shelf) Tidy() {
	select {
	case s.tidy <- struct{}{}:
	default:
	}
}

// settling is how long a new window is left alone: its first picture comes before what was recorded some other day.
const settling = 3 * time.Second

// Run closes recordings that were cut short and tidies up, soon and whenever that is wished, until ctx ends. notify is told what a person
// should know.
func (s *Shelf) Run(ctx context.Context, notify func(error)) {
	settled := time.NewTimer(settling)
	defer settled.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-settled.C:
		case <-s.tidy:
		}
		done, err := library.Begin(ctx, s.Library)
		for _, r := range done.Mended {
			notify(&fault.Error{
				Code: "recording.cut_short", Message: fmt.Sprintf("A recording of %s was cut short; it is closed now.", r.Source),
				Hint: "What was on disk is in the library.",
			})
		}
		if len(done.Expired) > 0 {
			slog.Info("recordings removed for the limit", "count", len(done.Expired))
		}
		if err != nil && ctx.Err() == nil {
			notify(err)
		}
	}
}

// Close lets go of everything.
func (s *Shelf) Close() {
	library.Close(s.Library)
	s.player.Close()
	_ = s.history.Close() // the index is a cache
}
