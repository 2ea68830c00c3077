//go:build cgo

package gpu

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/nvml"
	"github.com/NVIDIA/go-nvml/pkg/nvml/mock/dgxa100"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// dgx is NVIDIA's own likeness of a DGX A100. What it does not know how to do it says it cannot, instead of panicking.
func dgx() (*dgxa100.Server, []*dgxa100.Device, *nvidia) {
	server := dgxa100.New()
	var devices []*dgxa100.Device
	for i := range server.Devices {
		device, _ := server.Devices[i].(*dgxa100.Device)
		refuseTheRest(&device.Device)
		devices = append(devices, device)
	}
	load := func() (nvml.Interface, bool) { return server, server.Init() == nvml.SUCCESS }
	return server, devices, &nvidia{load: load, unload: func(lib nvml.Interface) { lib.Shutdown() }, gpus: map[int]*nvidiaGPU{}}
}

// refuseTheRest makes every function of a mock that is not set say that it is not supported.
func refuseTheRest(mock any) {
	fields := reflect.ValueOf(mock).Elem()
	for i := range fields.NumField() {
		f := fields.Field(i)
		if f.Kind() != reflect.Func || !f.IsNil() || !strings.HasSuffix(fields.Type().Field(i).Name, "Func") {
			continue
		}
		f.Set(reflect.MakeFunc(f.Type(), func([]reflect.Value) []reflect.Value {
			var out []reflect.Value
			for i := range f.Type().NumOut() {
				value := reflect.Zero(f.Type().Out(i))
				if value.Type() == reflect.TypeFor[nvml.Return]() {
					value = reflect.ValueOf(nvml.ERROR_NOT_SUPPORTED)
				}
				out = append(out, value)
			}
			return out
		}))
	}
}

func TestEightGPUsOfADGXAreSeen(t *testing.T) {
	_, devices, driver := dgx()
	defer driver.close()
	for i, d := range devices {
		d.MemoryInfo.Used = uint64(i) << 30
		d.GetTotalEnergyConsumptionFunc = func() (uint64, nvml.Return) { return uint64(1000 * i), nvml.SUCCESS }
	}
	var want []GPU
	var meters []Meter
	for i, d := range devices {
		want = append(want, GPU{
			ID: d.UUID, Index: i, Name: "Mock NVIDIA A100-SXM4-40GB", Vendor: "nvidia", Kind: "gpu",
			Memory: &Memory{Used: uint64(i) << 30, Total: 40 << 30}, Energy: new(float64(i)),
		})
		meters = append(meters, Meter{ID: d.UUID, Joules: new(float64(i))})
	}
	if diff := cmp.Diff(want, driver.look(true)); diff != "" {
		t.Errorf("GPUs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(meters, driver.meters(), cmpopts.IgnoreFields(Meter{}, "At")); diff != "" {
		t.Errorf("meters (-want +got):\n%s", diff)
	}
}

func TestSplitA100NamesItsPartsByTheirSize(t *testing.T) {
	_, devices, driver := dgx()
	defer driver.close()
	whole := devices[3]
	whole.SetMigMode(nvml.DEVICE_MIG_ENABLE)
	whole.GetUtilizationRatesFunc = func() (nvml.Utilization, nvml.Return) { return nvml.Utilization{Gpu: 50}, nvml.SUCCESS } //nolint:misspell // NVIDIA spells it so
	whole.GetMaxMigDeviceCountFunc = func() (int, nvml.Return) { return 7, nvml.SUCCESS }
	parts := []*dgxa100.Device{
		part("MIG-a", whole.Name+" MIG 1g.5gb", nvml.DeviceAttributes{}),
		part("MIG-b", whole.Name, nvml.DeviceAttributes{GpuInstanceSliceCount: 3, MemorySizeMB: 19968}), // as drivers before R470 call it
	}
	whole.GetMigDeviceHandleByIndexFunc = func(i int) (nvml.Device, nvml.Return) {
		if i >= len(parts) {
			return nil, nvml.ERROR_NOT_FOUND
		}
		return parts[i], nvml.SUCCESS
	}
	got := driver.look(true)
	memory := &Memory{Total: 5 << 30}
	want := []Instance{{ID: "MIG-a", Name: "1g.5gb", Memory: memory}, {ID: "MIG-b", Name: "3g.20gb", Memory: memory}}
	if diff := cmp.Diff(want, got[3].Instances); diff != "" {
		t.Errorf("instances (-want +got):\n%s", diff)
	}
	if got[3].Kind != "mig" || got[3].Utilisation != nil {
		t.Errorf("the split one: %+v", got[3])
	}
	if got[4].Kind != "gpu" || got[4].Instances != nil {
		t.Errorf("one that is not split: %+v", got[4])
	}
}

func part(uuid, name string, attributes nvml.DeviceAttributes) *dgxa100.Device {
	p := dgxa100.NewDevice(0)
	refuseTheRest(&p.Device)
	p.UUID, p.Name, p.MemoryInfo = uuid, name, nvml.Memory{Total: 5 << 30}
	p.GetAttributesFunc = func() (nvml.DeviceAttributes, nvml.Return) { return attributes, nvml.SUCCESS }
	return p
}

func TestGPUWithoutUUIDIsKnownByItsPlace(t *testing.T) {
	_, devices, driver := dgx()
	defer driver.close()
	devices[0].GetUUIDFunc = func() (string, nvml.Return) { return "", nvml.ERROR_NOT_SUPPORTED }
	devices[0].GetPciInfoFunc = func() (nvml.PciInfo, nvml.Return) { return nvml.PciInfo{Domain: 1, Bus: 0xc1}, nvml.SUCCESS }
	if got := driver.look(false)[0].ID; got != "0001:c1:00.0" {
		t.Errorf("got %q", got)
	}
}

func TestGPUThisPersonMayNotUseIsLeftOut(t *testing.T) {
	server, devices, driver := dgx()
	defer driver.close()
	server.DeviceGetHandleByIndexFunc = func(i int) (nvml.Device, nvml.Return) {
		if i != 5 {
			return nil, nvml.ERROR_NO_PERMISSION
		}
		return devices[i], nvml.SUCCESS
	}
	if got := driver.look(false); len(got) != 1 || got[0].Index != 5 {
		t.Errorf("got %+v", got)
	}
}

func TestGPUThatComesBackAsAnotherIsNotTakenForTheFirst(t *testing.T) {
	server, devices, driver := dgx()
	defer driver.close()
	driver.look(false)
	there := server.DeviceGetHandleByIndexFunc
	server.DeviceGetHandleByIndexFunc = func(int) (nvml.Device, nvml.Return) { return nil, nvml.ERROR_GPU_IS_LOST }
	if got := driver.look(false); len(got) != 0 {
		t.Errorf("with all lost: %+v", got)
	}
	server.DeviceGetHandleByIndexFunc = there
	devices[0].UUID = "GPU-new"
	if got := driver.look(false)[0].ID; got != "GPU-new" {
		t.Errorf("got %q", got)
	}
}

func TestSamplesAreAveraged(t *testing.T) {
	sample := func(stamp uint64, percent byte) nvml.Sample {
		return nvml.Sample{TimeStamp: stamp, SampleValue: [8]byte{percent}}
	}
	for _, c := range []struct {
		name    string
		last    uint64
		samples []nvml.Sample
		mean    *float64
		newest  uint64
	}{
		{"none", 5, nil, nil, 5},
		{"new ones", 5, []nvml.Sample{sample(6, 10), sample(7, 30)}, new(20.0), 7},
		{"old ones are left out", 6, []nvml.Sample{sample(6, 10), sample(7, 30)}, new(30.0), 7},
		{"in any order", 1, []nvml.Sample{sample(9, 0), sample(3, 50)}, new(25.0), 9},
		{"room that was not filled", 1, []nvml.Sample{sample(2, 40), {}, {}}, new(40.0), 2},
		{"what is no percentage", 1, []nvml.Sample{sample(2, 200), sample(3, 40)}, new(40.0), 3},
	} {
		mean, newest := meanAfter(c.last, c.samples)
		if diff := cmp.Diff(c.mean, mean); diff != "" || newest != c.newest {
			t.Errorf("%s: newest %d, mean (-want +got):\n%s", c.name, newest, diff)
		}
	}
}

// BenchmarkLook says what a look costs us, without what a real driver takes: two GPUs, twice a second, may take 1 % of a core together.
func BenchmarkLook(b *testing.B) {
	library := filepath.Join(b.TempDir(), "libnvidia-ml.so.1")
	buildStub(b, library, "-O2", "-DBUSY")
	r := New(Config{NVML: library, Sysfs: "/nowhere"})
	defer r.Close()
	for _, details := range []bool{false, true} {
		b.Run(fmt.Sprintf("details=%v", details), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
				if gpus, err := r.Look(ctx, details); len(gpus) != 2 || err != nil {
					b.Fatal(len(gpus), err)
				}
				cancel()
			}
		})
	}
	b.Run("meters", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if meters, err := r.Meters(b.Context()); len(meters) != 2 || err != nil {
				b.Fatal(len(meters), err)
			}
		}
	})
}
