package openai

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// The most a response may be, in bytes. They bound what a hostile server can make us hold; no honest one comes near.
const (
	maxLine      = 1 << 20
	maxStream    = 32 << 20
	maxPlain     = 8 << 20
	maxCapture   = 256 << 10
	refusalBytes = 64 << 10
)

// drainLimit is how long a connection is worth waiting for once the answer is complete: an end that is read lets the next question use it.
const drainLimit = 100 * time.Millisecond

// Why a response could not be read to its end. They become faults in explain.
var (
	errCut     = errors.New("the response ended before the answer did")
	errRefused = errors.New("the server reported an error in place of an answer")
	errNothing = errors.New("the response is empty")
	errHTML    = errors.New("the response is a web page")
	errBabble  = errors.New("the response is neither JSON nor an event stream")
	errTooMuch = errors.New("the response is far longer than any answer")
)

// malformed is a response of the right kind with wrong content.
type malformed struct{ cause error }

func (m *malformed) Error() string { return "malformed response: " + m.cause.Error() }
func (m *malformed) Unwrap() error { return m.cause }

// stream is a response as go-openai reads it: one event a line, each a whole chunk, ended by [DONE] or an error that says why not. It takes
// what servers send: any line ends, comments, events over several lines, a last line without an end, and answers in one piece.
type stream struct {
	sending *sending
	raw     io.Reader
	closer  io.Closer
	lines   *bufio.Scanner

	whole    bool   // the last line had an end
	finished bool   // the model said that it is done
	event    []byte // data lines of an event whose end has not come
	out      []byte
	err      error // comes after out
}

func newStream(raw io.Reader, resp *http.Response, s *sending) io.ReadCloser {
	st := &stream{sending: s, raw: raw, closer: resp.Body}
	first := bufio.NewReaderSize(&limited{from: raw, left: maxStream}, 4<<10)
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if st.err = st.takeOther(kind, first); st.err != nil {
		return st
	}
	st.lines = bufio.NewScanner(first)
	st.lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	st.lines.Split(st.splitter())
	return st
}

// takeOther looks for what is no stream. Labels lie, so the first character decides. It gives what ends the stream after what it took, io.EOF
// for a whole answer; nil: this is a stream after all.
func (st *stream) takeOther(kind string, r *bufio.Reader) error {
	labelled := kind == "text/event-stream"
	first, err := firstVisible(r)
	switch {
	case errors.Is(err, io.EOF) && !labelled:
		return errNothing
	case err != nil:
		return cutBy(err)
	case first == '{':
		st.sending.plain = true
		return st.takePlain(r)
	case labelled:
		return nil
	case first == '<' || kind == "text/html":
		return errHTML
	case strings.IndexByte("deir:", first) < 0: // data, event, id, retry, a comment
		return errBabble
	}
	return nil
}

func firstVisible(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if b > ' ' && b < 0x80 {
			return b, r.UnreadByte()
		}
	}
}

// takePlain makes a stream of an answer in one piece.
func (st *stream) takePlain(r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxPlain+1))
	switch {
	case len(data) > maxPlain:
		return errTooMuch
	case err != nil:
		return cutBy(err)
	}
	chunk, err := asChunk(data)
	if err != nil {
		return &malformed{err}
	}
	if st.take(chunk); st.err != nil {
		return st.err
	}
	st.out = append(st.out, "data: [DONE]\n"...)
	return io.EOF
}

// asChunk is an answer in one piece as the only chunk of a stream: what is called message there is called delta here.
func asChunk(data []byte) ([]byte, error) {
	type choice struct {
		Index   int             `json:"index"`
		Message json.RawMessage `json:"message,omitempty"`
		Delta   json.RawMessage `json:"delta,omitempty"`
		Finish  json.RawMessage `json:"finish_reason,omitempty"`
	}
	var answer map[string]json.RawMessage
	var choices []choice
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, err
	}
	if isError(answer["error"]) || string(answer["object"]) == `"error"` {
		return json.Marshal(answer)
	}
	if err := json.Unmarshal(answer["choices"], &choices); err != nil || len(choices) == 0 {
		return nil, errors.New("no choices")
	}
	for i := range choices {
		choices[i].Delta, choices[i].Message = choices[i].Message, nil
	}
	answer["choices"], _ = json.Marshal(choices)
	return json.Marshal(answer)
}

func (st *stream) Read(p []byte) (int, error) {
	for len(st.out) == 0 {
		if st.err != nil {
			return 0, st.err
		}
		st.next()
	}
	n := copy(p, st.out)
	st.out = st.out[n:]
	return n, nil
}

// Close gives the connection back when the answer is complete, and closes it otherwise.
func (st *stream) Close() error {
	if st.finished {
		closing := time.AfterFunc(drainLimit, func() { st.closer.Close() })
		_, _ = io.CopyN(io.Discard, st.raw, 16<<10)
		closing.Stop()
	}
	return st.closer.Close()
}

// next takes one line.
func (st *stream) next() {
	if !st.lines.Scan() {
		st.flush()
		if st.err == nil {
			st.err = st.ending(st.lines.Err())
		}
		return
	}
	line := bytes.TrimPrefix(st.lines.Bytes(), []byte("\uFEFF"))
	data, isData := bytes.CutPrefix(line, []byte("data:"))
	switch {
	case len(line) == 0:
		st.flush()
	case isData, line[0] == '{': // some servers forget the word before an error
		st.takeLine(bytes.TrimSpace(data))
	}
}

// takeLine takes a line of data. Nearly always it is a whole event; else it waits for the blank line that ends the event.
func (st *stream) takeLine(data []byte) {
	switch {
	case len(st.event) == 0 && string(data) == "[DONE]":
		st.finished = true
		st.out, st.err = []byte("data: [DONE]\n"), io.EOF
	case len(st.event) == 0 && json.Valid(data):
		st.take(data)
	case len(st.event)+len(data) > maxLine:
		st.err = errTooMuch
	default:
		st.event = append(append(st.event, data...), '\n')
	}
}

// flush takes the event that the lines so far make.
func (st *stream) flush() {
	data := bytes.TrimSpace(st.event)
	st.event = nil
	switch {
	case len(data) == 0:
	case json.Valid(data):
		var line bytes.Buffer
		_ = json.Compact(&line, data)
		st.take(line.Bytes())
	case !st.whole, st.finished:
		st.err = st.ending(st.lines.Err())
	default:
		st.err = &malformed{errors.New("an event that is not JSON")}
	}
}

// ending is what the end of the response means.
func (st *stream) ending(err error) error {
	switch {
	case errors.Is(err, bufio.ErrTooLong):
		return errTooMuch
	case st.finished:
		return io.EOF
	case err != nil:
		return cutBy(err)
	}
	return errCut
}

func cutBy(err error) error {
	if errors.Is(err, errTooMuch) {
		return err
	}
	return errors.Join(errCut, err)
}

// glimpse is as much of a chunk as the wire itself must know.
type glimpse struct {
	Error   json.RawMessage `json:"error"`
	Object  string          `json:"object"`
	Choices []struct {
		Finish json.RawMessage `json:"finish_reason"`
		Delta  struct {
			Content json.RawMessage `json:"reasoning_content"`
			Bare    json.RawMessage `json:"reasoning"`
		} `json:"delta"`
	} `json:"choices"`
}

// bareReasoning is the word for thinking that go-openai does not know. Within a text its quotes would be escaped.
var bareReasoning = regexp.MustCompile(`"reasoning"\s*:`)

// take passes a chunk on, in the words that go-openai knows. What has the wrong types is left for it to refuse.
func (st *stream) take(data []byte) {
	var g glimpse
	_ = json.Unmarshal(data, &g)
	if isError(g.Error) || g.Object == "error" {
		st.sending.refused = spokenRefusal(data, st.sending.key)
		st.err = errRefused
		return
	}
	for _, choice := range g.Choices {
		st.finished = st.finished || isSaid(choice.Finish)
		if isSaid(choice.Delta.Bare) && !isSaid(choice.Delta.Content) {
			data = bareReasoning.ReplaceAll(data, []byte(`"reasoning_content":`))
		}
	}
	st.out = append(append(append(st.out, "data: "...), data...), '\n')
}

func isSaid(raw json.RawMessage) bool {
	return len(raw) > 0 && string(raw) != "null" && string(raw) != `""`
}

func isError(raw json.RawMessage) bool {
	return isSaid(raw) && string(raw) != "{}" && string(raw) != "false"
}

// splitter splits at \n, \r and \r\n, and waits for no byte after a \r.
func (st *stream) splitter() bufio.SplitFunc {
	afterCR := false
	return func(data []byte, atEOF bool) (advance int, line []byte, err error) {
		skipped := 0
		if afterCR && len(data) > 0 {
			afterCR = false
			if data[0] == '\n' {
				skipped = 1
			}
		}
		data = data[skipped:]
		if end := bytes.IndexAny(data, "\r\n"); end >= 0 {
			afterCR, st.whole = data[end] == '\r', true
			return skipped + end + 1, data[:end:end], nil
		}
		if atEOF && len(data) > 0 {
			st.whole = false
			return skipped + len(data), data, nil
		}
		return skipped, nil, nil
	}
}

// decoded is the body as it was before compression, where a server compresses unasked.
func decoded(resp *http.Response) io.Reader {
	if !strings.EqualFold(resp.Header.Get("Content-Encoding"), "gzip") {
		return resp.Body
	}
	return &gunzip{from: resp.Body}
}

// gunzip opens the gzip stream when it is first read: opening it waits for its header.
type gunzip struct {
	from io.Reader
	zip  *gzip.Reader
}

func (g *gunzip) Read(p []byte) (int, error) {
	if g.zip == nil {
		zip, err := gzip.NewReader(g.from)
		if err != nil {
			return 0, err
		}
		g.zip = zip
	}
	return g.zip.Read(p)
}

// limited fails, rather than ends, at its limit.
type limited struct {
	from io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooMuch
	}
	n, err := l.from.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// capture keeps the beginning of what is read, to be shown.
type capture struct {
	data []byte
	more bool // there was more
}

func (c *capture) tee(r io.Reader) io.Reader { return io.TeeReader(r, c) }

func (c *capture) Write(p []byte) (int, error) {
	room := min(len(p), maxCapture-len(c.data))
	c.data = append(c.data, p[:room]...)
	c.more = c.more || room < len(p)
	return len(p), nil
}

// text is what was kept, without pictures and without the key, of which the cut may have left the beginning.
func (c *capture) text(key string) string {
	s := redact(strings.ToValidUTF8(string(c.data), "\uFFFD"), key)
	if c.more && key != "" {
		s = s[:len(s)-overlap(s, key)]
	}
	return cutAt(s, maxCapture)
}
