package sight_test

import (
	"testing"
	"time"

	"sightline/backend/sight"
)

func TestRateCountsTheTokensAfterTheFirst(t *testing.T) {
	o := sent(sight.Answered)
	o.Answer.FirstToken, o.Answer.LastToken = at(100), at(600)
	for tokens, want := range map[int]float64{2: 2, 11: 20, 51: 100} {
		o.Answer.CompletionTokens = ptr(tokens)
		if got, ok := o.TokensPerSecond(); !ok || got != want {
			t.Errorf("%d tokens: %v, %v; want %v", tokens, got, ok, want)
		}
	}
}

func TestRateThatCannotBeKnownIsNotGuessed(t *testing.T) {
	for name, change := range map[string]func(*sight.Answer){
		"no count":       func(a *sight.Answer) { a.CompletionTokens = nil },
		"one token":      func(a *sight.Answer) { a.CompletionTokens = ptr(1) },
		"no token":       func(a *sight.Answer) { a.CompletionTokens = ptr(0) },
		"all at once":    func(a *sight.Answer) { a.LastToken = a.FirstToken },
		"no first token": func(a *sight.Answer) { a.FirstToken = time.Time{} },
		"clock ran back": func(a *sight.Answer) { a.LastToken = at(0) },
	} {
		o := sent(sight.Answered)
		o.Answer.FirstToken, o.Answer.LastToken, o.Answer.CompletionTokens = at(100), at(600), ptr(11)
		change(&o.Answer)
		if got, ok := o.TokensPerSecond(); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFrameThatWasNeverSentHasNoTimes(t *testing.T) {
	o := observed(sight.Superseded)
	_, aged := o.Age()
	_, spoke := o.FirstToken()
	_, ended := o.Total()
	if aged || spoke || ended {
		t.Error("it has")
	}
}

func TestEachOutcomeCountsOnce(t *testing.T) {
	var c sight.Counts
	for _, o := range []sight.Outcome{sight.Answered, sight.Superseded, sight.Unchanged, sight.Failed, sight.Cancelled} {
		c.Add(o)
	}
	if want := (sight.Counts{Answered: 1, Superseded: 1, Unchanged: 1, Failed: 1, Cancelled: 1}); c != want || c.Settled() != 5 {
		t.Errorf("got %+v, %d settled", c, c.Settled())
	}
}
