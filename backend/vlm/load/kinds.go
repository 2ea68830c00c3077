package load

import "time"

// kind is a server that tells of itself in Prometheus' text. Of each list the first metric that is there counts: names change with versions,
// and the newest come first.
type kind struct {
	name string

	running, waiting []metric // gauges: requests
	cache            []metric // gauges: of 1
	prompt           []metric // counters: tokens
	generation       []metric // counters: tokens

	// Gauges of tokens a second, for where there is no counter.
	promptSpeed, generationSpeed []metric

	// over is what rates are averaged over: a second evens out the steps of an engine; a server that counts an answer's tokens when it has
	// ended needs the time of a few answers.
	over time.Duration

	// digits is how many a counter is written with, 0 for all.
	digits int
}

// metric is a name, and of its samples those whose label has one of these values (all, where label is empty).
type metric struct {
	name  string
	label string
	among []string
}

func named(names ...string) []metric {
	metrics := make([]metric, len(names))
	for i, name := range names {
		metrics[i] = metric{name: name}
	}
	return metrics
}

// kinds is all that are known. Some of IBM's vLLM tell of themselves in TGI's names too, so vLLM comes first.
func kinds() []kind { return []kind{vLLM(), sglang(), tgi(), llamaCpp()} }

// vLLM tells at /metrics of its API's own port, with labels model_name and, from V1 on, engine; it counts tokens at each step of its engine
// (vllm/v1/metrics/loggers.py, PrometheusStatLogger.record). gpu_cache_usage_perc became kv_cache_usage_perc in 2025: for some versions
// both were told (vllm-project/vllm#18354), then the new one alone (#29330). The averages were V0's.
func vLLM() kind {
	return kind{
		name:            "vLLM",
		running:         named("vllm:num_requests_running"),
		waiting:         named("vllm:num_requests_waiting"),
		cache:           named("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"),
		prompt:          named("vllm:prompt_tokens_total"),
		generation:      named("vllm:generation_tokens_total"),
		promptSpeed:     named("vllm:avg_prompt_throughput_toks_per_s"),
		generationSpeed: named("vllm:avg_generation_throughput_toks_per_s"),
		over:            time.Second,
	}
}

// sglang tells where it was started with --enable-metrics (docs/references/production_metrics.md; python/sglang/srt/metrics/collector.py,
// later srt/observability/metrics_collector.py). prompt_tokens_total and generation_tokens_total count finished requests
// (observe_one_finished_request); newer versions count realtime_tokens_total as they go, once in some forty steps. Where requests have
// priorities, the gauges tell the sum with an empty one and each priority's share beside it (_log_gauge_queue_count).
func sglang() kind {
	total := func(name string) []metric { return []metric{{name: name, label: "priority", among: []string{""}}} }
	realtime := func(modes ...string) metric {
		return metric{name: "sglang:realtime_tokens_total", label: "mode", among: modes}
	}
	return kind{
		name:            "SGLang",
		running:         total("sglang:num_running_reqs"),
		waiting:         total("sglang:num_queue_reqs"),
		cache:           named("sglang:token_usage"),
		prompt:          append([]metric{realtime("prefill_compute", "prefill_cache")}, named("sglang:prompt_tokens_total")...),
		generation:      append([]metric{realtime("decode")}, named("sglang:generation_tokens_total")...),
		generationSpeed: named("sglang:gen_throughput"),
		over:            10 * time.Second,
	}
}

// tgi tells at /metrics of its router (router/src/server.rs, backends/v3). Its token counts are histograms of whole requests, whose sums are
// what all of them took; it names neither its model nor its cache (huggingface.co/docs/text-generation-inference/reference/metrics).
func tgi() kind {
	return kind{
		name:       "TGI",
		running:    named("tgi_batch_current_size"),
		waiting:    named("tgi_queue_size"),
		prompt:     named("tgi_request_input_length_sum"),
		generation: named("tgi_request_generated_tokens_sum"),
		over:       10 * time.Second,
	}
}

// llamaCpp tells where it was started with --metrics, and else says 501 (tools/server/server-context.cpp, before that examples/server). It
// counts a prompt when it has been read and an answer when it has ended, and writes numbers with six digits, C++'s default. The cache's use
// was told until 2025 (ggml-org/llama.cpp#13660 took it out, #24010 asks for it again).
func llamaCpp() kind {
	return kind{
		name:            "llama.cpp",
		running:         named("llamacpp:requests_processing"),
		waiting:         named("llamacpp:requests_deferred"),
		cache:           named("llamacpp:kv_cache_usage_ratio"),
		prompt:          named("llamacpp:prompt_tokens_total"),
		generation:      named("llamacpp:tokens_predicted_total"),
		promptSpeed:     named("llamacpp:prompt_tokens_seconds"),
		generationSpeed: named("llamacpp:predicted_tokens_seconds"),
		over:            10 * time.Second,
		digits:          6,
	}
}

// all is every metric of k.
func (k kind) all() []metric {
	var all []metric
	for _, some := range [][]metric{k.running, k.waiting, k.cache, k.prompt, k.generation, k.promptSpeed, k.generationSpeed} {
		all = append(all, some...)
	}
	return all
}
