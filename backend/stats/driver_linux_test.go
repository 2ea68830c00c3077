//go:build cgo

package stats

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// A library is loaded once for a process, so each test looks through a process of its own: this test program again, told by helperEnv
// which library to load. For each line it is sent, it does as told and answers with a line.
const helperEnv = "SIGHTLINE_STATS_HELPER"

func TestMain(m *testing.M) {
	if library := os.Getenv(helperEnv); library != "" {
		lookOnDemand(library)
		return
	}
	goleak.VerifyTestMain(m)
}

func lookOnDemand(library string) {
	r := New(library)
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		switch orders.Text() {
		case "read":
			_ = json.NewEncoder(os.Stdout).Encode(r.Read(context.Background()))
		case "close":
			r.Close()
			fmt.Println(leaked())
		case "retry":
			r.gpus.driver.failed = time.Time{}
			fmt.Println()
		}
	}
}

func leaked() string {
	if err := goleak.Find(); err != nil {
		return strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return "none"
}

// machine is a computer with the stub for a driver.
type machine struct {
	t       *testing.T
	control string
	orders  io.Writer
	answers chan string
}

// newMachine builds the stub with the given compiler flags, and starts the process that looks through it.
func newMachine(t *testing.T, flags ...string) *machine {
	t.Helper()
	library := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	flags = append(flags, "-shared", "-fPIC", "-o", library, filepath.Join("testdata", "nvmlstub.c"))
	if out, err := exec.Command("gcc", flags...).CombinedOutput(); err != nil {
		t.Fatalf("gcc, which the project needs: %v\n%s", err, out)
	}
	return startMachine(t, library)
}

func startMachine(t *testing.T, library string) *machine {
	t.Helper()
	m := &machine{t: t, control: t.TempDir(), answers: make(chan string)}
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), helperEnv+"="+library, "NVMLSTUB="+m.control, "GORACE=atexit_sleep_ms=0")
	helper.Stderr = os.Stderr
	stdin, err := helper.StdinPipe()
	must(t, err)
	stdout, err := helper.StdoutPipe()
	must(t, err)
	must(t, helper.Start())
	m.orders = stdin
	go m.listen(stdout)
	t.Cleanup(func() {
		m.set("hang", nil)
		must(t, stdin.Close())
		for range m.answers { // until it ends
		}
		if err := helper.Wait(); err != nil {
			t.Errorf("the process that looked ended with %v", err)
		}
	})
	return m
}

func (m *machine) listen(stdout io.Reader) {
	defer close(m.answers)
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		m.answers <- lines.Text()
	}
}

func (m *machine) order(what string) string {
	m.t.Helper()
	_, err := fmt.Fprintln(m.orders, what)
	must(m.t, err)
	select {
	case answer, ok := <-m.answers:
		if !ok {
			m.t.Fatalf("the process that looks died of %q", what)
		}
		return answer
	case <-time.After(time.Minute):
		m.t.Fatalf("no answer to %q", what)
		return ""
	}
}

func (m *machine) read() Snapshot {
	m.t.Helper()
	var s Snapshot
	must(m.t, json.Unmarshal([]byte(m.order("read")), &s))
	return s
}

// set writes a file the stub obeys; nil removes it.
func (m *machine) set(name string, content *string) {
	m.t.Helper()
	path := filepath.Join(m.control, name)
	if content != nil {
		must(m.t, os.WriteFile(path+".new", []byte(*content), 0o600))
		must(m.t, os.Rename(path+".new", path))
		return
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		m.t.Fatal(err)
	}
}

// noted is how often the stub noted something.
func (m *machine) noted(what string) int {
	m.t.Helper()
	calls, err := os.ReadFile(filepath.Join(m.control, what))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		m.t.Fatal(err)
	}
	return len(calls)
}

func names(gpus []GPU) []string {
	list := []string{}
	for _, g := range gpus {
		list = append(list, g.Name)
	}
	return list
}

func TestTwoGPUsAreReadThroughTheRealLoader(t *testing.T) {
	got := newMachine(t).read()

	want := []GPU{
		{Index: 0, Name: "Stub A", Utilisation: new(90.0), Memory: &Memory{Used: 1 << 30, Total: 8 << 30}, Temperature: new(60.0), Power: new(123.456)},
		{Index: 1, Name: "Stub B", Utilisation: new(91.0), Memory: &Memory{Used: 2 << 30, Total: 8 << 30}, Temperature: new(61.0)},
	}
	if diff := cmp.Diff(want, got.GPUs); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

func TestUtilisationIsTheMeanSinceTheLastLook(t *testing.T) {
	m := newMachine(t)
	m.set("samples", new("100 10\n200 20\n"))
	first := m.read()
	m.set("samples", new("100 10\n200 20\n300 40\n400 60\n"))
	second := m.read()
	third := m.read()

	for _, look := range []struct {
		name string
		got  Snapshot
		want float64
	}{
		{"the first look, with nothing before it, sees the moment", first, 90},
		{"the second sees the mean of what is new", second, 50},
		{"the third, with nothing new, sees the moment", third, 90},
	} {
		if u := look.got.GPUs[0].Utilisation; u == nil || *u != look.want {
			t.Errorf("%s: got %v, want %v", look.name, show(u), look.want)
		}
	}
}

func TestOldDriverShowsWhatItCan(t *testing.T) {
	got := newMachine(t, "-DOLD").read()

	want := []GPU{
		{Index: 0, Name: "Stub A", Utilisation: new(90.0), Memory: &Memory{Used: 1 << 30, Total: 8 << 30}},
		{Index: 1, Name: "Stub B", Utilisation: new(91.0), Memory: &Memory{Used: 2 << 30, Total: 8 << 30}},
	}
	if diff := cmp.Diff(want, got.GPUs); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

func TestNoDriverIsAQuietEmptyList(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	must(t, os.WriteFile(garbage, []byte("no library"), 0o600))
	for name, m := range map[string]*machine{
		"missing":             startMachine(t, filepath.Join(t.TempDir(), "libnvidia-ml.so.1")),
		"no library":          startMachine(t, garbage),
		"without a function":  newMachine(t, "-DHOLLOW"),
		"one that never runs": failing(newMachine(t)),
	} {
		for range 2 {
			if s := m.read(); s.GPUs == nil || len(s.GPUs) != 0 || s.Memory == nil {
				t.Errorf("%s: got %+v, want no GPUs, and the rest", name, s)
			}
		}
	}
}

func failing(m *machine) *machine {
	m.set("init", new("999"))
	return m
}

func TestDriverThatComesLaterIsFound(t *testing.T) {
	m := failing(newMachine(t))
	m.read()
	m.set("init", nil)
	if s := m.read(); len(s.GPUs) != 0 {
		t.Errorf("the driver was tried again at once: %v", names(s.GPUs))
	}
	m.order("retry")
	if diff := cmp.Diff([]string{"Stub A", "Stub B"}, names(m.read().GPUs)); diff != "" {
		t.Errorf("after a while (-want +got):\n%s", diff)
	}
}

func TestHungDriverIsLeftBehindOnce(t *testing.T) {
	m := newMachine(t)
	m.set("hang", new(""))
	for range 4 {
		if s := m.read(); len(s.GPUs) != 0 || s.Memory == nil {
			t.Errorf("while it hangs: got %+v, want no GPUs, and the rest", s)
		}
	}
	if n := m.noted("calls"); n != 1 {
		t.Errorf("%d calls are in the driver, want 1", n)
	}
	m.set("hang", nil)
	deadline := time.Now().Add(time.Minute)
	for len(m.read().GPUs) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the driver works again, and nobody looks")
		}
	}
}

func TestHungDriverDoesNotStopClose(t *testing.T) {
	m := newMachine(t)
	m.set("hang", new(""))
	m.read()
	m.order("close")
	if s := m.read(); len(s.GPUs) != 0 {
		t.Errorf("after Close: %v", names(s.GPUs))
	}
}

func TestCloseTakesInALookThatCameBack(t *testing.T) {
	m := newMachine(t)
	m.set("hang", new(""))
	m.read()
	m.set("hang", nil)
	m.order("close")
	if n := m.noted("shut"); n != 1 {
		t.Errorf("the driver was shut down %d times, want once", n)
	}
}

func TestLostGPULeavesTheListAndTheOtherStays(t *testing.T) {
	m := newMachine(t)
	m.read()
	m.set("lost", new(""))
	if diff := cmp.Diff([]string{"Stub A"}, names(m.read().GPUs)); diff != "" {
		t.Errorf("with one lost (-want +got):\n%s", diff)
	}
	m.set("lost", nil)
	if diff := cmp.Diff([]string{"Stub A", "Stub B"}, names(m.read().GPUs)); diff != "" {
		t.Errorf("with it back (-want +got):\n%s", diff)
	}
}

func TestDriverThatWentAwayIsOpenedAgain(t *testing.T) {
	m := newMachine(t)
	m.read()
	m.set("gone", new(""))
	if s := m.read(); len(s.GPUs) != 0 {
		t.Errorf("without its driver: %v", names(s.GPUs))
	}
	m.set("gone", nil)
	m.order("retry")
	if diff := cmp.Diff([]string{"Stub A", "Stub B"}, names(m.read().GPUs)); diff != "" {
		t.Errorf("with the driver back (-want +got):\n%s", diff)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	m := newMachine(t)
	m.read()
	for range 2 {
		if leaks := m.order("close"); leaks != "none" {
			t.Errorf("left behind: %s", leaks)
		}
	}
	if n := m.noted("shut"); n != 1 {
		t.Errorf("the driver was shut down %d times, want once", n)
	}
	if s := m.read(); s.GPUs == nil || len(s.GPUs) != 0 {
		t.Errorf("after Close: %+v", s.GPUs)
	}
}

func TestNothingIsLoadedBeforeTheFirstRead(t *testing.T) {
	m := newMachine(t)
	m.order("close")
	if n := m.noted("calls"); n != 0 {
		t.Errorf("%d looks, and nobody asked", n)
	}
}
