package awake

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/local/dbustest"
)

// logind hands out inhibitor locks, or does not answer.
type logind struct {
	asked   chan string
	ends    chan *os.File // the end of each lock that sees when the other is closed
	hangs   chan struct{} // where it is not nil, an answer comes when it is closed
	refuses bool
}

// Inhibit is logind's side of Hold.
func (l *logind) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- strings.Join([]string{what, who, why, mode}, "|")
	if l.hangs != nil {
		<-l.hangs
	}
	if l.refuses {
		return 0, dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", []any{"Permission denied"})
	}
	ours, theirs, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	lock := dbus.UnixFD(theirs.Fd())
	l.ends <- ours
	l.ends <- theirs
	return lock, nil
}

// present puts logind on a system bus of the test's own.
func (l *logind) present(t *testing.T) *logind {
	t.Helper()
	l.asked, l.ends = make(chan string, 9), make(chan *os.File, 9)
	dbustest.Present(t, dbustest.Start(t, dbustest.System), "org.freedesktop.login1", "org.freedesktop.login1.Manager", l)
	return l
}

func TestSleepIsHeldOffUntilItIsReleased(t *testing.T) {
	l := new(logind).present(t)
	before := goleak.IgnoreCurrent()
	release, err := Hold(t.Context(), "Sightline is recording")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-l.asked; got != "sleep:idle|Sightline|Sightline is recording|block" {
		t.Errorf("asked for %s", got)
	}
	ours, theirs := <-l.ends, <-l.ends
	defer ours.Close()
	theirs.Close() // logind's own copy: from here on only who holds the lock has one
	if err := ours.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Read(make([]byte, 1)); !os.IsTimeout(err) {
		t.Errorf("the lock is not held: %v", err)
	}
	release()
	release()
	if err := ours.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the lock is still held: %v", err)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

func TestLockOutlivesTheAsking(t *testing.T) {
	l := new(logind).present(t)
	ctx, cancel := context.WithCancel(t.Context())
	release, err := Hold(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	cancel()
	ours, theirs := <-l.ends, <-l.ends
	defer ours.Close()
	theirs.Close()
	ours.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, err := ours.Read(make([]byte, 1)); !os.IsTimeout(err) {
		t.Errorf("it ended with the context: %v", err)
	}
}

func TestSystemThatCannotBeAskedIsAFault(t *testing.T) {
	t.Run("no bus", func(t *testing.T) {
		t.Setenv(dbustest.System, "unix:path="+filepath.Join(t.TempDir(), "none"))
		wantNone(t, t.Context())
	})
	t.Run("no logind", func(t *testing.T) {
		dbustest.Start(t, dbustest.System)
		wantNone(t, t.Context())
	})
	t.Run("not allowed", func(t *testing.T) {
		(&logind{refuses: true}).present(t)
		wantNone(t, t.Context())
	})
	t.Run("a logind that hangs", func(t *testing.T) {
		hangs := make(chan struct{})
		defer close(hangs)
		(&logind{hangs: hangs}).present(t)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		wantNone(t, ctx)
	})
	t.Run("a bus that hangs", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "bus")
		silent, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		t.Setenv(dbustest.System, "unix:path="+path)
		wantNone(t, t.Context())
	})
}

func wantNone(t *testing.T, ctx context.Context) { //nolint:revive // t comes first in tests
	t.Helper()
	start := time.Now()
	release, err := Hold(ctx, "a test")
	if f := fault.From(err); f == nil || f.Code != CodeNone || f.Hint == "" {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > patience+time.Second {
		t.Errorf("it took %v", took)
	}
	release()
	release()
}
