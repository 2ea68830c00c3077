package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// server answers every question with three words after a delay, so many at once.
type server struct {
	url   string
	http  *http.Server
	delay time.Duration
	room  chan struct{}

	mu    sync.Mutex
	calls []call // in order of arrival
}

// call is when a request was wholly there, and when its answer was gone.
type call struct{ there, gone time.Time }

func serve(delay time.Duration, room int) (*server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + listener.Addr().String(), delay: delay, room: make(chan struct{}, room)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.answer)
	mux.HandleFunc("GET /v1/models", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"object":"list","data":[{"id":"bench","object":"model"}]}`)
	})
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }() // ends by close
	return s, nil
}

func (s *server) close() { _ = s.http.Close() }

func (s *server) answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // a request cut short is no measurement
	there := time.Now()
	s.room <- struct{}{}
	defer func() { <-s.room }()
	time.Sleep(s.delay)
	w.Header().Set("Content-Type", "text/event-stream")
	for _, word := range []string{"three", " plain", " words"} {
		fmt.Fprintf(w, "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", word)
	}
	fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n")
	_ = http.NewResponseController(w).Flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call{there, time.Now()})
}

// overheads is, for each request but the first, how long it took from the moment it could start, the backend free and its frame captured,
// until it was wholly there, in ms.
func (s *server) overheads(lines []line) []float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []float64
	for i := 1; i < min(len(lines), len(s.calls)); i++ {
		could := s.calls[i-1].gone
		if lines[i].Captured.After(could) {
			could = lines[i].Captured
		}
		all = append(all, s.calls[i].there.Sub(could).Seconds()*1000)
	}
	return all
}
