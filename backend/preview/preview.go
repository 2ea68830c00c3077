// Package preview serves the live picture to the window: a reader of sight.Latest behind an http.Handler.
package preview

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"sightline/backend/sight"
)

// Path is where the handler answers: GET /live/frame?after=N&edge=E.
const Path = "/live/frame"

// The headers that go with a picture.
const (
	HeaderFrame = "X-Sightline-Frame"  // the frame's number: the next request's after
	HeaderAge   = "X-Sightline-Age-Ms" // from capture to this response, milliseconds with one decimal
)

const (
	patience    = 2 * time.Second // how long a request waits for a newer frame: Wails never cancels its context
	maxRequests = 4               // at once: a webview that leaks requests must not pile them up here
	quality     = 75

	defaultEdge = 1280
	minEdge     = 64
	maxEdge     = 3840
)

// Handler gives each request one frame, newer than the one the page has. A slow page misses frames; it holds nobody up. It may be used by
// many goroutines at once.
type Handler struct {
	latest *sight.Latest
	places chan struct{} // one for each request being served
}

// New is a handler that reads latest, which whoever owns the session fills.
func New(latest *sight.Latest) *Handler {
	return &Handler{latest: latest, places: make(chan struct{}, maxRequests)}
}

// ServeHTTP waits at most two seconds for a frame numbered above after (0 where it is left out) and gives it as a JPEG for a place whose long
// edge is edge pixels (64–3840; 1280 where it is 0 or left out), or 204 when none came. Frames that cannot be shown are skipped.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	wanted, status := read(r)
	if status != http.StatusOK {
		refuse(w, status)
		return
	}
	select {
	case h.places <- struct{}{}:
		defer func() { <-h.places }()
		h.serve(r.Context(), w, wanted)
	default:
		refuse(w, http.StatusServiceUnavailable)
	}
}

func (h *Handler) serve(ctx context.Context, w http.ResponseWriter, wanted request) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	frame, picture, err := h.next(ctx, wanted)
	if err != nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	send(w, frame, picture)
}

// next is the newest frame after the one wanted that can be encoded, once there is one.
func (h *Handler) next(ctx context.Context, wanted request) (sight.Frame, sight.Encoded, error) {
	for {
		frame, err := h.latest.After(ctx, wanted.after)
		if err != nil {
			return sight.Frame{}, sight.Encoded{}, err
		}
		picture, err := frame.Picture.JPEG(frame.Picture.EdgeFor(wanted.edge), quality)
		if err == nil {
			return frame, picture, nil
		}
		wanted.after = frame.Number
	}
}

func send(w http.ResponseWriter, frame sight.Frame, picture sight.Encoded) {
	age := float64(time.Since(frame.Captured)) / float64(time.Millisecond)
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Content-Length", strconv.Itoa(len(picture.JPEG)))
	w.Header().Set(HeaderFrame, strconv.FormatUint(frame.Number, 10))
	w.Header().Set(HeaderAge, strconv.FormatFloat(age, 'f', 1, 64))
	_, _ = w.Write(picture.JPEG) // fails when the page has gone, which is no news
}

// refuse answers with a status and its name; nobody reads more than that.
func refuse(w http.ResponseWriter, status int) {
	if status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodGet)
	}
	http.Error(w, http.StatusText(status), status)
}

// request is what a page asks for.
type request struct {
	after uint64
	edge  int
}

// read checks the request from the outside in; the status says what is wrong with it.
func read(r *http.Request) (request, int) {
	if r.URL.Path != Path {
		return request{}, http.StatusNotFound
	}
	if r.Method != http.MethodGet {
		return request{}, http.StatusMethodNotAllowed
	}
	wanted, err := parse(r.URL.RawQuery)
	if err != nil {
		return request{}, http.StatusBadRequest
	}
	return wanted, http.StatusOK
}

func parse(query string) (request, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return request{}, err
	}
	after, err := number(values, "after")
	if err != nil {
		return request{}, err
	}
	edge, err := number(values, "edge")
	if err != nil {
		return request{}, err
	}
	if edge == 0 {
		edge = defaultEdge
	}
	if edge < minEdge || edge > maxEdge {
		return request{}, fmt.Errorf("edge %d is not %d–%d", edge, minEdge, maxEdge)
	}
	return request{after: after, edge: int(edge)}, nil
}

// number is a parameter as a whole number, 0 where it is left out.
func number(values url.Values, name string) (uint64, error) {
	if !values.Has(name) {
		return 0, nil
	}
	return strconv.ParseUint(values.Get(name), 10, 64)
}
