package vlmtest

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Server is a fake OpenAI-compatible server on this machine. It serves from the moment it is started until it is closed.
type Server struct {
	URL string // its base: http://127.0.0.1:PORT/v1

	http   *httptest.Server
	line   chan struct{} // has room for as many as are answered at once; nil: any number
	closed chan struct{}
	close  sync.Once

	mu      sync.Mutex
	script  Script
	calls   []*Call // the newest Keep
	asked   int     // questions so far
	changes chan struct{}
}

// Start starts a server on a free port, and closes it when the test ends. Where t is nil, the caller closes it, and a failure panics.
func Start(t testing.TB, script Script) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		if t == nil {
			panic(err)
		}
		t.Fatal(err)
	}
	s := Serve(l, script)
	if t != nil {
		t.Cleanup(s.Close)
	}
	return s
}

// Serve starts a server on l, which it closes with itself.
func Serve(l net.Listener, script Script) *Server {
	s := &Server{script: script, closed: make(chan struct{}), changes: make(chan struct{}, 1)}
	if script.Parallel > 0 {
		s.line = make(chan struct{}, script.Parallel)
	}
	s.http = &httptest.Server{
		Listener: l,
		Config: &http.Server{
			Handler: s.mux(), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second,
			ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
				return context.WithValue(ctx, uses{}, new(atomic.Int32))
			},
		},
	}
	if script.TLS {
		s.http.EnableHTTP2 = true
		s.http.StartTLS()
	} else {
		s.http.Start()
	}
	s.URL = s.http.URL + "/v1"
	return s
}

// uses is the key under which a connection counts its questions.
type uses struct{}

// Close ends every answer under way and the server. It may be called twice.
func (s *Server) Close() {
	s.close.Do(func() {
		close(s.closed)
		s.http.CloseClientConnections()
		s.http.Close()
	})
}

// Certificate is the one nobody trusts; nil without TLS.
func (s *Server) Certificate() *x509.Certificate { return s.http.Certificate() }

// Change gives the server another script for the questions to come. TLS and Parallel stay as they were.
func (s *Server) Change(script Script) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.asked = script, 0
}

// Calls is the questions so far, oldest first: at most as many as the script keeps.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := make([]Call, len(s.calls))
	for i, c := range s.calls {
		calls[i] = *c
	}
	return calls
}

// Last is the newest question; the zero Call where there is none.
func (s *Server) Last() Call {
	if calls := s.Calls(); len(calls) > 0 {
		return calls[len(calls)-1]
	}
	return Call{}
}

// AwaitRead waits until the newest question has been read, AwaitEnded until its answer has been written or given up, and AwaitGone until its
// client has gone away before that: each for ten seconds at most. They report whether it came to that.
func (s *Server) AwaitRead() bool { return s.await(func(c Call) bool { return !c.Read.IsZero() }) }

// AwaitEnded is described with AwaitRead.
func (s *Server) AwaitEnded() bool { return s.await(func(c Call) bool { return !c.Ended.IsZero() }) }

// AwaitGone is described with AwaitRead.
func (s *Server) AwaitGone() bool { return s.await(func(c Call) bool { return c.Gone }) }

func (s *Server) await(done func(Call) bool) bool {
	deadline := time.After(10 * time.Second)
	for !done(s.Last()) {
		select {
		case <-s.changes:
		case <-deadline:
			return false
		}
	}
	return true
}

func (s *Server) mux() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/models", s.serveModels)
	mux.HandleFunc("POST /v1/chat/completions", s.serveQuestion)
	return mux
}

func (s *Server) current() Script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.script
}

func (s *Server) serveModels(w http.ResponseWriter, r *http.Request) {
	script := s.current()
	switch {
	case script.Redirect != "":
		w.Header().Set("Location", script.Redirect+"/models")
		w.WriteHeader(orElse(script.RedirectStatus, http.StatusTemporaryRedirect))
		return
	case script.SilentList:
		_ = s.pause(r.Context(), time.Hour)
		return
	case script.RefuseList != nil:
		script.RefuseList.write(w)
		return
	case script.Key != "" && bearer(r) != script.Key && !script.OpenList:
		refuse(w, http.StatusUnauthorized, "Incorrect API key provided: "+bearer(r), "invalid_api_key")
		return
	}
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		OwnedBy string `json:"owned_by"`
	}
	list := []model{}
	for _, id := range script.models() {
		list = append(list, model{id, "model", "vlmtest"})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": list})
}

func (s *Server) serveQuestion(w http.ResponseWriter, r *http.Request) {
	call, script, nth := s.record(r)
	reply := &reply{server: s, script: script, call: call, w: w, r: r}
	defer s.conclude(call, reply)
	if r.Context().Value(uses{}).(*atomic.Int32).Add(1) > 1 && script.HangUpReused {
		panic(http.ErrAbortHandler)
	}
	body, err := io.ReadAll(r.Body)
	if reply.gone = err != nil; !reply.gone {
		err = s.note(call, body)
	}
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, err.Error(), "")
	case !s.enter(r.Context()):
		panic(http.ErrAbortHandler)
	default:
		defer s.leave()
		reply.serve(nth)
	}
}

// record keeps the call, and gives the script that holds for it, and its number among the questions from 1.
func (s *Server) record(r *http.Request) (*Call, Script, int) {
	call := &Call{
		Method: r.Method, Path: r.URL.Path, Proto: r.Proto, Header: r.Header.Clone(), Key: bearer(r), Began: time.Now(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.calls = append(s.calls, call)
	if keep := orElse(s.script.Keep, 256); len(s.calls) > keep {
		s.calls = slices.Clone(s.calls[len(s.calls)-keep:])
	}
	return call, s.script, s.asked
}

func (s *Server) note(call *Call, body []byte) error {
	var read Call
	err := read.fill(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	read.Method, read.Path, read.Proto, read.Header, read.Key = call.Method, call.Path, call.Proto, call.Header, call.Key
	read.Began, read.Read = call.Began, time.Now()
	*call = read
	s.tellLocked()
	return err
}

func (s *Server) conclude(call *Call, reply *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	call.Ended, call.Gone, call.Wrote = time.Now(), reply.gone, reply.wrote
	s.tellLocked()
}

func (s *Server) tellLocked() {
	select {
	case s.changes <- struct{}{}:
	default:
	}
}

// enter waits for a place among those being answered.
func (s *Server) enter(ctx context.Context) bool {
	if s.line == nil {
		return true
	}
	select {
	case s.line <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-s.closed:
	}
	return false
}

func (s *Server) leave() {
	if s.line != nil {
		<-s.line
	}
}

// pause waits, unless the client or the server goes away first; 0 or less waits for nothing else.
func (s *Server) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
	case <-s.closed:
	}
	return errGone
}

var errGone = errors.New("the other side is gone")

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func refuse(w http.ResponseWriter, status int, message, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error", "code": code}})
}

func (s Script) models() []string {
	if s.Models == nil {
		return []string{DefaultModel}
	}
	return s.Models
}

func (s Script) knows(model string) bool { return slices.Contains(s.models(), model) }

func orElse(n, byDefault int) int {
	if n == 0 {
		return byDefault
	}
	return n
}

func unknownModel(model string) string { return fmt.Sprintf("The model `%s` does not exist.", model) }
