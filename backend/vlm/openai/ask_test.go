package openai

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

func TestSuite(t *testing.T) {
	scripts := map[string]vlmtest.Script{
		"at once":       {},
		"slow":          {Delay: 10 * time.Millisecond, Between: 20 * time.Millisecond, Words: 20},
		"in one piece":  {NoStream: true},
		"one at a time": {Parallel: 1, Delay: time.Millisecond},
	}
	for name, script := range scripts {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, script)
			vlmtest.Suite(t, clientOf(t, Config{Base: server.URL}))
		})
	}
}

func TestQuestionArrivesWholeAndAnswerIsAboutItsPicture(t *testing.T) {
	client, server := serving(t, vlmtest.Script{})
	q := vlmtest.Question(`Is "url":"data:image/jpeg;base64," a trap, or "stream":true?`)
	q.System, q.MaxTokens, q.Temperature = "Be brief.", 50, ptr(0.7)
	answer := answered(t, client, q)

	call := server.Last()
	if call.Prompt != q.Prompt || call.System != q.System || call.Model != q.Model {
		t.Errorf("the server saw prompt %q, system %q, model %q", call.Prompt, call.System, call.Model)
	}
	if call.MaxTokens == nil || *call.MaxTokens != 50 || call.Temperature == nil || *call.Temperature != 0.7 || !call.Stream || !call.IncludeUsage {
		t.Errorf("the server saw settings %+v", call)
	}
	if !bytes.Equal(call.Picture, answer.Image.JPEG) || call.PictureType != "image/jpeg" || answer.Image.Width != 64 {
		t.Errorf("the picture of %d bytes arrived as %d bytes of %s", len(answer.Image.JPEG), len(call.Picture), call.PictureType)
	}
	if answer.Text != vlmtest.Describe(call) {
		t.Errorf("the answer is %q", answer.Text)
	}
	if answer.PromptTokens == nil || answer.CompletionTokens == nil || answer.Backend != "Fake" || answer.Model != vlmtest.DefaultModel {
		t.Errorf("answer without its particulars: %+v", answer)
	}
}

func TestSettingsThatAreNotSetAreNotSent(t *testing.T) {
	client, server := serving(t, vlmtest.Script{})
	answered(t, client, vlmtest.Question("?"))
	if call := server.Last(); call.MaxTokens != nil || call.MaxCompletionTokens != nil || call.Temperature != nil || call.System != "" || call.Key != "" {
		t.Errorf("the server saw %+v", call)
	}
}

func TestTemperatureZeroIsSent(t *testing.T) {
	client, server := serving(t, vlmtest.Script{})
	q := vlmtest.Question("?")
	q.Temperature = ptr(0.0)
	answered(t, client, q)
	if call := server.Last(); call.Temperature == nil || *call.Temperature != 0 {
		t.Errorf("temperature %v", call.Temperature)
	}
}

func TestModelsWithRulesOfTheirOwnInTheLibraryAreAsked(t *testing.T) {
	for _, model := range []string{"gpt-5-mini", "o3", "gpt-4o"} {
		client, server := serving(t, vlmtest.Script{Models: []string{model}})
		q := vlmtest.Question("?")
		q.Model, q.MaxTokens, q.Temperature = model, 10, ptr(0.5)
		answered(t, client, q)
		if call := server.Last(); call.MaxTokens == nil || call.Temperature == nil {
			t.Errorf("%s: the server saw %+v", model, call)
		}
	}
}

func TestServersDialectIsLearntOnce(t *testing.T) {
	cases := map[string]struct {
		script vlmtest.Script
		heard  func(vlmtest.Call) bool // of every question but the first
	}{
		"max_completion_tokens": {vlmtest.Script{OnlyCompletion: true}, func(c vlmtest.Call) bool { return c.MaxCompletionTokens != nil && c.MaxTokens == nil && c.Stream }},
		"no stream":             {vlmtest.Script{RefuseStream: true}, func(c vlmtest.Call) bool { return !c.Stream && !c.IncludeUsage }},
		"no stream_options":     {vlmtest.Script{RefuseOptions: true}, func(c vlmtest.Call) bool { return c.Stream && !c.IncludeUsage }},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			client, server := serving(t, test.script)
			q := vlmtest.Question("?")
			q.MaxTokens = 20
			answered(t, client, q)
			answered(t, client, q)
			calls := server.Calls()
			if len(calls) != 3 {
				t.Fatalf("%d questions were sent for two", len(calls))
			}
			for _, call := range calls[1:] {
				if !test.heard(call) {
					t.Errorf("the server saw %+v", call)
				}
			}
		})
	}
}

func TestServerThatChangesItsMindAboutTheTokenLimitIsFollowed(t *testing.T) {
	client, server := serving(t, vlmtest.Script{OnlyCompletion: true})
	q := vlmtest.Question("?")
	q.MaxTokens = 20
	answered(t, client, q)
	server.Change(vlmtest.Script{OnlyMaxTokens: true})
	answered(t, client, q)
}

func TestAnswerInOnePieceIsTakenAndRemembered(t *testing.T) {
	client, server := serving(t, vlmtest.Script{NoStream: true, Thinking: "Hm, yes."})
	for range 2 {
		answer := answered(t, client, vlmtest.Question("?"))
		if answer.Text != vlmtest.Describe(server.Last()) || answer.Thinking != "Hm, yes." || answer.CompletionTokens == nil {
			t.Errorf("answer %+v", answer)
		}
	}
	if calls := server.Calls(); len(calls) != 2 || !calls[0].Stream || calls[1].Stream {
		t.Errorf("the server saw %d questions, and stream %v", len(calls), calls[len(calls)-1].Stream)
	}
}

func TestNoQuestionIsSentMoreThanTwice(t *testing.T) {
	// Whatever is left out, this server complains of something else.
	client, server := serving(t, vlmtest.Script{OnlyCompletion: true, RefuseStream: true, RefuseOptions: true})
	q := vlmtest.Question("?")
	q.MaxTokens = 20
	if _, err := ask(t, client, q); fault.CodeOf(err) != "backend.bad_request" {
		t.Errorf("error %v", err)
	}
	if n := len(server.Calls()); n != 2 {
		t.Errorf("it was sent %d times", n)
	}
	answered(t, client, q) // what was learnt twice over is enough now
}

func TestDeadConnectionsAreReplacedUnnoticed(t *testing.T) {
	client, server := serving(t, vlmtest.Script{Delay: 20 * time.Millisecond})
	var all sync.WaitGroup
	for range 4 { // several connections, kept for later
		all.Go(func() { answered(t, client, vlmtest.Question("?")) })
	}
	all.Wait()
	server.Change(vlmtest.Script{HangUpReused: true})
	before := len(server.Calls())
	for range 3 {
		answered(t, client, vlmtest.Question("?"))
	}
	if n := len(server.Calls()) - before; n > 6 {
		t.Errorf("%d requests for three questions", n)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	for name, script := range map[string]vlmtest.Script{"stream": {}, "no [DONE]": {NoDone: true}, "in one piece": {NoStream: true}, "refused": {Blind: true}} {
		t.Run(name, func(t *testing.T) {
			client, _ := serving(t, script)
			var dialled atomic.Int32
			dial := client.transport.(*http.Transport).DialContext
			client.transport.(*http.Transport).DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
				dialled.Add(1)
				return dial(ctx, network, addr)
			}
			for range 5 {
				_, _ = ask(t, client, vlmtest.Question("?"))
			}
			if n := dialled.Load(); n > 3 { // on a busy machine the end of an answer may come later than it is waited for
				t.Errorf("%d connections for five questions", n)
			}
		})
	}
}

func TestThinkingIsKeptApart(t *testing.T) {
	say := func(text string) func(vlmtest.Call) string { return func(vlmtest.Call) string { return text } }
	cases := map[string]vlmtest.Script{
		"reasoning_content": {Thinking: "It is a cat.", Text: say("A cat.")},
		"reasoning":         {Thinking: "It is a cat.", Text: say("A cat."), Ollama: true},
		"tags":              {Text: say("<think>It is a cat.</think>\n\nA cat.")},
		"tags byte by byte": {Text: say("\n<think>It is a cat.</think>\n\nA cat."), ByteByByte: true},
		"plain reasoning":   {Thinking: "It is a cat.", Text: say("A cat."), Ollama: true, NoStream: true},
	}
	for name, script := range cases {
		t.Run(name, func(t *testing.T) {
			client, _ := serving(t, script)
			answer := answered(t, client, vlmtest.Question("?"))
			if answer.Text != "A cat." || answer.Thinking != "It is a cat." {
				t.Errorf("text %q, thinking %q", answer.Text, answer.Thinking)
			}
		})
	}
}

func TestThinkingIsProgress(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{Thinking: strings.Repeat("hm ", 40), Between: 20 * time.Millisecond})
	limits := Limits{Connect: 5 * time.Second, FirstToken: 600 * time.Millisecond, BetweenTokens: 600 * time.Millisecond, Total: time.Minute}
	answer := answered(t, clientOf(t, Config{Base: server.URL, Limits: limits}), vlmtest.Question("?"))
	if took := answer.FirstToken.Sub(answer.Sent); took < 600*time.Millisecond {
		t.Errorf("the text came after %v: too early to tell", took)
	}
}

func TestAnswerIsCutAt64KiBBetweenCharactersAndItsRequestEnded(t *testing.T) {
	for _, size := range []int{maxText - 1, maxText, maxText + 1, 100 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			client, server := serving(t, vlmtest.Script{Size: size})
			answer := answered(t, client, vlmtest.Question("?"))
			if answer.Cut != (size > maxText) || len(answer.Text) != min(size, maxText) {
				t.Errorf("%d bytes, cut: %v", len(answer.Text), answer.Cut)
			}
			if size > 1<<20 && !server.AwaitGone() {
				t.Error("the server goes on")
			}
		})
	}
	client, _ := serving(t, vlmtest.Script{Text: func(vlmtest.Call) string { return "x" + strings.Repeat("€", maxText/2) }})
	answer := answered(t, client, vlmtest.Question("?"))
	if !answer.Cut || !utf8.ValidString(answer.Text) || len(answer.Text) < maxText-3 || len(answer.Text) > maxText {
		t.Errorf("%d bytes, cut: %v", len(answer.Text), answer.Cut)
	}
}

func TestAnswerThatStoppedAtItsTokenLimitSaysSo(t *testing.T) {
	client, _ := serving(t, vlmtest.Script{Finish: "length", NoUsage: true})
	answer := answered(t, client, vlmtest.Question("?"))
	if !answer.Limited || answer.PromptTokens != nil || answer.CompletionTokens != nil {
		t.Errorf("answer %+v", answer)
	}
}

func TestControlCharactersNeverArrive(t *testing.T) {
	client, _ := serving(t, vlmtest.Script{Text: func(vlmtest.Call) string { return "\x1b[31mred\x1b[0m\r\n\tand\u0085 \x00more\x7f" }})
	if answer := answered(t, client, vlmtest.Question("?")); answer.Text != "[31mred[0m\n\tand more" {
		t.Errorf("%q", answer.Text)
	}
}

func TestExchangeShowsTheTalkWithoutPictureOrKey(t *testing.T) {
	const key = "sk-very-secret-key"
	server := vlmtest.Start(t, vlmtest.Script{Key: key, Text: func(c vlmtest.Call) string {
		return "You sent " + c.Key + " and data:image/jpeg;base64," + strings.Repeat("A", 500)
	}})
	client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return key, nil }})
	answer := answered(t, client, vlmtest.Question("?"))
	x := answer.Exchange
	if x == nil || x.Status != 200 || x.URL != server.URL+"/chat/completions" {
		t.Fatalf("exchange %+v", x)
	}
	want := fmt.Sprintf("data:image/jpeg;base64,… (%d bytes elided)", len(answer.Image.JPEG))
	if !strings.Contains(x.Request, want) || strings.Contains(x.Request, "/9j/") {
		t.Errorf("request %s", x.Request)
	}
	if strings.Contains(x.Request+x.Response, key) || strings.Contains(x.Response, strings.Repeat("A", 100)) || !strings.Contains(x.Response, "[DONE]") {
		t.Errorf("response %s", x.Response)
	}
}

func TestExchangeKeepsOnlyTheBeginningOfALongResponse(t *testing.T) {
	client, _ := serving(t, vlmtest.Script{Words: 2000})
	if n := len(answered(t, client, vlmtest.Question("?")).Exchange.Response); n != maxCapture {
		t.Errorf("%d bytes", n)
	}
}

func TestKeyIsAskedForEachQuestionAndSent(t *testing.T) {
	keys := make(chan string, 2)
	keys <- "first-key"
	keys <- "second-key"
	server := vlmtest.Start(t, vlmtest.Script{})
	client := clientOf(t, Config{Base: server.URL, Key: func(context.Context) (string, error) { return <-keys, nil }})
	answered(t, client, vlmtest.Question("?"))
	answered(t, client, vlmtest.Question("?"))
	if calls := server.Calls(); calls[0].Key != "first-key" || calls[1].Key != "second-key" {
		t.Errorf("keys %q, %q", calls[0].Key, calls[1].Key)
	}
}

func TestWithoutAModelTheServersFirstIsAsked(t *testing.T) {
	client, server := serving(t, vlmtest.Script{Models: []string{"first", "second"}})
	q := vlmtest.Question("?")
	q.Model = ""
	if answer := answered(t, client, q); answer.Model != "first" {
		t.Errorf("model %q", answer.Model)
	}
	server.Change(vlmtest.Script{Models: []string{"other"}})
	if _, err := ask(t, client, q); fault.CodeOf(err) != "backend.unknown_model" {
		t.Errorf("error %v", err)
	}
	if answer := answered(t, client, q); answer.Model != "other" {
		t.Errorf("model %q", answer.Model)
	}
}

func TestCancelEndsTheRequestOnTheWire(t *testing.T) {
	for name, silence := range map[string]vlmtest.Silence{"before headers": vlmtest.BeforeHeaders, "before the first token": vlmtest.BeforeFirstToken, "mid-stream": vlmtest.MidStream} {
		t.Run(name, func(t *testing.T) {
			client, server := serving(t, vlmtest.Script{Silence: silence})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			l := vlmtest.Listen(func(e sight.Event) {
				if silence != vlmtest.MidStream || e.Kind == sight.Text {
					server.AwaitRead()
					cancel()
				}
			})
			answer, err := client.Ask(ctx, vlmtest.Question("?"), l.On)
			l.Check(t, answer, err)
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v", err)
			}
			if answer.Sent.IsZero() || answer.Image.Width == 0 || (silence == vlmtest.MidStream) != (answer.Text != "") {
				t.Errorf("partial answer %+v", answer)
			}
			if !server.AwaitGone() {
				t.Error("the server was not told")
			}
		})
	}
}

func TestManyAskOverHTTP2(t *testing.T) {
	server := vlmtest.Start(t, vlmtest.Script{TLS: true})
	client := clientOf(t, Config{Base: server.URL, Transport: trusting(server)})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { answered(t, client, vlmtest.Question("?")) })
	}
	all.Wait()
	for _, call := range server.Calls() {
		if call.Proto != "HTTP/2.0" {
			t.Errorf("protocol %s", call.Proto)
		}
	}
}

// TestWithdrawnAnswerNeverPassesForAWholeOne withdraws questions while answers that were there at once are being taken: what is given as an answer
// is all of it.
func TestWithdrawnAnswerNeverPassesForAWholeOne(t *testing.T) {
	const words = "one two three four five six seven eight"
	server := vlmtest.Start(t, vlmtest.Script{Text: func(vlmtest.Call) string { return words }, Keep: 1})
	c, err := New(Config{Base: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 300 {
		ctx, cancel := context.WithCancel(t.Context())
		heard := 0
		answer, err := c.Ask(ctx, vlmtest.Question("Never mind."), func(sight.Event) {
			if heard++; heard > i%4 {
				cancel()
			}
		})
		cancel()
		switch {
		case err == nil && strings.TrimSpace(answer.Text) != words:
			t.Fatalf("after %d questions %q passes for the whole answer", i, answer.Text)
		case err != nil && !errors.Is(err, context.Canceled):
			t.Fatalf("after %d questions: %v, not the context's", i, err)
		}
	}
}
