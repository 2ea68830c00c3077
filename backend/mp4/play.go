package mp4

import (
	"fmt"
	"io"
	"time"
)

// Progressive is the video of a file as an ordinary MP4 with its index in front, which every player can seek in: the index is made, and the
// file itself follows as it is (its fragments' headers lie unused between the samples), so nothing is copied. Its size does not change while
// the file grows. It may be read as long as file may, by one goroutine.
func Progressive(t *Track, file io.ReaderAt) (io.ReadSeeker, error) {
	head, err := Index(t)
	if err != nil {
		return nil, err
	}
	return Behind(head, file, t.Whole), nil
}

// Index is what goes before a file to make an ordinary MP4 of it. It stays good while the file grows.
func Index(t *Track) ([]byte, error) {
	if len(t.Samples) == 0 {
		return nil, empty()
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return table{Shape: t.Shape, samples: t.Samples, until: t.Length, payload: t.Whole}.head()
}

// Behind is an index with its file behind it, as far as that was whole when the index was made.
func Behind(index []byte, file io.ReaderAt, whole int64) *io.SectionReader {
	return io.NewSectionReader(joined{index, file}, 0, int64(len(index))+whole)
}

// joined is a head, and a file behind it.
type joined struct {
	head []byte
	file io.ReaderAt
}

func (j joined) ReadAt(p []byte, at int64) (int, error) {
	n := 0
	if at < int64(len(j.head)) {
		n = copy(p, j.head[at:])
	}
	if n == len(p) {
		return n, nil
	}
	more, err := j.file.ReadAt(p[n:], at+int64(n)-int64(len(j.head)))
	return n + more, err
}

// Clip writes the part from one moment to another as an ordinary MP4 with its index in front. It starts with the key at or before from; an
// edit list lets players show it from the very moment on.
func Clip(w io.Writer, t *Track, file io.ReaderAt, from, to time.Duration) error {
	from = max(from, 0)
	end := t.after(to - 1)
	if end == 0 || from >= min(to, t.Length) {
		return empty()
	}
	if err := t.check(); err != nil {
		return err
	}
	first := t.KeyAt(from)
	part := t.Samples[first:end]
	clip := table{Shape: t.Shape, from: from, until: min(to, t.Length)}
	clip.samples, clip.payload = packed(part)
	if shown := t.after(from) - 1 - first; shown >= 0 {
		clip.samples[shown].At = from // players drop what begins before the first moment
	}
	head, err := clip.head()
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	return copySamples(w, file, part)
}

// packed is samples as they lie when nothing lies between them, and how many bytes they are.
func packed(samples []Span) (packed []Span, at int64) {
	packed = make([]Span, len(samples))
	for i, s := range samples {
		packed[i] = s
		packed[i].Offset = at
		at += int64(s.Size)
	}
	return packed, at
}

func copySamples(w io.Writer, file io.ReaderAt, samples []Span) error {
	buf := make([]byte, 128<<10)
	for i := 0; i < len(samples); {
		from, end := samples[i].Offset, samples[i].Offset
		for ; i < len(samples) && samples[i].Offset == end; i++ {
			end += int64(samples[i].Size)
		}
		n, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{io.NewSectionReader(file, from, end-from)}, buf)
		if err == nil && n < end-from {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("copy video: %w", err)
		}
	}
	return nil
}
