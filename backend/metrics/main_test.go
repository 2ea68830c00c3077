package metrics

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.uber.org/goleak"

	"sightline/backend/gpu"
	"sightline/backend/local/localtest"
	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

// windowIn makes the test binary a window: DIR, ADDRESS and its ID, separated by spaces. It ends when its stdin does.
const windowIn = "SIGHTLINE_METRICS_WINDOW_IN"

func TestMain(m *testing.M) {
	if how := os.Getenv(windowIn); how != "" {
		beWindow(strings.Fields(how))
		return
	}
	goleak.VerifyTestMain(m, localtest.Lasting()...)
}

func beWindow(how []string) {
	c := quiet(how[2])
	c.Dir = how[0]
	e := New(c)
	e.Set(Settings{On: true, Address: how[1]})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); cancel() }()
	_ = e.Run(ctx, func(err error) { fmt.Fprintln(os.Stderr, how[2], err, errors.Unwrap(err)) })
}

// quiet is a window that has captured 7 frames, on a machine of which nothing is known.
func quiet(window string) Config {
	return Config{
		Window: window, Version: "1.2.3",
		Counts:  func() sight.Counts { return sight.Counts{Captured: 7} },
		FPS:     func() float64 { return 0 },
		Machine: func(context.Context) stats.Snapshot { return stats.Snapshot{} },
	}
}

// busy is a window of which everything is known.
func busy(window string) Config {
	return Config{
		Window: window, Version: "1.2.3",
		Counts: func() sight.Counts {
			return sight.Counts{Captured: 900, Sampled: 31, Answered: 10, Superseded: 8, Unchanged: 0, Failed: 7, Cancelled: 5}
		},
		FPS:     func() float64 { return 29.97 },
		Machine: func(context.Context) stats.Snapshot { return workstation() },
		Loads:   func(context.Context) []load.Load { return []load.Load{vllm()} },
	}
}

func workstation() stats.Snapshot {
	return stats.Snapshot{
		CPU: new(37.5), Memory: &stats.Memory{Used: 12e9, Total: 64e9},
		GPUs: []gpu.GPU{{
			ID: "GPU-4f1c", Index: 0, Name: "NVIDIA GeForce RTX 4090", Utilisation: new(88.0), Memory: &gpu.Memory{Used: 20e9, Total: 24e9},
			Temperature: new(71.0), Power: new(380.5), PowerLimit: new(450.0), Energy: new(1234567.5),
		}, {ID: "0000:03:00.0", Index: 1, Name: "AMD Radeon"}},
	}
}

func vllm() load.Load {
	return load.Load{
		Server: "vLLM", Host: "gpu-box:8000", Running: new(3.0), Waiting: new(1.0), Cache: new(25.0), PromptRate: new(1500.0), GenerationRate: new(210.0),
		Models: []load.Model{{Name: "qwen2-vl", Memory: new(uint64(9e9)), GPUMemory: new(uint64(8e9))}},
	}
}

// answered is a question sent 20 ms after its frame, whose first token came after 200 ms, and its end after 1.2 s.
func answered(backend, name string) sight.Observation {
	captured := time.Unix(1_800_000_000, 0)
	sent := captured.Add(20 * time.Millisecond)
	return sight.Observation{
		Session: "s", Outcome: sight.Answered, Frame: sight.Frame{Captured: captured},
		Question: sight.Question{Prompt: "private prompt", System: "private system"},
		Answer: sight.Answer{
			Text: "private answer", Thinking: "private thought", Backend: backend, Model: name, Replica: "private-replica",
			Sent: sent, FirstToken: sent.Add(200 * time.Millisecond), LastToken: sent.Add(time.Second), Ended: sent.Add(1200 * time.Millisecond),
			PromptTokens: new(300), CompletionTokens: new(24), Energy: &sight.Energy{Joules: 150.5, Shared: true},
			Exchange: &sight.Exchange{URL: "http://private-url/v1"},
		},
	}
}

// run runs an exporter as chosen, and gives what ends it. What it complains of is sent on.
func run(t *testing.T, c Config, s Settings) (e *Exporter, complaints <-chan error, end func()) {
	t.Helper()
	e = New(c)
	e.Set(s)
	told := make(chan error, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := e.Run(ctx, func(err error) { told <- err }); !errors.Is(err, context.Canceled) {
			t.Errorf("Run gave %v", err)
		}
	}()
	end = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(end)
	return e, told, end
}

// freePort is one that nobody listens at, below those that the system gives to whoever connects.
func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20000+rand.IntN(12000)))
		if l, err := net.Listen("tcp", address); err == nil {
			l.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// client keeps no connection: those of a test's end would be its leaks.
func client() *http.Client {
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
}

// get is one request; status 0 where nobody answers.
func get(t *testing.T, address string, change func(*http.Request)) (status int, header http.Header, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(r)
	}
	response, err := client().Do(r)
	if err != nil {
		return 0, nil, nil
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, nil
	}
	return response.StatusCode, response.Header, body
}

// scraped are the families at an address, once somebody serves there.
func scraped(t *testing.T, address string) map[string]*dto.MetricFamily {
	t.Helper()
	var body []byte
	until(t, "somebody serves at "+address, func() bool {
		status, _, text := get(t, address, nil)
		body = text
		return status == http.StatusOK
	})
	return parsed(t, body)
}

func parsed(t *testing.T, text []byte) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return families
}

// until waits for what other goroutines or processes do.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); !is(); {
		if time.Now().After(limit) {
			t.Fatalf("still not: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// value is that of the one metric with these labels (name, value, …); nil where there is none.
func value(families map[string]*dto.MetricFamily, name string, labels ...string) *float64 {
	for _, m := range families[name].GetMetric() {
		has := labelsOf(m)
		fits := true
		for i := 0; i < len(labels); i += 2 {
			fits = fits && has[labels[i]] == labels[i+1]
		}
		switch {
		case !fits:
		case m.Counter != nil:
			return new(m.Counter.GetValue())
		case m.Gauge != nil:
			return new(m.Gauge.GetValue())
		case m.Histogram != nil:
			return new(m.Histogram.GetSampleSum())
		}
	}
	return nil
}

func labelsOf(m *dto.Metric) map[string]string {
	has := make(map[string]string)
	for _, l := range m.GetLabel() {
		has[l.GetName()] = l.GetValue()
	}
	return has
}

func wantValue(t *testing.T, families map[string]*dto.MetricFamily, want float64, name string, labels ...string) {
	t.Helper()
	got := value(families, name, labels...)
	if got == nil {
		t.Errorf("no %s%q", name, labels)
	} else if diff := *got - want; diff > 1e-9 || diff < -1e-9 {
		t.Errorf("%s%q is %v, want %v", name, labels, *got, want)
	}
}

// windowsIn are the windows that have figures in a scrape.
func windowsIn(families map[string]*dto.MetricFamily) []string {
	seen := make(map[string]bool)
	for _, m := range families["sightline_frames_captured_total"].GetMetric() {
		seen[labelsOf(m)["window"]] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
