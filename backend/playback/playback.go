// Package playback serves the video of recordings over loopback, to this process's page and nobody else.
//
// A page that plays video needs a server that knows byte ranges: WebKitGTK hands the address to GStreamer, which speaks HTTP and no scheme of
// ours, and WebView2 would take a whole recording into memory. Any program of this machine can reach a loopback port, and so can any web page
// in a browser: what keeps them out is a path that nobody can guess, and a Host that no other name leads to.
package playback

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"sightline/backend/fault"
)

const (
	headerPatience = 5 * time.Second  // for a request's first lines
	idlePatience   = 30 * time.Second // for the next request of a connection
	mostHeader     = 16 << 10         // bytes
	mostAtOnce     = 64               // connections; a page has six
	grace          = time.Second      // for the answers under way when the server closes
)

// Server is a loopback HTTP server: random port, secret path, byte ranges. It starts when Base is first asked for. It may be used by many
// goroutines at once.
type Server struct {
	shelf shelf

	mu      sync.Mutex
	running *running // nil before the first Base
	closed  bool
}

// New serves the videos of recordings whose folders find gives.
func New(find func(ctx context.Context, id string) (dir string, err error)) *Server {
	return &Server{shelf: shelf{find: find}}
}

// Base is the address under which segment N (from 0) of a recording is BASE/ID/N.mp4. It holds a secret: it is for the page, and for no log.
//
// A recording that is still being written is longer at each request, and its bytes lie elsewhere. A player that would see it change adds
// ?v=ANYTHING: what it gets under that address stays as it was at first.
func (s *Server) Base() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", refused(http.ErrServerClosed)
	}
	if s.running == nil {
		r, err := start(&s.shelf)
		if err != nil {
			return "", refused(err)
		}
		s.running = r
	}
	return s.running.base, nil
}

// Close ends the server and every answer under way. It returns within two seconds, whatever the players and the disk do.
func (s *Server) Close() {
	s.mu.Lock()
	r := s.running
	s.running, s.closed = nil, true
	s.mu.Unlock()
	if r != nil {
		r.close()
	}
}

// running is the server while it listens.
type running struct {
	base   string
	server *http.Server
	cancel context.CancelFunc // of all requests
	ended  chan struct{}      // closed when nobody accepts any more
	under  answers
}

func start(s *shelf) (*running, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	secret, host := hex.EncodeToString(raw[:]), listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{base: "http://" + host + "/" + secret, cancel: cancel, ended: make(chan struct{})}
	r.server = &http.Server{
		Handler:           &gate{host: host, secret: secret, shelf: s, under: &r.under},
		ReadHeaderTimeout: headerPatience, IdleTimeout: idlePatience, MaxHeaderBytes: mostHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn), // it names no paths
	}
	go func() {
		defer close(r.ended)
		if err := r.server.Serve(newCrowd(listener, mostAtOnce)); !errors.Is(err, http.ErrServerClosed) {
			slog.Error("playback: the server has ended", "error", err)
		}
	}()
	return r, nil
}

func (r *running) close() {
	r.cancel()
	_ = r.server.Close() // ends every connection, and with it who writes to one that nobody reads
	<-r.ended
	r.under.close(grace)
}

func refused(cause error) error {
	return &fault.Error{
		Code: "playback.refused", Message: "The player for recordings could not be started.", Blame: fault.Us, Cause: cause,
		Hint: "Start Sightline again, or play the recording's video.mp4 with another program.",
	}
}
