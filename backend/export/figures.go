package export

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// column is how one of those who were asked did.
type column struct {
	backend, model   string
	answered, failed int
	first, total     figures
}

// figures are milliseconds, in the order of their coming.
type figures []float64

// count adds an outcome to the report's figures.
func (r *report) count(e archive.Entry) {
	if r.outcomes == nil {
		r.outcomes = map[string]int{}
	}
	r.outcomes[e.Outcome]++
	if !told(e) {
		return
	}
	c := r.column(e.Backend, e.Model)
	if e.Outcome == string(sight.Failed) {
		c.failed++
		return
	}
	c.answered++
	c.first.add(e.FirstTokenMS)
	c.total.add(e.TotalMS)
}

func (r *report) column(backend, model string) *column {
	i := slices.IndexFunc(r.askers, func(c *column) bool {
		return c.backend == backend && (c.model == model || c.model == "" || model == "")
	})
	if i < 0 {
		r.askers = append(r.askers, &column{backend: backend})
		i = len(r.askers) - 1
	}
	c := r.askers[i]
	c.model = cmp.Or(c.model, model) // a failure may come before its model is known
	return c
}

func (f *figures) add(v *float64) {
	if v != nil {
		*f = append(*f, *v)
	}
}

// quantile is the value below which the share q of all lies (nearest rank); empty for none.
func (f figures) quantile(q float64) string {
	if len(f) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(f))
	return strconv.FormatFloat(sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)], 'f', 1, 64)
}
