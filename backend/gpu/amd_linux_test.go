package gpu

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const (
	desktopCard = "sys/devices/pci0000:00/0000:00:01.1/0000:02:00.0/0000:03:00.0"
	desktopAPU  = "sys/devices/pci0000:00/0000:00:08.1/0000:0e:00.0"
)

// computer is a machine with AMD's GPUs, made of a file in testdata/sysfs.
type computer struct {
	t    *testing.T
	root string
	*amd
}

func newComputer(t *testing.T, name string) *computer {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "sysfs", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	c := &computer{t: t, root: t.TempDir()}
	for _, f := range archive.Files {
		c.put(f.Name, string(f.Data))
	}
	c.restart()
	return c
}

// restart makes a driver that remembers nothing.
func (c *computer) restart() {
	c.amd = newAMD(filepath.Join(c.root, "sys")).(*amd)
	c.proc = filepath.Join(c.root, "proc")
	c.lists = nameLists{
		amdgpu: []string{filepath.Join(c.root, "share", "amdgpu.ids")},
		pci:    []string{filepath.Join(c.root, "share", "missing"), filepath.Join(c.root, "share", "pci.ids")},
	}
}

// put writes a file, or makes a link for "link: TARGET".
func (c *computer) put(name, content string) {
	c.t.Helper()
	path := filepath.Join(c.root, name)
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if target, ok := strings.CutPrefix(content, "link: "); ok {
		err = errors.Join(err, os.Symlink(strings.TrimSpace(target), path))
	} else {
		err = errors.Join(err, os.WriteFile(path, []byte(content), 0o600))
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *computer) remove(names ...string) {
	c.t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(c.root, name)); err != nil {
			c.t.Fatal(err)
		}
	}
}

// fail has the kernel answer err for files whose path ends in suffix.
func (c *computer) fail(suffix string, err error) {
	read := c.read
	c.read = func(path string) (string, error) {
		if strings.HasSuffix(path, suffix) {
			return "", &fs.PathError{Op: "read", Path: path, Err: err}
		}
		return read(path)
	}
}

func (c *computer) show(want, got any) {
	c.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("(-want +got):\n%s", diff)
	}
}

func (c *computer) shownNames() string {
	var list []string
	for _, g := range c.look(false) {
		list = append(list, g.Name)
	}
	return strings.Join(list, ", ")
}

func TestAMDsGPUsAreReadAndNothingElse(t *testing.T) {
	c := newComputer(t, "desktop")
	c.show([]GPU{
		{
			ID: "7fb4d2e1a3c05968", Index: 0, Name: "AMD Radeon RX 7900 XTX", Vendor: "amd", Kind: "gpu",
			Utilisation: new(87.0), Memory: &Memory{Used: 9663676416, Total: 25753026560},
			Temperature: new(61.0), Power: new(287.0), PowerLimit: new(339.0),
		},
		{
			ID: "0000:0e:00.0", Index: 1, Name: "AMD Phoenix1 (integrated)", Vendor: "amd", Kind: "gpu",
			Utilisation: new(3.0), Memory: &Memory{Used: 503316480 + 268435456, Total: 536870912 + 16760864768},
			Temperature: new(44.0), Power: new(18.062),
		},
	}, c.look(false))
}

func TestDetailsShowClocksAndWhoUsesAnAMDGPU(t *testing.T) {
	c := newComputer(t, "desktop")
	gpus := c.look(true)
	if len(gpus) != 2 {
		t.Fatalf("%d GPUs, want 2", len(gpus))
	}
	c.show([]*float64{new(2432.0), new(1249.0), new(800.0), new(1600.0)},
		[]*float64{gpus[0].GraphicsClock, gpus[0].MemoryClock, gpus[1].GraphicsClock, gpus[1].MemoryClock})
	c.show([]Process{
		{PID: 4242, Name: "ollama", Kind: "compute", Memory: new(uint64(8401200 << 10))}, // in both lists: it counts once
		{PID: 3000, Name: "llama-server", Kind: "compute", Memory: new(uint64(1 << 30))},
		{PID: 1500, Name: "gnome-shell", Kind: "graphics", Memory: new(uint64(256 << 20))}, // has it open twice
	}, gpus[0].Processes)
	c.show([]Process{{PID: 1500, Name: "gnome-shell", Kind: "graphics", Memory: new(uint64(64 << 20))}}, gpus[1].Processes)
}

func TestSleepingGPUIsShownAndNotWoken(t *testing.T) {
	c := newComputer(t, "laptop")
	read := c.read
	c.read = func(path string) (string, error) {
		name := filepath.Base(path)
		if strings.Contains(path, "card0") && (strings.Contains(name, "_busy_") || strings.Contains(name, "_input") ||
			strings.Contains(name, "power1_") || strings.HasPrefix(name, "pp_")) {
			t.Errorf("%s was read, which wakes the GPU", path)
			return "", syscall.EBUSY
		}
		return read(path)
	}
	gpus := c.look(true)
	if len(gpus) != 2 {
		t.Fatalf("%d GPUs, want 2", len(gpus))
	}
	c.show(GPU{
		ID: "0d1c2b3a49586776", Index: 0, Name: "AMD GPU (1002:73df)", Vendor: "amd", Kind: "gpu",
		Utilisation: new(0.0), Memory: &Memory{Used: 12345344, Total: 10720641024}, Processes: []Process{},
	}, gpus[0])
	for _, m := range c.meters() {
		if m.ID == gpus[0].ID && (m.Watts != nil || m.Joules != nil) {
			t.Errorf("power of a GPU that sleeps: %+v", m)
		}
	}
}

func TestGPUThatFallsAsleepWhileItIsReadStays(t *testing.T) {
	for _, err := range []error{syscall.EBUSY, syscall.ENODEV, syscall.EPERM} {
		c := newComputer(t, "laptop")
		status := "active"
		c.fail("card0/device/gpu_busy_percent", err)
		read := c.read
		c.read = func(path string) (string, error) {
			if strings.HasSuffix(path, "card0/device/power/runtime_status") {
				now := status
				status = "suspended"
				return now, nil
			}
			return read(path)
		}
		gpus := c.look(false)
		if len(gpus) != 2 || gpus[0].Utilisation != nil || gpus[0].Memory == nil {
			t.Errorf("%v: got %+v, want it there without what it did not tell", err, gpus)
		}
	}
}

func TestGPUThatGoesAwayIsLeftOut(t *testing.T) {
	for name, goes := range map[string]func(c *computer){
		"the device is gone": func(c *computer) { c.fail("hwmon4/temp1_input", syscall.ENODEV) },
		"it fell off":        func(c *computer) { c.fail("card1/device/gpu_busy_percent", syscall.EIO) },
		"its files vanish": func(c *computer) {
			read := c.read
			c.read = func(path string) (string, error) {
				if strings.HasSuffix(path, "hwmon4/power1_cap") {
					c.remove(desktopCard)
				}
				return read(path)
			}
		},
	} {
		c := newComputer(t, "desktop")
		goes(c)
		gpus := c.look(true)
		if len(gpus) != 1 || gpus[0].Index != 1 || gpus[0].Name != "AMD Phoenix1 (integrated)" {
			t.Errorf("%s: got %+v, want the other one alone, counted as before", name, gpus)
		}
		if len(gpus) == 1 && len(gpus[0].Processes) != 1 {
			t.Errorf("%s: the other one has %+v", name, gpus[0].Processes)
		}
	}
}

func TestGPUThatComesBackIsThereAgain(t *testing.T) {
	c := newComputer(t, "desktop")
	healthy := c.read
	c.fail("card1/device/gpu_busy_percent", syscall.EIO)
	if got := c.shownNames(); got != "AMD Phoenix1 (integrated)" {
		t.Errorf("without it: %s", got)
	}
	c.read = healthy
	if got := c.shownNames(); got != "AMD Radeon RX 7900 XTX, AMD Phoenix1 (integrated)" {
		t.Errorf("with it back: %s", got)
	}
}

func TestOldKernelShowsWhatItHas(t *testing.T) {
	c := newComputer(t, "desktop")
	c.remove(desktopAPU, desktopCard+"/hwmon", desktopCard+"/gpu_busy_percent", desktopCard+"/unique_id", desktopCard+"/power",
		"sys/class/kfd", "proc")
	c.show([]GPU{{
		ID: "0000:03:00.0", Name: "AMD Radeon RX 7900 XTX", Vendor: "amd", Kind: "gpu",
		Memory: &Memory{Used: 9663676416, Total: 25753026560}, GraphicsClock: new(2437.0), MemoryClock: new(1249.0), Processes: []Process{},
	}}, c.look(true))
}

func TestNonsenseIsNotShown(t *testing.T) {
	c := newComputer(t, "desktop")
	for name, content := range map[string]string{
		"gpu_busy_percent": "655", "mem_info_vram_total": "", "hwmon/hwmon4/temp1_input": "-", "hwmon/hwmon4/temp2_input": "\xff\x00",
		"hwmon/hwmon4/power1_average": "NaN", "hwmon/hwmon4/power1_cap": "0", "hwmon/hwmon4/freq1_input": strings.Repeat("9", 100_000),
		"pp_dpm_sclk": "*\n*: *\n1: fast *", "hwmon/hwmon4/freq2_input": "-5", "pp_dpm_mclk": "",
	} {
		c.put(desktopCard+"/"+name, content)
	}
	got := c.look(true)[0]
	got.Processes = nil
	c.show(GPU{ID: "7fb4d2e1a3c05968", Name: "AMD Radeon RX 7900 XTX", Vendor: "amd", Kind: "gpu"}, got)
}

func TestNameIsTakenFromWhereItIsKnown(t *testing.T) {
	for want, prepare := range map[string]func(c *computer){
		"AMD Instinct MI210":                            func(c *computer) { c.put(desktopCard+"/product_name", "Instinct MI210\n") },
		"AMD Radeon RX 7900 XT":                         func(c *computer) { c.put(desktopCard+"/revision", "0xcc\n") },
		"AMD Radeon RX 7900 XTX":                        func(*computer) {},
		"AMD Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M": func(c *computer) { c.remove("share/amdgpu.ids") },
		"AMD GPU (1002:744c)":                           func(c *computer) { c.remove("share") },
		"AMD GPU (1002:73ef)":                           func(c *computer) { c.put(desktopCard+"/device", "0x73ef\n") },
	} {
		c := newComputer(t, "desktop")
		prepare(c)
		if got := c.look(false)[0].Name; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestMetersOfAMDTellPowerAndWhoComputes(t *testing.T) {
	c := newComputer(t, "desktop")
	c.put(desktopCard+"/hwmon/hwmon4/energy1_input", "123456789\n")
	meters := c.meters()
	for i := range meters {
		if time.Since(meters[i].At) > time.Minute {
			t.Errorf("read at %v", meters[i].At)
		}
		meters[i].At = time.Time{}
	}
	c.show([]Meter{
		{ID: "7fb4d2e1a3c05968", Joules: new(123.456789), Watts: new(287.0), PIDs: []int{4242}},
		{ID: "0000:0e:00.0", Watts: new(18.062)}, // nobody is known to compute on it; that is not to know that nobody does
	}, meters)
}

func TestRenderNodeAloneIsAGPU(t *testing.T) {
	c := newComputer(t, "desktop")
	c.remove("sys/class/drm/card1", "sys/class/drm/card2")
	if got := c.shownNames(); got != "AMD Radeon RX 7900 XTX, AMD Phoenix1 (integrated)" {
		t.Errorf("got %s", got)
	}
}

func TestNoGraphicsAtAllIsNoGPU(t *testing.T) {
	d := newAMD(t.TempDir())
	defer d.close()
	if gpus, meters := d.look(true), d.meters(); gpus == nil || meters == nil || len(gpus)+len(meters) != 0 {
		t.Errorf("got %v and %v, want empty lists", gpus, meters)
	}
}

func TestWhoUsesAGPUIsLookedForSeldom(t *testing.T) {
	c := newComputer(t, "desktop")
	synctest.Test(t, func(t *testing.T) {
		count := func() int { return len(c.look(true)[0].Processes) }
		if n := count(); n != 3 {
			t.Errorf("%d processes, want 3", n)
		}
		c.remove("proc/3000")
		time.Sleep(searchAfter - time.Millisecond)
		if n := count(); n != 3 {
			t.Errorf("%d processes, want the 3 of the search before", n)
		}
		time.Sleep(time.Millisecond)
		if n := count(); n != 2 {
			t.Errorf("%d processes, want the 2 that are left", n)
		}
	})
}

// BenchmarkSearchForUsers goes through every process of this machine, and their open files.
func BenchmarkSearchForUsers(b *testing.B) {
	for b.Loop() {
		users := graphicsUsers{}
		users.find("/proc", readText)
	}
}
