// Package stats reads GPU, CPU and memory as snapshots, when asked; absent hardware is normal.
package stats

// Snapshot is one look at the machine. What cannot be known is nil.
type Snapshot struct {
	GPUs   []GPU    `json:"gpus"` // empty where there is none
	CPU    *float64 `json:"cpu"`  // percent of the whole machine since the last look
	Memory *Memory  `json:"memory"`
}

// GPU is one NVIDIA GPU.
type GPU struct {
	Index       int      `json:"index"`
	Name        string   `json:"name"`
	Utilisation *float64 `json:"utilisation"` // percent, averaged since the last look where the driver can, else of the moment
	Memory      *Memory  `json:"memory"`
	Temperature *float64 `json:"temperature"` // °C
	Power       *float64 `json:"power"`       // W
}

// Memory is in bytes.
type Memory struct {
	Used  uint64 `json:"used"`
	Total uint64 `json:"total"`
}
