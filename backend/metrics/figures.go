package metrics

import (
	"math"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"

	"sightline/backend/sight"
)

const (
	mostAskers = 64  // pairs of backend and model that are told apart; the rest are one
	mostLabel  = 120 // bytes of a name
	theRest    = "other"
)

// figures are those of one window, counted since it was switched on.
type figures struct {
	registry *prometheus.Registry
	askers   askers

	questions, prompt, completion, energy           *prometheus.CounterVec
	toSent, toFirstToken, toAnswer, captureToAnswer *prometheus.HistogramVec
}

func newFigures(c Config) *figures {
	f := &figures{registry: prometheus.NewRegistry()}
	window := prometheus.WrapRegistererWith(prometheus.Labels{"window": label(c.Window)}, f.registry)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{"backend", "model"}, labels...))
		window.MustRegister(v)
		return v
	}
	span := func(name, help string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets()}, []string{"backend", "model"})
		window.MustRegister(v)
		return v
	}
	f.questions = counter("sightline_questions_total", "Questions put to a model, by how they ended.", "outcome")
	f.prompt = counter("sightline_prompt_tokens_total", "Tokens of questions, where the server counts them.")
	f.completion = counter("sightline_completion_tokens_total", "Tokens of answers, where the server counts them.")
	f.energy = counter("sightline_energy_joules_total", "Energy that this machine's GPUs took while questions were answered; "+
		"shared says that others used them as well.", "shared")
	f.toSent = span("sightline_capture_to_sent_seconds", "From a frame's capture until its question was sent.")
	f.toFirstToken = span("sightline_first_token_seconds", "From a question being sent until its answer's first visible text.")
	f.toAnswer = span("sightline_answer_seconds", "From a question being sent until its answer's end.")
	f.captureToAnswer = span("sightline_capture_to_answer_seconds", "From a frame's capture until its answer's end.")
	window.MustRegister(newCounted(c), fact("sightline_build_info", "The version of Sightline.", "version", c.Version),
		fact("sightline_window_info", "A window of Sightline, and its process.", "pid", strconv.Itoa(os.Getpid())))
	return f
}

// buckets reach from what the built-in detector needs to what patience allows, in seconds.
func buckets() []float64 {
	return []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120}
}

// fact is a gauge that is always 1, for the sake of its label.
func fact(name, help, key, value string) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{key: label(value)}})
	g.Set(1)
	return g
}

// observe counts a question. What was never put to anybody is told by the session's counts alone.
func (f *figures) observe(o sight.Observation) {
	if o.Answer.Sent.IsZero() && o.Outcome != sight.Failed {
		return
	}
	backend, model := f.askers.labels(o.Answer.Backend, o.Answer.Model)
	f.questions.WithLabelValues(backend, model, string(o.Outcome)).Inc()
	tokens(f.prompt, o.Answer.PromptTokens, backend, model)
	tokens(f.completion, o.Answer.CompletionTokens, backend, model)
	if e := o.Answer.Energy; e != nil && e.Joules >= 0 && !math.IsInf(e.Joules, 0) {
		f.energy.WithLabelValues(backend, model, strconv.FormatBool(e.Shared)).Add(e.Joules)
	}
	if age, known := o.Age(); known {
		span(f.toSent, age, backend, model)
	}
	if o.Outcome != sight.Answered {
		return
	}
	if first, known := o.FirstToken(); known {
		span(f.toFirstToken, first, backend, model)
	}
	if total, known := o.Total(); known {
		span(f.toAnswer, total, backend, model)
		span(f.captureToAnswer, o.Answer.Ended.Sub(o.Frame.Captured), backend, model)
	}
}

// tokens adds what a server says; a counter never goes back, whatever that is.
func tokens(to *prometheus.CounterVec, n *int, backend, model string) {
	if n != nil && *n >= 0 {
		to.WithLabelValues(backend, model).Add(float64(*n))
	}
}

func span(to *prometheus.HistogramVec, d time.Duration, backend, model string) {
	to.WithLabelValues(backend, model).Observe(max(d, 0).Seconds())
}

// askers keeps how many are told apart within bounds: a server may call its model something else each time. The zero value is ready.
type askers struct {
	mu    sync.Mutex
	known map[[2]string]bool
}

func (a *askers) labels(backend, model string) (string, string) {
	pair := [2]string{label(backend), label(model)}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.known[pair]:
	case len(a.known) == mostAskers:
		return theRest, theRest
	default:
		if a.known == nil {
			a.known = make(map[[2]string]bool)
		}
		a.known[pair] = true
	}
	return pair[0], pair[1]
}

// label is a name as it may stand in a label: one line of text, and not too long. Prometheus itself would take more, and then not find it
// again: its ".*" passes over lines, and its queries take no replacement character.
func label(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if len(name) > mostLabel {
		name = strings.ToValidUTF8(name[:mostLabel], "") + "…"
	}
	return name
}

// counted tells what the session counts itself, so that it adds up as it does on screen.
type counted struct {
	c                                  Config
	captured, sampled, outcomes, speed *prometheus.Desc
}

func newCounted(c Config) *counted {
	return &counted{
		c:        c,
		captured: prometheus.NewDesc("sightline_frames_captured_total", "Frames that came from the source.", nil, nil),
		sampled:  prometheus.NewDesc("sightline_frames_sampled_total", "Frames that were chosen to be asked about, those still under way included.", nil, nil),
		outcomes: prometheus.NewDesc("sightline_samples_total", "Chosen frames by how they ended.", []string{"outcome"}, nil),
		speed:    prometheus.NewDesc("sightline_capture_frames_per_second", "Measured speed of the source.", nil, nil),
	}
}

// Describe implements prometheus.Collector.
func (c *counted) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.captured, c.sampled, c.outcomes, c.speed} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *counted) Collect(to chan<- prometheus.Metric) {
	n := c.c.Counts()
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	counter(c.captured, n.Captured)
	counter(c.sampled, n.Sampled)
	counter(c.outcomes, n.Answered, string(sight.Answered))
	counter(c.outcomes, n.Superseded, string(sight.Superseded))
	counter(c.outcomes, n.Unchanged, string(sight.Unchanged))
	counter(c.outcomes, n.Failed, string(sight.Failed))
	counter(c.outcomes, n.Cancelled, string(sight.Cancelled))
	if fps := c.c.FPS(); fps > 0 {
		to <- prometheus.MustNewConstMetric(c.speed, prometheus.GaugeValue, fps)
	}
}
