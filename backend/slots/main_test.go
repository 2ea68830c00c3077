package slots_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/slots"
)

// playing makes the test binary another window: it obeys what comes on its standard input.
const playing = "SIGHTLINE_TEST_SLOTS_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(playing); dir != "" {
		play(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// play takes and leaves room as it is told: "take" is answered by "waiting" and then "taken", "leave" by "left".
func play(dir string) {
	room := slots.New(slots.Config{Dir: dir, Key: key, InFlight: 1})
	var leave func(bool)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "take":
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			var err error
			leave, err = room.Take(ctx)
			cancel()
			if err != nil {
				fmt.Println(err)
				continue
			}
			fmt.Println("taken")
		case "leave":
			leave(true)
			fmt.Println("left")
		}
	}
}

const key = "http://127.0.0.1:8000"

// window is another process that uses the same room.
type window struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	said chan string
}

func open(t *testing.T, dir string) *window {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, cmd: exec.Command(self), said: make(chan string, 16)}
	w.cmd.Env = append(os.Environ(), playing+"="+dir)
	w.cmd.Stderr = os.Stderr
	if w.in, err = w.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := w.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(w.said)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			w.said <- strings.TrimSpace(lines.Text())
		}
	}()
	t.Cleanup(w.kill)
	return w
}

func (w *window) tell(what string) {
	w.t.Helper()
	if _, err := fmt.Fprintln(w.in, what); err != nil {
		w.t.Fatal(err)
	}
}

// hears waits for the window to say so.
func (w *window) hears(want string) {
	w.t.Helper()
	select {
	case got := <-w.said:
		if got != want {
			w.t.Fatalf("the window says %q, not %q", got, want)
		}
	case <-time.After(20 * time.Second):
		w.t.Fatalf("the window never says %q", want)
	}
}

// kill ends the window as a crash does. It may be called twice.
func (w *window) kill() {
	_ = w.cmd.Process.Kill()
	for range w.said {
	}
	_ = w.cmd.Wait()
}
