package vlmtest

import (
	"context"
	"errors"
	"image"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// prompt is how soon an asker must return once its context has ended. It is generous: a busy machine must not fail it.
const promptly = 5 * time.Second

// Suite is what every vlm.Asker passes. An asker with a Close method is closed before goroutines are counted: idle connections are no leak.
func Suite(t *testing.T, asker vlm.Asker) {
	t.Run("an answer is told in order", func(t *testing.T) { toldInOrder(t, asker) })
	t.Run("a question withdrawn before it is asked is not asked", func(t *testing.T) { withdrawnBefore(t, asker) })
	t.Run("a question withdrawn in mid-answer ends at once", func(t *testing.T) { withdrawnWithin(t, asker) })
	t.Run("many ask at once", func(t *testing.T) { manyAsk(t, asker) })
	t.Run("nothing is left running", func(t *testing.T) { nothingLeft(t, asker) })
}

// Question is a question about a small picture, for tests.
func Question(prompt string) sight.Question {
	return sight.Question{
		Seq: 1, Prompt: prompt, Model: DefaultModel, ImageQuality: 80,
		Frame: sight.Frame{Number: 1, Captured: time.Now(), Picture: sight.FromYCbCr(TestCard(64, 48))},
	}
}

// TestCard is a picture with something in it: diagonal bands, in three colours.
func TestCard(width, height int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8((i%img.YStride + i/img.YStride) * 4)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(40+80*(i%3)), uint8(200-80*(i%3))
	}
	return img
}

// Listener collects what an asker tells, and notices what it must not do. It may be read once Ask has returned.
type Listener struct {
	Events []sight.Event

	mu       sync.Mutex
	busy     bool
	returned bool
	wrong    []string
	then     func(sight.Event)
}

// Listen makes a Listener that passes each event on to then, where that is not nil.
func Listen(then func(sight.Event)) *Listener { return &Listener{then: then} }

// On is what Ask is given.
func (l *Listener) On(e sight.Event) {
	l.mu.Lock()
	if l.busy {
		l.wrong = append(l.wrong, "two events at once")
	}
	if l.returned {
		l.wrong = append(l.wrong, "an event after Ask has returned")
	}
	l.busy = true
	l.Events = append(l.Events, e)
	l.mu.Unlock()
	if l.then != nil {
		l.then(e)
	}
	l.mu.Lock()
	l.busy = false
	l.mu.Unlock()
}

// Check fails t for what the asker did wrong, given what Ask returned.
func (l *Listener) Check(t testing.TB, answer sight.Answer, err error) {
	t.Helper()
	l.mu.Lock()
	l.returned = true
	wrong := l.wrong
	l.mu.Unlock()
	for _, w := range wrong {
		t.Error(w)
	}
	var f *fault.Error
	if err != nil && !errors.As(err, &f) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is neither a fault nor the context's: %v", err)
	}
	l.checkEvents(t, answer)
	checkTimes(t, answer)
}

func (l *Listener) checkEvents(t testing.TB, answer sight.Answer) {
	t.Helper()
	var text, thinking string
	for i, e := range l.Events {
		if (e.Kind == sight.Sent) != (i == 0) {
			t.Errorf("event %d is of kind %d: Sent comes first, and once", i, e.Kind)
		}
		if e.Kind != sight.Sent && (e.Text == "" || !utf8.ValidString(e.Text)) {
			t.Errorf("event %d says %q: never empty, always UTF-8", i, e.Text)
		}
		switch e.Kind {
		case sight.Text:
			text += e.Text
		case sight.Thinking:
			thinking += e.Text
		}
	}
	if text != answer.Text || thinking != answer.Thinking {
		t.Errorf("told %.60q (%.60q) but answered %.60q (%.60q)", text, thinking, answer.Text, answer.Thinking)
	}
	if len(l.Events) > 0 && answer.Sent.IsZero() {
		t.Error("Sent was told, and its time is not in the answer")
	}
}

func checkTimes(t testing.TB, a sight.Answer) {
	t.Helper()
	last := a.Sent
	for _, at := range []time.Time{a.FirstToken, a.LastToken, a.Ended} {
		if at.IsZero() {
			continue
		}
		if at.Before(last) {
			t.Errorf("times out of order: sent %v, first %v, last %v, ended %v", a.Sent, a.FirstToken, a.LastToken, a.Ended)
			return
		}
		last = at
	}
}

func toldInOrder(t *testing.T, asker vlm.Asker) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l := Listen(nil)
	q := Question("What is there?")
	answer, err := asker.Ask(ctx, q, l.On)
	l.Check(t, answer, err)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	if answer.Text == "" || answer.Sent.IsZero() || answer.FirstToken.IsZero() || answer.LastToken.IsZero() || answer.Ended.IsZero() {
		t.Errorf("an answer without its text or times: %+v", answer)
	}
	if len(l.Events) < 2 {
		t.Errorf("%d events: at least Sent and a piece of text are due", len(l.Events))
	}
	if answer.Backend == "" {
		t.Error("the answer does not say whose it is")
	}
}

func withdrawnBefore(t *testing.T, asker vlm.Asker) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := Listen(nil)
	answer, err := asker.Ask(ctx, Question("Too late?"), l.On)
	l.Check(t, answer, err)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, not the context's", err)
	}
	if len(l.Events) != 0 {
		t.Errorf("%d events about a question that was not asked", len(l.Events))
	}
}

// withdrawnWithin lets an asker that is quicker than the withdrawal win; one that is not must end with the context's error.
func withdrawnWithin(t *testing.T, asker vlm.Asker) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var withdrawn time.Time
	l := Listen(func(sight.Event) {
		if withdrawn.IsZero() {
			withdrawn = time.Now()
			cancel()
		}
	})
	answer, err := asker.Ask(ctx, Question("Never mind."), l.On)
	took := time.Since(withdrawn)
	l.Check(t, answer, err)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, not the context's", err)
	}
	if withdrawn.IsZero() || took > promptly {
		t.Errorf("it returned %v after the question was withdrawn", took)
	}
	if _, err = asker.Ask(t.Context(), Question("And now?"), nil); err != nil {
		t.Errorf("the next question failed: %v", err)
	}
}

func manyAsk(t *testing.T, asker vlm.Asker) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			l := Listen(nil)
			answer, err := asker.Ask(t.Context(), Question("You too?"), l.On)
			l.Check(t, answer, err)
			if err != nil {
				t.Errorf("no answer: %v", err)
			}
		})
	}
	all.Wait()
}

func nothingLeft(t *testing.T, asker vlm.Asker) {
	closing(asker)
	before := goleak.IgnoreCurrent()
	for range 3 {
		if _, err := asker.Ask(t.Context(), Question("Anything left?"), func(sight.Event) {}); err != nil {
			t.Errorf("no answer: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, _ = asker.Ask(ctx, Question("Anything left?"), func(sight.Event) { cancel() })
		cancel()
	}
	closing(asker)
	goleak.VerifyNone(t, before)
}

func closing(asker vlm.Asker) {
	if c, ok := asker.(interface{ Close() }); ok {
		c.Close()
	}
}
