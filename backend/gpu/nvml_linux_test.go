//go:build cgo

package gpu

import (
	"bufio"
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"sightline/backend/fault"
)

// A library is loaded once for a process, so each test looks through a process of its own: this test program again, told by helperEnv
// which library to load. For each line it is sent, it does as told and answers with a line.
const helperEnv = "SIGHTLINE_GPU_HELPER"

func TestMain(m *testing.M) {
	if library := os.Getenv(helperEnv); library != "" {
		lookOnDemand(library)
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if dir, err := stubDir(); err == nil {
			_ = os.RemoveAll(dir)
		}
		os.Exit(code)
	}))
}

// stubDir is where the stubs are, each built once.
var stubDir = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "nvmlstub") })

// sighting is what the process that looks answers.
type sighting struct {
	GPUs   []GPU
	Meters []Meter
	Fault  string
	Took   time.Duration
}

func lookOnDemand(library string) {
	r := New(Config{NVML: library, Sysfs: "/nowhere"})
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		switch order := orders.Text(); order {
		case "look", "details", "meters":
			_ = json.NewEncoder(os.Stdout).Encode(see(r, order))
		case "close":
			r.Close()
			fmt.Println(leaked())
		case "later":
			muchLater(r)
			fmt.Println()
		}
	}
}

func see(r *Reader, order string) sighting {
	var s sighting
	var err error
	start := time.Now()
	if order == "meters" {
		s.Meters, err = r.Meters(context.Background())
	} else {
		s.GPUs, err = r.Look(context.Background(), order == "details")
	}
	s.Took, s.Fault = time.Since(start), fault.CodeOf(err)
	return s
}

// muchLater makes believe that the time has passed after which things are looked at anew.
func muchLater(r *Reader) {
	for _, desk := range r.desks {
		if n, ok := desk.driver.(*nvidia); ok {
			n.failed = time.Time{}
			for _, gpu := range n.gpus {
				gpu.asked = time.Time{}
			}
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
	library string
	control string
	orders  io.Writer
	answers chan string
}

// newMachine builds the stub with the given compiler flags, and starts the process that looks through it.
func newMachine(t *testing.T, flags ...string) *machine {
	t.Helper()
	library := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	buildStub(t, library, flags...)
	return startMachine(t, library)
}

func buildStub(t testing.TB, library string, flags ...string) {
	t.Helper()
	dir, err := stubDir()
	must(t, err)
	built := filepath.Join(dir, strings.NewReplacer("/", "_", `"`, "").Replace(strings.Join(flags, ""))+".so")
	if _, err := os.Stat(built); err != nil {
		args := append(slices.Clone(flags), "-shared", "-fPIC", "-o", built+".new", filepath.Join("testdata", "nvmlstub.c"))
		if out, err := exec.CommandContext(t.Context(), "gcc", args...).CombinedOutput(); err != nil {
			t.Fatalf("gcc, which the project needs: %v\n%s", err, out)
		}
		must(t, os.Rename(built+".new", built))
	}
	content, err := os.ReadFile(built)
	must(t, err)
	must(t, os.WriteFile(library, content, 0o600))
}

func startMachine(t *testing.T, library string, env ...string) *machine {
	t.Helper()
	m := &machine{t: t, library: library, control: t.TempDir(), answers: make(chan string)}
	helper := exec.Command(os.Args[0])
	helper.Env = append(os.Environ(), helperEnv+"="+library, "NVMLSTUB="+m.control, "GORACE=atexit_sleep_ms=0")
	helper.Env = append(helper.Env, env...)
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

func (m *machine) see(order string) sighting {
	m.t.Helper()
	var s sighting
	must(m.t, json.Unmarshal([]byte(m.order(order)), &s))
	return s
}

// look is one that finds nothing wrong.
func (m *machine) look() []GPU { return m.fine("look").GPUs }

func (m *machine) details() []GPU { return m.fine("details").GPUs }

func (m *machine) meters() []Meter { return m.fine("meters").Meters }

func (m *machine) fine(order string) sighting {
	m.t.Helper()
	s := m.see(order)
	if s.Fault != "" {
		m.t.Errorf("%s: %s", order, s.Fault)
	}
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

// asked are the functions that were called meanwhile, each once.
func (m *machine) asked(meanwhile func()) []string {
	m.t.Helper()
	m.set("asked", new(""))
	meanwhile()
	text, err := os.ReadFile(filepath.Join(m.control, "asked"))
	must(m.t, err)
	m.set("asked", nil)
	list := strings.Fields(string(text))
	slices.Sort(list)
	return slices.Compact(list)
}

func names(gpus []GPU) []string {
	list := []string{}
	for _, g := range gpus {
		list = append(list, g.Name)
	}
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// plain are the two GPUs of the stub as a look without details sees them.
func plain() []GPU {
	return []GPU{
		{
			ID: "GPU-0", Index: 0, Name: "Stub A", Vendor: "nvidia", Kind: "gpu",
			Utilisation: new(90.0), Memory: &Memory{Used: 1<<30 - 1<<28, Total: 8 << 30}, Temperature: new(60.0),
			Power: new(123.456), PowerLimit: new(250.0), Energy: new(5.0),
		},
		{
			ID: "GPU-1", Index: 1, Name: "Stub B", Vendor: "nvidia", Kind: "gpu",
			Utilisation: new(91.0), Memory: &Memory{Used: 2<<30 - 1<<28, Total: 8 << 30}, Temperature: new(61.0),
		},
	}
}

// detailed are the same as a look with details sees them.
func detailed() []GPU {
	list := plain()
	for i := range list {
		g := &list[i]
		g.Encoder, g.Decoder, g.GraphicsClock, g.MemoryClock = new(7.0), new(8.0), new(1410.0), new(1215.0)
		g.Throttled, g.Processes = []string{}, []Process{}
	}
	return list
}

func TestTwoGPUsAreReadThroughTheRealLoader(t *testing.T) {
	m := newMachine(t)
	if diff := cmp.Diff(plain(), m.look()); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(detailed(), m.details()); diff != "" {
		t.Errorf("GPUs with details (-want +got):\n%s", diff)
	}
}

func TestWithoutDetailsOnlyCheapQuestionsAreAsked(t *testing.T) {
	m := newMachine(t)
	m.look()
	want := []string{
		"nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetPowerUsage", "nvmlDeviceGetSamples",
		"nvmlDeviceGetTemperature", "nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetUtilizationRates",
	}
	if diff := cmp.Diff(want, m.asked(func() { m.look() })); diff != "" {
		t.Errorf("a look (-want +got):\n%s", diff)
	}
	want = []string{"nvmlDeviceGetComputeRunningProcesses_v3", "nvmlDeviceGetPowerUsage", "nvmlDeviceGetTotalEnergyConsumption"}
	if diff := cmp.Diff(want, m.asked(func() { m.meters() })); diff != "" {
		t.Errorf("the meters (-want +got):\n%s", diff)
	}
}

func TestUtilisationIsTheMeanSinceTheLastLook(t *testing.T) {
	m := newMachine(t)
	m.set("samples", new("100 10\n200 20\n"))
	first := m.look()
	m.set("samples", new("100 10\n200 20\n300 40\n400 60\n"))
	second := m.look()
	third := m.look()

	for _, look := range []struct {
		name string
		got  []GPU
		want float64
	}{
		{"the first look, with nothing before it, sees the moment", first, 90},
		{"the second sees the mean of what is new", second, 50},
		{"the third, with nothing new, sees the moment", third, 90},
	} {
		if diff := cmp.Diff(new(look.want), look.got[0].Utilisation); diff != "" {
			t.Errorf("%s (-want +got):\n%s", look.name, diff)
		}
	}
}

func TestMetersCountJoulesAndKnowWhoComputes(t *testing.T) {
	m := newMachine(t)
	m.set("energy", new("1234567"))
	m.set("processes", new("c 4711 1024\nc 4712 2048\ng 4713 512\n"))
	before := time.Now()
	got := m.meters()
	for i := range got {
		if got[i].At.Before(before.Truncate(0)) || got[i].At.After(time.Now()) {
			t.Errorf("meter %d was read at %v", i, got[i].At)
		}
		got[i].At = time.Time{}
	}
	want := []Meter{
		{ID: "GPU-0", Joules: new(1234.567), Watts: new(123.456), PIDs: []int{4711, 4712}},
		{ID: "GPU-1", PIDs: []int{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("meters (-want +got):\n%s", diff)
	}
}

func TestProcessesAreNamedOnceEachWithoutTheirArguments(t *testing.T) {
	m := newMachine(t)
	me, program := os.Getpid(), filepath.Base(os.Args[0])
	m.set("processes", new(fmt.Sprintf("c %d 1024\nc 999999999 2048\ng %d 512\ng 999999998 -1\n", me, me)))
	want := []Process{
		{PID: me, Name: program, Kind: "compute", Memory: new(uint64(1024))},
		{PID: 999999999, Kind: "compute", Memory: new(uint64(2048))},
		{PID: 999999998, Kind: "graphics"},
	}
	if diff := cmp.Diff(want, m.details()[0].Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
}

func TestThrottlingIsToldInWords(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct {
		name string
		bits int
		want []string
	}{
		{"nothing", 0, []string{}},
		{"idle", 0x1, []string{}},
		{"the power limit", 0x4, []string{"power"}},
		{"heat, seen by the driver", 0x20, []string{"heat"}},
		{"heat, seen by the hardware", 0x48, []string{"heat"}},
		{"a power brake", 0x88, []string{"power"}},
		{"the hardware, which does not say why", 0x8, []string{"hardware"}},
		{"another GPU", 0x10, []string{"sync"}},
		{"somebody's setting", 0x2, []string{"set"}},
		{"a display", 0x100, []string{"set"}},
		{"power, heat and somebody", 0x26, []string{"power", "heat", "set"}},
		{"what is not known yet", 0x800, []string{}},
	} {
		m.set("reasons", new(fmt.Sprint(c.bits)))
		if diff := cmp.Diff(c.want, m.details()[0].Throttled); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSplitGPUShowsItsParts(t *testing.T) {
	m := newMachine(t)
	m.set("mig", new(""))
	got := m.details()
	if got[0].Kind != "mig" || got[0].Utilisation != nil {
		t.Errorf("got a %q used %v percent; nobody knows that for the whole", got[0].Kind, got[0].Utilisation)
	}
	memory := &Memory{Used: 1<<30 - 1<<28, Total: 8 << 30}
	want := []Instance{{ID: "MIG-0-0", Name: "3g.20gb", Memory: memory}, {ID: "MIG-0-1", Name: "4g.20gb", Memory: memory}}
	if diff := cmp.Diff(want, got[0].Instances); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
	if got[1].Kind != "gpu" || got[1].Instances != nil || got[1].Utilisation == nil {
		t.Errorf("the other is not split, and was seen as %+v", got[1])
	}
	if brief := m.look()[0]; brief.Kind != "mig" || brief.Utilisation != nil || brief.Instances != nil {
		t.Errorf("without details: %+v", brief)
	}
}

func TestUsersOfASplitGPUAreAskedOfItsParts(t *testing.T) {
	m := newMachine(t)
	m.set("mig", new(""))
	m.set("ruled", new(""))
	m.set("processes", new("c 999999999 1024\n"))
	got := m.details()
	want := []Process{{PID: 999999999, Kind: "compute", Memory: new(uint64(2048))}} // as much in each part
	if diff := cmp.Diff(want, got[0].Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if got[1].Processes != nil {
		t.Errorf("of the other nobody is told, and it shows %v", got[1].Processes)
	}
	meters := m.meters()
	if diff := cmp.Diff([]int{999999999}, meters[0].PIDs); diff != "" {
		t.Errorf("PIDs (-want +got):\n%s", diff)
	}
	if meters[1].PIDs != nil {
		t.Errorf("of the other nobody is told, and it has %v", meters[1].PIDs)
	}
}

func TestGPUThatIsSplitInMidRunIsSeenSoAfterAWhile(t *testing.T) {
	m := newMachine(t)
	m.look()
	m.set("mig", new(""))
	m.order("later")
	if got := m.look()[0].Kind; got != "mig" {
		t.Errorf("got %q", got)
	}
}

func TestShareOfAGPUIsToldFromAGPU(t *testing.T) {
	m := newMachine(t)
	for _, c := range []struct{ mode, want string }{
		{"0", "gpu"},
		{"1", "gpu"},  // handed to a virtual machine as a whole
		{"2", "vgpu"}, // a share, seen from inside
		{"3", "gpu"},  // one that others have shares of
		{"4", "gpu"},
	} {
		m.set("virtual", &c.mode)
		m.order("later")
		if got := m.look()[1].Kind; got != c.want {
			t.Errorf("mode %s: got %q, want %q", c.mode, got, c.want)
		}
	}
}

func TestEightGPUsAreAllSeen(t *testing.T) {
	got := newMachine(t, "-DGPUS=8").look()
	want := []string{"Stub A", "Stub B", "Stub C", "Stub D", "Stub E", "Stub F", "Stub G", "Stub H"}
	if diff := cmp.Diff(want, names(got)); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

// Each driver is asked for everything, and lacks what its time had not yet.
func TestOldDriversShowWhatTheyCan(t *testing.T) {
	for _, driver := range []struct {
		year string
		make func(gpu *GPU, index int)
	}{
		{"2020", func(g *GPU, index int) { g.Memory.Used += 1 << 28 }}, // what is reserved counts as used
		{"2016", func(g *GPU, index int) {
			g.Memory.Used += 1 << 28
			g.Energy = nil
			if index == 0 {
				g.PowerLimit = new(300.0)
			}
		}},
		{"2012", func(g *GPU, index int) {
			*g = GPU{
				ID: fmt.Sprintf("nvidia-%d", index), Index: index, Name: g.Name, Vendor: g.Vendor, Kind: g.Kind,
				Utilisation: g.Utilisation, Memory: &Memory{Used: g.Memory.Used + 1<<28, Total: g.Memory.Total},
			}
		}},
	} {
		m := newMachine(t, "-DYEAR="+driver.year)
		m.set("processes", new("c 999999999 1024\nc 999999998 4\nc 999999997 8\n"))
		want := detailed()
		want[0].Processes = []Process{
			{PID: 999999999, Kind: "compute", Memory: new(uint64(1024))},
			{PID: 999999998, Kind: "compute", Memory: new(uint64(4))},
			{PID: 999999997, Kind: "compute", Memory: new(uint64(8))},
		}
		for i := range want {
			driver.make(&want[i], i)
		}
		if diff := cmp.Diff(want, m.details()); diff != "" {
			t.Errorf("GPUs of %s (-want +got):\n%s", driver.year, diff)
		}
		if got := len(m.meters()); got != 2 {
			t.Errorf("%s has %d meters", driver.year, got)
		}
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
			if gpus := m.details(); gpus == nil || len(gpus) != 0 {
				t.Errorf("%s: got %+v, want no GPUs", name, gpus)
			}
			if meters := m.meters(); meters == nil || len(meters) != 0 {
				t.Errorf("%s: got %+v, want no meters", name, meters)
			}
		}
	}
}

func failing(m *machine) *machine {
	m.set("init", new("999"))
	return m
}

func TestGPUThatAnswersNothingIsStillThere(t *testing.T) {
	m := newMachine(t)
	m.set("error", new("999"))
	want := []GPU{
		{ID: "nvidia-0", Index: 0, Name: "NVIDIA GPU", Vendor: "nvidia", Kind: "gpu"},
		{ID: "nvidia-1", Index: 1, Name: "NVIDIA GPU", Vendor: "nvidia", Kind: "gpu"},
	}
	if diff := cmp.Diff(want, m.details()); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

func TestDriverThatComesLaterIsFound(t *testing.T) {
	m := failing(newMachine(t))
	m.look()
	m.set("init", nil)
	if gpus := m.look(); len(gpus) != 0 {
		t.Errorf("the driver was tried again at once: %v", names(gpus))
	}
	m.order("later")
	if diff := cmp.Diff([]string{"Stub A", "Stub B"}, names(m.look())); diff != "" {
		t.Errorf("after a while (-want +got):\n%s", diff)
	}
}

func TestHungDriverIsToldAndLeftBehindOnce(t *testing.T) {
	t.Parallel() // it waits for a real second
	m := newMachine(t)
	m.set("hang", new(""))
	for i, order := range []string{"look", "details", "meters", "look"} {
		s := m.see(order)
		if s.Fault != CodeSilent || len(s.GPUs)+len(s.Meters) != 0 {
			t.Errorf("%s while it hangs: %+v", order, s)
		}
		if i > 0 && s.Took > patience/2 {
			t.Errorf("%s waited %v for a driver that is known to hang", order, s.Took)
		}
	}
	if n := m.noted("calls"); n != 1 {
		t.Errorf("%d calls are in the driver, want 1", n)
	}
	m.set("hang", nil)
	deadline := time.Now().Add(time.Minute)
	for m.see("look").Fault != "" {
		if time.Now().After(deadline) {
			t.Fatal("the driver works again, and nobody looks")
		}
	}
	if diff := cmp.Diff(plain(), m.look()); diff != "" {
		t.Errorf("when it works again (-want +got):\n%s", diff)
	}
}

func TestHungDriverDoesNotStopClose(t *testing.T) {
	t.Parallel() // it waits for a real second
	m := newMachine(t)
	m.set("hang", new(""))
	m.see("look")
	m.order("close")
	if gpus := m.look(); len(gpus) != 0 {
		t.Errorf("after Close: %v", names(gpus))
	}
}

func TestCloseTakesInALookThatCameBack(t *testing.T) {
	t.Parallel() // it waits for a real second
	m := newMachine(t)
	m.set("hang", new(""))
	m.see("look")
	m.set("hang", nil)
	m.order("close")
	if n := m.noted("shut"); n != 1 {
		t.Errorf("the driver was shut down %d times, want once", n)
	}
}

func TestLostGPULeavesTheListAndTheOtherStays(t *testing.T) {
	m := newMachine(t)
	m.look()
	m.set("lost", new(""))
	for _, order := range []string{"look", "details"} {
		if diff := cmp.Diff([]string{"Stub A"}, names(m.see(order).GPUs)); diff != "" {
			t.Errorf("%s with one lost (-want +got):\n%s", order, diff)
		}
	}
	if meters := m.meters(); len(meters) != 1 || meters[0].ID != "GPU-0" {
		t.Errorf("meters with one lost: %+v", meters)
	}
	m.set("lost", nil)
	if diff := cmp.Diff(plain(), m.look()); diff != "" {
		t.Errorf("with it back (-want +got):\n%s", diff)
	}
}

func TestDriverThatWentAwayIsOpenedAgain(t *testing.T) {
	m := newMachine(t)
	m.look()
	m.set("gone", new(""))
	if gpus := m.look(); len(gpus) != 0 {
		t.Errorf("without its driver: %v", names(gpus))
	}
	m.set("gone", nil)
	m.order("later")
	if diff := cmp.Diff([]string{"Stub A", "Stub B"}, names(m.look())); diff != "" {
		t.Errorf("with the driver back (-want +got):\n%s", diff)
	}
}

func TestDriverThatIsReplacedInMidRunIsTheNewOneAfterwards(t *testing.T) {
	m := newMachine(t)
	m.look()
	newer := filepath.Join(t.TempDir(), "newer.so")
	buildStub(t, newer, `-DNAME="Newer"`)
	must(t, os.Rename(newer, m.library))
	m.set("gone", new(""))
	m.look()
	m.set("init", new("18")) // the library is newer than the kernel's module, until that is loaded anew
	m.set("gone", nil)
	for range 3 {
		m.order("later")
		if gpus := m.look(); len(gpus) != 0 {
			t.Errorf("without its module: %v", names(gpus))
		}
	}
	m.set("init", nil)
	m.order("later")
	if diff := cmp.Diff([]string{"Newer A", "Newer B"}, names(m.details())); diff != "" {
		t.Errorf("with all of it in place (-want +got):\n%s", diff)
	}
}

func TestDriverThatIsReplacedByAnOlderOneIsNotAskedForWhatItLacks(t *testing.T) {
	m := newMachine(t)
	m.details()
	older := filepath.Join(t.TempDir(), "older.so")
	buildStub(t, older, "-DYEAR=2012", `-DNAME="Older"`)
	must(t, os.Rename(older, m.library))
	m.set("gone", new(""))
	m.look()
	m.set("gone", nil)
	m.order("later")
	m.details() // go-nvml remembers which functions the newer one had
	m.meters()
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	m := newMachine(t)
	m.details()
	for range 2 {
		if leaks := m.order("close"); leaks != "none" {
			t.Errorf("left behind: %s", leaks)
		}
	}
	if n := m.noted("shut"); n != 1 {
		t.Errorf("the driver was shut down %d times, want once", n)
	}
	if gpus := m.look(); gpus == nil || len(gpus) != 0 {
		t.Errorf("after Close: %+v", gpus)
	}
}

func TestNothingIsLoadedBeforeTheFirstLook(t *testing.T) {
	m := newMachine(t)
	m.order("close")
	if n := m.noted("calls") + m.noted("shut"); n != 0 {
		t.Errorf("%d calls, and nobody asked", n)
	}
}

func TestProgramStartsWhereEverythingIsBoundAtOnce(t *testing.T) {
	library := filepath.Join(t.TempDir(), "libnvidia-ml.so.1")
	buildStub(t, library)
	m := startMachine(t, library, "LD_BIND_NOW=1")
	if diff := cmp.Diff(detailed(), m.details()); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
	if none := startMachine(t, filepath.Join(t.TempDir(), "missing"), "LD_BIND_NOW=1"); len(none.details()) != 0 {
		t.Error("GPUs without a driver")
	}
}

// What nvml_linux.h leaves out would end the process: at the first call by an old driver, or before it starts.
func TestNoFunctionIsLeftToTheDynamicLinker(t *testing.T) {
	program, err := elf.Open(os.Args[0])
	must(t, err)
	defer program.Close()
	symbols, err := program.ImportedSymbols()
	must(t, err)
	for _, s := range symbols {
		if strings.HasPrefix(s.Name, "nvml") {
			t.Errorf("%s is missing in nvml_linux.h", s.Name)
		}
	}
	dynamic, err := program.DynamicSymbols()
	must(t, err)
	for _, s := range dynamic {
		if strings.HasPrefix(s.Name, "nvml") && s.Section != elf.SHN_UNDEF {
			t.Errorf("%s can be seen by the driver's own library, and would be called in place of its own", s.Name)
		}
	}
}
