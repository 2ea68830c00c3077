package openai

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

const manyTongues = "Zwei Kätzchen 🐱🐱 auf dem Sofa — 二匹の猫がソファにいる, и всё."

func TestAnswerIsTheSameHoweverItIsWritten(t *testing.T) {
	text := func(vlmtest.Call) string { return manyTongues }
	cases := map[string]vlmtest.Script{
		"byte by byte":      {ByteByByte: true},
		"CRLF":              {CRLF: true},
		"CRLF byte by byte": {CRLF: true, ByteByByte: true},
		"comments":          {Comments: true},
		"all of these":      {CRLF: true, Comments: true, ByteByByte: true, SplitLines: true},
		"split events":      {SplitLines: true},
		"gzip":              {Gzip: true},
		"gzip in one piece": {Gzip: true, NoStream: true},
		"no [DONE]":         {NoDone: true},
		"no last line end":  {NoLastEnd: true},
		"no usage":          {NoUsage: true},
		"no finish_reason":  {NoFinish: true},
		"no type":           {Type: "application/octet-stream"},
		"mislabelled":       {Type: "application/json"},
		"a plain answer":    {NoStream: true},
		"plain as a stream": {NoStream: true, Type: "text/event-stream"},
	}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			script.Text = text
			client, _ := serving(t, script)
			if answer := answered(t, client, vlmtest.Question("?")); answer.Text != manyTongues {
				t.Errorf("%q", answer.Text)
			}
		})
	}
}

func TestLinesEndedByCarriageReturnsAlone(t *testing.T) {
	answer, err := askBytes(t, "text/event-stream", strings.ReplaceAll(wellFormed, "\n", "\r"), 1)
	if err != nil || answer.Text != "A cat." {
		t.Errorf("%q, %v", answer.Text, err)
	}
}

// TestConnectionCutAtEveryByte cuts the response, head included, after each of its bytes: every time there is one outcome, an answer that is
// whole or the fault that it is not.
func TestConnectionCutAtEveryByte(t *testing.T) {
	script := vlmtest.Script{Text: func(vlmtest.Call) string { return "Zwei Kätzchen." }, CutAfter: 1 << 20}
	client, server := serving(t, script)
	whole := answered(t, client, vlmtest.Question("?")).Text
	server.AwaitEnded()
	length, complete := server.Last().Wrote, 0
	for script.CutAfter = 1; script.CutAfter <= length; script.CutAfter++ {
		server.Change(script)
		answer, err := ask(t, client, vlmtest.Question("?"))
		switch {
		case err == nil && answer.Text == whole:
			complete++
		case err == nil:
			t.Fatalf("cut after %d bytes, %q passes for an answer", script.CutAfter, answer.Text)
		case fault.CodeOf(err) == "backend.not_openai" && script.CutAfter < len("HTTP/1.1 200 OK\r\n"): // not yet HTTP
		case fault.CodeOf(err) != "backend.cut" || !strings.HasPrefix(whole, answer.Text):
			t.Fatalf("cut after %d bytes: %v (%v), text %q", script.CutAfter, err, fault.From(err).Cause, answer.Text)
		case complete > 0:
			t.Fatalf("cut after %d bytes it fails, cut earlier it did not: %v", script.CutAfter, err)
		}
	}
	if complete == 0 {
		t.Error("no cut left the answer whole")
	}
}

const wellFormed = `data: {"model":"m","choices":[{"index":0,"delta":{"content":"A cat."},"finish_reason":null}]}

data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}

data: [DONE]

`

// askBytes asks a server that answers with exactly these bytes, so many at a time.
func askBytes(t testing.TB, kind, body string, atOnce int) (sight.Answer, error) {
	client := clientOf(t, Config{Base: "localhost", Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		_, _ = io.Copy(io.Discard, r.Body)
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {kind}}, Request: r,
			Body: io.NopCloser(&slowReader{strings.NewReader(body), max(atOnce, 1)}),
		}, nil
	})})
	return ask(t, client, sight.Question{Prompt: "?", Model: "m"})
}

type slowReader struct {
	from   io.Reader
	atOnce int
}

func (s *slowReader) Read(p []byte) (int, error) { return s.from.Read(p[:min(len(p), s.atOnce)]) }

func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		wellFormed,
		strings.ReplaceAll(wellFormed, "\n", "\r\n"),
		strings.TrimRight(wellFormed, "\n"),
		wellFormed[:100],
		": hello\n\nevent: x\ndata: {\ndata: \"choices\":[]}\n\ndata: [DONE]",
		`{"choices":[{"message":{"content":"A cat.","reasoning":"hm"},"finish_reason":"stop"}],"usage":{}}`,
		`{"error":"no"}`, "data: {\"error\":{\"message\":[\"a\",\"b\"]}}\n", "<html>", "", "data: [DONE]\n", "\xef\xbb\xbfdata: null\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"\\ud83d\xff<think>\\u0000\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"reasoning\":\"x\"},\"finish_reason\":\"length\"}]}\n",
	} {
		f.Add("text/event-stream", []byte(seed), 1)
		f.Add("application/json", []byte(seed), 1000)
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte, atOnce int) {
		answer, err := askBytes(t, kind, string(body), atOnce)
		if !utf8.ValidString(answer.Text) || !utf8.ValidString(answer.Thinking) || len(answer.Text) > maxText || len(answer.Thinking) > maxText {
			t.Errorf("answer %+v", answer)
		}
		if strings.ContainsFunc(answer.Text+answer.Thinking+answer.Model, unwanted) {
			t.Errorf("control characters in %+v", answer)
		}
		if err == nil && strings.TrimSpace(answer.Text) == "" {
			t.Error("an empty answer passes for one")
		}
	})
}

func FuzzRefusal(f *testing.F) {
	for _, seed := range []string{`{"error":{"message":"no","code":"x"}}`, `{"error":"no"}`, `{"detail":[{"msg":"no"}]}`, `{"detail":[[["no"]]]}`, "<html>", "no", ""} {
		f.Add(400, []byte(seed))
		f.Add(404, []byte(seed))
	}
	c, err := New(Config{Base: "localhost"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		err := c.refusedBy(&refusal{status: status, body: body, key: "sk-secret"}, "m", func() []string { return nil })
		checkFault(t, err, strings.TrimPrefix(fault.CodeOf(err), "backend."), fault.From(err).Blame)
	})
}

func TestVoiceHearsTheSameHoweverATextIsSplit(t *testing.T) {
	cases := []struct{ whole, text, thinking string }{
		{"A cat.", "A cat.", ""},
		{"<think>hm</think>A cat.", "A cat.", "hm"},
		{" \n<think>\nhm <b> </thin </think>\n\n A cat.</think>", "A cat.</think>", "\nhm <b> </thin "},
		{"<thinking>A cat.", "<thinking>A cat.", ""},
		{"<think>never done", "", "never done"},
		{"<think>never done</thi", "", "never done</thi"},
		{"<thi", "<thi", ""},
		{"a <think>b</think>", "a <think>b</think>", ""},
	}
	for _, test := range cases {
		for step := 1; step <= len(test.whole); step++ {
			var text, thinking bytes.Buffer
			v := &voice{say: func(kind sight.EventKind, s string) {
				if kind == sight.Thinking {
					thinking.WriteString(s)
				} else {
					text.WriteString(s)
				}
			}}
			for rest := test.whole; rest != ""; rest = rest[min(step, len(rest)):] {
				v.text(rest[:min(step, len(rest))])
			}
			v.end()
			if text.String() != test.text || thinking.String() != test.thinking {
				t.Errorf("%q by %d: text %q, thinking %q", test.whole, step, text.String(), thinking.String())
			}
		}
	}
}

func TestCutsFallBetweenCharacters(t *testing.T) {
	for limit, want := range []string{"", "a", "a", "a", "a€", "a€b", "a€b"} {
		if got := cutAt("a€b", limit); got != want {
			t.Errorf("cut at %d: %q", limit, got)
		}
	}
}
