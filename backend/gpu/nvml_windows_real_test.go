//go:build real && windows

package gpu

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/windows"

	"sightline/backend/fault"
)

// stubsEnv is the folder with the stand-ins for NVIDIA's library, built from testdata/nvmldll.c: nvml.dll, old.dll, hollow.dll. The test that
// runs these on something like Windows (backend/realtest) builds them.
const stubsEnv = "SIGHTLINE_NVML_STUBS"

// stub is a stand-in, loaded for the test as well, so that it can be told what to do.
type stub struct {
	t    *testing.T
	path string
	dll  *windows.DLL
}

// What the stub can be told; the order is that of nvmldll.c.
const (
	stubInit = iota
	stubLost
	stubGone
	stubHang
	stubThrottled
	stubProcesses
	stubShut
)

// newStub copies the library, since what is loaded from one path stays the same for the whole process.
func newStub(t *testing.T, name string) *stub {
	t.Helper()
	folder := os.Getenv(stubsEnv)
	if folder == "" {
		t.Fatalf("%s names no folder with the stand-ins for nvml.dll", stubsEnv)
	}
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "nvml.dll")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	dll, err := windows.LoadDLL(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dll.Release(); err != nil {
			t.Error(err)
		}
	})
	return &stub{t: t, path: path, dll: dll}
}

func (s *stub) call(name string, args ...uintptr) uintptr {
	s.t.Helper()
	proc, err := s.dll.FindProc(name)
	if err != nil {
		s.t.Fatal(err)
	}
	result, _, _ := proc.Call(args...)
	return result
}

func (s *stub) set(which, value int) {
	s.t.Helper()
	s.call("stub_set", uintptr(which), uintptr(value))
}

func (s *stub) samples(stamp, percent int) {
	s.t.Helper()
	s.call("stub_sample", uintptr(stamp), uintptr(percent))
}

func (s *stub) reader() *Reader {
	r := New(Config{NVML: s.path})
	s.t.Cleanup(r.Close)
	return r
}

// look is one that has to come back without a fault.
func look(t *testing.T, r *Reader, details bool) []GPU {
	t.Helper()
	gpus, err := r.Look(t.Context(), details)
	if err != nil {
		t.Fatal(err)
	}
	return gpus
}

func called(gpus []GPU) string {
	list := []string{}
	for _, g := range gpus {
		list = append(list, g.Name)
	}
	return strings.Join(list, ", ")
}

func TestTwoGPUsAreReadThroughTheRealDLL(t *testing.T) {
	s := newStub(t, "nvml.dll")
	got := look(t, s.reader(), false)

	want := []GPU{
		{
			ID: "GPU-00000000-stub", Index: 0, Name: "Stub A", Vendor: "nvidia", Kind: "gpu",
			Utilisation: new(90.0), Memory: &Memory{Used: 1 << 30, Total: 8 << 30}, Temperature: new(60.0),
			Power: new(123.456), PowerLimit: new(300.0), Energy: new(5000000000.123),
		},
		{
			ID: "GPU-00000001-stub", Index: 1, Name: "Stub B", Vendor: "nvidia", Kind: "mig",
			Memory: &Memory{Used: 2 << 30, Total: 8 << 30}, Temperature: new(61.0),
			PowerLimit: new(300.001), Energy: new(5000000000.124),
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

func TestDetailsComeWhenSomebodySeesThem(t *testing.T) {
	s := newStub(t, "nvml.dll")
	s.set(stubThrottled, 0x04|0x20)
	s.set(stubProcesses, 2)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Base(self)
	got := look(t, s.reader(), true)
	if len(got) != 2 {
		t.Fatalf("got %s", called(got))
	}

	a, b := got[0], got[1]
	numbers := []*float64{a.Encoder, a.Decoder, a.GraphicsClock, a.MemoryClock, b.Encoder, b.Decoder, b.GraphicsClock, b.MemoryClock}
	want := []*float64{new(11.0), new(21.0), new(2500.0), new(10500.0), new(12.0), new(22.0), new(2501.0), new(10501.0)}
	if diff := cmp.Diff(want, numbers); diff != "" {
		t.Errorf("encoder, decoder, clocks (-want +got):\n%s", diff)
	}
	if want := []string{"power", "heat"}; !slices.Equal(a.Throttled, want) {
		t.Errorf("throttled by %q, want %q", a.Throttled, want)
	}
	const nobody = 4_000_000_000
	wantProcesses := []Process{
		{PID: os.Getpid(), Name: program, Kind: "compute", Memory: new(uint64(1 << 20))},
		{PID: nobody + 1, Kind: "compute", Memory: new(uint64(2 << 20))},
		{PID: nobody + 1000, Kind: "graphics"},
	}
	if diff := cmp.Diff(wantProcesses, a.Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Process{{PID: os.Getpid(), Name: program, Kind: "compute", Memory: new(uint64(2 << 20))}}, b.Processes); diff != "" {
		t.Errorf("processes of the parts of a split GPU (-want +got):\n%s", diff)
	}
	wantParts := []Instance{
		{ID: "MIG-00000001-part", Name: "1g.10gb", Memory: &Memory{Used: 3 << 30, Total: 8 << 30}},
		{ID: "MIG-00000002-part", Name: "2g.20gb", Memory: &Memory{Used: 4 << 30, Total: 8 << 30}},
	}
	if diff := cmp.Diff(wantParts, b.Instances); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestMoreProcessesThanRoomAreAllThere(t *testing.T) {
	s := newStub(t, "nvml.dll")
	s.set(stubProcesses, 300)
	if got := len(look(t, s.reader(), true)[0].Processes); got != 301 {
		t.Errorf("%d processes, want 300 that compute and one that draws", got)
	}
}

func TestUtilisationIsTheMeanSinceTheLastLook(t *testing.T) {
	s := newStub(t, "nvml.dll")
	r := s.reader()
	s.samples(100, 10)
	s.samples(200, 20)
	first := look(t, r, false)
	s.samples(300, 40)
	s.samples(400, 60)
	second := look(t, r, false)
	third := look(t, r, false)

	for _, look := range []struct {
		name string
		got  []GPU
		want float64
	}{
		{"the first look, with nothing before it, sees the moment", first, 90},
		{"the second sees the mean of what is new", second, 50},
		{"the third, with nothing new, sees the moment", third, 90},
	} {
		if u := look.got[0].Utilisation; u == nil || *u != look.want {
			t.Errorf("%s: got %s, want %v", look.name, shown(u), look.want)
		}
	}
}

func TestOldDriverShowsWhatItCan(t *testing.T) {
	s := newStub(t, "old.dll")
	s.set(stubThrottled, 0x08)
	s.set(stubProcesses, 1)
	got := look(t, s.reader(), true)
	for i := range got {
		for j := range got[i].Processes {
			got[i].Processes[j].Name = "" // told elsewhere
		}
	}

	process := []Process{{PID: os.Getpid(), Kind: "compute", Memory: new(uint64(1 << 20))}}
	want := []GPU{
		{
			ID: "0000:a0:03.0", Index: 0, Name: "Stub A", Vendor: "nvidia", Kind: "gpu", Utilisation: new(90.0),
			Memory: &Memory{Used: 2 << 30, Total: 8 << 30}, PowerLimit: new(250.0), Throttled: []string{"hardware"}, Processes: process,
		},
		{
			ID: "0000:a1:03.0", Index: 1, Name: "Stub B", Vendor: "nvidia", Kind: "gpu",
			Memory: &Memory{Used: 3 << 30, Total: 8 << 30}, PowerLimit: new(250.001), Throttled: []string{"hardware"}, Processes: process,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
}

func TestLibraryThatDoesNotWorkIsNoGPU(t *testing.T) {
	failing := newStub(t, "nvml.dll")
	failing.set(stubInit, 999)
	for name, s := range map[string]*stub{"hollow": newStub(t, "hollow.dll"), "failing": failing} {
		if got := look(t, s.reader(), true); len(got) != 0 {
			t.Errorf("%s: got %s", name, called(got))
		}
	}
}

// TestLibraryInTheCurrentFolderIsNotLoaded: it may be anybody's, and whoever loads it runs what is in it.
func TestLibraryInTheCurrentFolderIsNotLoaded(t *testing.T) {
	s := newStub(t, "nvml.dll")
	t.Chdir(filepath.Dir(s.path))
	r := New(Config{NVML: "nvml.dll"})
	defer r.Close()
	if got := look(t, r, false); len(got) != 0 {
		t.Errorf("got %s", called(got))
	}
	if gpus := look(t, New(Config{}), false); strings.Contains(called(gpus), "Stub") {
		t.Errorf("without being told: %s", called(gpus))
	}
}

func TestLostGPULeavesTheListAndTheOtherStays(t *testing.T) {
	s := newStub(t, "nvml.dll")
	r := s.reader()
	look(t, r, false)
	s.set(stubLost, 1)
	if got := called(look(t, r, true)); got != "Stub B" {
		t.Errorf("with one lost: %s", got)
	}
	s.set(stubLost, 0)
	if got := called(look(t, r, true)); got != "Stub A, Stub B" {
		t.Errorf("with it back: %s", got)
	}
}

func TestDriverThatWentAwayIsOpenedAgain(t *testing.T) {
	s := newStub(t, "nvml.dll")
	d := &nvidia{path: s.path, cards: map[int]*nvidiaGPU{}}
	defer d.close()
	d.look(false)
	s.set(stubGone, 1)
	if got := d.look(false); len(got) != 0 {
		t.Errorf("without its driver: %s", called(got))
	}
	s.set(stubGone, 0)
	if got := d.look(false); len(got) != 0 {
		t.Errorf("it was tried again at once: %s", called(got))
	}
	d.failed = time.Now().Add(-2 * retryAfter)
	if got := called(d.look(false)); got != "Stub A, Stub B" {
		t.Errorf("with the driver back: %s", got)
	}
}

func TestMetersTellTheEnergyAndWhoComputes(t *testing.T) {
	s := newStub(t, "nvml.dll")
	s.set(stubProcesses, 1)
	meters, err := s.reader().Meters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range meters {
		if time.Since(meters[i].At) > time.Minute {
			t.Errorf("read at %v", meters[i].At)
		}
		meters[i].At = time.Time{}
	}
	want := []Meter{
		{ID: "GPU-00000000-stub", Joules: new(5000000000.123), Watts: new(123.456), PIDs: []int{os.Getpid()}},
		{ID: "GPU-00000001-stub", Joules: new(5000000000.124), PIDs: []int{os.Getpid()}},
	}
	if diff := cmp.Diff(want, meters); diff != "" {
		t.Errorf("meters (-want +got):\n%s", diff)
	}
}

func TestHungDriverIsTold(t *testing.T) {
	s := newStub(t, "nvml.dll")
	r := s.reader()
	s.set(stubHang, 3000)
	started := time.Now()
	_, err := r.Look(t.Context(), false)
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != CodeSilent {
		t.Errorf("got %v, want the fault %s", err, CodeSilent)
	}
	if took := time.Since(started); took > 2500*time.Millisecond {
		t.Errorf("the look took %v", took)
	}
	s.set(stubHang, 0)
	deadline := time.Now().Add(time.Minute)
	for {
		if gpus, err := r.Look(t.Context(), false); err == nil && len(gpus) == 2 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the driver works again, and nobody looks")
		}
	}
}

func TestCloseShutsTheDriverDownOnce(t *testing.T) {
	s := newStub(t, "nvml.dll")
	r := New(Config{NVML: s.path})
	look(t, r, false)
	r.Close()
	r.Close()
	if n := s.call("stub_get", stubShut); n != 1 {
		t.Errorf("shut down %d times, want once", n)
	}
	if got := look(t, r, true); len(got) != 0 {
		t.Errorf("after Close: %s", called(got))
	}
}

func shown(n *float64) string {
	if n == nil {
		return "nothing"
	}
	return strconv.FormatFloat(*n, 'g', -1, 64)
}
