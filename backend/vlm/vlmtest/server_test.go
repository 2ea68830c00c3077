package vlmtest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sightline/backend/sight"
)

func TestServerAnswersOnlySoManyAtOnce(t *testing.T) {
	var answering atomic.Int32
	server := Start(t, Script{Parallel: 1, Text: func(Call) string {
		if n := answering.Add(1); n > 1 {
			t.Errorf("%d are answered at once", n)
		}
		time.Sleep(5 * time.Millisecond) // room for another to come in
		answering.Add(-1)
		return "A cat."
	}})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := post(t.Context(), server, `{"model":"fake-vlm","stream":true,"messages":[{"role":"user","content":"Anyone?"}]}`); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if calls := server.Calls(); len(calls) != 5 || calls[4].Prompt != "Anyone?" || calls[4].Ended.IsZero() && !server.AwaitEnded() {
		t.Errorf("calls %+v", calls)
	}
}

func post(ctx context.Context, server *Server, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL+"/chat/completions", strings.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// rude breaks the promises of vlm.Asker, one at a time.
type rude struct{ how string }

func (r rude) Ask(_ context.Context, _ sight.Question, on func(sight.Event)) (sight.Answer, error) {
	a := sight.Answer{Text: "A cat.", Sent: time.Now(), FirstToken: time.Now(), LastToken: time.Now(), Ended: time.Now()}
	if r.how != "says text before Sent" {
		on(sight.Event{Kind: sight.Sent})
	}
	on(sight.Event{Kind: sight.Text, Text: a.Text})
	switch r.how {
	case "says text before Sent":
		on(sight.Event{Kind: sight.Sent})
	case "says an empty piece":
		on(sight.Event{Kind: sight.Text})
	case "answers more than it told":
		a.Text += " And a dog."
	case "has its times mixed up":
		a.Sent = a.Ended.Add(time.Second)
	case "forgets when it was sent":
		a.Sent = time.Time{}
	}
	return a, nil
}

// TestListenerCatchesRudeAskers shows that what the suite checks can fail.
func TestListenerCatchesRudeAskers(t *testing.T) {
	for _, how := range []string{"", "says text before Sent", "says an empty piece", "answers more than it told", "has its times mixed up", "forgets when it was sent"} {
		l, witness := Listen(nil), &witness{TB: t}
		answer, err := rude{how}.Ask(t.Context(), Question("?"), l.On)
		l.Check(witness, answer, err)
		if witness.failed != (how != "") {
			t.Errorf("an asker that %q: failed %v", how, witness.failed)
		}
	}
}

type witness struct {
	testing.TB
	failed bool
}

func (w *witness) Error(...any)          { w.failed = true }
func (w *witness) Errorf(string, ...any) { w.failed = true }
