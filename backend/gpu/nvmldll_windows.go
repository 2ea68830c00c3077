package gpu

import (
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// nvmlDLL is NVIDIA's management library, loaded. Its functions differ from driver to driver: each is looked up by its name before it is called,
// and one that is not there answers functionNotFound. What it takes and gives is laid out as in NVIDIA's nvml.h; sizes are tested.
type nvmlDLL struct {
	handle    windows.Handle
	functions map[string]uintptr // 0: not there
}

// nvmlReturn is what every function of NVML answers.
type nvmlReturn uint32

const (
	nvmlSuccess          nvmlReturn = 0
	nvmlUninitialized    nvmlReturn = 1
	nvmlInsufficientSize nvmlReturn = 7
	nvmlDriverNotLoaded  nvmlReturn = 9
	nvmlFunctionNotFound nvmlReturn = 13
	nvmlGPUIsLost        nvmlReturn = 15
	nvmlVersionMismatch  nvmlReturn = 18
	nvmlUnknown          nvmlReturn = 999
)

type (
	nvmlMemory struct{ Total, Free, Used uint64 }

	nvmlMemoryV2 struct {
		Version                     uint32 // its size, and 2 in the uppermost byte
		Total, Reserved, Free, Used uint64
	}

	nvmlUtilisation struct{ GPU, Memory uint32 }

	nvmlSample struct {
		Stamp   uint64 // µs
		Percent uint32 // the first half of a union
		_       uint32
	}

	nvmlPCI struct {
		LegacyBusID                              [16]byte
		Domain, Bus, Device, Numbers, Subsystems uint32
		BusID                                    [32]byte
	}

	nvmlProcess struct {
		PID            uint32
		Memory         uint64 // bytes; all ones: not known, as always where Windows manages it
		Instance, Part uint32
	}

	nvmlProcessV1 struct {
		PID    uint32
		Memory uint64
	}

	nvmlAttributes struct {
		Processors, CopyEngines, Decoders, Encoders, JPEG, OpticalFlow, Slices, ComputeSlices uint32
		MemoryMiB                                                                             uint64
	}
)

// nvmlPlaces are where drivers put the library: new ones in System32, old ones in a folder of their own.
func nvmlPlaces(path string) []string {
	if path != "" {
		return []string{path}
	}
	var places []string
	if system, err := windows.GetSystemDirectory(); err == nil {
		places = append(places, filepath.Join(system, "nvml.dll"))
	}
	if programs := os.Getenv("ProgramW6432"); programs != "" {
		places = append(places, filepath.Join(programs, "NVIDIA Corporation", "NVSMI", "nvml.dll"))
	}
	return places
}

// loadNVML loads and starts the library; nil where there is none, or none that works. Only what has a full path is loaded, and what that needs is
// looked for beside it and in System32: never in the current folder, where anybody may have put something.
func loadNVML(path string) *nvmlDLL {
	for _, place := range nvmlPlaces(path) {
		if !filepath.IsAbs(place) {
			continue
		}
		handle, err := windows.LoadLibraryEx(place, 0, windows.LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR|windows.LOAD_LIBRARY_SEARCH_SYSTEM32)
		if err != nil {
			continue
		}
		l := &nvmlDLL{handle: handle, functions: map[string]uintptr{}}
		if l.either("nvmlInit_v2", "nvmlInit") == nvmlSuccess {
			return l
		}
		l.free()
	}
	return nil
}

func (l *nvmlDLL) shutdown() {
	_ = l.call("nvmlShutdown") // nothing is left to be done about a fault
	l.free()
}

func (l *nvmlDLL) free() { _ = windows.FreeLibrary(l.handle) } // it fails for what is not loaded only

func (l *nvmlDLL) function(name string) uintptr {
	address, known := l.functions[name]
	if !known {
		address, _ = windows.GetProcAddress(l.handle, name) // 0: an older driver
		l.functions[name] = address
	}
	return address
}

// call calls a function by its name. The pragma keeps what pointers among args point to in its place for as long as the call takes.
//
//go:uintptrescapes
func (l *nvmlDLL) call(name string, args ...uintptr) nvmlReturn {
	address := l.function(name)
	if address == 0 {
		return nvmlFunctionNotFound
	}
	answer, _, _ := syscall.SyscallN(address, args...)
	return nvmlReturn(answer) //nolint:gosec // an enumeration: the upper half of the register means nothing
}

// either calls the newer of two functions that take the same, or the older where the driver has no newer.
//
//go:uintptrescapes
func (l *nvmlDLL) either(newer, older string, args ...uintptr) nvmlReturn {
	if l.function(newer) == 0 {
		newer = older
	}
	return l.call(newer, args...)
}

func (l *nvmlDLL) count() (int, nvmlReturn) {
	var n uint32
	ret := l.either("nvmlDeviceGetCount_v2", "nvmlDeviceGetCount", uintptr(unsafe.Pointer(&n)))
	return int(n), ret
}

func (l *nvmlDLL) device(index int) (device uintptr, ret nvmlReturn) {
	ret = l.either("nvmlDeviceGetHandleByIndex_v2", "nvmlDeviceGetHandleByIndex", uintptr(index), uintptr(unsafe.Pointer(&device)))
	return device, ret
}

// part is a part of a GPU that is split by MIG.
func (l *nvmlDLL) part(device uintptr, index int) (part uintptr, ret nvmlReturn) {
	ret = l.call("nvmlDeviceGetMigDeviceHandleByIndex", device, uintptr(index), uintptr(unsafe.Pointer(&part)))
	return part, ret
}

// text is for functions that fill in a text of some length.
func (l *nvmlDLL) text(name string, device uintptr) (string, nvmlReturn) {
	var room [96]byte // what NVIDIA says is enough for a name or a UUID
	ret := l.call(name, device, uintptr(unsafe.Pointer(&room)), uintptr(len(room)))
	return windows.ByteSliceToString(room[:]), ret
}

// number is for functions that fill in one number of 32 bits.
func (l *nvmlDLL) number(name string, device uintptr) (uint32, nvmlReturn) {
	var n uint32
	ret := l.call(name, device, uintptr(unsafe.Pointer(&n)))
	return n, ret
}

// numberOf is number for functions that are told of what.
func (l *nvmlDLL) numberOf(name string, device uintptr, what int) (uint32, nvmlReturn) {
	var n uint32
	ret := l.call(name, device, uintptr(what), uintptr(unsafe.Pointer(&n)))
	return n, ret
}

// firstOf is for functions that fill in two numbers of 32 bits, of which the first is wanted.
func (l *nvmlDLL) firstOf(name string, device uintptr) (uint32, nvmlReturn) {
	var first, second uint32
	ret := l.call(name, device, uintptr(unsafe.Pointer(&first)), uintptr(unsafe.Pointer(&second)))
	return first, ret
}

// wide is for functions that fill in one number of 64 bits.
func (l *nvmlDLL) wide(name string, device uintptr) (uint64, nvmlReturn) {
	var n uint64
	ret := l.call(name, device, uintptr(unsafe.Pointer(&n)))
	return n, ret
}

// memory of the newer call leaves out what the driver has set aside for itself.
func (l *nvmlDLL) memory(device uintptr) (*Memory, nvmlReturn) {
	newer := nvmlMemoryV2{Version: uint32(unsafe.Sizeof(nvmlMemoryV2{})) | 2<<24}
	if ret := l.call("nvmlDeviceGetMemoryInfo_v2", device, uintptr(unsafe.Pointer(&newer))); ret == nvmlSuccess {
		return &Memory{Used: newer.Used, Total: newer.Total}, ret
	}
	var older nvmlMemory
	ret := l.call("nvmlDeviceGetMemoryInfo", device, uintptr(unsafe.Pointer(&older)))
	return &Memory{Used: older.Used, Total: older.Total}, ret
}

func (l *nvmlDLL) utilisation(device uintptr) (percent uint32, ret nvmlReturn) {
	var rates nvmlUtilisation
	ret = l.call("nvmlDeviceGetUtilizationRates", device, uintptr(unsafe.Pointer(&rates)))
	return rates.GPU, ret
}

// samples are the driver's own samples of the GPU's utilisation since a time stamp. It first says how much room it wants, which is more than
// it fills.
func (l *nvmlDLL) samples(device uintptr, since uint64) ([]nvmlSample, nvmlReturn) {
	const (
		gpuUtilisation = 1
		unsignedInt    = 1
		enough         = 10_000
		name           = "nvmlDeviceGetSamples"
	)
	var kind, n uint32
	ret := l.call(name, device, gpuUtilisation, uintptr(since), uintptr(unsafe.Pointer(&kind)), uintptr(unsafe.Pointer(&n)), 0)
	if ret != nvmlSuccess || n == 0 || n > enough {
		return nil, ret
	}
	room := make([]nvmlSample, n)
	ret = l.call(name, device, gpuUtilisation, uintptr(since), uintptr(unsafe.Pointer(&kind)), uintptr(unsafe.Pointer(&n)),
		uintptr(unsafe.Pointer(&room[0])))
	if ret != nvmlSuccess || kind != unsignedInt {
		return nil, ret
	}
	return room[:min(int(n), len(room))], ret
}

// address is where the GPU is plugged in. The oldest of the three functions knows less, and fills in less.
func (l *nvmlDLL) address(device uintptr) (pci nvmlPCI, ret nvmlReturn) {
	for _, name := range []string{"nvmlDeviceGetPciInfo_v3", "nvmlDeviceGetPciInfo_v2", "nvmlDeviceGetPciInfo"} {
		if ret = l.call(name, device, uintptr(unsafe.Pointer(&pci))); ret != nvmlFunctionNotFound {
			break
		}
	}
	return pci, ret
}

// processes are those of one of the driver's lists: name is the function's, without its version.
func (l *nvmlDLL) processes(name string, device uintptr) ([]nvmlProcess, nvmlReturn) {
	for _, version := range []string{"_v3", "_v2"} {
		if l.function(name+version) != 0 {
			return list[nvmlProcess](l, name+version, device)
		}
	}
	old, ret := list[nvmlProcessV1](l, name, device)
	processes := make([]nvmlProcess, len(old))
	for i, p := range old {
		processes[i] = nvmlProcess{PID: p.PID, Memory: p.Memory}
	}
	return processes, ret
}

// list calls a function that fills in a list, with more room when it wants more, since processes come while one asks.
func list[T any](l *nvmlDLL, name string, device uintptr) ([]T, nvmlReturn) {
	n := uint32(64)
	var ret nvmlReturn
	for range 3 {
		room := make([]T, n)
		ret = l.call(name, device, uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(&room[0])))
		if ret == nvmlSuccess {
			return room[:min(int(n), len(room))], ret
		}
		if ret != nvmlInsufficientSize || n > 10_000 {
			break
		}
		n += 16
	}
	return nil, ret
}

func (l *nvmlDLL) attributes(device uintptr) (a nvmlAttributes, ret nvmlReturn) {
	ret = l.either("nvmlDeviceGetAttributes_v2", "nvmlDeviceGetAttributes", device, uintptr(unsafe.Pointer(&a)))
	return a, ret
}

// programName is the name of a process' file; empty where that may not be seen, or once it has ended.
func programName(pid int) string {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid)) //nolint:gosec // the driver's number
	if err != nil {
		return ""
	}
	defer func() { _ = windows.CloseHandle(process) }() // it was only asked
	room := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(room))
	if windows.QueryFullProcessImageName(process, 0, &room[0], &size) != nil {
		return ""
	}
	return filepath.Base(windows.UTF16ToString(room[:size]))
}
