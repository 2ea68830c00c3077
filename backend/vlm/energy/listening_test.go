package energy

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/local/winetest"
)

func TestServerOfThisMachineIsFoundWithWhatItStarted(t *testing.T) {
	winetest.Skip(t, "it tells which ports are listened on, and not by whom")
	child, port := startServer(t)
	if got := Listening(port)(t.Context()); !slices.Equal(got, []int{child}) {
		t.Errorf("on its port listens %v, want %d", got, child)
	}

	own, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		own, err = net.Listen("tcp", "0.0.0.0:0")
	}
	must(t, err)
	defer func() { _ = own.Close() }()
	at, err := netip.ParseAddrPort(own.Addr().String())
	must(t, err)
	got := Listening(int(at.Port()))(t.Context())
	if !slices.Contains(got, os.Getpid()) || !slices.Contains(got, child) {
		t.Errorf("on our port listens %v, want %d and its child %d", got, os.Getpid(), child)
	}
}

func TestPortNobodyListensOn(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	at, err := netip.ParseAddrPort(l.Addr().String())
	must(t, err)
	must(t, l.Close())
	if got := Listening(int(at.Port()))(t.Context()); got != nil {
		t.Errorf("got %v", got)
	}
}

// searched is a machine on which who listens is looked for.
type searched struct {
	listener int // 0: nobody
	err      error
	started  []int // by the listener
	searches int
	lists    int
}

func (s *searched) listening() *listening {
	return &listening{
		turn: make(chan struct{}, 1),
		search: func(context.Context) ([]int, error) {
			s.searches++
			if s.listener == 0 {
				return nil, s.err
			}
			return []int{s.listener}, s.err
		},
		below: func(pids []int) ([]int, error) {
			s.lists++
			if s.listener == 0 || !slices.Contains(pids, s.listener) {
				return nil, nil
			}
			return append([]int{s.listener}, s.started...), nil
		},
	}
}

const noSuchProcess = 1 << 30 // so that it has no name

func TestServerIsSearchedForSeldomAndItsProcessesAreFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &searched{listener: noSuchProcess}
		l := s.listening()
		for range 60 { // two questions a second
			if got := l.processes(t.Context()); !slices.Equal(got, []int{noSuchProcess}) {
				t.Fatalf("got %v", got)
			}
			time.Sleep(500 * time.Millisecond)
		}
		if s.searches != 1 || s.lists != 10 {
			t.Errorf("%d searches and %d lists in %v", s.searches, s.lists, foundFor)
		}
		s.started = []int{5}
		time.Sleep(startedFor)
		if got := l.processes(t.Context()); !slices.Equal(got, []int{noSuchProcess, 5}) || s.searches != 2 {
			t.Errorf("got %v after %d searches", got, s.searches)
		}
	})
}

func TestServerThatWasStartedAnewIsFoundSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &searched{listener: noSuchProcess}
		l := s.listening()
		l.processes(t.Context())
		s.listener = 0 // it ended
		time.Sleep(startedFor)
		if got := l.processes(t.Context()); got != nil || s.searches != 2 {
			t.Errorf("got %v after %d searches", got, s.searches)
		}
		s.listener = noSuchProcess + 1
		if got := l.processes(t.Context()); got != nil || s.searches != 2 {
			t.Errorf("it was searched for again at once: %v after %d searches", got, s.searches)
		}
		time.Sleep(missedFor)
		if got := l.processes(t.Context()); !slices.Equal(got, []int{noSuchProcess + 1}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestSearchThatFailsOrIsCalledOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &searched{listener: noSuchProcess, err: context.Canceled}
		l := s.listening()
		if got := l.processes(t.Context()); got != nil {
			t.Errorf("called off: %v", got)
		}
		s.err = errors.New("not for you")
		if got := l.processes(t.Context()); got != nil || s.searches != 2 {
			t.Errorf("one that was called off says nothing, so it is searched anew: %v after %d searches", got, s.searches)
		}
		s.err = nil
		if l.processes(t.Context()); s.searches != 2 {
			t.Error("one that failed is not made again at once")
		}
		time.Sleep(missedFor)
		if got := l.processes(t.Context()); !slices.Equal(got, []int{noSuchProcess}) {
			t.Errorf("got %v", got)
		}
	})
}

func TestNobodyWaitsLongForAnothersSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := (&searched{}).listening()
		l.turn <- struct{}{}
		begun := time.Now()
		if got := l.processes(t.Context()); got != nil || time.Since(begun) != patience {
			t.Errorf("after %v: %v", time.Since(begun), got)
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := listeners(b.Context(), int(at.Port())); err != nil {
			b.Fatal(err)
		}
	}
}
