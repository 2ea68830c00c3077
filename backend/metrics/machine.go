package metrics

import (
	"math"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"sightline/backend/gpu"
	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

const (
	mostGPUs    = 64
	mostServers = 64
	mostModels  = 64 // of one server
)

// around is what lies around all windows, at one moment: the machine, and the servers they ask. What is not known is left out.
type around struct {
	machine stats.Snapshot
	loads   []load.Load
}

// Describe implements prometheus.Collector: it says nothing beforehand, since hardware and servers come and go.
func (a around) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (a around) Collect(to chan<- prometheus.Metric) {
	machine := tellerOf(to)
	machine.ratio("sightline_machine_cpu_ratio", "Share of all processors in use.", a.machine.CPU)
	if m := a.machine.Memory; m != nil {
		machine.bytes("sightline_machine_memory_used_bytes", "Main memory in use.", &m.Used)
		machine.bytes("sightline_machine_memory_total_bytes", "Main memory there is.", &m.Total)
	}
	for _, g := range a.machine.GPUs[:min(len(a.machine.GPUs), mostGPUs)] {
		tellGPU(tellerOf(to, "gpu", strconv.Itoa(g.Index), "uuid", g.ID, "name", g.Name), g)
	}
	for _, l := range a.loads[:min(len(a.loads), mostServers)] {
		tellLoad(tellerOf(to, "server", l.Server, "host", l.Host), l)
	}
}

func tellGPU(t teller, g gpu.GPU) {
	t.ratio("sightline_gpu_utilisation_ratio", "Share of the time in which the GPU was at work.", g.Utilisation)
	if m := g.Memory; m != nil {
		t.bytes("sightline_gpu_memory_used_bytes", "Memory of the GPU in use.", &m.Used)
		t.bytes("sightline_gpu_memory_total_bytes", "Memory of the GPU there is.", &m.Total)
	}
	t.gauge("sightline_gpu_temperature_celsius", "Temperature of the GPU.", g.Temperature)
	t.gauge("sightline_gpu_power_watts", "Power that the GPU takes.", g.Power)
	t.gauge("sightline_gpu_power_limit_watts", "Power that the GPU may take.", g.PowerLimit)
	t.counter("sightline_gpu_energy_joules_total", "Energy that the GPU took since its driver was loaded.", g.Energy)
}

func tellLoad(t teller, l load.Load) {
	t.gauge("sightline_backend_requests_running", "Requests that the server works on, whoever sent them.", l.Running)
	t.gauge("sightline_backend_requests_waiting", "Requests that wait at the server.", l.Waiting)
	t.ratio("sightline_backend_cache_ratio", "Share of the server's key-value cache in use.", l.Cache)
	t.gauge("sightline_backend_prompt_tokens_per_second", "Tokens of prompts that the server takes in.", l.PromptRate)
	t.gauge("sightline_backend_generation_tokens_per_second", "Tokens that the server generates.", l.GenerationRate)
	for _, m := range l.Models[:min(len(l.Models), mostModels)] {
		of := t.and("model", m.Name)
		of.bytes("sightline_backend_model_memory_bytes", "Memory that a model takes at the server.", m.Memory)
		of.bytes("sightline_backend_model_gpu_memory_bytes", "Memory that a model takes on the server's GPUs.", m.GPUMemory)
	}
}

// teller tells of one thing, which its labels name. What is nil, or no number, is not told.
type teller struct {
	to            chan<- prometheus.Metric
	names, values []string
}

// tellerOf takes labels as name, value, name, value.
func tellerOf(to chan<- prometheus.Metric, labels ...string) teller {
	return teller{to: to}.and(labels...)
}

func (t teller) and(labels ...string) teller {
	for i := 0; i < len(labels); i += 2 {
		t.names = append(t.names[:len(t.names):len(t.names)], labels[i])
		t.values = append(t.values[:len(t.values):len(t.values)], label(labels[i+1]))
	}
	return t
}

func (t teller) gauge(name, help string, v *float64) { t.tell(prometheus.GaugeValue, name, help, v) }

func (t teller) counter(name, help string, v *float64) {
	t.tell(prometheus.CounterValue, name, help, v)
}

// ratio is told of percent.
func (t teller) ratio(name, help string, percent *float64) {
	if percent != nil {
		t.gauge(name, help, new(*percent/100))
	}
}

func (t teller) bytes(name, help string, v *uint64) {
	if v != nil {
		t.gauge(name, help, new(float64(*v)))
	}
}

func (t teller) tell(kind prometheus.ValueType, name, help string, v *float64) {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return
	}
	t.to <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, t.names, nil), kind, *v, t.values...)
}
