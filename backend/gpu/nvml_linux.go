//go:build cgo

package gpu

/*
#include <stdlib.h>
int sight_nvml_open(const char *path);
void sight_nvml_close(void);
*/
import "C"

import (
	"time"
	"unsafe"

	"github.com/NVIDIA/go-nvml/pkg/nvml"
)

const defaultLibrary = "libnvidia-ml.so.1"

// nvidia speaks to the NVIDIA driver. Its calls may hang, and are made by one goroutine at a time.
//
// A function that an old driver lacks answers ERROR_FUNCTION_NOT_FOUND (see nvml_linux.c), and what it would have told is not known.
type nvidia struct {
	load   func() (nvml.Interface, bool) // gives the library, started; false where there is none, or none that works
	unload func(nvml.Interface)
	lib    nvml.Interface     // nil while closed
	failed time.Time          // when loading failed last
	gpus   map[int]*nvidiaGPU // by the driver's index
}

// newNVML has loaded nothing yet.
func newNVML(path string) driver {
	if path == "" {
		path = defaultLibrary
	}
	return &nvidia{load: func() (nvml.Interface, bool) { return loadNVML(path) }, unload: unloadNVML, gpus: map[int]*nvidiaGPU{}}
}

func loadNVML(path string) (nvml.Interface, bool) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.sight_nvml_open(name) == 0 {
		return nil, false
	}
	lib := nvml.New(nvml.WithLibraryPath(path))
	if lib.Init() != nvml.SUCCESS {
		C.sight_nvml_close()
		return nil, false
	}
	return lib, true
}

func unloadNVML(lib nvml.Interface) {
	_ = lib.Shutdown() // it never fails: see nvml_linux.c
	C.sight_nvml_close()
}

// each visits the GPUs that can be reached.
func (d *nvidia) each(visit func(*nvidiaGPU)) {
	if !d.open() {
		return
	}
	count, ret := d.lib.DeviceGetCount()
	if ret != nvml.SUCCESS {
		d.reopenLater(ret)
		return
	}
	for i := range min(count, maxGPUs) {
		device, ret := d.lib.DeviceGetHandleByIndex(i)
		if ret != nvml.SUCCESS {
			delete(d.gpus, i) // what comes back in its place may be another
			continue
		}
		visit(d.gpu(i, device))
	}
}

func (d *nvidia) gpu(index int, device nvml.Device) *nvidiaGPU {
	g := d.gpus[index]
	if g == nil {
		g = &nvidiaGPU{index: index}
		d.gpus[index] = g
	}
	g.device, g.lost = device, false
	return g
}

// open loads the library and starts it, unless that is done, or failed just now.
func (d *nvidia) open() bool {
	if d.lib != nil {
		return true
	}
	if !d.failed.IsZero() && time.Since(d.failed) < retryAfter {
		return false
	}
	lib, ok := d.load()
	if !ok {
		d.failed = time.Now()
		return false
	}
	d.lib = lib
	return true
}

// reopenLater starts over after a while where the driver went away beneath us, by an update for instance.
func (d *nvidia) reopenLater(ret nvml.Return) {
	switch ret {
	case nvml.ERROR_UNINITIALIZED, nvml.ERROR_DRIVER_NOT_LOADED, nvml.ERROR_LIB_RM_VERSION_MISMATCH, nvml.ERROR_UNKNOWN:
		d.close()
		d.failed = time.Now()
	}
}

func (d *nvidia) close() {
	if d.lib == nil {
		return
	}
	d.unload(d.lib)
	d.lib = nil
	clear(d.gpus)
}
