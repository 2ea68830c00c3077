package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"sightline/backend/fault"
	"sightline/backend/session"
	"sightline/backend/sight"
)

// printer is the terminal's face of a session: each outcome a line on stdout, the source's troubles on stderr. It ends the session when
// nothing more can come of it, or all that was asked for has.
type printer struct {
	parts   Parts
	json    bool
	answers int // end after so many; 0: never
	end     context.CancelCauseFunc
	session *session.Session
	started time.Time

	compared *comparison // under mu; nil: one backend alone

	mu       sync.Mutex // guards what follows, and stdout
	answered int
	told     error // the source's trouble that was told last
	written  error // the first failure to write to stdout

	patience *time.Timer // ends the session where its source has come to its end and the last answers do not; nil: it goes on
}

// The reasons for which a printer ends its session.
var (
	errEnough  = errors.New("the answers asked for are there")
	errPlayed  = errors.New("the recording was played to its end")
	errNoPipe  = errors.New("stdout takes no more")
	errNothing = &fault.Error{Code: "source.silent", Message: "The source never gave a picture.", Hint: "Run sightline devices to see what is there."}
)

func newPrinter(parts Parts, json bool, answers int, end context.CancelCauseFunc) *printer {
	return &printer{parts: parts, json: json, answers: answers, end: end, started: time.Now()}
}

// Observe writes an outcome.
func (p *printer) Observe(o sight.Observation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writeLocked(o)
	switch {
	case p.compared != nil:
		p.compared.note(o)
		p.answered = p.compared.frames
	case o.Outcome == sight.Answered:
		p.answered++
	}
	if p.answers > 0 && p.answered >= p.answers {
		p.end(errEnough)
	}
}

// Asked is of no interest in a terminal.
func (p *printer) Asked(sight.Question) {}

// Heard is of no interest in a terminal: an answer is written when it is whole.
func (p *printer) Heard(uint64, sight.Event) {}

// Changed tells of a source that is lost, once for each reason, and ends a session whose source never opened.
func (p *printer) Changed() {
	if p.session == nil {
		return // still being set up
	}
	state := p.session.State()
	p.mu.Lock()
	defer p.mu.Unlock()
	err := state.Source.Err
	if fault.CodeOf(err) == sourceFinished && state.Counts.Captured > 0 {
		p.finishedLocked(state.Asking)
		return
	}
	if err == nil || p.told != nil && fault.CodeOf(p.told) == fault.CodeOf(err) {
		if err == nil && state.Source.Phase == session.Live {
			p.told = nil
		}
		return
	}
	p.told = err
	if state.Counts.Captured == 0 {
		p.end(err)
		return
	}
	p.parts.Tell(err)
}

// tell tells of a trouble beside the session's own.
func (p *printer) tell(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts.Tell(err)
}

// sourceFinished is the code of a source that has shown all it has, once: a recording.
const sourceFinished = "source.finished"

// lastAnswers is how long the last questions may take after a recording's end.
const lastAnswers = 2 * time.Minute

// finishedLocked ends a session whose source has shown all it has, once nothing is in flight any more.
func (p *printer) finishedLocked(asking session.AskingState) {
	switch {
	case asking.InFlight == 0:
		p.end(errPlayed)
	case p.patience == nil:
		p.patience = time.AfterFunc(lastAnswers, func() { p.end(errPlayed) })
	}
}

func (p *printer) writeLocked(o sight.Observation) {
	if p.written != nil {
		return
	}
	if p.json {
		p.written = writeJSON(p.parts.Stdout, o.Line())
	} else if text := forTerminal(o); text != "" {
		_, p.written = fmt.Fprintln(p.compared.answersTo(p.parts.Stdout, p.parts.Stderr), text)
	}
	if p.written != nil {
		p.end(errNoPipe)
	}
}

// summary is the last line of --json.
type summary struct {
	Summary struct {
		sight.Counts
		FPS     float64 `json:"fps"`
		Seconds float64 `json:"seconds"`

		Columns []columnJSON `json:"columns,omitempty"` // how each of the compared backends did
	} `json:"summary"`
}

// finish writes the summary and gives the exit status, knowing why the session ended.
func (p *printer) finish(why error) int {
	counts := p.session.State().Counts
	var s summary
	s.Summary.Counts = counts
	elapsed := time.Since(p.started).Seconds()
	s.Summary.Seconds = round3(elapsed)
	s.Summary.FPS = round3(float64(counts.Captured) / elapsed)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.patience != nil {
		p.patience.Stop()
	}
	s.Summary.Columns = p.compared.json()
	switch {
	case p.written != nil:
	case p.json:
		p.written = writeJSON(p.parts.Stdout, s)
	default:
		fmt.Fprintln(p.parts.Stderr, inWords(counts))
		if p.compared != nil {
			p.written = p.compared.write(p.parts.Stdout)
		}
	}
	switch {
	case counts.Captured == 0 && !isInterrupt(why):
		return p.parts.fail(neverOpened(why))
	case p.written != nil:
		return exitFailed
	}
	return exitOK
}

func neverOpened(why error) error {
	if why == nil || errors.Is(why, context.DeadlineExceeded) {
		return errNothing
	}
	return why
}

// isInterrupt says that a person ended it.
func isInterrupt(why error) bool { return errors.Is(why, context.Canceled) }

// forTerminal is an outcome on one line; empty for those a person need not see.
func forTerminal(o sight.Observation) string {
	at := o.Frame.Captured.Format("15:04:05")
	if o.Group != 0 {
		at += "  " + oneLine(o.Answer.Backend)
	}
	total, _ := o.Total()
	switch o.Outcome {
	case sight.Answered:
		return fmt.Sprintf("%s  %6.0f ms  %s%s", at, total.Seconds()*1000, oneLine(o.Answer.Text), standIn(o.Answer))
	case sight.Failed:
		f := fault.From(o.Err)
		return fmt.Sprintf("%s  failed     %s %s", at, f.Message, f.Hint)
	}
	return ""
}

// standIn says that another backend answered than was asked.
func standIn(a sight.Answer) string {
	if a.InsteadOf == "" {
		return ""
	}
	return fmt.Sprintf("  (%s, in place of %s)", oneLine(a.Backend), oneLine(a.InsteadOf))
}

// oneLine joins a text's lines and drops what could steer a terminal.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, s)
}

func inWords(c sight.Counts) string {
	return fmt.Sprintf("%d frames captured, %d sampled: %d answered, %d superseded, %d failed, %d cancelled.",
		c.Captured, c.Sampled, c.Answered, c.Superseded, c.Failed, c.Cancelled)
}

func round3(v float64) float64 { return float64(int64(v*1000+0.5)) / 1000 }
