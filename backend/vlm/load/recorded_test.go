package load

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const qwen = "Qwen/Qwen2.5-VL-7B-Instruct"

func TestWhatEachServerTells(t *testing.T) {
	model := []Model{{Name: qwen}}
	cases := map[string]Load{
		"vllm-v0.txt":             {Server: "vLLM", Running: ptr(2.0), Waiting: ptr(1.0), Cache: ptr(12.5), Models: model},
		"vllm-v1-both-names.txt":  {Server: "vLLM", Running: ptr(3.0), Waiting: ptr(0.0), Cache: ptr(6.25), Models: model},
		"vllm-v1-two-engines.txt": {Server: "vLLM", Running: ptr(3.0), Waiting: ptr(4.0), Cache: ptr(37.5), Models: model},
		"sglang-first.txt":        {Server: "SGLang", Running: ptr(160.0), Waiting: ptr(24.0), Cache: ptr(28.0), Models: model},
		"sglang-realtime.txt":     {Server: "SGLang", Running: ptr(4.0), Waiting: ptr(2.0), Cache: ptr(30.0), Models: model},
		"tgi-2.txt":               {Server: "TGI", Running: ptr(5.0), Waiting: ptr(3.0), Models: []Model{}},
		"tgi-3.txt":               {Server: "TGI", Running: ptr(5.0), Waiting: ptr(3.0), Models: []Model{}},
		"llamacpp-with-cache.txt": {Server: "llama.cpp", Running: ptr(1.0), Waiting: ptr(2.0), Cache: ptr(25.0), Models: []Model{}},
		"llamacpp.txt":            {Server: "llama.cpp", Running: ptr(1.0), Waiting: ptr(2.0), Models: []Model{}},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			r, _ := reader(recorded(t, name))
			want.Host = "gpu:8000"
			if diff := cmp.Diff(&want, r.Read(t.Context()), about); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// about lets a percentage be off by a rounding.
var about = cmp.Comparer(func(a, b float64) bool { return a-b < 1e-6 && b-a < 1e-6 })

func TestOllamaTellsWhatItHasInMemory(t *testing.T) {
	r, s := reader("")
	s.shows("/api/ps", page{body: recorded(t, "ollama-ps.json")})
	want := &Load{Server: "Ollama", Host: "gpu:8000", Models: []Model{
		{Name: "qwen2.5vl:7b", Memory: ptr[uint64](14233845760), GPUMemory: ptr[uint64](9012346880)},
		{Name: "tinyvlm:latest", Memory: ptr[uint64](4970752), GPUMemory: ptr[uint64](0)},
	}}
	if diff := cmp.Diff(want, r.Read(t.Context())); diff != "" {
		t.Error(diff)
	}
}

func TestOllamaWithNothingInMemoryIsThere(t *testing.T) {
	r, s := reader("")
	s.shows("/api/ps", page{body: `{"models":[]}`})
	if diff := cmp.Diff(&Load{Server: "Ollama", Host: "gpu:8000", Models: []Model{}}, r.Read(t.Context())); diff != "" {
		t.Error(diff)
	}
}

func TestAServerWithoutCountersTellsItsOwnSpeed(t *testing.T) {
	cases := map[string]string{
		"sglang:num_running_reqs{model_name=\"m\"} 1.0\nsglang:gen_throughput{model_name=\"m\"} 86.5\n": "SGLang",
		"llamacpp:requests_processing 1\nllamacpp:predicted_tokens_seconds 86.5\n":                      "llama.cpp",
		"vllm:avg_generation_throughput_toks_per_s{model_name=\"m\"} 86.5\n":                            "vLLM",
	}
	for text, want := range cases {
		r, _ := reader(text)
		l := r.Read(t.Context())
		if l == nil || l.Server != want || l.GenerationRate == nil || *l.GenerationRate != 86.5 || l.PromptRate != nil {
			t.Errorf("%s told %+v", want, l)
		}
	}
}
