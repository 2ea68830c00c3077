// Package load reads what a server tells of its own work: the Prometheus metrics of vLLM, SGLang, TGI and llama.cpp, and Ollama's /api/ps.
package load

import "context"

// Load is what a server told. What it does not tell is nil.
type Load struct {
	Server string `json:"server"` // "vLLM", "SGLang", "TGI", "llama.cpp", "Ollama"
	Host   string `json:"host"`   // which server: its host and port

	Running *float64 `json:"running"` // requests
	Waiting *float64 `json:"waiting"` // requests
	Cache   *float64 `json:"cache"`   // percent of the key-value cache in use

	// Tokens a second of late: over the last second where the server counts tokens as they go, over the last ten where it counts them when an
	// answer has ended. They are known from the second look on.
	PromptRate     *float64 `json:"promptRate"`
	GenerationRate *float64 `json:"generationRate"`

	Models []Model `json:"models"` // that it has in memory; empty where there is none, or it does not tell
}

// Model is one that a server has in memory.
type Model struct {
	Name      string  `json:"name"`
	Memory    *uint64 `json:"memory"`    // bytes
	GPUMemory *uint64 `json:"gpuMemory"` // of them, bytes on GPUs
}

// Fetch gets a path of a server ("/metrics", "/api/ps") from its root, not from its API's base. It keeps the rules of the server's own client: its
// certificates, no redirect to elsewhere, its key only for its own origin. status is the server's; body is nil where that is not 200, and bounded.
type Fetch func(ctx context.Context, path string) (status int, body []byte, err error)
