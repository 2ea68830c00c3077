package gpu

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unsafe"
)

// TestLayoutsAreThoseOfNVIDIA has the sizes that nvml.h gives on 64 bits, and the places of what comes after padding.
func TestLayoutsAreThoseOfNVIDIA(t *testing.T) {
	for name, c := range map[string]struct{ got, want uintptr }{
		"nvmlMemory_t":                  {unsafe.Sizeof(nvmlMemory{}), 24},
		"nvmlMemory_v2_t":               {unsafe.Sizeof(nvmlMemoryV2{}), 40},
		"nvmlMemory_v2_t.total":         {unsafe.Offsetof(nvmlMemoryV2{}.Total), 8},
		"nvmlMemory_v2_t.used":          {unsafe.Offsetof(nvmlMemoryV2{}.Used), 32},
		"nvmlUtilization_t":             {unsafe.Sizeof(nvmlUtilisation{}), 8},
		"nvmlSample_t":                  {unsafe.Sizeof(nvmlSample{}), 16},
		"nvmlSample_t.sampleValue":      {unsafe.Offsetof(nvmlSample{}.Percent), 8},
		"nvmlPciInfo_t":                 {unsafe.Sizeof(nvmlPCI{}), 68},
		"nvmlPciInfo_t.bus":             {unsafe.Offsetof(nvmlPCI{}.Bus), 20},
		"nvmlProcessInfo_v1_t":          {unsafe.Sizeof(nvmlProcessV1{}), 16},
		"nvmlProcessInfo_t":             {unsafe.Sizeof(nvmlProcess{}), 24},
		"nvmlProcessInfo_t.memory":      {unsafe.Offsetof(nvmlProcess{}.Memory), 8},
		"nvmlDeviceAttributes_t":        {unsafe.Sizeof(nvmlAttributes{}), 40},
		"nvmlDeviceAttributes_t.memory": {unsafe.Offsetof(nvmlAttributes{}.MemoryMiB), 32},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
}

func TestWithoutALibraryThereIsQuietlyNoGPU(t *testing.T) {
	garbage := filepath.Join(t.TempDir(), "nvml.dll")
	if err := os.WriteFile(garbage, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"missing":    filepath.Join(t.TempDir(), "nvml.dll"),
		"no library": garbage,
	} {
		r := New(Config{NVML: path})
		for range 2 {
			if gpus, err := r.Look(t.Context(), true); gpus == nil || len(gpus) != 0 || err != nil {
				t.Errorf("%s: got %v and %v, want no GPU and no fault", name, gpus, err)
			}
			if meters, err := r.Meters(t.Context()); meters == nil || len(meters) != 0 || err != nil {
				t.Errorf("%s: got %v and %v, want no meter and no fault", name, meters, err)
			}
		}
		r.Close()
	}
}

// TestLibraryIsLookedForInFixedPlacesOnly: a folder somebody starts the program in may hold anything.
func TestLibraryIsLookedForInFixedPlacesOnly(t *testing.T) {
	places := nvmlPlaces("")
	if len(places) == 0 || slices.ContainsFunc(places, func(p string) bool { return !filepath.IsAbs(p) || filepath.Base(p) != "nvml.dll" }) {
		t.Errorf("looked for in %q", places)
	}
}

func TestReasonsForThrottlingInPlainWords(t *testing.T) {
	for reasons, want := range map[uint64][]string{
		0x00:                 {},
		0x01:                 {}, // it has nothing to do
		0x04:                 {"power"},
		0x08:                 {"hardware"},
		0x08 | 0x40:          {"heat"},
		0x08 | 0x80:          {"power"},
		0x02 | 0x10 | 0x20:   {"heat", "sync", "set"},
		0x100 | 0x8000000000: {"set"},
	} {
		if got := throttleWords(reasons); got == nil || !slices.Equal(got, want) {
			t.Errorf("%#x: %q, want %q", reasons, got, want)
		}
	}
}
