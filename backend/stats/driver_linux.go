//go:build cgo

package stats

import (
	"encoding/binary"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/dl"
	"github.com/NVIDIA/go-nvml/pkg/nvml"
)

const (
	defaultLibrary = "libnvidia-ml.so.1"
	retryAfter     = 30 * time.Second // a driver that was not there may be installed, or its module loaded, meanwhile
	maxGPUs        = 64
)

// driver speaks to the NVIDIA driver. Its calls may hang, and are made by one goroutine at a time.
//
// A function that an old driver lacks must not be called: go-nvml binds at the first call, and a name that is not there ends the process.
// So every call here is guarded by a look at the library's names.
type driver struct {
	path    string
	lib     nvml.Interface
	names   *dl.DynamicLibrary // nil while closed
	failed  time.Time          // when opening failed last
	sampled map[int]uint64     // GPU → time stamp of the newest utilisation sample seen, µs
}

func newDriver(path string) *driver {
	if path == "" {
		path = defaultLibrary
	}
	return &driver{path: path, sampled: map[int]uint64{}}
}

// look is never nil. GPUs that are lost are left out.
func (d *driver) look() []GPU {
	gpus := []GPU{}
	if !d.open() {
		return gpus
	}
	count, ret := d.lib.DeviceGetCount()
	if ret != nvml.SUCCESS {
		d.reopenLater(ret)
		return gpus
	}
	for i := range min(count, maxGPUs) {
		if gpu, ok := d.gpu(i); ok {
			gpus = append(gpus, gpu)
		}
	}
	return gpus
}

// open loads the library and starts it, unless that is done, or failed just now.
func (d *driver) open() bool {
	if d.names != nil {
		return true
	}
	if !d.failed.IsZero() && time.Since(d.failed) < retryAfter {
		return false
	}
	d.failed = time.Now()
	names := dl.New(d.path, dl.RTLD_LAZY|dl.RTLD_GLOBAL|dl.RTLD_NODELETE)
	if names.Open() != nil {
		return false
	}
	if !hasEssentials(names) {
		_ = names.Close()
		return false
	}
	d.lib = nvml.New(nvml.WithLibraryPath(d.path))
	if d.lib.Init() != nvml.SUCCESS {
		_ = names.Close()
		return false
	}
	d.names = names
	return true
}

// hasEssentials checks for what every look needs. go-nvml calls the second version of a function where the library has it, else the first.
func hasEssentials(names *dl.DynamicLibrary) bool {
	either := func(a, b string) bool { return names.Lookup(a) == nil || names.Lookup(b) == nil }
	return either("nvmlInit_v2", "nvmlInit") &&
		either("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount") &&
		either("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex") &&
		names.Lookup("nvmlShutdown") == nil
}

// reopenLater starts over after a while where the driver went away beneath us, by an update for instance.
func (d *driver) reopenLater(ret nvml.Return) {
	switch ret {
	case nvml.ERROR_UNINITIALIZED, nvml.ERROR_DRIVER_NOT_LOADED, nvml.ERROR_LIB_RM_VERSION_MISMATCH, nvml.ERROR_UNKNOWN:
		d.close()
		d.failed = time.Now()
	}
}

func (d *driver) close() {
	if d.names == nil {
		return
	}
	_ = d.lib.Shutdown() // nothing is left to be done about an error
	_ = d.names.Close()
	d.names, d.lib = nil, nil
	clear(d.sampled)
}

func (d *driver) has(name string) bool { return d.names.Lookup(name) == nil }

// gpu reads one GPU. ok is false when it cannot be reached, or is lost in between.
func (d *driver) gpu(index int) (gpu GPU, ok bool) {
	device, ret := d.lib.DeviceGetHandleByIndex(index)
	if ret != nvml.SUCCESS {
		return GPU{}, false
	}
	var lost lostness
	gpu = GPU{Index: index, Name: "NVIDIA GPU"}
	if d.has("nvmlDeviceGetName") {
		if name, ret := device.GetName(); lost.fine(ret) {
			gpu.Name = name
		}
	}
	gpu.Utilisation = d.utilisation(index, device, &lost)
	gpu.Memory = d.memory(device, &lost)
	gpu.Temperature = d.temperature(device, &lost)
	gpu.Power = d.power(device, &lost)
	return gpu, !bool(lost)
}

// lostness remembers whether any call said that the GPU is gone: fallen off the bus, or unplugged.
type lostness bool

func (l *lostness) fine(ret nvml.Return) bool {
	if ret == nvml.ERROR_GPU_IS_LOST {
		*l = true
	}
	return ret == nvml.SUCCESS
}

func (d *driver) memory(device nvml.Device, lost *lostness) *Memory {
	if !d.has("nvmlDeviceGetMemoryInfo") {
		return nil
	}
	m, ret := device.GetMemoryInfo()
	if !lost.fine(ret) {
		return nil
	}
	return &Memory{Used: m.Used, Total: m.Total}
}

func (d *driver) temperature(device nvml.Device, lost *lostness) *float64 {
	if !d.has("nvmlDeviceGetTemperature") {
		return nil
	}
	celsius, ret := device.GetTemperature(nvml.TEMPERATURE_GPU)
	if !lost.fine(ret) {
		return nil
	}
	return number(celsius)
}

func (d *driver) power(device nvml.Device, lost *lostness) *float64 {
	if !d.has("nvmlDeviceGetPowerUsage") {
		return nil
	}
	milliwatts, ret := device.GetPowerUsage()
	if !lost.fine(ret) {
		return nil
	}
	watts := float64(milliwatts) / 1000
	return &watts
}

// utilisation is the mean of the driver's own samples since the last look, because the value of a moment flickers between 0 and 100. Where there
// are none, and at the first look, it is the value of the moment.
func (d *driver) utilisation(index int, device nvml.Device, lost *lostness) *float64 {
	if mean := d.meanSinceLastLook(index, device, lost); mean != nil {
		return mean
	}
	if !d.has("nvmlDeviceGetUtilizationRates") {
		return nil
	}
	rates, ret := device.GetUtilizationRates()
	if !lost.fine(ret) {
		return nil
	}
	return number(rates.Gpu)
}

func (d *driver) meanSinceLastLook(index int, device nvml.Device, lost *lostness) *float64 {
	if !d.has("nvmlDeviceGetSamples") {
		return nil
	}
	last, looked := d.sampled[index]
	kind, samples, ret := device.GetSamples(nvml.GPU_UTILIZATION_SAMPLES, last) //nolint:misspell // NVIDIA spells it so
	if !lost.fine(ret) || kind != nvml.VALUE_TYPE_UNSIGNED_INT {
		return nil
	}
	mean, newest := meanAfter(last, samples)
	d.sampled[index] = newest
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

func number(n uint32) *float64 {
	f := float64(n)
	return &f
}
