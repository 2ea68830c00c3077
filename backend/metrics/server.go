package metrics

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

const (
	askPatience    = 5 * time.Second  // for a request
	answerPatience = 10 * time.Second // for a scrape, and whoever reads it
	idlePatience   = 2 * time.Minute  // for the next scrape of a connection
	mostHeader     = 16 << 10         // bytes
	mostGuests     = 32               // connections; more wait
	mostScrapes    = 8                // at once; more are told to come later
)

// answer serves at a listener until ctx ends, and closes it. When it returns, everything it started has ended, but for a look that hangs.
func (e *Exporter) answer(ctx context.Context, listener net.Listener, at place, others fetch) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var inside crowd
	figures := promhttp.HandlerFor(&scrape{e: e, ctx: ctx, others: others}, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: mostScrapes,
	})
	server := &http.Server{
		Handler:           newGate(at, figures, &inside),
		ReadHeaderTimeout: askPatience, ReadTimeout: askPatience, WriteTimeout: answerPatience, IdleTimeout: idlePatience, MaxHeaderBytes: mostHeader,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug), // it names no headers
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // ends every connection, and with it who writes to one that nobody reads
	defer stop()
	err := server.Serve(netutil.LimitListener(listener, mostGuests))
	cancel()
	_ = server.Close() // also where it ended by itself
	inside.close()
	e.machine.settle()
	e.loads.settle()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return noPlace(at.address, fmt.Errorf("serve: %w", err))
}

// gate lets in who may see the figures.
type gate struct {
	own     bool
	token   *[sha256.Size]byte // its hash, which is as long for every token; nil: none is asked for
	figures http.Handler
	inside  *crowd
}

func newGate(at place, figures http.Handler, inside *crowd) *gate {
	g := &gate{own: at.own, figures: figures, inside: inside}
	if at.token != "" {
		g.token = new(sha256.Sum256([]byte(at.token)))
	}
	return g
}

// ServeHTTP gives no page of another origin leave to read what it serves (no CORS).
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.inside.enter() {
		return
	}
	defer g.inside.leave()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case g.own && !loopback(hostOf(r.Host)): // a web page whose name was made to lead here
		refuse(w, http.StatusForbidden)
	case !g.knows(r.Header.Get("Authorization")):
		w.Header().Set("WWW-Authenticate", `Bearer realm="Sightline"`)
		refuse(w, http.StatusUnauthorized)
	case r.URL.Path != "/" && r.URL.Path != "/metrics":
		refuse(w, http.StatusNotFound)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
	case r.URL.Path == "/":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "Sightline serves its figures for Prometheus at /metrics.\n") // who does not wait for it is not told
	default:
		g.figures.ServeHTTP(w, r)
	}
}

// knows compares hashes, in a time that tells nothing of the token.
func (g *gate) knows(authorization string) bool {
	if g.token == nil {
		return true
	}
	scheme, token, _ := strings.Cut(authorization, " ")
	sum := sha256.Sum256([]byte(strings.TrimSpace(token)))
	return subtle.ConstantTimeCompare(sum[:], g.token[:]) == 1 && strings.EqualFold(scheme, "Bearer")
}

// hostOf is a request's host without its port and brackets.
func hostOf(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

// crowd is the requests being answered. The zero value is ready.
type crowd struct {
	mu     sync.Mutex
	closed bool
	all    sync.WaitGroup // joined under mu, and not after close
}

// enter says false where nobody is let in any more.
func (c *crowd) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.all.Add(1)
	}
	return !c.closed
}

func (c *crowd) leave() { c.all.Done() }

// close lets nobody in any more, and waits until all have left.
func (c *crowd) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.all.Wait()
}

// refuse answers with a status and its name; nobody reads more than that.
func refuse(w http.ResponseWriter, status int) { http.Error(w, http.StatusText(status), status) }
