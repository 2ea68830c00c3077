//go:build cgo

package gpu

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/nvml"
)

// nvidiaGPU is one NVIDIA GPU, and what is remembered of it between two looks.
type nvidiaGPU struct {
	index   int
	device  nvml.Device // good for one look
	lost    bool        // a call of this look said that the GPU is gone: fallen off the bus, or unplugged
	known   identity
	asked   time.Time // when known was; zero: never
	sampled bool      // whether there was a look at the utilisation samples
	newest  uint64    // time stamp of the newest sample seen, µs
}

// fine says whether a call told something.
func (g *nvidiaGPU) fine(ret nvml.Return) bool {
	if ret == nvml.ERROR_GPU_IS_LOST {
		g.lost = true
		g.asked = time.Time{} // what comes back in its place may be another
	}
	return ret == nvml.SUCCESS
}

func (g *nvidiaGPU) addDetails(gpu *GPU) {
	gpu.Encoder = g.percent(nvml.Device.GetEncoderUtilization)
	gpu.Decoder = g.percent(nvml.Device.GetDecoderUtilization)
	gpu.GraphicsClock = g.clock(nvml.CLOCK_GRAPHICS)
	gpu.MemoryClock = g.clock(nvml.CLOCK_MEM)
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
	g.asked = time.Now()
	g.known = identity{id: g.id(), name: "NVIDIA GPU", powerLimit: g.powerLimit()}
	if name, ret := g.device.GetName(); g.fine(ret) {
		g.known.name = name
	}
	if now, _, ret := g.device.GetMigMode(); g.fine(ret) {
		g.known.mig = now == nvml.DEVICE_MIG_ENABLE
	}
	if mode, ret := g.device.GetVirtualizationMode(); g.fine(ret) {
		g.known.vgpu = mode == nvml.GPU_VIRTUALIZATION_MODE_VGPU
	}
}

// id is the GPU's UUID, else where it is plugged in.
func (g *nvidiaGPU) id() string {
	if uuid, ret := g.device.GetUUID(); g.fine(ret) {
		return uuid
	}
	if pci, ret := g.device.GetPciInfo(); g.fine(ret) {
		return fmt.Sprintf("%04x:%02x:%02x.0", pci.Domain, pci.Bus, pci.Device)
	}
	return fmt.Sprintf("nvidia-%d", g.index)
}

// memory is that of a GPU, or of a part of one. The newer call leaves out what the driver has set aside for itself.
func (g *nvidiaGPU) memory(device nvml.Device) *Memory {
	if m, ret := device.GetMemoryInfo_v2(); g.fine(ret) {
		return &Memory{Used: m.Used, Total: m.Total}
	}
	if m, ret := device.GetMemoryInfo(); g.fine(ret) {
		return &Memory{Used: m.Used, Total: m.Total}
	}
	return nil
}

func (g *nvidiaGPU) temperature() *float64 {
	celsius, ret := g.device.GetTemperature(nvml.TEMPERATURE_GPU)
	return g.number(celsius, ret)
}

func (g *nvidiaGPU) power() *float64 {
	milliwatts, ret := g.device.GetPowerUsage()
	return g.thousandths(uint64(milliwatts), ret)
}

// powerLimit is the one that holds, of all that were set; older drivers only know the one that somebody set.
func (g *nvidiaGPU) powerLimit() *float64 {
	if milliwatts, ret := g.device.GetEnforcedPowerLimit(); g.fine(ret) {
		return g.thousandths(uint64(milliwatts), ret)
	}
	milliwatts, ret := g.device.GetPowerManagementLimit()
	return g.thousandths(uint64(milliwatts), ret)
}

func (g *nvidiaGPU) energy() *float64 {
	millijoules, ret := g.device.GetTotalEnergyConsumption()
	return g.thousandths(millijoules, ret)
}

func (g *nvidiaGPU) clock(which nvml.ClockType) *float64 {
	megahertz, ret := g.device.GetClockInfo(which)
	return g.number(megahertz, ret)
}

func (g *nvidiaGPU) percent(ask func(nvml.Device) (uint32, uint32, nvml.Return)) *float64 {
	percent, _, ret := ask(g.device)
	return g.number(percent, ret)
}

func (g *nvidiaGPU) number(n uint32, ret nvml.Return) *float64 {
	if !g.fine(ret) {
		return nil
	}
	f := float64(n)
	return &f
}

func (g *nvidiaGPU) thousandths(n uint64, ret nvml.Return) *float64 {
	if !g.fine(ret) {
		return nil
	}
	f := float64(n) / 1000
	return &f
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
	rates, ret := g.device.GetUtilizationRates()
	return g.number(rates.Gpu, ret)
}

func (g *nvidiaGPU) meanSinceLastLook() *float64 {
	kind, samples, ret := g.device.GetSamples(nvml.GPU_UTILIZATION_SAMPLES, g.newest) //nolint:misspell // NVIDIA spells it so
	if !g.fine(ret) || kind != nvml.VALUE_TYPE_UNSIGNED_INT {
		return nil
	}
	looked := g.sampled
	mean, newest := meanAfter(g.newest, samples)
	g.sampled, g.newest = true, newest
	if !looked {
		return nil // these go back further than anybody has looked
	}
	return mean
}

// meanAfter is the mean of the samples newer than last, nil where there is none, and the time stamp of the newest. go-nvml gives as many
// samples as there is room for: those never filled in have no time stamp.
func meanAfter(last uint64, samples []nvml.Sample) (mean *float64, newest uint64) {
	var sum float64
	var n int
	newest = last
	for _, s := range samples {
		percent := binary.NativeEndian.Uint32(s.SampleValue[:4])
		if s.TimeStamp <= last || percent > 100 {
			continue
		}
		sum += float64(percent)
		n++
		newest = max(newest, s.TimeStamp)
	}
	if n == 0 {
		return nil, newest
	}
	average := sum / float64(n)
	return &average, newest
}

// throttled is nil where the driver does not tell.
func (g *nvidiaGPU) throttled() []string {
	reasons, ret := g.device.GetCurrentClocksEventReasons()
	if !g.fine(ret) {
		reasons, ret = g.device.GetCurrentClocksThrottleReasons() // its older name
	}
	if !g.fine(ret) {
		return nil
	}
	return throttleWords(reasons)
}

type askProcesses = func(nvml.Device) ([]nvml.ProcessInfo, nvml.Return)

func (g *nvidiaGPU) computing() ([]Process, bool) {
	list, ok := g.running(nvml.Device.GetComputeRunningProcesses)
	return users(list, "compute"), ok
}

func (g *nvidiaGPU) drawing() ([]Process, bool) {
	list, ok := g.running(nvml.Device.GetGraphicsRunningProcesses)
	return users(list, "graphics"), ok
}

// running asks the GPU, or where it is split and tells only those who rule the machine, its parts.
func (g *nvidiaGPU) running(ask askProcesses) (list []nvml.ProcessInfo, ok bool) {
	list, ret := ask(g.device)
	if g.fine(ret) {
		return list, true
	}
	if !g.known.mig {
		return nil, false
	}
	for _, part := range g.parts() {
		if more, ret := ask(part); g.fine(ret) {
			list, ok = append(list, more...), true
		}
	}
	return list, ok
}

// users adds up what each process takes; nil where the driver does not know.
func users(list []nvml.ProcessInfo, kind string) []Process {
	all := []Process{}
	for _, p := range list {
		all = withUse(all, int(p.Pid), kind, p.UsedGpuMemory)
	}
	return all
}

// programName is the name of a process' file where that may be seen, else the one anybody may, of 15 letters; empty once it has ended.
func programName(pid int) string {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	if path, err := os.Readlink(filepath.Join(dir, "exe")); err == nil {
		return filepath.Base(strings.TrimSuffix(path, " (deleted)"))
	}
	name, err := os.ReadFile(filepath.Join(dir, "comm"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// parts are the parts of a GPU that is split by MIG.
func (g *nvidiaGPU) parts() []nvml.Device {
	room, ret := g.device.GetMaxMigDeviceCount()
	if !g.fine(ret) {
		return nil
	}
	parts := []nvml.Device{}
	for i := range min(room, maxGPUs) {
		if part, ret := g.device.GetMigDeviceHandleByIndex(i); g.fine(ret) {
			parts = append(parts, part)
		}
	}
	return parts
}

func (g *nvidiaGPU) instances() []Instance {
	instances := []Instance{}
	for i, part := range g.parts() {
		instance := Instance{ID: fmt.Sprintf("%s/%d", g.known.id, i), Name: g.profile(part), Memory: g.memory(part)}
		if uuid, ret := part.GetUUID(); g.fine(ret) {
			instance.ID = uuid
		}
		instances = append(instances, instance)
	}
	return instances
}

// profile is a part's size as NVIDIA writes it: "1g.10gb". It ends the part's name; where that is not so, it is put together from what it has.
func (g *nvidiaGPU) profile(part nvml.Device) string {
	name, ret := part.GetName()
	if !g.fine(ret) {
		name = ""
	}
	if _, profile, ok := strings.Cut(name, " MIG "); ok {
		return profile
	}
	if a, ret := part.GetAttributes(); g.fine(ret) {
		return fmt.Sprintf("%dg.%dgb", a.GpuInstanceSliceCount, (a.MemorySizeMB+1023)/1024)
	}
	return name
}
