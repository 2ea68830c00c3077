package openai

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/fault"
)

// told is a server without a network, so that no busy machine makes it late. It writes down what it was asked: the host, the path, and
// whether it came with a key.
type told struct {
	handler http.HandlerFunc

	mu    sync.Mutex
	asked []string
}

func (s *told) RoundTrip(r *http.Request) (*http.Response, error) {
	what := r.URL.Host + r.URL.Path
	if key := r.Header.Get("Authorization"); key != "" {
		what += " with " + key
	}
	s.mu.Lock()
	s.asked = append(s.asked, what)
	s.mu.Unlock()
	answer := httptest.NewRecorder()
	s.handler(answer, r)
	return answer.Result(), nil
}

// was says that it was asked just this since it was asked about last.
func (s *told) was(t *testing.T, asked ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.asked, asked) {
		t.Errorf("it was asked %q, not %q", s.asked, asked)
	}
	s.asked = nil
}

const secret = "sk-very-secret"

func withKey(context.Context) (string, error) { return secret, nil }

func fetched(t *testing.T, c *Client, path string, status int, body string) {
	t.Helper()
	s, b, err := c.Fetch(t.Context(), path)
	if err != nil || s != status || string(b) != body || b != nil && status != http.StatusOK {
		t.Errorf("it says %d %q, %v", s, b, err)
	}
}

func up(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) }

func TestWhatLiesBesideTheAPIIsFetchedWithoutTheKey(t *testing.T) {
	server := &told{handler: up}
	client := clientOf(t, Config{Base: "http://gpu:8000", Transport: server, Key: withKey})
	fetched(t, client, "/metrics", 200, "up 1\n")
	fetched(t, client, "/api/ps", 200, "up 1\n")
	server.was(t, "gpu:8000/metrics", "gpu:8000/api/ps")
}

func TestBehindAProxyItLiesBesideTheAPIFirst(t *testing.T) {
	server := &told{handler: func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/lab/vllm/metrics", "/api/ps":
			_, _ = w.Write([]byte(r.URL.Path))
		case "/lab/vllm/down":
			w.WriteHeader(http.StatusBadGateway)
		default:
			http.NotFound(w, r)
		}
	}}
	client := clientOf(t, Config{Base: "https://gpu.lan/lab/vllm/v1", Transport: server})
	fetched(t, client, "/metrics", 200, "/lab/vllm/metrics")
	fetched(t, client, "/api/ps", 200, "/api/ps")
	server.was(t, "gpu.lan/lab/vllm/metrics", "gpu.lan/lab/vllm/api/ps", "gpu.lan/api/ps")
	fetched(t, client, "/nowhere", 404, "")
	fetched(t, client, "/down", 502, "") // what is at the root of the host may be another server's
	server.was(t, "gpu.lan/lab/vllm/nowhere", "gpu.lan/nowhere", "gpu.lan/lab/vllm/down")
}

func TestTheKeyIsSentOnlyWhereItIsWanted(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		server := &told{handler: func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer "+secret {
				w.WriteHeader(status)
				return
			}
			up(w, r)
		}}
		fetched(t, clientOf(t, Config{Base: "http://gpu:8000", Transport: server, Key: withKey}), "/metrics", 200, "up 1\n")
		server.was(t, "gpu:8000/metrics", "gpu:8000/metrics with Bearer "+secret)
		fetched(t, clientOf(t, Config{Base: "http://gpu:8000", Transport: server}), "/metrics", status, "")
		server.was(t, "gpu:8000/metrics")
	}
}

func TestAKeyThatCannotBeReadIsAFault(t *testing.T) {
	server := &told{handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }}
	locked := func(context.Context) (string, error) { return "", errors.New("the keyring is locked") }
	_, _, err := clientOf(t, Config{Base: "http://gpu:8000", Transport: server, Key: locked}).Fetch(t.Context(), "/metrics")
	checkFault(t, err, "key", fault.Us)
}

func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	server := &told{handler: func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/metrics":
			http.Redirect(w, r, "/metrics/", http.StatusMovedPermanently)
		case r.URL.Path == "/api/ps" && r.Header.Get("Authorization") == "":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/api/ps":
			http.Redirect(w, r, "http://gpu:9000/api/ps", http.StatusTemporaryRedirect)
		default:
			up(w, r)
		}
	}}
	client := clientOf(t, Config{Base: "http://gpu:8000", Transport: server, Key: withKey})
	fetched(t, client, "/metrics", 200, "up 1\n")
	server.was(t, "gpu:8000/metrics", "gpu:8000/metrics/")
	fetched(t, client, "/api/ps", 307, "")
	server.was(t, "gpu:8000/api/ps", "gpu:8000/api/ps with Bearer "+secret)
}

func TestWhatIsFetchedIsBounded(t *testing.T) {
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	_, _ = zip.Write(make([]byte, 64<<10))
	_ = zip.Close()
	bombs := bytes.Repeat(bomb.Bytes(), 2*fetchBytes/(64<<10)) // gzip's members follow each other as one stream
	for name, handler := range map[string]http.HandlerFunc{
		"huge": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, fetchBytes+1)) },
		"a bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bombs)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // where reading takes no time
				client := clientOf(t, Config{Base: "http://gpu:8000", Transport: &told{handler: handler}})
				status, body, err := client.Fetch(t.Context(), "/metrics")
				if checkFault(t, err, "malformed", fault.Backend); status != 0 || body != nil {
					t.Errorf("it says %d, and %d bytes", status, len(body))
				}
			})
		})
	}
}

func TestABodyThatBreaksOffIsNoAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		up(w, r)
	}))
	defer server.Close()
	client := clientOf(t, Config{Base: server.URL})
	defer client.Close()
	_, body, err := client.Fetch(t.Context(), "/metrics")
	if checkFault(t, err, "cut", fault.Backend); body != nil {
		t.Errorf("it says %q", body)
	}
}

func TestFetchingTrustsWhomTheClientTrusts(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(up))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	trusting := clientOf(t, Config{Base: server.URL, CAFile: caFile(t, server.Certificate())})
	defer trusting.Close()
	fetched(t, trusting, "/metrics", 200, "up 1\n")
	_, _, err := clientOf(t, Config{Base: server.URL, Key: withKey}).Fetch(t.Context(), "/metrics")
	checkFault(t, err, "tls", fault.Backend)
}

// mute is a server that takes a request and never answers.
type mute struct{}

func (mute) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestASilentServerIsGivenUpAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := clientOf(t, Config{Base: "http://gpu.lan/vllm/v1", Transport: mute{}, Key: withKey})
		began := time.Now()
		_, _, err := client.Fetch(t.Context(), "/metrics")
		if checkFault(t, err, "silent", fault.Backend); time.Since(began) != 2*time.Second {
			t.Errorf("it took %v", time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := client.Fetch(ctx, "/metrics"); !errors.Is(err, context.DeadlineExceeded) || fault.CodeOf(err) == "backend.silent" {
			t.Errorf("its own end is %v", err)
		}
	})
}
