package vlm_test

import (
	"context"
	"errors"
	"testing"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm"
	"sightline/backend/vlm/vlmtest"
)

func TestModelThatCannotSeeIsNotShownAnything(t *testing.T) {
	q := vlmtest.Question("What is there?")
	looked := false
	q.Frame.Picture = sight.FromRender(64, 48, nil) // to look at it would crash
	l := vlmtest.Listen(func(sight.Event) { looked = true })
	answer, err := vlm.Blind("Lab server", "tiny-llm").Ask(t.Context(), q, l.On)
	l.Check(t, answer, err)
	want := fault.Error{
		Code: "backend.no_vision", Message: `Lab server's model "tiny-llm" cannot see pictures.`,
		Hint: "Choose a vision model, or check it again in settings.", Blame: fault.Question,
	}
	var f *fault.Error
	if !errors.As(err, &f) || *f != want || looked || answer.Backend != "Lab server" || answer.Model != "tiny-llm" || !answer.Sent.IsZero() {
		t.Errorf("%+v, %+v, looked: %v", answer, err, looked)
	}
}

func TestQuestionWithdrawnBeforeItIsAskedIsNoFault(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := vlm.Blind("Lab server", "tiny-llm").Ask(ctx, vlmtest.Question("?"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
