package gpu

import (
	"fmt"
	"strings"
	"time"
)

// nvidia speaks to the NVIDIA driver. Its calls may hang, and are made by one goroutine at a time. What the driver does not tell is not known.
type nvidia struct {
	path   string
	lib    *nvmlDLL  // nil while closed
	failed time.Time // when loading failed last
	cards  map[int]*nvidiaGPU
}

// newNVML has loaded nothing yet. path is the library's; empty: where drivers put it.
func newNVML(path string) driver { return &nvidia{path: path, cards: map[int]*nvidiaGPU{}} }

// each visits the GPUs that can be reached.
func (d *nvidia) each(visit func(*nvidiaGPU)) {
	if !d.open() {
		return
	}
	count, ret := d.lib.count()
	if ret != nvmlSuccess {
		d.reopenLater(ret)
		return
	}
	for i := range min(count, maxGPUs) {
		device, ret := d.lib.device(i)
		if ret != nvmlSuccess {
			delete(d.cards, i) // what comes back in its place may be another
			continue
		}
		if d.cards[i] == nil {
			d.cards[i] = &nvidiaGPU{index: i}
		}
		c := d.cards[i]
		c.lib, c.device, c.lost = d.lib, device, false
		visit(c)
	}
}

// open loads the library and starts it, unless that is done, or failed just now.
func (d *nvidia) open() bool {
	if d.lib != nil {
		return true
	}
	if !d.failed.IsZero() && time.Since(d.failed) < retryAfter {
		return false
	}
	d.lib = loadNVML(d.path)
	if d.lib == nil {
		d.failed = time.Now()
	}
	return d.lib != nil
}

// reopenLater starts over after a while where the driver went away beneath us, by an update for instance.
func (d *nvidia) reopenLater(ret nvmlReturn) {
	switch ret {
	case nvmlUninitialized, nvmlDriverNotLoaded, nvmlVersionMismatch, nvmlFunctionNotFound, nvmlUnknown:
		d.close()
		d.failed = time.Now()
	}
}

func (d *nvidia) close() {
	if d.lib == nil {
		return
	}
	d.lib.shutdown()
	d.lib = nil
	clear(d.cards)
}

// nvidiaGPU is one NVIDIA GPU, and what is remembered of it between two looks.
type nvidiaGPU struct {
	index   int
	lib     *nvmlDLL
	device  uintptr // NVML's handle, good for one look
	lost    bool    // a call of this look said that the GPU is gone: fallen off the bus, or unplugged
	known   identity
	asked   time.Time // when known was; zero: never
	sampled bool      // whether there was a look at the utilisation samples
	newest  uint64    // time stamp of the newest sample seen, µs
}

// fine says whether a call told something.
func (g *nvidiaGPU) fine(ret nvmlReturn) bool {
	if ret == nvmlGPUIsLost {
		g.lost = true
		g.asked = time.Time{} // what comes back in its place may be another
	}
	return ret == nvmlSuccess
}

func (g *nvidiaGPU) addDetails(gpu *GPU) {
	const graphics, memory = 0, 2
	gpu.Encoder = g.percent("nvmlDeviceGetEncoderUtilization")
	gpu.Decoder = g.percent("nvmlDeviceGetDecoderUtilization")
	gpu.GraphicsClock = g.number(g.lib.numberOf("nvmlDeviceGetClockInfo", g.device, graphics))
	gpu.MemoryClock = g.number(g.lib.numberOf("nvmlDeviceGetClockInfo", g.device, memory))
	gpu.Throttled = g.throttled()
	gpu.Processes = g.processes()
	if g.known.mig {
		gpu.Instances = g.instances()
	}
}

// identify asks for what hardly ever changes, unless that was done just now.
func (g *nvidiaGPU) identify() {
	if !g.asked.IsZero() && time.Since(g.asked) < knownFor {
		return
	}
	const splitInParts, virtual = 1, 2
	g.asked = time.Now()
	g.known = identity{id: g.id(), name: "NVIDIA GPU", powerLimit: g.powerLimit()}
	if name, ret := g.lib.text("nvmlDeviceGetName", g.device); g.fine(ret) {
		g.known.name = name
	}
	if now, ret := g.lib.firstOf("nvmlDeviceGetMigMode", g.device); g.fine(ret) {
		g.known.mig = now == splitInParts
	}
	if mode, ret := g.lib.number("nvmlDeviceGetVirtualizationMode", g.device); g.fine(ret) {
		g.known.vgpu = mode == virtual
	}
}

// id is the GPU's UUID, else where it is plugged in.
func (g *nvidiaGPU) id() string {
	if uuid, ret := g.lib.text("nvmlDeviceGetUUID", g.device); g.fine(ret) {
		return uuid
	}
	if pci, ret := g.lib.address(g.device); g.fine(ret) {
		return fmt.Sprintf("%04x:%02x:%02x.0", pci.Domain, pci.Bus, pci.Device)
	}
	return fmt.Sprintf("nvidia-%d", g.index)
}

func (g *nvidiaGPU) memory(device uintptr) *Memory {
	m, ret := g.lib.memory(device)
	if !g.fine(ret) {
		return nil
	}
	return m
}

func (g *nvidiaGPU) temperature() *float64 {
	const core = 0
	return g.number(g.lib.numberOf("nvmlDeviceGetTemperature", g.device, core))
}

func (g *nvidiaGPU) power() *float64 {
	milliwatts, ret := g.lib.number("nvmlDeviceGetPowerUsage", g.device)
	return g.thousandths(uint64(milliwatts), ret)
}

// powerLimit is the one that holds, of all that were set; older drivers only know the one that somebody set.
func (g *nvidiaGPU) powerLimit() *float64 {
	for _, name := range []string{"nvmlDeviceGetEnforcedPowerLimit", "nvmlDeviceGetPowerManagementLimit"} {
		milliwatts, ret := g.lib.number(name, g.device)
		if limit := g.thousandths(uint64(milliwatts), ret); limit != nil {
			return limit
		}
	}
	return nil
}

func (g *nvidiaGPU) energy() *float64 {
	return g.thousandths(g.lib.wide("nvmlDeviceGetTotalEnergyConsumption", g.device)) // millijoules
}

// percent is for functions that also say over how many µs.
func (g *nvidiaGPU) percent(name string) *float64 {
	return g.number(g.lib.firstOf(name, g.device))
}

func (g *nvidiaGPU) number(n uint32, ret nvmlReturn) *float64 {
	if !g.fine(ret) {
		return nil
	}
	return new(float64(n))
}

func (g *nvidiaGPU) thousandths(n uint64, ret nvmlReturn) *float64 {
	if !g.fine(ret) {
		return nil
	}
	return new(float64(n) / 1000)
}

// utilisation is the mean of the driver's own samples since the last look, because the value of a moment flickers between 0 and 100. Where there
// are none, and at the first look, it is the value of the moment. Of a GPU that is split, nobody knows it for the whole.
func (g *nvidiaGPU) utilisation() *float64 {
	if g.known.mig {
		return nil
	}
	if mean := g.meanSinceLastLook(); mean != nil {
		return mean
	}
	return g.number(g.lib.utilisation(g.device))
}

// meanSinceLastLook is nil at the first look: those samples go back further than anybody has looked.
func (g *nvidiaGPU) meanSinceLastLook() *float64 {
	samples, ret := g.lib.samples(g.device, g.newest)
	if !g.fine(ret) {
		return nil
	}
	last, looked := g.newest, g.sampled
	g.sampled = true
	var sum, n float64
	for _, s := range samples {
		if s.Stamp <= last || s.Percent > 100 { // one that was never filled in has no time stamp
			continue
		}
		sum += float64(s.Percent)
		n++
		g.newest = max(g.newest, s.Stamp)
	}
	if n == 0 || !looked {
		return nil
	}
	return new(sum / n)
}

// throttled is nil where the driver does not tell.
func (g *nvidiaGPU) throttled() []string {
	reasons, ret := g.lib.wide("nvmlDeviceGetCurrentClocksEventReasons", g.device)
	if !g.fine(ret) {
		reasons, ret = g.lib.wide("nvmlDeviceGetCurrentClocksThrottleReasons", g.device) // its older name
	}
	if !g.fine(ret) {
		return nil
	}
	return throttleWords(reasons)
}

func (g *nvidiaGPU) computing() ([]Process, bool) {
	list, ok := g.running("nvmlDeviceGetComputeRunningProcesses")
	return users(list, "compute"), ok
}

func (g *nvidiaGPU) drawing() ([]Process, bool) {
	list, ok := g.running("nvmlDeviceGetGraphicsRunningProcesses")
	return users(list, "graphics"), ok
}

// running asks the GPU, or where it is split and tells only those who rule the machine, its parts.
func (g *nvidiaGPU) running(which string) (processes []nvmlProcess, ok bool) {
	processes, ret := g.lib.processes(which, g.device)
	if g.fine(ret) {
		return processes, true
	}
	if !g.known.mig {
		return nil, false
	}
	for _, part := range g.parts() {
		if more, ret := g.lib.processes(which, part); g.fine(ret) {
			processes, ok = append(processes, more...), true
		}
	}
	return processes, ok
}

// users adds up what each process takes; nil where the driver does not know.
func users(list []nvmlProcess, kind string) []Process {
	all := []Process{}
	for _, p := range list {
		all = withUse(all, int(p.PID), kind, p.Memory)
	}
	return all
}

// parts are the parts of a GPU that is split by MIG.
func (g *nvidiaGPU) parts() []uintptr {
	room, ret := g.lib.number("nvmlDeviceGetMaxMigDeviceCount", g.device)
	if !g.fine(ret) {
		return nil
	}
	parts := []uintptr{}
	for i := range min(int(room), maxGPUs) {
		if part, ret := g.lib.part(g.device, i); g.fine(ret) {
			parts = append(parts, part)
		}
	}
	return parts
}

func (g *nvidiaGPU) instances() []Instance {
	instances := []Instance{}
	for i, part := range g.parts() {
		instance := Instance{ID: fmt.Sprintf("%s/%d", g.known.id, i), Name: g.profile(part), Memory: g.memory(part)}
		if uuid, ret := g.lib.text("nvmlDeviceGetUUID", part); g.fine(ret) {
			instance.ID = uuid
		}
		instances = append(instances, instance)
	}
	return instances
}

// profile is a part's size as NVIDIA writes it: "1g.10gb". It ends the part's name; where that is not so, it is put together from what it has.
func (g *nvidiaGPU) profile(part uintptr) string {
	name, ret := g.lib.text("nvmlDeviceGetName", part)
	if !g.fine(ret) {
		name = ""
	}
	if _, profile, ok := strings.Cut(name, " MIG "); ok {
		return profile
	}
	if a, ret := g.lib.attributes(part); g.fine(ret) {
		return fmt.Sprintf("%dg.%dgb", a.Slices, (a.MemoryMiB+1023)/1024)
	}
	return name
}
