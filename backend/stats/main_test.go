package stats

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	gopsutil "github.com/shirou/gopsutil/v4/process"
	"go.uber.org/goleak"

	"sightline/backend/gpu"
)

// burning makes this test program, or a copy of it, a process that burns so much processor time, says so, and lives on until its input ends.
const burning = "SIGHTLINE_STATS_BURN"

const burnt = 0.2 // seconds of processor time

func TestMain(m *testing.M) {
	if os.Getenv(burning) != "" {
		burn()
		return
	}
	goleak.VerifyTestMain(m)
}

func burn() {
	self := gopsutil.Process{Pid: int32(os.Getpid())}
	for begun := -1.0; ; {
		times, err := self.Times()
		if err != nil {
			fmt.Println(err)
			return
		}
		if begun < 0 {
			fmt.Println("here")
			_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
			begun = times.User + times.System
		}
		if times.User+times.System >= begun+burnt {
			break
		}
		for i := range 1_000_000 {
			_ = i * i
		}
	}
	fmt.Println("burnt")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// child is a copy of this test program by another name, which runs until the test ends.
type child struct {
	t   *testing.T
	in  io.WriteCloser
	out *bufio.Reader
}

func start(t *testing.T, name string) *child {
	t.Helper()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	program := filepath.Join(t.TempDir(), name)
	self, err := os.ReadFile(os.Args[0])
	must(t, err)
	must(t, os.WriteFile(program, self, 0o700))
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), burning+"=1", "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // killed by the test's context, or ended by itself
	})
	c := &child{t, in, bufio.NewReader(out)}
	c.hears("here")
	return c
}

func (c *child) hears(want string) {
	c.t.Helper()
	if line, err := c.out.ReadString('\n'); err != nil || line != want+"\n" {
		c.t.Fatalf("the child says %q (%v), not %q", line, err, want)
	}
}

func (c *child) burns() {
	c.t.Helper()
	_, err := fmt.Fprintln(c.in)
	must(c.t, err)
	c.hears("burnt")
}

// driver is GPUs as a test wants them.
type driver func(ctx context.Context, details bool) ([]gpu.GPU, error)

func (d driver) Look(ctx context.Context, details bool) ([]gpu.GPU, error) { return d(ctx, details) }

func none(context.Context, bool) ([]gpu.GPU, error) { return []gpu.GPU{}, nil }

func show(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
