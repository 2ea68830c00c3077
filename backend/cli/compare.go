package cli

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"sightline/backend/session"
	"sightline/backend/sight"
)

// The fewest and the most backends that are compared.
const (
	leastCompared = 2
	mostCompared  = 4
)

type compareCommand struct {
	askFlags

	Backend []string `help:"Who answers, given two to four times: builtin:, a server's URL, or the name of a saved backend." sep:"none" placeholder:"URL|NAME"`
	Model   []string `help:"The model to ask, given once for each backend in the same order; the server's first one unless named." sep:"none" placeholder:"NAME"`
	Table   string   `help:"How the summary is written: text, csv or markdown. For csv and markdown the answers go to standard error." default:"text" placeholder:"FORM"`
}

func (c *compareCommand) run(ctx context.Context, parts Parts) int {
	of, err := c.asked()
	if err != nil {
		return parts.misuse(err)
	}
	task, pace, err := c.prepare(ctx, parts, of)
	if err != nil {
		return parts.misuse(err)
	}
	return c.askFlags.run(ctx, parts, task, pace, newComparison(task.Askers, c.Table))
}

func (c *compareCommand) asked() ([]asked, error) {
	switch {
	case len(c.Backend) < leastCompared || len(c.Backend) > mostCompared:
		return nil, usage("Two to four backends are compared.", "Name each with --backend; the same one twice with two --model is fine.")
	case len(c.Model) != 0 && len(c.Model) != len(c.Backend):
		return nil, usage("There are not as many models as backends.", "Give --model once for each --backend, in the same order, or never.")
	case !slices.Contains([]string{"text", "csv", "markdown"}, c.Table):
		return nil, usage(fmt.Sprintf("--table %s is not known.", c.Table), "Choose text, csv or markdown.")
	}
	of := make([]asked, len(c.Backend))
	for i, b := range c.Backend {
		of[i].backend = b
		if len(c.Model) > 0 {
			of[i].model = c.Model[i]
		}
	}
	return of, nil
}

// comparison gathers how each of the compared backends did.
type comparison struct {
	table   string
	columns []*column
	open    map[uint64]*group
	frames  int // that were answered by somebody, and have ended for all
}

// group is a frame that has ended for some.
type group struct {
	ended    int
	answered bool
}

// column is how one backend did.
type column struct {
	backend, model       string
	counts               sight.Counts
	first, total, tokens []float64 // ms, ms, tokens a second; in order of completion
}

func newComparison(askers []session.Answerer, table string) *comparison {
	c := &comparison{table: table, open: map[uint64]*group{}}
	for _, a := range askers {
		c.columns = append(c.columns, &column{backend: a.Backend, model: a.Model})
	}
	return c
}

// note adds an outcome to its column.
func (c *comparison) note(o sight.Observation) {
	col := c.columns[o.Seq-o.Group]
	col.counts.Sampled++
	col.counts.Add(o.Outcome)
	c.count(o)
	if o.Outcome != sight.Answered {
		return
	}
	col.model = cmp.Or(o.Answer.Model, col.model)
	col.first = appendKnown(col.first, o.FirstToken)
	col.total = appendKnown(col.total, o.Total)
	if rate, ok := o.TokensPerSecond(); ok {
		col.tokens = append(col.tokens, rate)
	}
}

func (c *comparison) count(o sight.Observation) {
	g := c.open[o.Group]
	if g == nil {
		g = &group{}
		c.open[o.Group] = g
	}
	g.ended++
	g.answered = g.answered || o.Outcome == sight.Answered
	if g.ended < len(c.columns) {
		return
	}
	delete(c.open, o.Group)
	if g.answered {
		c.frames++
	}
}

// answersTo is where the answers go while they come: the table alone, where it is for a program, has standard output to itself.
func (c *comparison) answersTo(stdout, stderr io.Writer) io.Writer {
	if c != nil && c.table != "text" {
		return stderr
	}
	return stdout
}

func appendKnown(list []float64, of func() (time.Duration, bool)) []float64 {
	if d, ok := of(); ok {
		list = append(list, *sight.Milliseconds(d))
	}
	return list
}

// columnJSON is a column in the summary's JSON. What is not known is absent.
type columnJSON struct {
	Backend    string   `json:"backend"`
	Model      string   `json:"model,omitempty"`
	Sampled    uint64   `json:"sampled"`
	Answered   uint64   `json:"answered"`
	Superseded uint64   `json:"superseded"`
	Failed     uint64   `json:"failed"`
	Cancelled  uint64   `json:"cancelled"`
	FirstP50   *float64 `json:"first_token_p50_ms,omitempty"`
	FirstP95   *float64 `json:"first_token_p95_ms,omitempty"`
	TotalP50   *float64 `json:"total_p50_ms,omitempty"`
	TotalP95   *float64 `json:"total_p95_ms,omitempty"`
	TokensPerS *float64 `json:"tokens_per_s,omitempty"` // mean
}

func (c *comparison) json() []columnJSON {
	if c == nil {
		return nil
	}
	var all []columnJSON
	for _, col := range c.columns {
		all = append(all, columnJSON{
			Backend: col.backend, Model: col.model, Sampled: col.counts.Sampled, Answered: col.counts.Answered,
			Superseded: col.counts.Superseded, Failed: col.counts.Failed, Cancelled: col.counts.Cancelled,
			FirstP50: quantile(col.first, 0.5), FirstP95: quantile(col.first, 0.95),
			TotalP50: quantile(col.total, 0.5), TotalP95: quantile(col.total, 0.95), TokensPerS: mean(col.tokens),
		})
	}
	return all
}

// write writes the table.
func (c *comparison) write(w io.Writer) error {
	rows := [][]string{{"Backend", "Model", "Answered", "Failed", "First token p50 (ms)", "p95", "Total p50 (ms)", "p95", "Tokens/s"}}
	for _, col := range c.json() {
		rows = append(rows, []string{
			col.Backend, col.Model, strconv.FormatUint(col.Answered, 10), strconv.FormatUint(col.Failed, 10),
			figure(col.FirstP50), figure(col.FirstP95), figure(col.TotalP50), figure(col.TotalP95), figure(col.TokensPerS),
		})
	}
	switch c.table {
	case "csv":
		out := csv.NewWriter(w)
		return out.WriteAll(rows)
	case "markdown":
		return writeMarkdown(w, rows)
	}
	return writeText(w, rows)
}

func writeText(w io.Writer, rows [][]string) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out)
	for _, row := range rows {
		for _, cell := range row {
			fmt.Fprint(out, oneLine(cell), "\t")
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

func writeMarkdown(w io.Writer, rows [][]string) error {
	line := func(cells []string) error {
		_, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
		return err
	}
	rule := strings.Split(strings.Repeat("---,", len(rows[0])-1)+"---", ",")
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = strings.ReplaceAll(oneLine(cell), "|", `\|`)
		}
		if err := line(cells); err != nil {
			return err
		}
		if i == 0 {
			if err := line(rule); err != nil {
				return err
			}
		}
	}
	return nil
}

// figure is a number as a table has it; empty where it is not known.
func figure(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', 1, 64)
}

// quantile is the value below which the share q of all lies, nil for none (nearest rank).
func quantile(values []float64, q float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	return &sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

func mean(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	sum = math.Round(sum/float64(len(values))*100) / 100
	return &sum
}
