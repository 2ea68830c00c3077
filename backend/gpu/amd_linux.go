package gpu

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	vendorAMD = "0x1002"
	maxCards  = 64
	maxText   = 16 << 10 // bytes of a file in sysfs or /proc; the largest of those read here has two thousand
)

// amd reads AMD's GPUs from the files of Linux' own driver, amdgpu: no library is needed, and no rights. The kernel's documentation says what
// is in them (gpu/amdgpu/thermal, gpu/amdgpu/driver-misc, gpu/drm-usage-stats). A file may hang, and any of them may be missing.
type amd struct {
	sysfs, proc string
	lists       nameLists
	read        func(path string) (string, error)
	names       map[string]string // PCI address → what the GPU is called
	users       graphicsUsers
}

// newAMD looks under sysfs; empty: /sys.
func newAMD(sysfs string) driver {
	if sysfs == "" {
		sysfs = "/sys"
	}
	return &amd{sysfs: sysfs, proc: "/proc", lists: systemLists(), read: readText, names: map[string]string{}}
}

// readText reads a small file, without the white space around it.
func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxText))
	return strings.TrimSpace(string(data)), err
}

func (a *amd) look(details bool) []GPU {
	gpus, addresses := []GPU{}, []string{}
	for i, c := range a.cards() {
		gpu := a.gpu(c, details)
		gpu.Index = i
		if !c.lost() {
			gpus, addresses = append(gpus, gpu), append(addresses, c.address)
		}
	}
	if details && len(gpus) > 0 {
		a.addProcesses(gpus, addresses)
	}
	return gpus
}

// meters tells of computing processes only where some are known: one that computes by Vulkan under another account is not seen, so that nobody
// was found does not mean that there is nobody.
func (a *amd) meters() []Meter {
	meters := []Meter{}
	cards := a.cards()
	if len(cards) == 0 {
		return meters
	}
	users := a.computing()
	for _, c := range cards {
		m := Meter{ID: a.id(c)}
		if !c.asleep {
			m.Joules, m.Watts = c.energy(), c.power()
		}
		m.At = time.Now()
		for _, u := range users[c.address] {
			m.PIDs = append(m.PIDs, u.PID)
		}
		if !c.lost() {
			meters = append(meters, m)
		}
	}
	return meters
}

func (*amd) close() {}

// gpu reads one GPU. One that sleeps is left asleep: older kernels would wake it for most of these files.
func (a *amd) gpu(c *card, details bool) GPU {
	gpu := GPU{ID: a.id(c), Name: a.name(c), Vendor: "amd", Kind: "gpu", Memory: c.memory()}
	if c.asleep {
		gpu.Utilisation = new(0.0)
		return gpu
	}
	gpu.Utilisation = c.utilisation()
	gpu.Temperature = c.temperature()
	gpu.Power = c.power()
	gpu.PowerLimit = c.powerLimit()
	gpu.Energy = c.energy()
	if details {
		gpu.GraphicsClock = c.clock("freq1_input", "pp_dpm_sclk")
		gpu.MemoryClock = c.clock("freq2_input", "pp_dpm_mclk")
	}
	return gpu
}

func (*amd) id(c *card) string {
	if id := c.text("unique_id"); id != "" { // not every GPU has one
		return id
	}
	return c.address
}

// cards are AMD's GPUs in the order the kernel counts them. A GPU is known by its card, or where it has none, by its render node.
func (a *amd) cards() []*card {
	var cards []*card
	root := filepath.Join(a.sysfs, "class", "drm")
	for _, node := range drmNodes(root) {
		c := &card{dir: filepath.Join(root, node, "device"), read: a.read}
		if c.text("vendor") != vendorAMD {
			continue // another vendor's, or something that is no PCI device
		}
		c.address = c.pciAddress()
		twice := slices.ContainsFunc(cards, func(other *card) bool { return other.address == c.address })
		if c.address == "" || twice || len(cards) == maxCards {
			continue
		}
		c.asleep = c.sleeps()
		c.findSensors()
		cards = append(cards, c)
	}
	return cards
}

// drmNodes are the nodes of graphics cards by their number, then the render nodes. What else is there are connectors, such as card0-HDMI-A-1.
func drmNodes(root string) []string {
	type node struct {
		name   string
		render bool
		number int
	}
	var nodes []node
	entries, _ := os.ReadDir(root) // none: no graphics at all
	for _, e := range entries {
		digits, render := strings.CutPrefix(e.Name(), "renderD")
		if !render {
			digits = strings.TrimPrefix(e.Name(), "card")
		}
		if n, err := strconv.Atoi(digits); err == nil && digits != e.Name() {
			nodes = append(nodes, node{name: e.Name(), render: render, number: n})
		}
	}
	slices.SortFunc(nodes, func(a, b node) int {
		if a.render != b.render {
			return map[bool]int{false: -1, true: 1}[a.render]
		}
		return cmp.Compare(a.number, b.number)
	})
	names := make([]string, len(nodes))
	for i, n := range nodes {
		names[i] = n.name
	}
	return names
}

// card is one GPU's folder in sysfs, during one look.
type card struct {
	dir     string
	address string // on the PCI bus, such as 0000:03:00.0
	sensors string // hwmon's folder within dir; empty: none
	asleep  bool   // suspended, as a laptop's second GPU mostly is
	read    func(path string) (string, error)
	fell    bool // the kernel said of a file that its device is not there
}

// text is a file's content, empty where there is none.
func (c *card) text(name string) string {
	text, err := c.read(filepath.Join(c.dir, name))
	if errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.EIO) {
		c.fell = true
	}
	if err != nil {
		return ""
	}
	return text
}

// lost says whether the GPU went away while it was read. One that just fell asleep answers in the same way, and is there.
func (c *card) lost() bool {
	if _, err := c.read(filepath.Join(c.dir, "vendor")); err != nil {
		return true
	}
	return c.fell && !c.sleeps()
}

func (c *card) sleeps() bool {
	status, _ := c.read(filepath.Join(c.dir, "power", "runtime_status")) // none: it never sleeps
	return status == "suspended" || status == "suspending"
}

// number is what a file says divided by unit, nil where it says nothing of sense.
func (c *card) number(name string, unit float64) *float64 {
	n, err := strconv.ParseUint(c.text(name), 10, 64)
	if err != nil {
		return nil
	}
	return new(float64(n) / unit)
}

// sensor is number for the first of hwmon's files that says something.
func (c *card) sensor(unit float64, names ...string) *float64 {
	if c.sensors == "" {
		return nil
	}
	for _, name := range names {
		if n := c.number(filepath.Join(c.sensors, name), unit); n != nil {
			return n
		}
	}
	return nil
}

func (c *card) findSensors() {
	entries, _ := os.ReadDir(filepath.Join(c.dir, "hwmon")) // none: there are no sensors
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "hwmon") {
			c.sensors = filepath.Join("hwmon", e.Name())
			return
		}
	}
}

func (c *card) pciAddress() string {
	for line := range strings.Lines(c.text("uevent")) {
		if address, ok := strings.CutPrefix(strings.TrimSpace(line), "PCI_SLOT_NAME="); ok {
			return address
		}
	}
	return ""
}

// utilisation is of the moment, as the GPU's firmware has it, which itself smooths over some milliseconds: amdgpu keeps no samples that could be
// averaged since the last look.
func (c *card) utilisation() *float64 {
	percent := c.number("gpu_busy_percent", 1)
	if percent == nil || *percent > 100 {
		return nil
	}
	return percent
}

// memory is the GPU's own. A GPU within the processor works in the machine's memory: a part set aside for it, which is soon full and says
// little, and what it may take besides; both together are what it has.
func (c *card) memory() *Memory {
	m := c.pool("mem_info_vram_used", "mem_info_vram_total")
	if m == nil || !c.integrated() {
		return m
	}
	if shared := c.pool("mem_info_gtt_used", "mem_info_gtt_total"); shared != nil {
		m.Used, m.Total = m.Used+shared.Used, m.Total+shared.Total
	}
	return m
}

func (c *card) pool(used, total string) *Memory {
	u, uerr := strconv.ParseUint(c.text(used), 10, 64)
	t, terr := strconv.ParseUint(c.text(total), 10, 64)
	if uerr != nil || terr != nil || t == 0 {
		return nil
	}
	return &Memory{Used: u, Total: t}
}

// integrated says whether the GPU is a part of the processor: only those show the voltage of the processor's north bridge.
func (c *card) integrated() bool {
	return c.sensors != "" && c.text(filepath.Join(c.sensors, "in1_label")) == "vddnb"
}

// temperature is that of the chip's edge, or its hottest spot's on those for data centres, which tell no other.
func (c *card) temperature() *float64 { return c.sensor(1000, "temp1_input", "temp2_input") }

// power is the average the GPU's firmware keeps, or the value of the moment where there is none. That of a GPU within the processor counts the
// processor in.
func (c *card) power() *float64 { return c.sensor(1e6, "power1_average", "power1_input") }

func (c *card) powerLimit() *float64 {
	if limit := c.sensor(1e6, "power1_cap"); limit != nil && *limit > 0 {
		return limit
	}
	return nil
}

func (c *card) energy() *float64 { return c.sensor(1e6, "energy1_input") }

// clock is in MHz: a sensor's, or the level in use ("1: 1200Mhz *") where there is no such sensor.
func (c *card) clock(sensor, levels string) *float64 {
	if hertz := c.sensor(1e6, sensor); hertz != nil {
		return hertz
	}
	for line := range strings.Lines(c.text(levels)) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[len(fields)-1] != "*" {
			continue
		}
		digits := strings.TrimSuffix(strings.ToLower(fields[1]), "mhz")
		if n, err := strconv.ParseUint(digits, 10, 32); err == nil {
			return new(float64(n))
		}
	}
	return nil
}
