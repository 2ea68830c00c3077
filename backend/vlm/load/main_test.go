package load

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func recorded(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// server is one that Fetch reaches, without a network.
type server struct {
	mu    sync.Mutex
	pages map[string]page
	asked []string
}

// page is what it says at a path; where that is nothing, it is 404.
type page struct {
	status int // 0: 200
	body   string
	err    error
	hang   bool // until the looker gives up
	held   chan struct{}
}

func (s *server) fetch(ctx context.Context, path string) (int, []byte, error) {
	s.mu.Lock()
	s.asked = append(s.asked, path)
	p, known := s.pages[path]
	s.mu.Unlock()
	if p.held != nil {
		<-p.held
	}
	switch {
	case ctx.Err() != nil:
		return 0, nil, ctx.Err()
	case p.hang:
		<-ctx.Done()
		return 0, nil, ctx.Err()
	case p.err != nil:
		return 0, nil, p.err
	case !known:
		return http.StatusNotFound, nil, nil
	case p.status != 0:
		return p.status, nil, nil
	}
	return http.StatusOK, []byte(p.body), nil
}

// says puts a text at /metrics.
func (s *server) says(text string) { s.shows("/metrics", page{body: text}) }

func (s *server) shows(path string, p page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		s.pages = make(map[string]page)
	}
	s.pages[path] = p
}

// wasAsked is how often since it was asked last.
func (s *server) wasAsked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.asked)
	s.asked = nil
	return n
}

func reader(text string) (*Reader, *server) {
	s := &server{}
	if text != "" {
		s.says(text)
	}
	return New("gpu:8000", s.fetch), s
}

// with is text with some numbers changed: pairs of old and new.
func with(t *testing.T, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("there is no %q", pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func ptr[T any](v T) *T { return &v }
