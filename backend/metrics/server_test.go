package metrics

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/stats"
)

func TestAddressesAreCheckedBeforeTheyAreSaved(t *testing.T) {
	for _, c := range []struct{ address, token, code string }{
		{"", "", ""},
		{"127.0.0.1:9717", "", ""},
		{"127.9.9.9:9717", "", ""},
		{"[::1]:9717", "", ""},
		{"localhost:9717", "", ""},
		{"LOCALHOST:9717", "", ""},
		{"127.0.0.1:9717", "secret", ""},
		{":9717", "", CodeToken},
		{":9717", "secret", ""},
		{"0.0.0.0:9717", "", CodeToken},
		{"[::]:9717", "", CodeToken},
		{"0.0.0.0:9717", "secret", ""},
		{"192.168.1.7:9717", "", CodeToken},
		{"gpu-box:9717", "", CodeToken},
		{"localhost.evil.example:9717", "", CodeToken},
		{"gpu-box:9717", "secret", ""},
		{"127.0.0.1:9717", "two words", CodeToken},
		{"127.0.0.1:9717", "line\nend", CodeToken},
		{"127.0.0.1:9717", "schlüssel", CodeToken},
		{"127.0.0.1", "", CodeAddress},
		{"9717", "", CodeAddress},
		{"127.0.0.1:0", "", CodeAddress},
		{"127.0.0.1:65536", "", CodeAddress},
		{"127.0.0.1:-1", "", CodeAddress},
		{"127.0.0.1:http", "", CodeAddress},
		{"127.0.0.1:", "", CodeAddress},
		{"http://127.0.0.1:9717", "", CodeAddress},
		{"::1:9717", "", CodeAddress},
		{"user@127.0.0.1:9717", "", CodeAddress},
	} {
		wantCode(t, Check(Settings{On: true, Address: c.address, Token: c.token}), c.code)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	f := fault.From(err)
	switch {
	case fault.CodeOf(err) != code:
		t.Errorf("got %v (%s), want %q", err, fault.CodeOf(err), code)
	case f != nil && (!strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".")):
		t.Errorf("not fit for a person: %q / %q", f.Message, f.Hint)
	}
}

func TestOnlyWhoKnowsTheTokenIsTold(t *testing.T) {
	var journal lockedBuffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&journal, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(was)
	address, token := freePort(t), "s3cret-t0ken"
	run(t, quiet("w-1"), Settings{On: true, Address: address, Token: token})
	bearer := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	until(t, "it serves", func() bool { status, _, _ := get(t, address, bearer("Bearer "+token)); return status == http.StatusOK })
	for _, wrong := range []string{"", "Bearer", "Bearer ", "Bearer s3cret-t0ke", "Bearer s3cret-t0kens", "Basic " + token, token, "Bearer x " + token} {
		status, header, body := get(t, address, bearer(wrong))
		if status != http.StatusUnauthorized || !strings.HasPrefix(header.Get("WWW-Authenticate"), "Bearer") || bytes.Contains(body, []byte("sightline_")) {
			t.Errorf("%q: %d, %q, %s", wrong, status, header.Get("WWW-Authenticate"), body)
		}
	}
	if status, _, _ := get(t, address, bearer("bearer "+token)); status != http.StatusOK {
		t.Errorf("small letters: %d", status)
	}
	if said := journal.String(); strings.Contains(said, "s3cret") {
		t.Errorf("the log holds the token: %s", said)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestPageWhoseNameWasMadeToLeadHereIsRefused(t *testing.T) {
	address := freePort(t)
	run(t, quiet("w-1"), Settings{On: true, Address: address})
	scraped(t, address)
	for host, want := range map[string]int{
		"evil.example": 403, "evil.example:9717": 403, "127.0.0.1.evil.example": 403, "localhost.evil.example": 403, "192.168.1.7:9717": 403, "0.0.0.0": 403,
		"localhost": 200, "localhost:9717": 200, "127.0.0.1": 200, "[::1]:9717": 200, "[::1]": 200,
	} {
		if status, _, _ := get(t, address, func(r *http.Request) { r.Host = host }); status != want {
			t.Errorf("Host %s: %d, want %d", host, status, want)
		}
	}
}

func TestPlaceThatOthersReachGoesByItsTokenAlone(t *testing.T) {
	var inside crowd
	at, err := placeOf(Settings{Address: "0.0.0.0:9717", Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	g := newGate(at, http.NotFoundHandler(), &inside)
	for token, want := range map[string]int{"t": 200, "": 401} {
		r := httptest.NewRequest(http.MethodGet, "http://gpu-box:9717/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("token %q: %d, want %d", token, w.Code, want)
		}
	}
}

func TestOnlyReadingIsServed(t *testing.T) {
	address := freePort(t)
	run(t, quiet("w-1"), Settings{On: true, Address: address})
	scraped(t, address)
	for _, c := range []struct {
		method, path string
		want         int
		says         string
	}{
		{"GET", "/metrics", 200, "sightline_"},
		{"HEAD", "/metrics", 200, ""},
		{"GET", "/", 200, "/metrics"},
		{"HEAD", "/", 200, ""},
		{"POST", "/metrics", 405, ""},
		{"DELETE", "/", 405, ""},
		{"OPTIONS", "/metrics", 405, ""},
		{"GET", "/metrics/", 404, ""},
		{"GET", "/debug/pprof/", 404, ""},
	} {
		status, header, body := get(t, address, func(r *http.Request) { r.Method, r.URL.Path = c.method, c.path })
		if status != c.want || !strings.Contains(string(body), c.says) || !strings.HasPrefix(header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s %s: %d %s %s", c.method, c.path, status, header.Get("Content-Type"), body)
		}
		if header.Get("Access-Control-Allow-Origin") != "" {
			t.Error("pages of other origins may read it")
		}
		if c.method == "HEAD" && len(body) > 0 {
			t.Errorf("HEAD %s gave %d bytes", c.path, len(body))
		}
	}
}

func TestSwitchedOffNothingIsServedOrCounted(t *testing.T) {
	address := freePort(t)
	e, _, _ := run(t, quiet("w-1"), Settings{Address: address})
	e.Observe(answered("b", "m"))
	if e.own.Load() != nil {
		t.Error("figures are kept")
	}
	e.Set(Settings{On: true, Address: address})
	if families := scraped(t, address); families["sightline_questions_total"] != nil {
		t.Error("what happened before was counted")
	}
	e.Set(Settings{})
	until(t, "nobody serves", func() bool { status, _, _ := get(t, address, nil); return status == 0 })
	if e.own.Load() != nil {
		t.Error("figures are kept")
	}
}

func TestChangeOfAddressKeepsTheCounts(t *testing.T) {
	before, after := freePort(t), freePort(t)
	e, _, _ := run(t, quiet("w-1"), Settings{On: true, Address: before})
	scraped(t, before)
	e.Observe(answered("b", "m"))
	e.Set(Settings{On: true, Address: after})
	wantValue(t, scraped(t, after), 1, "sightline_questions_total")
	if status, _, _ := get(t, before, nil); status != 0 {
		t.Error("it serves at the old address as well")
	}
}

func TestPortOfAnotherProgramIsToldOnceAndTakenWhenFree(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	stranger, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	e, complaints, _ := run(t, quiet("w-1"), Settings{On: true, Address: address})
	wantCode(t, <-complaints, CodeTaken)
	stranger.Close()
	scraped(t, address)
	if len(complaints) > 0 {
		t.Errorf("told again: %v", <-complaints)
	}
	e.Set(Settings{On: true, Address: "nonsense"})
	wantCode(t, <-complaints, CodeAddress)
	e.Set(Settings{On: true, Address: "0.0.0.0:9717"})
	wantCode(t, <-complaints, CodeToken)
	if status, _, _ := get(t, "127.0.0.1:9717", nil); status != 0 {
		t.Error("it serves to everybody, without a token")
	}
}

func TestEachFaultIsToldOnce(t *testing.T) {
	var said []string
	tell := once(func(err error) { said = append(said, fault.CodeOf(err)) })
	for range 3 {
		tell(taken("127.0.0.1:9717", nil))
		tell(noHome("/run", nil))
	}
	if want := []string{CodeTaken, CodeFolder}; !slices.Equal(said, want) {
		t.Errorf("told %q, want %q", said, want)
	}
}

func TestHungMachineDelaysAScrapeAndNothingMore(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	hang := make(chan struct{})
	c := quiet("w-1")
	c.Machine = func(context.Context) stats.Snapshot { <-hang; return workstation() }
	_, _, end := run(t, c, Settings{On: true, Address: address})
	families := scraped(t, address)
	wantValue(t, families, 7, "sightline_frames_captured_total")
	if families["sightline_machine_cpu_ratio"] != nil {
		t.Error("the machine is told, and nobody has looked")
	}
	began := time.Now()
	scraped(t, address)
	if took := time.Since(began); took > lookPatience {
		t.Errorf("the second scrape took %v", took)
	}
	began = time.Now()
	end()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
	close(hang)
}

func TestEndDoesNotWaitForWhoConnectsAndSaysNothing(t *testing.T) {
	address := freePort(t)
	_, _, end := run(t, quiet("w-1"), Settings{On: true, Address: address})
	scraped(t, address)
	for range mostGuests / 2 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := io.WriteString(conn, "GET /metr"); err != nil {
			t.Fatal(err)
		}
	}
	wantValue(t, scraped(t, address), 7, "sightline_frames_captured_total")
	began := time.Now()
	end()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the end took %v", took)
	}
}

func TestManyScrapeWhileManyAnswer(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	e, _, _ := run(t, busy("w-1"), Settings{On: true, Address: address})
	scraped(t, address)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				e.Observe(answered("b", "m"))
			}
		})
		all.Go(func() {
			for range 10 {
				if status, _, _ := get(t, address, nil); status != http.StatusOK && status != http.StatusServiceUnavailable {
					t.Errorf("status %d", status)
				}
			}
		})
	}
	all.Wait()
	wantValue(t, scraped(t, address), 400, "sightline_questions_total")
}

func TestCommandLineServesBeforeItGoesOn(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	c := busy("watch")
	c.Dir = t.TempDir()
	e := New(c)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	wait, err := e.Serve(ctx, Settings{Address: address, Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	e.Observe(answered("b", "m"))
	status, _, body := get(t, address, func(r *http.Request) { r.Header.Set("Authorization", "Bearer t") })
	if status != http.StatusOK {
		t.Fatalf("status %d at once", status)
	}
	wantValue(t, parsed(t, body), 1, "sightline_questions_total", "window", "watch")

	second := New(quiet("watch"))
	_, err = second.Serve(ctx, Settings{Address: address})
	wantCode(t, err, CodeTaken)
	if second.own.Load() != nil {
		t.Error("one that does not serve counts")
	}
	_, err = second.Serve(ctx, Settings{Address: "0.0.0.0:9717"})
	wantCode(t, err, CodeToken)
	_, err = second.Serve(ctx, Settings{Address: "203.0.113.9:9717", Token: "t"}) // of nobody
	wantCode(t, err, CodeAddress)
	cancel()
	wait()
	if status, _, _ := get(t, address, nil); status != 0 {
		t.Error("it still serves")
	}
}

func BenchmarkObserveSwitchedOff(b *testing.B) {
	e, o := New(quiet("w-1")), answered("b", "m")
	for b.Loop() {
		e.Observe(o)
	}
}

func BenchmarkObserve(b *testing.B) {
	e, o := New(quiet("w-1")), answered("b", "m")
	e.Set(Settings{On: true})
	for b.Loop() {
		e.Observe(o)
	}
}

func BenchmarkScrape(b *testing.B) {
	e := New(busy("w-1"))
	e.Set(Settings{On: true})
	for _, o := range []sight.Observation{answered("a", "m"), answered("b", "m"), answered("c", "m"), answered("d", "m")} {
		e.Observe(o)
	}
	s := &scrape{e: e, ctx: b.Context(), others: alone}
	for b.Loop() {
		if _, err := s.Gather(); err != nil {
			b.Fatal(err)
		}
	}
}
