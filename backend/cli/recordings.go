package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/history"
	"sightline/backend/sight"
)

type recordingsCommand struct {
	Search string `help:"Find answers that have these words; the last one may be a beginning." placeholder:"WORDS"`
	Folder string `help:"Where to look; the folder chosen in settings unless named." placeholder:"DIR"`
	JSON   bool   `help:"Write one JSON object a line for each recording, or for each answer found." name:"json"`
}

// mostHits bounds what a search prints.
const mostHits = 1000

// listedRecording is a line of `recordings --json`.
type listedRecording struct {
	ID      string `json:"id"`
	Title   string `json:"title,omitempty"`
	Dir     string `json:"dir"`
	State   string `json:"state"` // recording, complete, cut short, unreadable
	Keep    bool   `json:"keep"`
	Started string `json:"started"` // RFC3339 with nanoseconds

	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`

	Source     string   `json:"source"` // its URI
	SourceName string   `json:"source_name"`
	Backends   []string `json:"backends"`
	Models     []string `json:"models"` // those that were named when it began

	Answered   int `json:"answered"`
	Superseded int `json:"superseded"`
	Unchanged  int `json:"unchanged"`
	Failed     int `json:"failed"`
	Cancelled  int `json:"cancelled"`

	Error *sight.LineError `json:"error,omitempty"` // why it ended, or cannot be read
}

// listedHit is a line of `recordings --search --json`: an answer that was found.
type listedHit struct {
	Recording string  `json:"recording"` // its ID
	Title     string  `json:"title"`
	Dir       string  `json:"dir"`
	AtMS      float64 `json:"at_ms"` // since the recording's start
	Seq       uint64  `json:"seq"`
	Backend   string  `json:"backend,omitempty"`
	Model     string  `json:"model,omitempty"`
	Text      string  `json:"text"`
	Picture   string  `json:"picture,omitempty"` // within dir
}

func (c *recordingsCommand) run(ctx context.Context, parts Parts) int {
	folder, index, done, err := c.place(parts)
	if err != nil {
		return parts.misuse(err)
	}
	defer done()
	shelf := history.Open(index, func() string { return folder })
	defer func() { _ = shelf.Close() }()                           // the files are the truth; the index is made anew when it is missing
	if _, err := shelf.Mend(ctx); err != nil && ctx.Err() == nil { // what was cut short is closed as soon as somebody looks
		parts.Tell(err)
	}
	if c.Search != "" {
		err = c.find(ctx, parts, shelf)
	} else {
		err = c.list(ctx, parts, shelf)
	}
	if err != nil {
		return parts.fail(err)
	}
	return exitOK
}

// place is where to look, and the index to look with: that of the usual folder, or one for this once.
func (c *recordingsCommand) place(parts Parts) (folder, index string, done func(), err error) {
	usual := parts.recordingsFolder()
	folder, err = filepath.Abs(cmp.Or(c.Folder, usual))
	if err != nil {
		return "", "", nil, err
	}
	if info, err := os.Stat(folder); c.Folder != "" && (err != nil || !info.IsDir()) {
		return "", "", nil, usage(fmt.Sprintf("There is no folder %s.", c.Folder), "Name the folder that holds the recordings.")
	}
	if folder == filepath.Clean(usual) && parts.Index != "" {
		return folder, parts.Index, func() {}, nil
	}
	temporary, err := os.MkdirTemp("", "sightline-index-*")
	return folder, filepath.Join(temporary, "index.db"), func() { _ = os.RemoveAll(temporary) }, err
}

func (c *recordingsCommand) list(ctx context.Context, parts Parts, shelf *history.History) error {
	all, err := shelf.List(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if c.JSON {
			err = writeJSON(parts.Stdout, listed(r))
		} else {
			_, err = fmt.Fprintln(parts.Stdout, recordingForTerminal(r))
		}
		if err != nil {
			return err
		}
	}
	if len(all) == 0 {
		fmt.Fprintln(parts.Stderr, "There are no recordings here yet. sightline watch --record DIR makes one.")
	}
	return nil
}

func listed(r history.Recording) listedRecording {
	l := listedRecording{
		ID: r.ID, Title: r.Title, Dir: r.Dir, State: string(stateOf(r)), Keep: r.Keep, Started: r.Started.Format(time.RFC3339Nano),
		Seconds: round3(r.Seconds), Bytes: r.Bytes, Source: r.Source.URI, SourceName: r.Source.Name, Backends: []string{}, Models: []string{},
		Answered: r.Outcomes.Answered, Superseded: r.Outcomes.Superseded, Unchanged: r.Outcomes.Unchanged, Failed: r.Outcomes.Failed, Cancelled: r.Outcomes.Cancelled,
	}
	if l.Error = r.Reason; r.Err != nil {
		l.Error = sight.NewLineError(r.Err)
	}
	for _, a := range r.Asked.Askers {
		l.Backends = append(l.Backends, a.Backend)
		if a.Model != "" {
			l.Models = append(l.Models, a.Model)
		}
	}
	return l
}

// stateOf is a recording's state. One that nobody writes any more, and nobody could close yet, was cut short.
func stateOf(r history.Recording) archive.State {
	if r.Err != nil {
		return "unreadable"
	}
	if r.State == archive.Recording && !r.Busy {
		return archive.CutShort
	}
	return r.State
}

func recordingForTerminal(r history.Recording) string {
	if r.Err != nil {
		return oneLine(fmt.Sprintf("%s, %s", r.ID, fault.From(r.Err).Message))
	}
	var models []string
	for _, a := range r.Asked.Askers {
		models = append(models, strings.TrimSpace(a.Backend+" "+a.Model))
	}
	parts := []string{
		r.ID, r.Started.Local().Format("2006-01-02 15:04"), lengthInWords(time.Duration(r.Seconds * float64(time.Second))), cmp.Or(r.Source.Name, r.Source.URI),
		cmp.Or(strings.Join(models, " and "), "nobody asked"), fmt.Sprintf("%d answers", r.Outcomes.Answered), sizeInWords(r.Bytes), string(stateOf(r)),
	}
	if r.Keep {
		parts = append(parts, "kept")
	}
	if r.Title != "" {
		parts = append(parts, r.Title)
	}
	return oneLine(strings.Join(parts, ", "))
}

func (c *recordingsCommand) find(ctx context.Context, parts Parts, shelf *history.History) error {
	if err := shelf.Refresh(ctx); err != nil {
		return err
	}
	hits, err := shelf.Search(ctx, history.Query{Words: c.Search, Limit: mostHits})
	if err != nil {
		return err
	}
	for _, h := range hits {
		if c.JSON {
			err = writeJSON(parts.Stdout, listedHit{
				Recording: h.Recording, Title: h.Title, Dir: h.In.Dir, AtMS: h.Entry.AtMS, Seq: h.Entry.Seq, Backend: h.Entry.Backend,
				Model: h.Entry.Model, Text: h.Entry.Text, Picture: h.Entry.Picture,
			})
		} else {
			_, err = fmt.Fprintf(parts.Stdout, "%s  %8s  %s\n", oneLine(h.Recording), timeWithin(h.Entry.At()), oneLine(unmarked(h.Marked)))
		}
		if err != nil {
			return err
		}
	}
	if len(hits) == 0 {
		fmt.Fprintln(parts.Stderr, "No answer has these words.")
	}
	return nil
}

// unmarked is a hit's text without the marks around what was found.
func unmarked(s string) string { return strings.NewReplacer("\ue000", "", "\ue001", "").Replace(s) }

// timeWithin is a time within a recording: 1:02:03.4.
func timeWithin(d time.Duration) string {
	h, m, s := int(d.Hours()), int(d.Minutes())%60, (d % time.Minute).Seconds()
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%04.1f", h, m, s)
	}
	return fmt.Sprintf("%d:%04.1f", m, s)
}

func lengthInWords(d time.Duration) string {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func sizeInWords(bytes int64) string {
	const kB, MB, GB = 1e3, 1e6, 1e9
	switch b := float64(bytes); {
	case b >= GB:
		return fmt.Sprintf("%.1f GB", b/GB)
	case b >= MB:
		return fmt.Sprintf("%.1f MB", b/MB)
	default:
		return fmt.Sprintf("%.0f kB", b/kB)
	}
}
