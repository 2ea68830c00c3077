//go:build real

package realtest

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sightline/backend/keys"
	"sightline/backend/settings"
	"sightline/backend/view"
	"sightline/backend/vlm/detector"
	"sightline/backend/wiring"
)

// TestWindowWithoutItsPage is not a test of its own: it is a window of TestNoWindowEverSeesWhatIsAnothers, in a process of its own, which
// lives until it is killed. It says "answer" for each that is its own, and "foreign" for whatever is not.
func TestWindowWithoutItsPage(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SIGHTLINE_WINDOW"))
	if err != nil {
		t.Skip("it is a part of TestNoWindowEverSeesWhatIsAnothers, which starts it")
	}
	w := &lonely{n: n, mark: fmt.Sprintf("%d:", n), answered: make(chan struct{}, 1)}
	ring := keys.New(noRing{})
	w.View = view.New(view.Config{
		Session: fmt.Sprintf("s%d", n), Window: fmt.Sprintf("w%d", n), Version: "test", Settings: filepath.Join(os.Getenv("SIGHTLINE_HOME"), "sightline"),
		Keys: ring, Sources: wiring.Sources(ring.Login), Servers: wiring.NewServers(ring), Emit: w.hear, Followed: func(settings.Settings) {}, Awake: func(bool) {},
	})
	w.live(t.Context(), os.Getenv("SIGHTLINE_PORT"))
}

// noRing is a machine without a keyring: each process has its own keys, for as long as it lives.
type noRing struct{}

func (noRing) Get(string, string) (string, error) { return "", keys.ErrNotFound }
func (noRing) Set(string, string, string) error   { return os.ErrNotExist }
func (noRing) Delete(string, string) error        { return keys.ErrNotFound }

// lonely is a window that knows what is its own.
type lonely struct {
	*view.View
	n    int
	mark string

	answered chan struct{} // room for one: an answer has come
}

func (w *lonely) live(ctx context.Context, port string) {
	go func() { _ = w.Run(ctx) }()
	w.SetShown(true)
	form := view.BackendForm{
		Name: fmt.Sprintf("Backend %d", w.n), URL: fmt.Sprintf("http://127.0.0.%d:%s", addressOf(w.n), port), Key: "key-" + w.mark + "0",
	}
	for _, b := range w.Snapshot().Settings.Backends {
		if b.Name == form.Name { // it was killed before, and is back
			form.ID = b.ID
		}
	}
	b, err := w.SaveBackend(ctx, form)
	form.ID = b.ID
	w.foreignIf(err != nil, "backend not saved: %v", err)
	w.choose(ctx, view.Choices{
		Backend: &b.ID, Model: ptr("model-" + w.mark + "0"), Prompt: ptr("prompt-" + w.mark + "0"), Source: ptr(w.source(0)), Pace: ptr("100ms"), ImageEdge: ptr(224),
	})
	w.Start(ctx)
	for i := 1; ; i++ {
		w.change(ctx, i, form)
		w.look()
		time.Sleep(rand.N(300 * time.Millisecond)) // a person who cannot sit still
		if i%8 == 0 {
			w.sitStill()
		}
	}
}

// sitStill waits for an answer, however slow the machine is: where everything is withdrawn nothing is proven.
func (w *lonely) sitStill() {
	select {
	case <-w.answered:
	default:
	}
	select {
	case <-w.answered:
	case <-time.After(5 * time.Second):
	}
}

// change changes one thing.
func (w *lonely) change(ctx context.Context, i int, form view.BackendForm) {
	switch rand.IntN(8) {
	case 0, 1:
		w.choose(ctx, view.Choices{Prompt: ptr(fmt.Sprintf("prompt-%s%d", w.mark, i))})
	case 2:
		w.choose(ctx, view.Choices{Model: ptr(fmt.Sprintf("model-%s%d", w.mark, i))})
	case 3:
		w.choose(ctx, view.Choices{Source: ptr(w.source(i % 2))})
	case 4:
		w.choose(ctx, view.Choices{Pace: ptr([]string{"0", "100ms", "250ms", "5f"}[rand.IntN(4)])})
	case 5:
		form.Key = fmt.Sprintf("key-%s%d", w.mark, i)
		_, err := w.SaveBackend(ctx, form)
		w.foreignIf(err != nil, "key not saved: %v", err)
	case 6:
		compared := []settings.Column{{Backend: form.ID, Model: fmt.Sprintf("model-%sb%d", w.mark, i)}}
		w.choose(ctx, view.Choices{Compare: ptr(compared[:i%2])})
	case 7:
		w.Stop(ctx)
		w.Start(ctx)
	}
}

func (w *lonely) choose(ctx context.Context, c view.Choices) {
	_, err := w.Choose(ctx, c)
	w.foreignIf(err != nil, "a choice was refused: %v", err)
}

func (w *lonely) source(shade int) string {
	c := hues(w.n, shade)
	return fmt.Sprintf("pattern:?size=320x180&colour=%02x%02x%02x", c[0], c[1], c[2])
}

// hear looks at everything the program tells the page.
func (w *lonely) hear(events []view.Event) {
	for _, e := range events {
		switch {
		case e.Row != nil:
			w.judge(e.Row.Text + " " + e.Row.Prompt + " " + e.Row.Model)
			w.foreignIf(e.Row.Error != nil && e.Row.Error.Code != "backend.stopped", "failed: %+v", e.Row.Error)
			if e.Row.Outcome == "answered" && e.Row.Backend != detector.Backend { // the built-in answers before a backend is chosen
				w.foreignIf(len(strings.Fields(e.Row.Text)) != 5, "answer %q", e.Row.Text)
				fmt.Println("answer")
				select {
				case w.answered <- struct{}{}:
				default:
				}
			}
		case e.Kind == "text":
			w.judge(e.Text)
		case e.Window != nil:
			w.judge(e.Window.Prompt + " " + e.Window.Model)
		}
	}
}

// judge looks for marks: every one must be this window's. One that was cut in two by the stream is judged with its row.
func (w *lonely) judge(text string) {
	for _, word := range strings.Fields(strings.NewReplacer("prompt-", "", "model-", "", "key-", "").Replace(text)) {
		at := strings.IndexByte(word, ':')
		w.foreignIf(at > 0 && !strings.HasPrefix(word, w.mark), "%q", text)
	}
}

// look fetches the picture as the page does.
func (w *lonely) look() {
	answer := httptest.NewRecorder()
	w.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/live/frame?after=0&edge=320", nil))
	if answer.Code != http.StatusOK || answer.Body.Len() == 0 {
		return // none yet
	}
	img, err := jpeg.Decode(bytes.NewReader(answer.Body.Bytes()))
	w.foreignIf(err != nil, "picture: %v", err)
	if err == nil {
		w.foreignIf(whose(img) != w.n, "the picture of window %d", whose(img))
	}
}

func (w *lonely) foreignIf(wrong bool, format string, args ...any) {
	if wrong {
		fmt.Printf("foreign "+format+"\n", args...)
	}
}

func ptr[T any](v T) *T { return &v }
