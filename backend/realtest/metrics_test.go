//go:build real

package realtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sightline/backend/gpu"
	"sightline/backend/metrics"
	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/vlm/load"
)

// Figures are scraped and judged by Debian's own Prometheus and promtool, which know nothing of Sightline.

const metricsToken = "only-for-this-test"

// TestPrometheusScrapesSeveralWindows also asks it all that the dashboard asks: each question must have an answer.
func TestPrometheusScrapesSeveralWindows(t *testing.T) {
	address, dir := "127.0.0.1:"+freePort(t), t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	for _, id := range []string{"w-a", "w-b"} {
		ended := exporting(ctx, t, metrics.Config{
			Dir: dir, Window: id, Version: "1.2.3",
			Counts:  func() sight.Counts { return sight.Counts{Captured: 900, Sampled: 30, Answered: 22, Failed: 8} },
			FPS:     func() float64 { return 30 },
			Machine: func(context.Context) stats.Snapshot { return machineWithGPU() },
			Loads:   func(context.Context) []load.Load { return []load.Load{loadedServer()} },
		}, address)
		t.Cleanup(func() { <-ended })
	}
	t.Cleanup(cancel)

	p := startPrometheus(t, address)
	p.await(t, "two windows", `sum(sightline_frames_captured_total)`, func(v float64) bool { return v == 1800 })
	p.await(t, "answers of both", `count(sum by (window) (sightline_questions_total{model="a \"model\"?", outcome="answered"}) > 0)`, func(v float64) bool { return v == 2 })
	p.await(t, "a quantile", `histogram_quantile(0.5, sum by (le) (rate(sightline_answer_seconds_bucket[10s])))`,
		func(v float64) bool { return v > 1 && v <= 2.5 })
	p.await(t, "one machine", `count(sightline_machine_cpu_ratio == 0.5)`, func(v float64) bool { return v == 1 })
	p.await(t, "its GPU", `sightline_gpu_power_watts{gpu="0", uuid="GPU-1", name="RTX"}`, func(v float64) bool { return v == 350 })
	p.await(t, "a healthy target", `up{job="sightline"}`, func(v float64) bool { return v == 1 })
	p.await(t, "rates of energy", `sum(rate(sightline_energy_joules_total[10s]))`, func(v float64) bool { return v > 0 })
	for _, expr := range dashboardQuestions(t) {
		values, err := p.query(expr)
		if err != nil || len(values) == 0 {
			t.Errorf("the dashboard's %s has no answer: %v", expr, err)
		}
	}
	judgeMetrics(t, address)
	if said, err := exec.Command(need(t, "promtool"), "query", "instant", p.base, "sightline_window_info").CombinedOutput(); err != nil ||
		strings.Count(string(said), "sightline_window_info{") != 2 {
		t.Errorf("promtool: %v\n%s", err, said)
	}
}

// TestPrometheusScrapesARunningWatch is the program itself, as a person runs it.
func TestPrometheusScrapesARunningWatch(t *testing.T) {
	bin, address := sightlineCLI(t), "127.0.0.1:"+freePort(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	watch := exec.CommandContext(ctx, bin, "watch", "--source", "pattern:?fps=30&size=640x360", "--every", "200ms", "--json", "--metrics", address)
	watch.Env = append(os.Environ(), "HOME="+t.TempDir(), "SIGHTLINE_METRICS_TOKEN="+metricsToken)
	var said bytes.Buffer
	watch.Stderr = &said
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = watch.Process.Signal(os.Interrupt)
		if err := watch.Wait(); err != nil {
			t.Errorf("watch ended with %v: %s", err, &said)
		}
		if strings.Contains(said.String(), metricsToken) {
			t.Errorf("the token is told: %s", &said)
		}
	}()
	p := startPrometheus(t, address)
	p.await(t, "frames", `sightline_frames_captured_total{window="watch"}`, func(v float64) bool { return v > 30 })
	p.await(t, "answers", `sum(sightline_questions_total{outcome="answered"})`, func(v float64) bool { return v > 0 })
	p.await(t, "their times", `sum(rate(sightline_capture_to_answer_seconds_sum[10s])) / sum(rate(sightline_capture_to_answer_seconds_count[10s]))`,
		func(v float64) bool { return v > 0 && v < 30 })
	p.await(t, "counts that add up", `sum(sightline_frames_sampled_total) - sum(sightline_samples_total)`, func(v float64) bool { return v == 0 || v == 1 })
	p.await(t, "the machine", `sightline_machine_memory_total_bytes`, func(v float64) bool { return v > 1e8 })
	p.await(t, "its processors", `sightline_machine_cpu_ratio`, func(v float64) bool { return v >= 0 && v <= 1 })
	judgeMetrics(t, address)
	response, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", response.Status)
	}
}

// exporting runs an exporter that has a new answer each 100 ms.
func exporting(ctx context.Context, t *testing.T, c metrics.Config, address string) (ended <-chan struct{}) {
	e := metrics.New(c)
	e.Set(metrics.Settings{On: true, Address: address, Token: metricsToken})
	go func() {
		for tick := time.NewTicker(100 * time.Millisecond); ctx.Err() == nil; <-tick.C {
			now := time.Now()
			o := sight.Observation{Outcome: sight.Answered, Frame: sight.Frame{Captured: now}, Answer: sight.Answer{
				Backend: "vLLM", Model: "a \"model\"\n", Sent: now, FirstToken: now.Add(100 * time.Millisecond), Ended: now.Add(1500 * time.Millisecond),
				PromptTokens: new(300), CompletionTokens: new(20), Energy: &sight.Energy{Joules: 40},
			}}
			e.Observe(o)
			o.Outcome = sight.Failed
			e.Observe(o)
		}
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = e.Run(ctx, func(err error) { t.Errorf("%s: %v", c.Window, err) })
	}()
	return done
}

func machineWithGPU() stats.Snapshot {
	return stats.Snapshot{CPU: new(50.0), Memory: &stats.Memory{Used: 1e9, Total: 4e9}, GPUs: []gpu.GPU{{
		ID: "GPU-1", Name: "RTX", Utilisation: new(90.0), Memory: &gpu.Memory{Used: 1, Total: 2}, Temperature: new(70.0), Power: new(350.0),
		PowerLimit: new(450.0), Energy: new(1e6),
	}}}
}

func loadedServer() load.Load {
	return load.Load{
		Server: "vLLM", Host: "gpu-box:8000", Running: new(2.0), Waiting: new(1.0), Cache: new(10.0), PromptRate: new(900.0), GenerationRate: new(80.0),
		Models: []load.Model{{Name: "m", Memory: new(uint64(2)), GPUMemory: new(uint64(1))}},
	}
}

// dashboardQuestions is what the panels ask, with Grafana's variables filled in.
func dashboardQuestions(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/grafana/sightline.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	variable := regexp.MustCompile(`"\$\w+"`)
	var exprs []string
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			exprs = append(exprs, variable.ReplaceAllString(strings.ReplaceAll(target.Expr, "$__rate_interval", "10s"), `".*"`))
		}
	}
	if len(exprs) < 20 {
		t.Fatalf("the dashboard asks only %q", exprs)
	}
	return exprs
}

// judgeMetrics lets promtool look at a scrape.
func judgeMetrics(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+metricsToken)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	check := exec.Command(need(t, "promtool"), "check", "metrics")
	check.Stdin = response.Body
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 || response.StatusCode != http.StatusOK {
		t.Errorf("promtool about %s: %v\n%s", response.Status, err, said)
	}
}

// need is the path of a program; a test that lacks it fails.
func need(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is missing: install Debian's package prometheus", program)
	}
	return path
}

// prometheus is a real one, which scrapes every 500 ms.
type prometheus struct{ base string }

func startPrometheus(t *testing.T, target string) *prometheus {
	t.Helper()
	dir, port := t.TempDir(), freePort(t)
	config := fmt.Sprintf(`global: {scrape_interval: 500ms, scrape_timeout: 500ms}
scrape_configs:
  - job_name: sightline
    authorization: {credentials_file: %q}
    static_configs: [{targets: [%q]}]
`, filepath.Join(dir, "token"), target)
	for name, text := range map[string]string{"prometheus.yml": config, "token": metricsToken} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	cmd := exec.CommandContext(ctx, need(t, "prometheus"), "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:"+port, "--log.level=warn")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel() // kills it
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("prometheus said:\n%s", &said)
		}
	})
	return &prometheus{base: "http://127.0.0.1:" + port}
}

// query is the values of an expression now, those that are no number left out.
func (p *prometheus) query(expr string) ([]float64, error) {
	response, err := http.Get(p.base + "/api/v1/query?query=" + url.QueryEscape(expr))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error string
		Data  struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Error != "" {
		return nil, fmt.Errorf("%v: %s", err, body)
	}
	var values []float64
	for _, r := range answer.Data.Result {
		var v float64
		if _, err := fmt.Sscan(fmt.Sprint(r.Value[1]), &v); err == nil && !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	return values, nil
}

// await asks until an expression has one value, and that is as it should be.
func (p *prometheus) await(t *testing.T, what, expr string, is func(float64) bool) {
	t.Helper()
	var values []float64
	var err error
	for limit := time.Now().Add(40 * time.Second); time.Now().Before(limit); time.Sleep(100 * time.Millisecond) {
		if values, err = p.query(expr); err == nil && len(values) == 1 && is(values[0]) {
			return
		}
	}
	t.Fatalf("%s: Prometheus has %v for %s, %v", what, values, expr, err)
}
