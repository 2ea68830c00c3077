package tally

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The columns of a table, named as in a sight.Line, in the order of the cells in row.
func columns() []string {
	return []string{
		"seq", "captured", "backend", "model", "outcome", "warmup", "age_ms", "first_token_ms", "total_ms", "tokens_per_s",
		"prompt_tokens", "completion_tokens", "energy_j", "energy_shared",
	}
}

// CSV writes all entries, one a row, with a line of names; warm says that those that warmed up are left out.
func (t *Tally) CSV(w io.Writer, warm bool) error {
	askers, all := t.kept()
	table := csv.NewWriter(w)
	if err := table.Write(columns()); err != nil {
		return err
	}
	for _, e := range all {
		if warm && e.Warmup {
			continue
		}
		if err := table.Write(row(askers[e.Asker], e)); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// kept is a copy of what a table is made of, so that nobody waits for a slow disk.
func (t *Tally) kept() ([]Asker, []kept) {
	t.mu.Lock()
	defer t.mu.Unlock()
	askers := make([]Asker, len(t.askers))
	for i, a := range t.askers {
		askers[i] = Asker{Backend: a.backend, Model: a.model}
	}
	return askers, t.entries.all()
}

// What is not known is an empty cell.
func row(a Asker, e kept) []string {
	shared := ""
	if e.Joules != nil {
		shared = strconv.FormatBool(e.Shared)
	}
	return []string{
		strconv.FormatUint(e.Seq, 10), e.captured.Format(time.RFC3339Nano), cell(a.Backend), cell(a.Model), e.Outcome, strconv.FormatBool(e.Warmup),
		number(e.AgeMS), number(e.FirstTokenMS), number(e.TotalMS), number(e.TokensPerS), whole(e.PromptTokens), whole(e.CompletionTokens),
		number(e.Joules), shared,
	}
}

// cell is a text as a spreadsheet shows it. One that a spreadsheet would take for a formula gets an apostrophe in front: a server names its
// model as it likes.
func cell(text string) string {
	text = strings.ReplaceAll(text, "\x00", "") // ends a text for some readers
	if first, _ := utf8.DecodeRuneInString(text); strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + text
	}
	return text
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
