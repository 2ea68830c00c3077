//go:build windows || (linux && cgo)

package gpu

import (
	"slices"
	"time"
)

// What holds for NVIDIA's GPUs however their driver is spoken to.

const (
	retryAfter = 30 * time.Second // a driver that was not there may be installed, or its module loaded, meanwhile
	knownFor   = 30 * time.Second // how long what hardly ever changes is not asked for again
	maxGPUs    = 64
)

// identity is what hardly ever changes.
type identity struct {
	id, name   string
	mig, vgpu  bool
	powerLimit *float64
}

func (i identity) kind() string {
	switch {
	case i.mig:
		return "mig"
	case i.vgpu:
		return "vgpu"
	default:
		return "gpu"
	}
}

// look is never nil. GPUs that are lost are left out.
func (d *nvidia) look(details bool) []GPU {
	gpus := []GPU{}
	d.each(func(g *nvidiaGPU) {
		if gpu, ok := g.look(details); ok {
			gpus = append(gpus, gpu)
		}
	})
	return gpus
}

// meters is never nil. GPUs that are lost are left out.
func (d *nvidia) meters() []Meter {
	meters := []Meter{}
	d.each(func(g *nvidiaGPU) {
		if meter, ok := g.meter(); ok {
			meters = append(meters, meter)
		}
	})
	return meters
}

// look is one look at the GPU. ok is false when it is lost.
func (g *nvidiaGPU) look(details bool) (gpu GPU, ok bool) {
	g.identify()
	gpu = GPU{ID: g.known.id, Index: g.index, Name: g.known.name, Vendor: "nvidia", Kind: g.known.kind(), PowerLimit: g.known.powerLimit}
	gpu.Utilisation = g.utilisation()
	gpu.Memory = g.memory(g.device)
	gpu.Temperature = g.temperature()
	gpu.Power = g.power()
	gpu.Energy = g.energy()
	if details && !g.lost {
		g.addDetails(&gpu)
	}
	return gpu, !g.lost
}

// meter is a look at the energy, and at who uses it. ok is false when the GPU is lost.
func (g *nvidiaGPU) meter() (meter Meter, ok bool) {
	g.identify()
	meter = Meter{ID: g.known.id, At: time.Now(), Joules: g.energy(), Watts: g.power()}
	if computing, ok := g.computing(); ok {
		meter.PIDs = []int{}
		for _, p := range computing {
			meter.PIDs = append(meter.PIDs, p.PID)
		}
	}
	return meter, !g.lost
}

// throttleWords are why a GPU is slower than it could be, by the bits of nvml.h. That it has nothing to do is no reason. A slowdown by the
// hardware is told along with its cause where that is known.
func throttleWords(reasons uint64) []string {
	const (
		power    = 0x04 | 0x80 // a limit that software keeps; a power brake outside
		hardware = 0x08
		heat     = 0x20 | 0x40 // as software, or the hardware keeps it down
		explains = 0x40 | 0x80
		sync     = 0x10
		set      = 0x02 | 0x100 // by an application, or for a display
	)
	words := []string{}
	add := func(word string, holds bool) {
		if holds {
			words = append(words, word)
		}
	}
	add("power", reasons&power != 0)
	add("heat", reasons&heat != 0)
	add("hardware", reasons&hardware != 0 && reasons&explains == 0)
	add("sync", reasons&sync != 0)
	add("set", reasons&set != 0)
	return words
}

// processes is nil where the driver does not tell. Each is there once: one that computes and draws is in both of the driver's lists, and one
// that uses several parts of a split GPU is there for each.
func (g *nvidiaGPU) processes() []Process {
	all, ok := g.computing()
	drawing, too := g.drawing()
	if !ok && !too {
		return nil
	}
	for _, p := range drawing {
		if find(all, p.PID) < 0 {
			all = append(all, p)
		}
	}
	for i := range all {
		all[i].Name = programName(all[i].PID)
	}
	return all
}

// withUse adds to what each process takes what one of them takes, of a GPU or of one of its parts.
func withUse(all []Process, pid int, kind string, memory uint64) []Process {
	i := find(all, pid)
	if i < 0 {
		i = len(all)
		all = append(all, Process{PID: pid, Kind: kind})
	}
	all[i].Memory = plus(all[i].Memory, memory)
	return all
}

func find(all []Process, pid int) int {
	return slices.IndexFunc(all, func(p Process) bool { return p.PID == pid })
}

func plus(sum *uint64, more uint64) *uint64 {
	if more == ^uint64(0) { // the driver does not know
		return sum
	}
	if sum != nil {
		more += *sum
	}
	return &more
}
