package local_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/local"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTwoProcessesTalk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	said := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			said <- err.Error()
			return
		}
		defer conn.Close()
		text, _ := io.ReadAll(conn)
		said <- string(text)
	}()
	conn := dial(t, path)
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Error(err)
	}
	conn.Close()
	if got := <-said; got != "hello" {
		t.Errorf("heard %q", got)
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

func TestClosedListenerLeavesItsPlaceToTheNext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	for range 3 {
		listener := listen(t, path)
		_, err := local.Listen(path)
		wantFault(t, err, local.CodeTaken)
		listener.Close()
		_, err = local.Dial(t.Context(), path)
		wantFault(t, err, local.CodeSilent)
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
