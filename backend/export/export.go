// Package export turns a recording into what other programs read.
//
// Everything is written in a draft folder beside its destination first, and moved to its name when it is whole. So a name never stands for
// half a file, nothing is overwritten, and what could not be finished leaves nothing behind.
package export

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// The formats.
const (
	CSV      = "csv"
	JSONL    = "jsonl"
	Markdown = "md" // a report with pictures beside it
	MP4      = "mp4"
	VTT      = "vtt"
)

// Job is what to export.
type Job struct {
	Dir      string // the recording
	Format   string
	To       string        // the file to write; a folder, or empty: a name of the recording's own in it. For Markdown its pictures go to a folder beside it
	From, Up time.Duration // the part; Up 0: to the end
	FFmpeg   string        // the program; empty: looked for on PATH. Subtitles within the MP4 need it.
}

// Result is what was written.
type Result struct {
	Files []string // the first is the one to open
	Note  string   // what a person should know: that subtitles lie beside the video, since there is no ffmpeg
}

// Formats are all formats there are.
func Formats() []string { return []string{CSV, JSONL, Markdown, MP4, VTT} }

// Run exports. It never overwrites a file: a name that is taken gets a number. What it could not finish, it removes. A recording that is being
// written is exported as far as it is.
func Run(ctx context.Context, j Job) (Result, error) {
	write, err := j.check()
	if err != nil {
		return Result{}, err
	}
	m, err := archive.Read(j.Dir)
	if err != nil {
		return Result{}, err
	}
	to, err := j.destination(m)
	if err != nil {
		return Result{}, err
	}
	j.To = to
	d, err := newDraft(to)
	if err != nil {
		return Result{}, folderFault(to, err)
	}
	defer d.discard()
	w := &work{Job: j, manifest: m, draft: d}
	note, err := write(ctx, w)
	if err != nil {
		d.withdraw()
		return Result{}, asFault(ctx, to, err)
	}
	if w.damaged > 0 {
		note = strings.TrimSpace(fmt.Sprintf("%s Damaged lines were left out of the answers: %d.", note, w.damaged))
	}
	return Result{Files: d.files, Note: note}, nil
}

// Name is what a recording's export is called where nobody names it.
func Name(m archive.Manifest, format string) string {
	return filepath.Base(m.ID) + "." + format // an ID is what a file says
}

// work is an export under way.
type work struct {
	Job
	manifest archive.Manifest
	draft    *draft
	damaged  int // lines of answers that cannot be read
}

// check finds who writes the format, and refuses a part that makes no sense.
func (j Job) check() (func(context.Context, *work) (note string, err error), error) {
	if j.From < 0 || j.Up < 0 || j.Up != 0 && j.Up <= j.From {
		return nil, &fault.Error{
			Code: "export.part", Message: "There is nothing between these two times.", Hint: "Let the part end after it begins.", Blame: fault.Question,
		}
	}
	switch j.Format {
	case CSV:
		return writeCSV, nil
	case JSONL:
		return writeLines, nil
	case Markdown:
		return writeReport, nil
	case MP4:
		return writeVideo, nil
	case VTT:
		return writeSubtitles, nil
	}
	return nil, &fault.Error{
		Code: "export.format", Message: fmt.Sprintf("%q is no format to export to.", j.Format), Hint: "Choose csv, jsonl, md, mp4 or vtt.", Blame: fault.Question,
	}
}

// destination is the file that is wanted, by its whole path.
func (j Job) destination(m archive.Manifest) (string, error) {
	to, err := filepath.Abs(j.To)
	if err != nil {
		return "", fmt.Errorf("find the current folder: %w", err)
	}
	info, err := os.Stat(to)
	switch {
	case err == nil && info.IsDir():
		to = filepath.Join(to, Name(m, j.Format))
	case err != nil && j.To != "" && os.IsPathSeparator(j.To[len(j.To)-1]):
		return "", &fault.Error{
			Code: "export.folder", Message: fmt.Sprintf("There is no folder %s.", to), Hint: "Make it first, or name a file.", Blame: fault.Question,
		}
	}
	return to, nil
}
