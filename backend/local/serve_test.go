package local_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"sightline/backend/local"
)

func TestEachWhoComesIsMetUntilTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	met, ended := make(chan struct{}), make(chan error)
	go func() {
		ended <- local.Serve(ctx, listener, func(conn net.Conn) { conn.Close(); met <- struct{}{} })
	}()
	for range 3 {
		dial(t, path)
		<-met
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
	_, err := local.Dial(t.Context(), path)
	wantFault(t, err, local.CodeSilent)
}

func TestServingEndsWithItsListener(t *testing.T) {
	listener := listen(t, filepath.Join(t.TempDir(), "run", "place"))
	time.AfterFunc(20*time.Millisecond, func() { listener.Close() })
	if err := local.Serve(t.Context(), listener, func(conn net.Conn) { conn.Close() }); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it ended with %v", err)
	}
}

// full is a listener of a process that has no descriptor left for who comes first.
type full struct {
	net.Listener
	refused bool
}

func (f *full) Accept() (net.Conn, error) {
	if !f.refused {
		f.refused = true
		return nil, &net.OpError{Op: "accept", Net: "unix", Err: syscall.EMFILE}
	}
	return f.Listener.Accept()
}

func TestServingGoesOnAfterTrouble(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	listener := listen(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	met := make(chan struct{})
	ended := make(chan error)
	go func() {
		ended <- local.Serve(ctx, &full{Listener: listener}, func(conn net.Conn) { conn.Close(); met <- struct{}{} })
	}()
	dial(t, path)
	<-met
	cancel()
	<-ended
}
