package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/capture/images"
	"sightline/backend/preview"
	"sightline/backend/recorder"
	"sightline/backend/session"
	"sightline/backend/stats"
)

// previewLoss is how many pictures the preview loses to a recording, in one process as in a window.
func (b *bench) previewLoss() error {
	var lost [2]float64
	for i, on := range []bool{false, true} {
		var err error
		if lost[i], err = b.watchPreview(on); err != nil {
			return err
		}
	}
	report("preview frames lost, plain", lost[0], "%", "–", "–")
	report("preview frames lost to recording", lost[1]-lost[0], "%", "≤ 1", "–")
	return nil
}

// watchPreview fetches the preview for fifteen seconds and gives the percentage of captured frames it never got.
func (b *bench) watchPreview(recording bool) (float64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	s := session.New(session.Config{ID: "bench", Open: capture.Table{images.Scheme()}.Open})
	r := recorder.New(recorder.Config{
		Files: archive.OS(), Version: "bench", Session: "bench", Latest: s.Latest(), Free: stats.Free,
		Changed: func() {}, Notify: func(error) {},
	})
	r.Set(recorder.Options{Folder: filepath.Join(b.dir, "previewed"), Parts: archive.Parts{Video: true}})
	s.SetShown(true)
	s.SetSource("images:" + b.pictures + "?fps=30")
	server := httptest.NewServer(preview.New(s.Latest()))
	defer server.Close()
	var all sync.WaitGroup
	all.Go(func() { _ = s.Run(ctx) }) // ends with ctx
	all.Go(func() { _ = r.Run(ctx) })
	if recording {
		r.Start()
	}
	seen := fetchPreview(ctx, server.URL)
	all.Wait()
	captured := s.State().Counts.Captured
	return 100 * (1 - float64(seen)/float64(captured)), nil
}

// fetchPreview counts the frames it gets, as the page does: one after the other.
func fetchPreview(ctx context.Context, address string) (seen int) {
	after := "0"
	for ctx.Err() == nil {
		query := url.Values{"after": {after}, "edge": {"960"}}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/live/frame?"+query.Encode(), nil)
		if err != nil {
			return seen
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return seen
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			seen++
			after = response.Header.Get("X-Sightline-Frame")
		}
	}
	return seen
}
