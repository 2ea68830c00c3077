package energy

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/gpu"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// serving makes this test program a server: it says on which port it listens, and lives until its input ends. It does nothing else.
const serving = "SIGHTLINE_ENERGY_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serving) != "" {
		serve()
		return
	}
	goleak.VerifyTestMain(m)
}

func serve() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	fmt.Println(port)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startServer runs a server until the test ends, and gives its process and its port.
func startServer(t *testing.T) (pid, port int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), serving+"=1", "GORACE=atexit_sleep_ms=0")
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // killed by the test's context, or ended by itself
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	if _, err := fmt.Sscan(line, &port); err != nil {
		t.Fatalf("the server says %q", line)
	}
	return cmd.Process.Pid, port
}

// machine is GPUs whose meters a test sets. The time at which a meter is read is the bubble's.
type machine struct {
	mu     sync.Mutex
	meters []gpu.Meter
	silent bool // its driver
	reads  int
}

func (m *machine) Meters(ctx context.Context) ([]gpu.Meter, error) {
	m.mu.Lock()
	m.reads++
	silent, meters := m.silent, append([]gpu.Meter{}, m.meters...)
	m.mu.Unlock()
	if silent {
		<-ctx.Done()
		return []gpu.Meter{}, ctx.Err()
	}
	for i := range meters {
		meters[i].At = time.Now()
	}
	return meters, nil
}

// set changes what the meters say from now on.
func (m *machine) set(meters ...gpu.Meter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.meters = meters
}

func (m *machine) fallSilent() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.silent = true
}

// counter is a GPU that counts joules, with those who compute on it.
func counter(id string, joules float64, pids ...int) gpu.Meter {
	return gpu.Meter{ID: id, Joules: &joules, PIDs: append([]int{}, pids...)}
}

// wattmeter is a GPU that tells its power alone.
func wattmeter(id string, watts float64) gpu.Meter { return gpu.Meter{ID: id, Watts: &watts} }

// answering is a server that answers after a second, in which it does as the test wants.
type answering struct {
	meanwhile func()
	fails     error
	unsent    bool
	closed    bool
}

func (a *answering) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	answer := sight.Answer{Backend: "Server", Model: q.Model}
	if a.unsent {
		return answer, a.fails
	}
	answer.Sent = time.Now()
	on(sight.Event{Kind: sight.Sent})
	if took := time.Since(answer.Sent); took > 0 {
		return answer, fmt.Errorf("telling that it was sent took %v", took)
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return answer, ctx.Err()
	}
	if a.meanwhile != nil {
		a.meanwhile()
	}
	answer.Text, answer.Ended = "A cat.", time.Now()
	on(sight.Event{Kind: sight.Text, Text: answer.Text})
	return answer, a.fails
}

func (a *answering) Close() { a.closed = true }

var errDown = errors.New("it went down")

// at is a server whose processes are known.
func at(pids ...int) func(context.Context) []int {
	return func(context.Context) []int { return pids }
}

// ask asks once.
func ask(t *testing.T, a vlm.Asker) sight.Answer {
	t.Helper()
	answer, err := a.Ask(t.Context(), sight.Question{Model: "m"}, nil)
	must(t, err)
	if answer.Text != "A cat." || answer.Backend != "Server" || answer.Model != "m" {
		t.Errorf("the answer is not the server's: %+v", answer)
	}
	return answer
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
