package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
)

const (
	answersName = "answers.jsonl"
	maxLine     = 1 << 20 // bytes with its end; a longer one is damaged
)

// Damage is what a pass over answers.jsonl could not read.
type Damage struct {
	Lines int   // damaged ones that were skipped
	Whole int64 // the offset behind the last whole line: what follows is torn, or just being written
	Err   error // the file itself could not be read on; a fault. A file that is not there holds no lines, and is none
}

// Entries are the lines of answers.jsonl in order, from a byte offset on (0: from the start), each with the offset behind it, from which a later
// pass goes on. A torn last line is left out, a damaged one is skipped: Survey tells of them, and of a file that cannot be read.
func Entries(dir string, from int64) iter.Seq2[Entry, int64] {
	return Survey(dir, from, new(Damage))
}

// Survey is Entries, and fills in damage as it goes.
func Survey(dir string, from int64, damage *Damage) iter.Seq2[Entry, int64] {
	return func(yield func(Entry, int64) bool) {
		*damage = Damage{Whole: from}
		path := filepath.Join(dir, answersName)
		f, err := os.Open(path)
		if err == nil {
			defer f.Close() // it was only read
			err = walk(f, from, damage, yield)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			damage.Err = unread(err, path)
		}
	}
}

func walk(f io.ReadSeeker, from int64, damage *Damage, yield func(Entry, int64) bool) error {
	if _, err := f.Seek(from, io.SeekStart); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(f, 64<<10)
	for {
		line, size, err := nextLine(lines)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		damage.Whole += size
		e, ok := entry(line)
		if !ok {
			damage.Lines++
			continue
		}
		if !yield(e, damage.Whole) {
			return nil
		}
	}
}

// nextLine is the next whole line and its size; nil where it is too long, so that memory is bounded. A last line without its end is EOF.
func nextLine(r *bufio.Reader) (line []byte, size int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxLine {
			line = append(line, part...)
		} else {
			line = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// entry is a line, unless it is damaged: no JSON, no outcome, or no time.
func entry(line []byte) (Entry, bool) {
	var e Entry
	if len(bytes.TrimSpace(line)) == 0 || json.Unmarshal(line, &e) != nil || e.Outcome == "" {
		return e, false
	}
	return e, isLength(math.Abs(e.AtMS) / 1000)
}

// encodeEntry is a line with its end. Texts that would make it longer than a reader takes are left out, the least important ones first.
func encodeEntry(e Entry) ([]byte, error) {
	line, err := encodeLine(e)
	for _, shorten := range []func(*Entry){
		func(e *Entry) { e.Thinking, e.Cut = "", true },
		func(e *Entry) { e.System = "" },
		func(e *Entry) { e.Prompt = "" },
		func(e *Entry) { e.Text = string([]rune(e.Text)[:min(len([]rune(e.Text)), 64<<10)]) },
		func(e *Entry) { e.Text = "" },
	} {
		if err != nil || len(line) <= maxLine {
			break
		}
		shorten(&e)
		line, err = encodeLine(e)
	}
	return line, err
}

func encodeLine(e Entry) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // as `watch --json` writes it
	err := enc.Encode(e)
	return out.Bytes(), err
}
