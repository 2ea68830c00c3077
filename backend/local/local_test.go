package local_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/local"
	"sightline/backend/local/localtest"
	"sightline/backend/local/winetest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, localtest.Lasting()...)
}

func TestTwoProcessesTalk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		word := make([]byte, len("hello"))
		_, _ = io.ReadFull(conn, word)
		_, _ = fmt.Fprintf(conn, "%s to you", word)
	}()
	conn := dial(t, path)
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Error(err)
	}
	if reply, err := io.ReadAll(conn); err != nil || string(reply) != "hello to you" {
		t.Errorf("heard %q, %v", reply, err)
	}
}

func TestNobodyListeningIsToldAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	began := time.Now()
	_, err := local.Dial(t.Context(), path)
	wantFault(t, err, local.CodeSilent)
	if waited := time.Since(began); waited > time.Second {
		t.Errorf("only after %v", waited)
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := local.Dial(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPlaceIsTakenWhileSomebodyListens(t *testing.T) {
	winetest.Skip(t, "it makes a pipe of a name that exists; callers hold a lock in any case")
	path := filepath.Join(t.TempDir(), "run", "place")
	for range 3 {
		listener := listen(t, path)
		_, err := local.Listen(path)
		wantFault(t, err, local.CodeTaken)
		listener.Close()
	}
}

func TestClosedListenerLeavesItsPlaceToTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	for range 3 {
		listen(t, path).Close()
		_, err := local.Dial(t.Context(), path)
		wantFault(t, err, local.CodeSilent)
	}
}

func TestThoseWhoComeTogetherAreHeardOneAfterTheOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	heard := make(chan string, 3)
	for range cap(heard) {
		go func() {
			conn, err := local.Dial(t.Context(), path)
			if err != nil {
				heard <- err.Error()
				return
			}
			defer conn.Close()
			word, err := io.ReadAll(conn)
			heard <- fmt.Sprint(string(word), err)
		}()
	}
	for range cap(heard) {
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write([]byte("welcome")); err != nil {
			t.Error(err)
		}
		conn.Close()
	}
	for range cap(heard) {
		if got := <-heard; got != "welcome<nil>" {
			t.Errorf("heard %q", got)
		}
	}
}

func listen(t *testing.T, path string) net.Listener {
	t.Helper()
	listener, err := local.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func dial(t *testing.T, path string) net.Conn {
	t.Helper()
	conn, err := local.Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code {
		t.Errorf("got %v (%s), want %s", err, fault.CodeOf(err), code)
		return
	}
	if !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".") {
		t.Errorf("not fit for a person: %q / %q", f.Message, f.Hint)
	}
}
