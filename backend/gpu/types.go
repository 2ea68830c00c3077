// Package gpu reads the machine's GPUs as their drivers tell of them: NVIDIA's by NVML, AMD's by Linux' sysfs. Absent hardware is normal.
package gpu

import "time"

// GPU is one GPU at one moment. What is not known, or not asked for, is nil.
type GPU struct {
	ID     string `json:"id"`     // the driver's own name for this very device (NVIDIA's UUID), else its PCI address
	Index  int    `json:"index"`  // as the driver counts
	Name   string `json:"name"`   // "NVIDIA GeForce RTX 4090"
	Vendor string `json:"vendor"` // "nvidia" or "amd"
	Kind   string `json:"kind"`   // "gpu", "mig" (it is split; see Instances) or "vgpu" (a share of a GPU, seen from inside a virtual machine)

	Utilisation *float64 `json:"utilisation"` // percent, averaged since the last look where the driver can, else of the moment
	Memory      *Memory  `json:"memory"`
	Temperature *float64 `json:"temperature"` // °C
	Power       *float64 `json:"power"`       // W
	PowerLimit  *float64 `json:"powerLimit"`  // W
	Energy      *float64 `json:"energy"`      // J since the driver was loaded

	// What follows is looked up only for somebody who sees the details.
	Encoder       *float64   `json:"encoder"`       // percent
	Decoder       *float64   `json:"decoder"`       // percent
	GraphicsClock *float64   `json:"graphicsClock"` // MHz
	MemoryClock   *float64   `json:"memoryClock"`   // MHz
	Throttled     []string   `json:"throttled"`     // why it is slower than it could be: "power", "heat", "hardware", "sync", "set" (by somebody); empty: it is not
	Processes     []Process  `json:"processes"`     // nil: the driver does not tell
	Instances     []Instance `json:"instances"`     // of a GPU that is split by MIG
}

// Memory is in bytes.
type Memory struct {
	Used  uint64 `json:"used"`
	Total uint64 `json:"total"`
}

// Process uses a GPU.
type Process struct {
	PID    int     `json:"pid"`
	Name   string  `json:"name"`   // of its program, without its path or arguments; empty: not known
	Kind   string  `json:"kind"`   // "compute" or "graphics"
	Memory *uint64 `json:"memory"` // bytes
}

// Instance is a part of a GPU that is split by MIG.
type Instance struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"` // "1g.10gb"
	Memory *Memory `json:"memory"`
}

// Meter is what energy is reckoned from: a GPU's counter, or its power where it has none, and who uses it for computing.
type Meter struct {
	ID     string
	At     time.Time
	Joules *float64 // since the driver was loaded
	Watts  *float64
	PIDs   []int // of computing processes; nil: the driver does not tell
}
