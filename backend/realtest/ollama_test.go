//go:build real

package realtest

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/openai"
	"sightline/backend/vlm/vlmtest"
)

const tinyModel = "tinyvlm:latest"

// ollama starts the real server with the tiny vision model, and stops it when the test ends. That it is not there is a failure, never a skip:
// build/rigs/ollama.sh build makes it.
func ollama(t *testing.T) *openai.Client {
	t.Helper()
	script, err := filepath.Abs("../../build/rigs/ollama.sh")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	serve := exec.CommandContext(ctx, script, "serve", freePort(t))
	serve.Stderr = os.Stderr
	said, err := serve.Output()
	if err != nil {
		t.Fatalf("Ollama does not start: %v", err)
	}
	base, pid, _ := strings.Cut(strings.TrimSpace(string(said)), " ")
	id, err := strconv.Atoi(pid)
	if err != nil || id <= 1 {
		t.Fatalf("the script said %q", said)
	}
	t.Cleanup(func() { stop(t, id) })
	client, err := openai.New(openai.Config{Base: base, Name: "Ollama"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// stop ends the server and its runners: the script gave them a process group of their own.
func stop(t *testing.T, id int) {
	_ = syscall.Kill(-id, syscall.SIGTERM)
	for range 100 {
		if syscall.Kill(-id, 0) != nil {
			return
		}
		time.Sleep(50 * time.Millisecond) // it is no child of ours: there is nothing to wait on
	}
	if err := syscall.Kill(-id, syscall.SIGKILL); err != nil {
		t.Logf("Ollama is left running: %v", err)
	}
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func about(picture *sight.Picture) sight.Question {
	return sight.Question{
		Seq: 1, Prompt: "What is there?", System: "Be brief.", Model: tinyModel, MaxTokens: 24, ImageEdge: 320, ImageQuality: 80,
		Frame: sight.Frame{Number: 1, Captured: time.Now(), Picture: picture},
	}
}

func card() *sight.Picture { return sight.FromYCbCr(vlmtest.TestCard(640, 360)) }

func TestRealOllama(t *testing.T) {
	client := ollama(t)
	t.Run("streams an answer about a picture", func(t *testing.T) { streams(t, client) })
	t.Run("lists its models", func(t *testing.T) { lists(t, client) })
	t.Run("an unknown model is met with those that exist", func(t *testing.T) { unknownModel(t, client) })
	t.Run("a picture that is none is a clear fault", func(t *testing.T) { noPicture(t, client) })
	t.Run("cancelled in mid-answer, it answers the next", func(t *testing.T) { cancelled(t, client) })
	t.Run("passes the askers' suite", func(t *testing.T) { vlmtest.Suite(t, &tiny{client}) })
	t.Run("is discovered", func(t *testing.T) { discovered(t, client) })
}

// tiny asks the tiny model whatever the question names, and for few words: the suite knows no models.
type tiny struct{ *openai.Client }

func (a *tiny) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	q.Model, q.MaxTokens = tinyModel, 8
	return a.Client.Ask(ctx, q, on)
}

func streams(t *testing.T, client *openai.Client) {
	l := vlmtest.Listen(nil)
	answer, err := client.Ask(t.Context(), about(card()), l.On)
	l.Check(t, answer, err)
	if err != nil {
		t.Fatalf("%v: %v (%+v)", err, fault.From(err).Cause, answer.Exchange)
	}
	if len(l.Events) < 3 || !answer.LastToken.After(answer.FirstToken) {
		t.Errorf("%d events: that is no stream", len(l.Events))
	}
	if answer.PromptTokens == nil || answer.CompletionTokens == nil || answer.Model != tinyModel || answer.Image.Width != 320 {
		t.Errorf("answer without its particulars: %+v", answer)
	}
	t.Logf("first token after %v, all after %v, %d tokens", answer.FirstToken.Sub(answer.Sent), answer.Ended.Sub(answer.Sent), *answer.CompletionTokens)
}

func lists(t *testing.T, client *openai.Client) {
	models, err := client.Models(t.Context())
	if err != nil || len(models) != 1 || models[0] != tinyModel {
		t.Errorf("models %q, %v", models, err)
	}
}

func unknownModel(t *testing.T, client *openai.Client) {
	q := about(card())
	q.Model = "no-such-model"
	_, err := client.Ask(t.Context(), q, nil)
	f := fault.From(err)
	if f == nil || f.Code != "backend.unknown_model" || !strings.Contains(f.Message, q.Model) || !strings.Contains(f.Hint, tinyModel) {
		t.Errorf("fault %+v", f)
	}
}

// noPicture sends bytes with a JPEG's header and nothing else.
func noPicture(t *testing.T, client *openai.Client) {
	whole, err := card().JPEG(0, 80)
	if err != nil {
		t.Fatal(err)
	}
	scan := bytes.Index(whole.JPEG, []byte{0xff, 0xda})
	head := whole.JPEG[:scan:scan]
	if _, err := jpeg.DecodeConfig(bytes.NewReader(head)); err != nil {
		t.Fatal(err)
	}
	picture, err := sight.FromJPEG(head)
	if err != nil {
		t.Fatal(err)
	}
	q := about(picture)
	q.ImageEdge = 0 // passed through, unread
	answer, err := client.Ask(t.Context(), q, nil)
	f := fault.From(err)
	if f == nil || f.Code == fault.CodeUnexpected || f.Message == "" || f.Hint == "" {
		t.Fatalf("fault %+v, answer %+v", f, answer)
	}
	t.Logf("%s: %s %s", f.Code, f.Message, f.Hint)
}

func cancelled(t *testing.T, client *openai.Client) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := vlmtest.Listen(func(e sight.Event) {
		if e.Kind == sight.Text {
			cancel()
		}
	})
	q := about(card())
	q.MaxTokens = 400 // long enough to be in the middle of it; one that runs into the end of its context wedges this server now and then
	answer, err := client.Ask(ctx, q, l.On)
	l.Check(t, answer, err)
	if !errors.Is(err, context.Canceled) || answer.Text == "" {
		t.Errorf("error %v, text %q", err, answer.Text)
	}
	if _, err := client.Ask(t.Context(), about(card()), nil); err != nil {
		t.Errorf("the next question failed: %v", err)
	}
}

func discovered(t *testing.T, client *openai.Client) {
	found := openai.Discover(t.Context(), openai.Place{Name: "Ollama", URL: client.Base().String()})
	if len(found) != 1 || found[0].Name != "Ollama" || len(found[0].Models) != 1 {
		t.Errorf("found %+v", found)
	}
}
