package metrics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

// full is a scrape of a window in which everything has happened.
func full(t *testing.T) []byte {
	t.Helper()
	address := freePort(t)
	e, _, _ := run(t, busy("w-1"), Settings{On: true, Address: address})
	e.Observe(answered("vLLM", "qwen2-vl"))
	scraped(t, address)
	_, _, body := get(t, address, nil)
	return body
}

func TestEveryFigureIsThereUnderItsName(t *testing.T) {
	families := parsed(t, full(t))
	of := []string{"window", "w-1", "backend", "vLLM", "model", "qwen2-vl"}
	and := func(more ...string) []string { return append(more, of...) }
	for name, want := range map[string]float64{
		"sightline_frames_captured_total": 900, "sightline_frames_sampled_total": 31, "sightline_capture_frames_per_second": 29.97,
	} {
		wantValue(t, families, want, name, "window", "w-1")
	}
	for outcome, want := range map[string]float64{"answered": 10, "superseded": 8, "unchanged": 0, "failed": 7, "cancelled": 5} {
		wantValue(t, families, want, "sightline_samples_total", "window", "w-1", "outcome", outcome)
	}
	wantValue(t, families, 1, "sightline_questions_total", and("outcome", "answered")...)
	wantValue(t, families, 300, "sightline_prompt_tokens_total", of...)
	wantValue(t, families, 24, "sightline_completion_tokens_total", of...)
	wantValue(t, families, 150.5, "sightline_energy_joules_total", and("shared", "true")...)
	wantValue(t, families, .02, "sightline_capture_to_sent_seconds", of...)
	wantValue(t, families, .2, "sightline_first_token_seconds", of...)
	wantValue(t, families, 1.2, "sightline_answer_seconds", of...)
	wantValue(t, families, 1.22, "sightline_capture_to_answer_seconds", of...)
	wantValue(t, families, 1, "sightline_build_info", "window", "w-1", "version", "1.2.3")
	wantValue(t, families, 1, "sightline_window_info", "window", "w-1")
}

func TestMachineAndServersAreToldInBaseUnits(t *testing.T) {
	families := parsed(t, full(t))
	card := []string{"gpu", "0", "uuid", "GPU-4f1c", "name", "NVIDIA GeForce RTX 4090"}
	server := []string{"server", "vLLM", "host", "gpu-box:8000"}
	wantValue(t, families, .375, "sightline_machine_cpu_ratio")
	wantValue(t, families, 12e9, "sightline_machine_memory_used_bytes")
	wantValue(t, families, 64e9, "sightline_machine_memory_total_bytes")
	wantValue(t, families, .88, "sightline_gpu_utilisation_ratio", card...)
	wantValue(t, families, 20e9, "sightline_gpu_memory_used_bytes", card...)
	wantValue(t, families, 24e9, "sightline_gpu_memory_total_bytes", card...)
	wantValue(t, families, 71, "sightline_gpu_temperature_celsius", card...)
	wantValue(t, families, 380.5, "sightline_gpu_power_watts", card...)
	wantValue(t, families, 450, "sightline_gpu_power_limit_watts", card...)
	wantValue(t, families, 1234567.5, "sightline_gpu_energy_joules_total", card...)
	wantValue(t, families, 3, "sightline_backend_requests_running", server...)
	wantValue(t, families, 1, "sightline_backend_requests_waiting", server...)
	wantValue(t, families, .25, "sightline_backend_cache_ratio", server...)
	wantValue(t, families, 1500, "sightline_backend_prompt_tokens_per_second", server...)
	wantValue(t, families, 210, "sightline_backend_generation_tokens_per_second", server...)
	wantValue(t, families, 9e9, "sightline_backend_model_memory_bytes", append(server, "model", "qwen2-vl")...)
	wantValue(t, families, 8e9, "sightline_backend_model_gpu_memory_bytes", append(server, "model", "qwen2-vl")...)
}

// promtool is Prometheus' own look at figures. What it looks at is the same on Windows, where it seldom is.
func promtool(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("promtool")
	if err != nil && runtime.GOOS == "windows" {
		t.Skip("promtool is not installed on this Windows: it looks at the same figures on Linux")
	}
	if err != nil {
		t.Fatal("promtool is missing: install Debian's package prometheus")
	}
	return tool
}

func TestPromtoolFindsNothingToCriticise(t *testing.T) {
	check := exec.CommandContext(t.Context(), promtool(t), "check", "metrics")
	check.Stdin = bytes.NewReader(full(t))
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}

func TestNothingPrivateIsTold(t *testing.T) {
	if text := full(t); bytes.Contains(text, []byte("private")) {
		t.Errorf("a prompt, an answer or an address is in\n%s", text)
	}
}

func TestWhatIsNotKnownIsAbsent(t *testing.T) {
	address := freePort(t)
	c := quiet("w-1")
	c.Machine = func(context.Context) stats.Snapshot { return stats.Snapshot{CPU: new(math.NaN())} }
	c.Loads = func(context.Context) []load.Load {
		return []load.Load{{Server: "Ollama", Host: "h", Cache: new(math.Inf(1))}}
	}
	e, _, _ := run(t, c, Settings{On: true, Address: address})
	o := answered("b", "m")
	o.Answer.PromptTokens, o.Answer.CompletionTokens, o.Answer.Energy, o.Answer.FirstToken = nil, nil, nil, time.Time{}
	e.Observe(o)
	for name := range scraped(t, address) {
		switch name {
		case "sightline_frames_captured_total", "sightline_frames_sampled_total", "sightline_samples_total", "sightline_questions_total",
			"sightline_capture_to_sent_seconds", "sightline_answer_seconds", "sightline_capture_to_answer_seconds",
			"sightline_build_info", "sightline_window_info":
		default:
			t.Errorf("%s is told, and cannot be known", name)
		}
	}
}

func TestOnlyQuestionsThatWerePutAreCountedAsSuch(t *testing.T) {
	address := freePort(t)
	e, _, _ := run(t, quiet("w-1"), Settings{On: true, Address: address})
	e.Observe(sight.Observation{Outcome: sight.Superseded})
	e.Observe(sight.Observation{Outcome: sight.Cancelled, Answer: sight.Answer{Backend: "b", Model: "m"}})
	e.Observe(sight.Observation{Outcome: sight.Failed, Answer: sight.Answer{Backend: "b", Model: "m"}, Err: errors.New("refused")})
	cut := answered("b", "m")
	cut.Outcome = sight.Cancelled
	e.Observe(cut)
	families := scraped(t, address)
	if n := len(families["sightline_questions_total"].GetMetric()); n != 2 {
		t.Errorf("%d kinds of questions, want one that failed and one that was cancelled on its way", n)
	}
	wantValue(t, families, 1, "sightline_questions_total", "backend", "b", "outcome", "failed")
	wantValue(t, families, 1, "sightline_questions_total", "backend", "b", "outcome", "cancelled")
	if families["sightline_answer_seconds"] != nil {
		t.Error("a question that was cancelled counts as an answer")
	}
}

func TestHostileNamesDoNoHarm(t *testing.T) {
	address := freePort(t)
	c := quiet("w-\"1\"\n\xff")
	c.Machine = func(context.Context) stats.Snapshot { return hostile() }
	e, _, _ := run(t, c, Settings{On: true, Address: address})
	bad := "a\"b\\c\nsightline_build_info 666\n\xff\xfe"
	for range 2 {
		e.Observe(answered("back\nend", bad))
		e.Observe(answered("", strings.Repeat("ö", 5000)))
	}
	o := answered("b", "m")
	o.Answer.PromptTokens, o.Answer.Energy = new(-5), &sight.Energy{Joules: math.NaN()}
	o.Answer.Ended = o.Frame.Captured.Add(-time.Hour)
	e.Observe(o)
	families := scraped(t, address)
	wantValue(t, families, 2, "sightline_questions_total", "backend", "back?end", "model", "a\"b\\c?sightline_build_info 666??")
	wantValue(t, families, 7, "sightline_frames_captured_total", "window", "w-\"1\"??")
	wantValue(t, families, .5, "sightline_gpu_utilisation_ratio", "name", "??")
	if len(families["sightline_build_info"].GetMetric()) != 1 {
		t.Error("a model's name has become a figure")
	}
	for _, m := range families["sightline_questions_total"].GetMetric() {
		if name := labelsOf(m)["model"]; len(name) > 130 {
			t.Errorf("a name of %d bytes", len(name))
		}
	}
}

// hostile is a machine with two GPUs that claim to be the same one.
func hostile() stats.Snapshot {
	s := workstation()
	s.GPUs[0].Name, s.GPUs[0].Utilisation = "\xff\n", new(50.0)
	s.GPUs[1] = s.GPUs[0]
	return s
}

func TestServerThatRenamesItsModelEachTimeIsBounded(t *testing.T) {
	t.Parallel()
	address := freePort(t)
	e, _, _ := run(t, quiet("w-1"), Settings{On: true, Address: address})
	for i := range 200 {
		e.Observe(answered("b", fmt.Sprint("model-", i)))
	}
	families := scraped(t, address)
	if n := len(families["sightline_questions_total"].GetMetric()); n != mostAskers+1 {
		t.Errorf("%d models are told apart, want %d and the rest", n, mostAskers)
	}
	wantValue(t, families, 200-mostAskers, "sightline_questions_total", "backend", "other", "model", "other")
}
