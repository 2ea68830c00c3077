package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"os"
	"strconv"
	"strings"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// The columns of a table, in the order of its cells in row.
func columns() []string {
	return []string{
		"seq", "group", "frame", "captured", "at_s", "outcome", "backend", "model", "prompt", "text", "first_token_ms", "total_ms", "age_ms",
		"prompt_tokens", "completion_tokens", "tokens_per_s", "picture", "error_code", "error",
	}
}

// writeCSV writes one row for each outcome.
func writeCSV(ctx context.Context, w *work) (string, error) {
	return "", w.draft.whole(func(file *os.File) error {
		buffer := bufio.NewWriter(file)
		table := csv.NewWriter(buffer)
		if err := table.Write(columns()); err != nil {
			return err
		}
		if err := w.each(ctx, func(e archive.Entry, _ extent) error { return table.Write(row(e)) }); err != nil {
			return err
		}
		table.Flush()
		if err := table.Error(); err != nil {
			return err
		}
		return buffer.Flush()
	})
}

func row(e archive.Entry) []string {
	wrong := sight.LineError{}
	if e.Error != nil {
		wrong = *e.Error
	}
	return []string{
		count(e.Seq), count(e.Group), count(e.Frame), cell(e.Captured), strconv.FormatFloat(e.AtMS/1000, 'f', 3, 64), cell(e.Outcome),
		cell(e.Backend), cell(e.Model), cell(e.Prompt), cell(e.Text), number(e.FirstTokenMS), number(e.TotalMS), number(e.AgeMS),
		whole(e.PromptTokens), whole(e.CompletionTokens), number(e.TokensPerS), cell(e.Picture), cell(wrong.Code), cell(wrong.Message),
	}
}

// cell is a text as a spreadsheet shows it. One that a spreadsheet would take for a formula gets an apostrophe in front, so that nothing a
// model says is ever carried out.
func cell(text string) string {
	text = strings.ReplaceAll(text, "\x00", "") // ends a text for some readers
	if strings.ContainsAny(firstRune(text), "=+-@\t\r\n＝＋－＠") {
		return "'" + text
	}
	return text
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

// What is not known is an empty cell.
func count(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
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
