package export

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

// writeReport writes a Markdown page: what was recorded, how those who were asked did, and each answer with its picture.
func writeReport(ctx context.Context, w *work) (string, error) {
	r := &report{work: w}
	if err := w.each(ctx, func(e archive.Entry, _ extent) error { r.count(e); return nil }); err != nil {
		return "", err
	}
	const page, pictures = "page", "pictures"
	if err := os.Mkdir(w.draft.path(pictures), 0o755); err != nil {
		return "", err
	}
	copied, err := copyPictures(ctx, w, pictures)
	if err != nil {
		return "", err
	}
	names, err := w.draft.take(reportEndings(w.To, len(copied) > 0)...)
	if err != nil {
		return "", err
	}
	if len(copied) > 0 {
		r.pictures, r.folder = copied, filepath.Base(names[1])
	}
	if err := w.draft.write(page, func(file *os.File) error { return r.write(ctx, file) }); err != nil {
		return "", err
	}
	if err := w.draft.put(page, names[0]); err != nil || len(copied) == 0 {
		return "", err
	}
	return "", w.draft.put(pictures, names[1])
}

// reportEndings are what the page and the folder of its pictures end in.
func reportEndings(to string, pictures bool) []string {
	if pictures {
		return []string{filepath.Ext(to), "-pictures/"}
	}
	return []string{filepath.Ext(to)}
}

// copyPictures copies the pictures of the part, each once, and gives their names: by the name an entry has for it. One that is not there, or
// is no ordinary file, is left out.
func copyPictures(ctx context.Context, w *work, folder string) (map[string]string, error) {
	copied := map[string]string{}
	err := w.each(ctx, func(e archive.Entry, _ extent) error {
		if e.Picture == "" || !told(e) || copied[e.Picture] != "" {
			return nil
		}
		path, err := archive.Picture(w.Dir, e.Picture)
		if err != nil {
			return nil //nolint:nilerr // a name that leads out of the recording: the answer is told without its picture
		}
		if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
			return nil //nolint:nilerr // the answer is told without its picture
		}
		name := fmt.Sprintf("%06d.jpg", len(copied)+1)
		copied[e.Picture] = name
		return w.draft.write(filepath.Join(folder, name), func(to *os.File) error { return copyFile(to, path) })
	})
	return copied, err
}

func copyFile(to io.Writer, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // only read
	_, err = io.Copy(to, from)
	return err
}

// report is the page as it is put together.
type report struct {
	*work
	askers   []*column
	outcomes map[string]int
	pictures map[string]string // the names of their copies
	folder   string            // where those lie, beside the page

	out    *bufio.Writer
	prompt string // as it was told last
}

// told says whether an entry stands in the report by itself; the others are only counted.
func told(e archive.Entry) bool {
	return e.Outcome == string(sight.Answered) || e.Outcome == string(sight.Failed)
}

func (r *report) write(ctx context.Context, file io.Writer) error {
	r.out = bufio.NewWriter(file)
	r.head()
	r.figures()
	r.say("\n## Answers\n")
	if err := r.each(ctx, func(e archive.Entry, _ extent) error { r.answer(e); return nil }); err != nil {
		return err
	}
	return r.out.Flush() // tells of the first failure of all
}

func (r *report) say(format string, args ...any) { _, _ = fmt.Fprintf(r.out, format+"\n", args...) }

// head says what was recorded.
func (r *report) head() {
	m := r.manifest
	r.say("# %s\n", escape(cmp.Or(m.Title, "Recording of "+m.Source.Name)))
	r.say("- When: %s", m.Started.Format("2 January 2006, 15:04:05 MST"))
	r.say("- Length: %s", clock(seconds(m.Seconds)))
	if r.From != 0 || r.Up != 0 {
		r.say("- Part: %s to %s", clock(r.From), clock(r.end()))
	}
	r.say("- Source: %s", escape(cmp.Or(m.Source.Name, m.Source.URI)))
	if m.Asked.Pace != "" {
		r.say("- Asked: %s", escape(pace(m.Asked.Pace)))
	}
	r.say("- Recording: %s", escape(m.ID))
	if m.State != archive.Complete {
		r.say("- State: %s", escape(string(m.State)))
	}
	if m.Reason != nil {
		r.say("- It ended by itself: %s", escape(m.Reason.Message))
	}
	if m.Asked.System != "" {
		r.say("\nSystem prompt:\n\n%s", quote(m.Asked.System))
	}
	if r.prompt = m.Asked.Prompt; r.prompt != "" {
		r.say("\nPrompt:\n\n%s", quote(r.prompt))
	}
}

// figures says how those who were asked did.
func (r *report) figures() {
	r.say("\n## Figures\n")
	if len(r.askers) > 0 {
		r.say("| Backend | Model | Answered | Failed | First token median (ms) | p95 | Total median (ms) | p95 |")
		r.say("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
	}
	for _, c := range r.askers {
		r.say("| %s | %s | %d | %d | %s | %s | %s | %s |", escape(c.backend), escape(c.model), c.answered, c.failed,
			c.first.quantile(0.5), c.first.quantile(0.95), c.total.quantile(0.5), c.total.quantile(0.95))
	}
	var words []string
	for _, o := range []sight.Outcome{sight.Answered, sight.Failed, sight.Superseded, sight.Unchanged, sight.Cancelled} {
		if n := r.outcomes[string(o)]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, o))
		}
	}
	r.say("\nSampled pictures: %s.", cmp.Or(strings.Join(words, ", "), "none"))
}

// answer tells one answer, or why there is none.
func (r *report) answer(e archive.Entry) {
	if !told(e) {
		return
	}
	r.say("\n### %s\n", strings.Join(known(clock(e.At()), escape(e.Backend), escape(e.Model)), " · "))
	if e.Prompt != "" && e.Prompt != r.prompt {
		r.prompt = e.Prompt
		r.say("Prompt from here on:\n\n%s\n", quote(e.Prompt))
	}
	if name := r.pictures[e.Picture]; name != "" {
		r.say("![The picture that was asked about](./%s/%s)\n", url.PathEscape(r.folder), name)
	}
	if e.Text != "" {
		r.say("%s\n", quote(e.Text))
	}
	if e.Error != nil {
		r.say("Failed: %s\n", escape(e.Error.Message))
	}
	if e.TotalMS != nil {
		r.say("%s", strings.Join(known(milliseconds("First token after", e.FirstTokenMS), milliseconds("whole after", e.TotalMS)), ", ")+".")
	}
}

func milliseconds(what string, v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%s %.0f ms", what, *v)
}

// known leaves out what is empty.
func known(parts ...string) []string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return all
}

func pace(every string) string {
	switch every {
	case "0":
		return "back to back"
	case "asked":
		return "when a person did"
	}
	return "every " + every
}

// clock is a time within a recording: 1:02:03.450.
func clock(at time.Duration) string {
	at = max(0, at.Round(time.Millisecond))
	h, m, s := int(at.Hours()), int(at.Minutes())%60, (at % time.Minute).Seconds()
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%06.3f", h, m, s)
	}
	return fmt.Sprintf("%d:%06.3f", m, s)
}
