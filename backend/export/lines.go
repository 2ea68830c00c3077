package export

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// writeLines writes the lines of the part byte by byte as they were recorded, so that also what a newer Sightline wrote in them stays.
func writeLines(ctx context.Context, w *work) (string, error) {
	answers, err := os.Open(filepath.Join(w.Dir, "answers.jsonl"))
	if err != nil {
		return "", err
	}
	defer func() { _ = answers.Close() }() // only read
	return "", w.draft.whole(func(file *os.File) error {
		buffer := bufio.NewWriter(file)
		err := w.each(ctx, func(_ archive.Entry, at extent) error { return copyLine(buffer, answers, at) })
		if err != nil {
			return err
		}
		return buffer.Flush()
	})
}

// copyLine copies the last line of an extent: damaged ones may lie before it.
func copyLine(to io.Writer, from io.ReaderAt, at extent) error {
	data := make([]byte, at.to-at.from)
	if _, err := from.ReadAt(data, at.from); err != nil {
		return err
	}
	data = bytes.TrimRight(data, "\r\n")
	data = append(data[bytes.LastIndexByte(data, '\n')+1:], '\n')
	_, err := to.Write(data)
	return err
}

// writeSubtitles writes the answers of the part, counted from its beginning.
func writeSubtitles(ctx context.Context, w *work) (string, error) {
	to := w.end()
	shown, err := w.answers(ctx, w.From)
	if len(shown) > 0 {
		to = max(to, w.From+shown[len(shown)-1].At()) // the manifest of a recording under way may lag behind
	}
	if err != nil {
		return "", err
	}
	return "", w.draft.whole(func(file *os.File) error { return writeText(file, archive.Subtitles(shown, (to-w.From).Seconds())) })
}

// answers are the part's, their times counted from a moment; those before it are left out.
func (w *work) answers(ctx context.Context, from time.Duration) (shown []archive.Entry, err error) {
	err = w.each(ctx, func(e archive.Entry, _ extent) error {
		if e.Outcome == string(sight.Answered) && e.At() >= from {
			e.AtMS -= float64(from) / float64(time.Millisecond)
			shown = append(shown, e)
		}
		return nil
	})
	return shown, err
}

func writeText(file *os.File, text string) error {
	_, err := file.WriteString(text)
	return err
}
