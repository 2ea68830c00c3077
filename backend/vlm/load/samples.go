package load

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// How much of a text is believed. The lines that matter of a server with 64 engines are a third of it; the parser's work on a line grows with
// the square of its labels.
const (
	longestLine = 1 << 10   // bytes
	mostText    = 128 << 10 // bytes of lines that matter
	mostModels  = 32
	longestName = 200 // bytes
	largest     = 1e15
)

// samples is what a text tells, by the metric's name.
type samples map[string][]sample

type sample struct {
	labels map[string]string
	value  float64 // finite, not negative
}

// reading reads texts for the metrics it knows. It is used by one goroutine at a time.
type reading struct {
	kinds  []kind
	known  map[string]bool
	parser expfmt.TextParser
}

func newReading() *reading {
	r := &reading{kinds: kinds(), known: make(map[string]bool), parser: expfmt.NewTextParser(model.UTF8Validation)}
	for _, k := range r.kinds {
		for _, m := range k.all() {
			r.known[m.name] = true
		}
	}
	return r
}

// read gives the samples that are wanted, and whose text it is; none, where it is nobody's. Most of a text is histograms that nobody wants, so
// only the lines that matter are parsed, each for itself: a broken one hides no other. Without their types all are "untyped", which is what
// makes a histogram's sum a number like any other.
func (r *reading) read(text []byte) (samples, *kind) {
	told, left := make(samples), mostText
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		end := bytes.IndexAny(line, "{ \t")
		if end < 0 || len(line) > longestLine || !r.known[string(line[:end])] {
			continue
		}
		if left -= len(line); left < 0 {
			break
		}
		name := string(line[:end])
		told[name] = append(told[name], r.parse(line)...)
	}
	return told, r.whose(told)
}

// parse reads one line.
func (r *reading) parse(line []byte) []sample {
	families, err := r.parser.TextToMetricFamilies(bytes.NewReader(append(slices.Clip(line), '\n')))
	if err != nil {
		return nil
	}
	var found []sample
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if value := m.GetUntyped().GetValue(); value >= 0 && value <= largest { // which NaN is not
				found = append(found, sample{labels: labelsOf(m), value: value})
			}
		}
	}
	return found
}

func labelsOf(m *dto.Metric) map[string]string {
	labels := make(map[string]string, len(m.GetLabel()))
	for _, pair := range m.GetLabel() {
		labels[pair.GetName()] = pair.GetValue()
	}
	return labels
}

// whose is the first kind that told anything.
func (r *reading) whose(told samples) *kind {
	for i := range r.kinds {
		for _, m := range r.kinds[i].all() {
			if len(told[m.name]) > 0 {
				return &r.kinds[i]
			}
		}
	}
	return nil
}

// first is the first of some metrics that was told: its name, and a value for each engine and model.
func (s samples) first(metrics []metric) (name string, values []float64) {
	for _, m := range metrics {
		if values := s.each(m); len(values) > 0 {
			return m.name, values
		}
	}
	return "", nil
}

// each is m's values. The ranks of one engine all tell of the same work (SGLang, with --enable-metrics-for-all-schedulers): of them the
// largest counts, for one may be a step behind.
func (s samples) each(m metric) []float64 {
	ranks := []string{"tp_rank", "pp_rank", "moe_ep_rank"}
	var order []string
	largest := make(map[string]float64)
	for _, one := range s[m.name] {
		if m.label != "" && !slices.Contains(m.among, one.labels[m.label]) {
			continue
		}
		who := identity(one.labels, ranks)
		if _, seen := largest[who]; !seen {
			order = append(order, who)
		}
		largest[who] = max(largest[who], one.value)
	}
	values := make([]float64, len(order))
	for i, who := range order {
		values[i] = largest[who]
	}
	return values
}

// identity is what labels say but for some.
func identity(labels map[string]string, but []string) string {
	var parts []string
	for name, value := range labels {
		if !slices.Contains(but, name) {
			parts = append(parts, name+"\x00"+value)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x00")
}

// sum is all engines' and models' together.
func (s samples) sum(metrics []metric) *float64 {
	_, values := s.first(metrics)
	return sumOf(values)
}

// percent is the mean of all engines', whose caches are of one size; a share that is over 1 by a rounding is all of it.
func (s samples) percent(metrics []metric) *float64 {
	_, values := s.first(metrics)
	sum := sumOf(values)
	if sum == nil {
		return nil
	}
	*sum = min(100*(*sum)/float64(len(values)), 100)
	return sum
}

func sumOf(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	var sum float64
	for _, value := range values {
		sum += value
	}
	return &sum
}

// models is the models that the samples are labelled with.
func (s samples) models(metrics []metric) []Model {
	models := []Model{}
	for _, m := range metrics {
		for _, one := range s[m.name] {
			name := fit(one.labels["model_name"])
			known := slices.ContainsFunc(models, func(m Model) bool { return m.Name == name })
			if name != "" && !known && len(models) < mostModels {
				models = append(models, Model{Name: name})
			}
		}
	}
	return models
}

// fit is a name fit to be shown, empty where it is none.
func fit(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if len(name) > longestName {
		return ""
	}
	return strings.TrimSpace(name)
}

// stepOf is the smallest difference that a number written with so many digits can show; 0 for one that is written whole.
func stepOf(value float64, digits int) float64 {
	if digits == 0 || value < 1 {
		return 0
	}
	return math.Pow10(int(math.Floor(math.Log10(value))) + 1 - digits)
}
