package metrics

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/local"
)

// open opens a window in this process.
func open(t *testing.T, dir, address, id string) (e *Exporter, complaints <-chan error, end func()) {
	t.Helper()
	c := busy(id)
	c.Dir = dir
	return run(t, c, Settings{On: true, Address: address})
}

func wantWindows(t *testing.T, address string, want ...string) {
	t.Helper()
	var got []string
	until(t, fmt.Sprintf("windows %q at %s", want, address), func() bool {
		got = windowsIn(scraped(t, address))
		return slices.Equal(got, want)
	})
}

func TestOneWindowServesForAll(t *testing.T) {
	dir, address := t.TempDir(), freePort(t)
	for i, id := range []string{"w-a", "w-b", "w-c"} {
		e, _, _ := open(t, dir, address, id)
		for range i + 1 {
			e.Observe(answered("vLLM \"", "m\\"))
		}
	}
	wantWindows(t, address, "w-a", "w-b", "w-c")
	families := scraped(t, address)
	for i, id := range []string{"w-a", "w-b", "w-c"} {
		wantValue(t, families, float64(i+1), "sightline_questions_total", "window", id, "backend", "vLLM \"", "model", "m\\")
		wantValue(t, families, 1.2*float64(i+1), "sightline_answer_seconds", "window", id)
	}
	for name, f := range families {
		around := strings.HasPrefix(name, "sightline_machine_") || strings.HasPrefix(name, "sightline_backend_requests_")
		if around && len(f.GetMetric()) != 1 {
			t.Errorf("%s is told %d times", name, len(f.GetMetric()))
		}
	}
}

func TestPromtoolFindsNothingToCriticiseInSeveralWindows(t *testing.T) {
	dir, address := t.TempDir(), freePort(t)
	for _, id := range []string{"w-a", "w-b"} {
		e, _, _ := open(t, dir, address, id)
		e.Observe(answered("b", "m"))
	}
	wantWindows(t, address, "w-a", "w-b")
	_, _, body := get(t, address, nil)
	check := exec.CommandContext(t.Context(), promtool(t), "check", "metrics")
	check.Stdin = strings.NewReader(string(body))
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}

func TestWindowThatClosesLeavesTheOthersAndNoFiles(t *testing.T) {
	dir, address := t.TempDir(), freePort(t)
	_, _, endA := open(t, dir, address, "w-a")
	wantWindows(t, address, "w-a")
	_, _, endB := open(t, dir, address, "w-b")
	wantWindows(t, address, "w-a", "w-b")
	began := time.Now()
	endA() // it served
	wantWindows(t, address, "w-b")
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("taken over after %v", took)
	}
	endB()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			t.Errorf("%s is left", e.Name())
		}
	}
}

func TestAddressChangesForAllWindowsWithoutAComplaint(t *testing.T) {
	dir, before, after := t.TempDir(), freePort(t), freePort(t)
	a, saidA, _ := open(t, dir, before, "w-a")
	b, saidB, _ := open(t, dir, before, "w-b")
	wantWindows(t, before, "w-a", "w-b")
	_, port, _ := net.SplitHostPort(before)
	for _, next := range []string{after, "localhost:" + port} {
		b.Set(Settings{On: true, Address: next}) // one hears of it a little earlier
		a.Set(Settings{On: true, Address: next})
		wantWindows(t, next, "w-a", "w-b")
	}
	a.Set(Settings{})
	wantWindows(t, before, "w-b")
	if len(saidA)+len(saidB) > 0 {
		t.Error("somebody complained")
	}
}

func TestTakenPortIsToldByOneWindowAlone(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), freePort(t)
	stranger, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	_, saidA, _ := open(t, dir, address, "w-a")
	wantCode(t, <-saidA, CodeTaken)
	_, saidB, _ := open(t, dir, address, "w-b")
	until(t, "the second window is there", func() bool { return len((&home{dir: dir}).names()) == 2 })
	time.Sleep(freeing + 2*turnLooks) // time enough to try, and to complain
	if len(saidA)+len(saidB) > 0 {
		t.Error("told again")
	}
	stranger.Close()
	wantWindows(t, address, "w-a", "w-b")
}

func TestFolderThatOthersMayEnterIsAClearFault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, complaints, _ := open(t, file, freePort(t), "w-a")
	wantCode(t, <-complaints, local.CodeFolder)
}

// TestSickWindowsTakeNothingAway puts windows among the healthy ones that hang, cut their words short, talk nonsense, say too much, or pass
// themselves off for another one.
func TestSickWindowsTakeNothingAway(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), freePort(t)
	open(t, dir, address, "w-a")
	wantWindows(t, address, "w-a")
	open(t, dir, address, "w-b")
	const whole = "# HELP sightline_frames_captured_total Frames that came from the source.\n# TYPE sightline_frames_captured_total counter\n"
	hang := make(chan struct{})
	var all sync.WaitGroup
	t.Cleanup(all.Wait)
	t.Cleanup(func() { close(hang) })
	for _, say := range []func(net.Conn){
		func(net.Conn) { <-hang },
		func(c net.Conn) { io.WriteString(c, whole+`sightline_frames_captured_total{window="w-cut"} 12`) },
		func(c net.Conn) {
			io.WriteString(c, whole+"sightline_frames_captured_total{window=\"w-cut-at-a-line\"} 12\n")
		},
		func(c net.Conn) { io.WriteString(c, "\x00\xff nonsense {{{\n"+theEnd) },
		func(c net.Conn) {
			io.WriteString(c, whole+"sightline_frames_captured_total{window=\"w-\xff\"} 1\n"+theEnd)
		},
		func(c net.Conn) {
			io.WriteString(c, whole+"sightline_frames_captured_total{window=\"w-a\"} 666\n"+theEnd)
		},
		func(c net.Conn) {
			io.WriteString(c, "sightline_frames_captured_total{window=\"w-untyped\"} 666\n"+theEnd)
		},
		func(c net.Conn) {
			io.WriteString(c, "# HELP sightline_gpu_temperature_celsius Temperature of the GPU.\n# TYPE sightline_gpu_temperature_celsius gauge\n"+
				"sightline_gpu_temperature_celsius{gpu=\"9\"} 666\nsightline_gpu_temperature_celsius{gpu=\"9\",window=\"\"} 666\n"+theEnd)
		},
		func(c net.Conn) {
			io.WriteString(c, "sightline_machine_cpu_ratio 666\nother_total{window=\"x\"} 666\n"+theEnd)
		},
		func(c net.Conn) {
			io.WriteString(c, "# TYPE sightline_answer_seconds counter\nsightline_answer_seconds{window=\"w-z\"} 1\n"+theEnd)
		},
		func(c net.Conn) { c.Write(make([]byte, mostText+1)); io.WriteString(c, theEnd) },
		func(c net.Conn) {
			io.WriteString(c, whole+"sightline_frames_captured_total{window=\"w-fine\"} 1\n"+theEnd)
		},
	} {
		sick(t, dir, &all, say)
	}
	wantWindows(t, address, "w-a", "w-b", "w-fine")
	began := time.Now()
	families := scraped(t, address)
	if took := time.Since(began); took > 5*talkPatience {
		t.Errorf("a scrape takes %v", took)
	}
	wantValue(t, families, 900, "sightline_frames_captured_total", "window", "w-a")
	wantValue(t, families, 900, "sightline_frames_captured_total", "window", "w-b")
	wantValue(t, families, .375, "sightline_machine_cpu_ratio")
	if families["other_total"] != nil || len(families["sightline_machine_cpu_ratio"].GetMetric()) != 1 ||
		value(families, "sightline_gpu_temperature_celsius", "gpu", "9") != nil {
		t.Error("a window told what is none of its own")
	}
}

// sick is a window that says something else.
func sick(t *testing.T, dir string, all *sync.WaitGroup, say func(net.Conn)) {
	t.Helper()
	h := &home{dir: dir}
	listener, leave, err := h.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer conn.Close(); say(conn) })
		}
	})
	t.Cleanup(leave)
}

func TestWhatCrashedWindowsLeftIsTakenAway(t *testing.T) {
	dir, address := t.TempDir(), freePort(t)
	_, _, _ = open(t, dir, address, "w-a")
	wantWindows(t, address, "w-a")
	for _, name := range []string{"dead" + markOf, "dead" + socketOf, "gone" + markOf} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	alive := flock.New(filepath.Join(dir, "alive"+markOf))
	if got, err := alive.TryLock(); !got {
		t.Fatal(err)
	}
	defer alive.Close()
	wantWindows(t, address, "w-a")
	open(t, dir, address, "w-b")
	wantWindows(t, address, "w-a", "w-b")
	names := (&home{dir: dir}).names()
	if len(names) != 3 || !slices.Contains(names, "alive") {
		t.Errorf("there are %q, want two windows and the one that is alive", names)
	}
}

func TestWindowIsNotAmongItsOthers(t *testing.T) {
	a, b := &home{dir: t.TempDir()}, &home{}
	b.dir = a.dir
	for _, h := range []*home{a, b} {
		_, leave, err := h.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	if of, all := a.others(), a.names(); len(of) != 1 || len(all) != 2 || strings.Contains(of[0], a.name) {
		t.Errorf("%s is among %q of %q", a.name, of, all)
	}
}

// window is one in a process of its own.
type window struct {
	cmd   *exec.Cmd
	stdin io.Closer
}

func start(t *testing.T, dir, address, id string) *window {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), windowIn+"="+strings.Join([]string{dir, address, id}, " "))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &window{cmd, stdin}
	t.Cleanup(w.kill)
	return w
}

func (w *window) kill() { _ = w.cmd.Process.Kill(); _ = w.cmd.Wait() }

// quit ends it in peace.
func (w *window) quit() { _ = w.stdin.Close(); _ = w.cmd.Wait() }

func TestKilledServerIsFollowedWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), freePort(t)
	first := start(t, dir, address, "w-0")
	wantWindows(t, address, "w-0")
	serving, second, third := first, start(t, dir, address, "w-1"), start(t, dir, address, "w-2")
	wantWindows(t, address, "w-0", "w-1", "w-2")

	killed := time.Now()
	serving.kill()
	until(t, "another serves", func() bool { status, _, _ := get(t, address, nil); return status == http.StatusOK })
	gap := time.Since(killed)
	if t.Logf("after kill -9 another served after %v", gap); gap > 2*time.Second {
		t.Errorf("nobody served for %v", gap)
	}
	wantWindows(t, address, "w-1", "w-2")

	ended := time.Now()
	second.quit()
	wantWindows(t, address, "w-2")
	if gap := time.Since(ended); gap > 2*time.Second {
		t.Errorf("after a quiet end nobody served for %v", gap)
	}
	third.quit()
	if names := (&home{dir: dir}).names(); len(names) > 1 {
		t.Errorf("%q are left; only the killed one could not tidy up", names)
	}
}
