package vlmtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// reply answers one question, as its script says.
type reply struct {
	server *Server
	script Script
	call   *Call // its request is not written to any more
	w      http.ResponseWriter
	r      *http.Request

	out   io.Writer
	flush func()
	gone  bool
	wrote int
}

func (p *reply) serve(nth int) {
	if nth <= p.script.After {
		p.script.Silence = Never
	}
	if p.pause(p.script.Delay) != nil || p.silent(BeforeHeaders) {
		return
	}
	if p.script.HangUp {
		panic(http.ErrAbortHandler)
	}
	if p.refused(nth) {
		return
	}
	if p.script.CutAfter > 0 {
		p.serveCut()
		return
	}
	p.serveWhole()
}

// refused says no where the script wants it.
func (p *reply) refused(nth int) bool {
	s, c := p.script, p.call
	switch {
	case s.Redirect != "":
		p.w.Header().Set("Location", s.Redirect+"/chat/completions")
		p.w.WriteHeader(orElse(s.RedirectStatus, http.StatusTemporaryRedirect))
	case s.Refuse != nil && (s.RefuseFirst == 0 || nth <= s.RefuseFirst):
		s.Refuse.write(p.w)
	case s.Key != "" && c.Key != s.Key:
		refuse(p.w, http.StatusUnauthorized, "Incorrect API key provided: "+c.Key, "invalid_api_key")
	case !s.knows(c.Model):
		refuse(p.w, http.StatusNotFound, unknownModel(c.Model), "model_not_found")
	case s.Blind && c.Picture != nil:
		refuse(p.w, http.StatusBadRequest, c.Model+" is not a multimodal model", "")
	default:
		return p.refusedDialect()
	}
	return true
}

func (r *Refusal) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.Header)
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(r.Status)
	_, _ = io.WriteString(w, r.Body)
}

func (p *reply) refusedDialect() bool {
	s, c := p.script, p.call
	switch {
	case s.OnlyCompletion && c.MaxTokens != nil:
		refuse(p.w, http.StatusBadRequest, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter")
	case s.OnlyMaxTokens && c.MaxCompletionTokens != nil:
		refuse(p.w, http.StatusBadRequest, "Unrecognized request argument supplied: max_completion_tokens", "")
	case s.RefuseOptions && c.IncludeUsage:
		refuse(p.w, http.StatusBadRequest, "stream_options: extra fields not permitted", "")
	case s.RefuseFormat && c.Format != "":
		refuse(p.w, http.StatusBadRequest, "'response_format.type' must be 'json_schema' or 'text'", "")
	case s.RefuseStream && c.Stream:
		refuse(p.w, http.StatusBadRequest, "Streaming is not supported by this server.", "")
	default:
		return false
	}
	return true
}

// serveWhole writes the answer through net/http.
func (p *reply) serveWhole() {
	plain := p.script.NoStream || !p.call.Stream
	p.w.Header().Set("Content-Type", p.contentType(plain))
	controller := http.NewResponseController(p.w)
	p.out, p.flush = p.w, func() { _ = controller.Flush() }
	if p.script.Gzip {
		p.w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(p.w)
		defer zip.Close()
		p.out, p.flush = zip, func() { _ = zip.Flush(); _ = controller.Flush() }
	}
	if plain {
		p.write(p.plain())
		return
	}
	p.flush()
	p.stream()
}

func (p *reply) contentType(plain bool) string {
	switch {
	case p.script.Type != "":
		return p.script.Type
	case plain:
		return "application/json"
	}
	return "text/event-stream; charset=utf-8"
}

// serveCut writes the response as raw bytes, the first CutAfter of them, and closes the connection.
func (p *reply) serveCut() {
	conn, _, err := http.NewResponseController(p.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	var raw, events bytes.Buffer
	p.out, p.flush = &events, func() {}
	p.stream()
	fmt.Fprintf(&raw, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n", p.contentType(false))
	for line := range bytes.Lines(events.Bytes()) {
		fmt.Fprintf(&raw, "%x\r\n%s\r\n", len(line), line)
	}
	raw.WriteString("0\r\n\r\n")
	p.wrote = raw.Len()
	_, _ = conn.Write(raw.Bytes()[:min(p.script.CutAfter, raw.Len())])
}

// stream writes the answer as events.
func (p *reply) stream() {
	if p.silent(BeforeFirstToken) {
		return
	}
	if p.script.Chunks != nil {
		p.events(p.script.Chunks...)
	} else if p.tokens() != nil {
		return
	}
	if !p.script.NoDone {
		p.last("data: [DONE]")
	}
}

func (p *reply) tokens() error {
	if p.events(p.chunk(map[string]any{"role": "assistant", "content": ""}, nil)) != nil {
		return errGone
	}
	for i, word := range pieces(p.script.Thinking) {
		if p.token(i, map[string]any{p.thinkingKey(): word}) != nil {
			return errGone
		}
	}
	words := pieces(p.text())
	for i, word := range words {
		if i == (len(words)+1)/2 && p.silent(MidStream) {
			return errGone
		}
		if p.token(i, map[string]any{"content": word}) != nil {
			return errGone
		}
	}
	return p.ending(len(words))
}

func (p *reply) token(i int, delta map[string]any) error {
	if i > 0 && p.script.Between > 0 && p.pause(p.script.Between) != nil {
		return errGone
	}
	return p.events(p.chunk(delta, nil))
}

func (p *reply) ending(words int) error {
	if !p.script.NoFinish {
		if err := p.events(p.chunk(map[string]any{}, p.finish())); err != nil {
			return err
		}
	}
	if p.script.NoUsage || !p.call.IncludeUsage {
		return nil
	}
	usage, _ := json.Marshal(map[string]any{"id": "c1", "object": "chat.completion.chunk", "model": p.call.Model, "choices": []any{}, "usage": p.usage(words)})
	return p.events(string(usage))
}

func (p *reply) finish() string {
	if p.script.Finish == "" {
		return "stop"
	}
	return p.script.Finish
}

func (p *reply) usage(words int) map[string]int {
	prompt := len(strings.Fields(p.call.Prompt)) + 300
	return map[string]int{"prompt_tokens": prompt, "completion_tokens": words, "total_tokens": prompt + words}
}

func (p *reply) thinkingKey() string {
	if p.script.Ollama {
		return "reasoning"
	}
	return "reasoning_content"
}

func (p *reply) chunk(delta map[string]any, finish any) string {
	data, _ := json.Marshal(map[string]any{
		"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": p.call.Model,
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
	})
	return string(data)
}

// plain is the answer in one piece.
func (p *reply) plain() string {
	if p.script.PlainBody != "" {
		return p.script.PlainBody
	}
	text := p.text()
	message := map[string]any{"role": "assistant", "content": text}
	if p.script.Thinking != "" {
		message[p.thinkingKey()] = p.script.Thinking
	}
	answer := map[string]any{
		"id": "c1", "object": "chat.completion", "created": 1, "model": p.call.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": p.finish()}},
	}
	if !p.script.NoUsage {
		answer["usage"] = p.usage(len(pieces(text)))
	}
	data, _ := json.Marshal(answer)
	return string(data)
}

func (p *reply) text() string {
	switch {
	case p.script.Size > 0:
		return strings.Repeat("So much to see here. ", p.script.Size/21+1)[:p.script.Size]
	case p.script.Text != nil:
		return p.script.Text(*p.call)
	case p.script.Sees:
		return See(*p.call)
	}
	text := Describe(*p.call)
	if p.script.Words > 0 {
		words := strings.Fields(strings.Repeat(text+" ", p.script.Words))
		text = strings.Join(words[:p.script.Words], " ")
	}
	return text
}

// pieces is s as a model's tokens: words with the space before them, or a long text in blocks of about a kilobyte.
func pieces(s string) []string {
	if len(s) > 16<<10 {
		var blocks []string
		for len(s) > 1<<10 {
			end := 1 << 10
			for !utf8.RuneStart(s[end]) {
				end--
			}
			blocks, s = append(blocks, s[:end]), s[end:]
		}
		return append(blocks, s)
	}
	var words []string
	for s != "" {
		end := strings.IndexByte(s[1:], ' ') + 1
		if end == 0 {
			end = len(s)
		}
		words, s = append(words, s[:end]), s[end:]
	}
	return words
}

// events writes each as one event.
func (p *reply) events(events ...string) error {
	for _, data := range events {
		lines := "data: " + data + "\n\n"
		if p.script.SplitLines {
			lines = "data: " + strings.ReplaceAll(pretty(data), "\n", "\ndata:") + "\n\n"
		}
		if p.script.Comments {
			lines = ": still here\n\n" + "event: message\nid: 7\nretry: 1000\n" + lines + "\n:\n"
		}
		if err := p.write(lines); err != nil {
			return err
		}
	}
	return nil
}

func pretty(data string) string {
	var lines bytes.Buffer
	if json.Indent(&lines, []byte(data), "", " ") != nil {
		return data
	}
	return lines.String()
}

func (p *reply) last(line string) {
	if !p.script.NoLastEnd {
		line += "\n\n"
	}
	_ = p.write(line)
}

func (p *reply) write(s string) error {
	if p.script.CRLF {
		s = strings.ReplaceAll(s, "\n", "\r\n")
	}
	step := max(len(s), 1)
	if p.script.ByteByByte {
		step = 1
	}
	for ; s != ""; s = s[min(step, len(s)):] {
		if _, err := io.WriteString(p.out, s[:min(step, len(s))]); err != nil || p.r.Context().Err() != nil {
			p.gone = true
			return errGone
		}
		p.flush()
	}
	return nil
}

func (p *reply) pause(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	err := p.server.pause(p.r.Context(), d)
	p.gone = p.gone || err != nil
	return err
}

// silent reports whether the script falls silent here. It has then said nothing more, but for comments, until the other side was gone.
func (p *reply) silent(here Silence) bool {
	if p.script.Silence != here {
		return false
	}
	for {
		wait := time.Hour
		if p.script.Alive > 0 && p.out != nil {
			wait = p.script.Alive
			_, _ = io.WriteString(p.out, ": still here\n\n")
			p.flush()
		}
		if p.pause(wait) != nil {
			return true
		}
	}
}
