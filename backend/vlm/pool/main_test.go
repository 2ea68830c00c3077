package pool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm/vlmtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fake is a server that is asked without a wire, so that its time can be fake too.
type fake struct {
	mu     sync.Mutex
	how    behaviour
	asked  []uint64 // the questions' Seq
	closed bool
}

// behaviour is how a fake answers; say tells a piece of text.
type behaviour func(ctx context.Context, say func(string)) error

func (f *fake) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	f.mu.Lock()
	f.asked = append(f.asked, q.Seq)
	how := f.how
	f.mu.Unlock()
	a := sight.Answer{Backend: "a server", Model: q.Model}
	if err := ctx.Err(); err != nil {
		return a, err
	}
	tell := func(e sight.Event) {
		if on != nil {
			on(e)
		}
	}
	sent := func() {
		if a.Sent.IsZero() {
			a.Sent = time.Now()
			tell(sight.Event{Kind: sight.Sent})
		}
	}
	err := how(ctx, func(text string) {
		if sent(); text == "" {
			return
		}
		if a.LastToken = time.Now(); a.FirstToken.IsZero() {
			a.FirstToken = a.LastToken
		}
		a.Text += text
		tell(sight.Event{Kind: sight.Text, Text: text})
	})
	a.Ended = time.Now()
	return a, err
}

func (f *fake) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}

// is changes how it answers the questions to come.
func (f *fake) is(how behaviour) *fake {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.how = how
	return f
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}

// well answers with its first word after a while, and ends at once.
func well(first time.Duration) behaviour {
	return func(ctx context.Context, say func(string)) error {
		say("")
		if err := pass(ctx, first); err != nil {
			return err
		}
		say("A cat.")
		return nil
	}
}

// hangs takes the question and never says anything, even when the server is well again by then. An asker gives that up after a minute.
func hangs(ctx context.Context, say func(string)) error {
	say("")
	if err := pass(ctx, time.Minute); err != nil {
		return err
	}
	return &fault.Error{Code: "backend.silent", Message: "It said nothing.", Blame: fault.Backend}
}

// crawls says a word now and then.
func crawls(ctx context.Context, say func(string)) error {
	say("")
	for range 5 {
		if err := pass(ctx, 7*time.Second); err != nil {
			return err
		}
		say("word ")
	}
	return nil
}

// rambles starts at once and is not done for a minute.
func rambles(ctx context.Context, say func(string)) error {
	say("Well,")
	return pass(ctx, time.Minute)
}

// refuses fails before it has even taken the question.
func refuses(f *fault.Error) behaviour {
	return func(context.Context, func(string)) error { return f }
}

// breaks says something and fails then.
func breaks(_ context.Context, say func(string)) error {
	say("A c")
	return down()
}

func down() *fault.Error {
	return &fault.Error{Code: "backend.server_error", Message: "It failed with status 500.", Hint: "Look at its log.", Blame: fault.Backend}
}

func limited(wait time.Duration) *fault.Error {
	return &fault.Error{Code: "backend.rate_limited", Message: "It is being asked too often.", Hint: "Ask less often.", Blame: fault.Backend, RetryAfter: wait}
}

func unknownModel() *fault.Error {
	return &fault.Error{Code: "backend.unknown_model", Message: "There is no such model.", Blame: fault.Question}
}

func pass(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// narrow is room for as many as it holds, without the files and looks of the real one, which are dear where hours pass in no time.
type narrow chan struct{}

func (n narrow) Take(ctx context.Context) (func(bool), error) {
	select {
	case n <- struct{}{}:
		return func(bool) { <-n }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n narrow) Try() (func(bool), bool) {
	select {
	case n <- struct{}{}:
		return func(bool) { <-n }, true
	default:
		return nil, false
	}
}

func (n narrow) InFlight() int { return len(n) }

// poolOf makes a pool of fakes, which the test closes with itself. edit may be nil.
func poolOf(t testing.TB, edit func(*Config), servers ...*fake) *Pool {
	c := Config{Name: "Team"}
	for i, f := range servers {
		c.Replicas = append(c.Replicas, Replica{Name: string(rune('a' + i)), Asker: f})
	}
	if edit != nil {
		edit(&c)
	}
	p := New(c)
	t.Cleanup(p.Close)
	return p
}

// asker asks one question after the other and checks what must hold for all.
type asker struct {
	t    testing.TB
	pool *Pool
	seq  uint64
}

func (a *asker) ask() (sight.Answer, error) {
	a.t.Helper()
	a.seq++
	q := sight.Question{Seq: a.seq, Prompt: "What is there?", Frame: sight.Frame{Captured: time.Now()}}
	l := vlmtest.Listen(nil)
	answer, err := a.pool.Ask(a.t.Context(), q, l.On)
	l.Check(a.t, answer, err)
	return answer, err
}

// answered asks and wants an answer from that replica; "": from any.
func (a *asker) answered(by string) sight.Answer {
	a.t.Helper()
	answer, err := a.ask()
	if err != nil {
		a.t.Fatalf("no answer: %v", err)
	}
	if answer.Backend != "Team" || by != "" && answer.Replica != by {
		a.t.Fatalf("answered by %s (%s), not by %q", answer.Backend, answer.Replica, by)
	}
	return answer
}

// failed asks and wants that fault.
func (a *asker) failed(code string) *fault.Error {
	a.t.Helper()
	answer, err := a.ask()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code {
		a.t.Fatalf("answer %+v with error %v, not %s", answer, err, code)
	}
	return f
}

func (a *asker) state(want string) {
	a.t.Helper()
	var got string
	for _, s := range a.pool.Replicas() {
		got += fmt.Sprintf("%s:%s ", s.Name, s.State)
	}
	if got != want+" " {
		a.t.Errorf("the replicas are %s, not %s", got, want)
	}
}

func took(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}
