package recent

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"sightline/backend/sight"
)

// The paths the handler answers, both with ?seq=N&s=SESSION: the picture small, and exactly as it was sent.
const (
	ThumbPath   = "/live/thumb"
	PicturePath = "/live/picture"
)

const (
	thumbEdge    = 192 // pixels
	thumbQuality = 80
	maxThumbs    = 2               // made at once: a page that scrolls must not take all cores
	patience     = 2 * time.Second // how long a request for a thumbnail waits for its place
)

// errGone says that there is no picture to show, for whatever reason.
var errGone = errors.New("no such picture")

// ThumbURL is where the page finds the small picture of the question seq.
func (a *Answers) ThumbURL(seq uint64) string { return a.url(ThumbPath, seq) }

// PictureURL is where the page finds the picture of the question seq as it was sent.
func (a *Answers) PictureURL(seq uint64) string { return a.url(PicturePath, seq) }

func (a *Answers) url(path string, seq uint64) string {
	return fmt.Sprintf("%s?seq=%d&s=%s", path, seq, url.QueryEscape(a.session))
}

// ServeHTTP gives pictures that never change, so the page may keep them; 404 where there is none, no longer one, or the session is another.
// A question in flight has a thumbnail, but no picture yet. Thumbnails are made when asked for, two at a time.
func (a *Answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	seq, status := a.read(r)
	if status != http.StatusOK {
		refuse(w, status)
		return
	}
	data, err := a.find(r.Context(), r.URL.Path, seq)
	switch {
	case errors.Is(err, errGone):
		refuse(w, http.StatusNotFound)
	case err != nil:
		refuse(w, http.StatusServiceUnavailable)
	default:
		send(w, data)
	}
}

// read checks the request from the outside in; the status says what is wrong with it.
func (a *Answers) read(r *http.Request) (seq uint64, status int) {
	if r.URL.Path != ThumbPath && r.URL.Path != PicturePath {
		return 0, http.StatusNotFound
	}
	if r.Method != http.MethodGet {
		return 0, http.StatusMethodNotAllowed
	}
	query := r.URL.Query()
	seq, err := strconv.ParseUint(query.Get("seq"), 10, 64)
	if err != nil {
		return 0, http.StatusBadRequest
	}
	if query.Get("s") != a.session {
		return 0, http.StatusNotFound
	}
	return seq, http.StatusOK
}

func (a *Answers) find(ctx context.Context, path string, seq uint64) ([]byte, error) {
	if path == ThumbPath {
		return a.thumb(ctx, seq)
	}
	return a.picture(seq)
}

// picture is the JPEG as it was sent, or as it was kept where none was. One that still waits to be encoded is encoded now.
func (a *Answers) picture(seq uint64) ([]byte, error) {
	data, raw := a.kept(seq)
	switch {
	case data != nil:
		return data, nil
	case raw != nil:
		return encode(raw, keptEdge, keptQuality)
	}
	return nil, errGone
}

// thumb makes the small picture once there is a place for the work.
func (a *Answers) thumb(ctx context.Context, seq uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case a.places <- struct{}{}:
		defer func() { <-a.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return a.makeThumb(seq)
}

// makeThumb looks among the questions in flight first: what Observe takes from there meanwhile is kept by the time that is looked at.
func (a *Answers) makeThumb(seq uint64) ([]byte, error) {
	p := a.inFlight(seq)
	if p == nil {
		p = a.answered(seq)
	}
	if p == nil {
		return nil, errGone
	}
	return encode(p, thumbEdge, thumbQuality)
}

// answered is the picture of an answer; nil where there is none that can be read. Made from a kept JPEG it lives no longer than it is used.
func (a *Answers) answered(seq uint64) *sight.Picture {
	data, raw := a.kept(seq)
	if data == nil {
		return raw
	}
	p, err := sight.FromJPEG(data)
	if err != nil {
		return nil
	}
	return p
}

// kept is what there is of an answer's picture: a JPEG, or the picture that is to become one, or neither.
func (a *Answers) kept(seq uint64) ([]byte, *sight.Picture) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.bySeq[seq]; r != nil {
		return r.jpeg, r.picture
	}
	return nil, nil
}

func (a *Answers) inFlight(seq uint64) *sight.Picture {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := slices.IndexFunc(a.pending, func(p pending) bool { return p.seq == seq }); i >= 0 {
		return a.pending[i].picture
	}
	return nil
}

func encode(p *sight.Picture, edge, quality int) ([]byte, error) {
	encoded, err := p.JPEG(edge, quality)
	if err != nil {
		return nil, errGone
	}
	return encoded.JPEG, nil
}

func send(w http.ResponseWriter, data []byte) {
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	_, _ = w.Write(data) // fails when the page has gone, which is no news
}

// refuse answers with a status and its name; nobody reads more than that.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodGet)
	}
	http.Error(w, http.StatusText(status), status)
}
