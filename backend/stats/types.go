// Package stats reads GPUs, processors, memory and disk as snapshots, when asked; absent hardware is normal.
package stats

import (
	"sightline/backend/gpu"
	"sightline/backend/sight"
)

// Snapshot is one look at the machine. What cannot be known, or was not asked for, is nil.
type Snapshot struct {
	AtMS int64 `json:"atMs"` // Unix milliseconds

	GPUs  []gpu.GPU        `json:"gpus"`  // empty where there is none
	Fault *sight.LineError `json:"fault"` // a GPU's driver does not answer

	CPU    *float64 `json:"cpu"` // percent of the whole machine since the last look
	Memory *Memory  `json:"memory"`

	// What follows is looked up only for somebody who sees the details.
	Cores []float64 `json:"cores"` // percent of each logical core since the last look
	Model string    `json:"model"` // of the processor
	Disk  *Disk     `json:"disk"`  // where recordings go
	Own   *Share    `json:"own"`   // what this window takes, its webview included
	All   *Share    `json:"all"`   // what all of Sightline takes: every window of this person
}

// Memory is in bytes.
type Memory struct {
	Used  uint64 `json:"used"`
	Total uint64 `json:"total"`
}

// Disk is the one that holds a folder, in bytes.
type Disk struct {
	Folder string `json:"folder"`
	Free   uint64 `json:"free"`
	Total  uint64 `json:"total"`
}

// Share is what some processes take of the machine.
type Share struct {
	Windows   int     `json:"windows"`
	Processes int     `json:"processes"`
	CPU       float64 `json:"cpu"`    // percent of one core since the last look
	Memory    uint64  `json:"memory"` // bytes: what would come free if they ended (PSS), where the system tells, else resident
}
