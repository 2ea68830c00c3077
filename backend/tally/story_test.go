package tally_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sightline/backend/sight"
	"sightline/backend/tally"
)

func TestNothingIsCountedAtFirst(t *testing.T) {
	f := tally.New().Figures(0)
	if len(f.Askers) != 0 || len(f.Entries) != 0 || f.Lost || f.Next != 0 || f.SinceMS == 0 {
		t.Errorf("a new tally has %+v", f)
	}
}

func TestAnswerIsToldWithAllItsTimes(t *testing.T) {
	s := begin()
	s.answered("qwen", 600*time.Millisecond, tokens(300, 21, 50), costs(42, false))
	all := s.figures(t).All
	for what, of := range map[string]struct {
		spread tally.Spread
		want   float64
	}{
		"first token": {all.FirstToken, 100}, "rate": {all.Rate, 50}, "total": {all.Total, 600}, "whole": {all.Whole, 605}, "age": {all.Age, 5},
	} {
		if of.spread.Count != 1 {
			t.Errorf("%s is of %d answers", what, of.spread.Count)
		}
		for _, v := range []*float64{of.spread.Last, of.spread.Mean, of.spread.P50, of.spread.P95, of.spread.P99, of.spread.Max} {
			wantValue(t, what, v, of.want) // with one answer they are all the same, not the edge of a bucket
		}
	}
	if all.PromptTokens != (tally.Sum{Answers: 1, Total: 300, Mean: 300}) || all.CompletionTokens != (tally.Sum{Answers: 1, Total: 21, Mean: 21}) {
		t.Errorf("tokens are %+v and %+v", all.PromptTokens, all.CompletionTokens)
	}
	wantNone(t, "answers a minute, after one", all.PerMinute)
}

func TestDetectorHasNoTokensAndNoEnergy(t *testing.T) {
	s := begin()
	for range 5 {
		s.answered("basic", 8*time.Millisecond)
	}
	all := s.figures(t).All
	wantValue(t, "total", all.Total.P50, 8)
	wantNone(t, "first token", all.FirstToken.Mean)
	wantNone(t, "rate", all.Rate.P99)
	wantNone(t, "energy", all.Energy.PerAnswer)
	wantNone(t, "energy of tokens", all.Energy.Per1000)
	if all.CompletionTokens != (tally.Sum{}) || all.Energy.Answers != 0 {
		t.Errorf("tokens %+v, energy %+v", all.CompletionTokens, all.Energy)
	}
}

func TestReplayedFramesCountAsLiveOnesDo(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second, func(o *sight.Observation) { o.Frame.Origin = &sight.Origin{Recording: "k3f9", At: time.Hour} })
	wantValue(t, "whole", s.figures(t).All.Whole.Last, 1005)
}

func TestFailuresAreCountedButTheirTimesAreNot(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second)
	s.failed("qwen", 30*time.Second)
	s.refused("qwen")
	a := s.figures(t)
	if a.All.Answers != 1 || a.All.Failed != 2 || a.Warm.Failed != 2 {
		t.Errorf("%d answers, %d failed, %d of them while warm", a.All.Answers, a.All.Failed, a.Warm.Failed)
	}
	wantValue(t, "the longest time", a.All.Total.Max, 1000)
	entries := s.tally.Figures(0).Entries
	if len(entries) != 3 || entries[1].Outcome != "failed" || entries[2].AgeMS != nil || entries[2].TotalMS != nil {
		t.Fatalf("entries are %+v", entries)
	}
	wantValue(t, "the failure's own time", entries[1].TotalMS, 30_000)
}

func TestWhatWasNeverAnsweredCountsForNothing(t *testing.T) {
	s := begin()
	for _, outcome := range []sight.Outcome{sight.Superseded, sight.Unchanged, sight.Cancelled} {
		o := s.question("Desk", "qwen")
		o.Outcome = outcome
		s.tally.Observe(o)
	}
	if f := s.tally.Figures(0); len(f.Askers) != 0 || len(f.Entries) != 0 {
		t.Errorf("counted %+v", f)
	}
}

func TestFirstThreeAnswersWarmUp(t *testing.T) {
	s := begin()
	for _, took := range []time.Duration{9 * time.Second, 3 * time.Second, 2 * time.Second, time.Second, time.Second} {
		s.answered("qwen", took)
	}
	if got := s.warmedUp(); !slices.Equal(got, []bool{true, true, true, false, false}) {
		t.Errorf("warmed up: %v", got)
	}
	a := s.figures(t)
	if a.All.Answers != 5 || a.Warm.Answers != 2 {
		t.Errorf("%d answers, %d warm", a.All.Answers, a.Warm.Answers)
	}
	wantValue(t, "the longest of all", a.All.Total.Max, 9000)
	wantValue(t, "the longest while warm", a.Warm.Total.Max, 1000)
}

func TestFailureWarmsNothingUp(t *testing.T) {
	s := begin()
	s.failed("qwen", time.Second)
	for range 4 {
		s.answered("qwen", time.Second)
	}
	if got := s.warmedUp(); !slices.Equal(got, []bool{false, true, true, true, false}) {
		t.Errorf("warmed up: %v", got)
	}
}

func TestModelIsColdAfterFiveMinutesWithoutAnAnswer(t *testing.T) {
	s := begin()
	for range 4 {
		s.answered("qwen", time.Second)
	}
	s.wait(5*time.Minute - time.Millisecond)
	s.answered("qwen", time.Second)
	s.wait(5 * time.Minute)
	s.answered("qwen", time.Second)
	s.answered("qwen", time.Second)
	if got := s.warmedUp(); !slices.Equal(got[3:], []bool{false, false, true, false}) {
		t.Errorf("warmed up: %v", got)
	}
}

func TestModelsWarmUpOneByOne(t *testing.T) {
	s := begin()
	for range 4 {
		s.answered("qwen", time.Second)
		s.answered("llava", time.Second)
	}
	if got := s.warmedUp(); !slices.Equal(got, []bool{true, true, true, true, true, true, false, false}) {
		t.Errorf("warmed up: %v", got)
	}
}

func TestTwoAskersHaveFiguresOfTheirOwn(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second)
	s.answered("llava", 4*time.Second)
	s.answered("qwen", 3*time.Second)
	f := s.tally.Figures(0)
	if len(f.Askers) != 2 || f.Askers[0].Model != "qwen" || f.Askers[1].Model != "llava" {
		t.Fatalf("askers are %+v", f.Askers)
	}
	wantValue(t, "the one's mean", f.Askers[0].All.Total.Mean, 2000)
	wantValue(t, "the other's mean", f.Askers[1].All.Total.Mean, 4000)
	if f.Entries[0].Asker != 0 || f.Entries[1].Asker != 1 || f.Entries[2].Asker != 0 {
		t.Errorf("entries are of %+v", f.Entries)
	}
}

func TestAnswerBelongsToWhoStoodIn(t *testing.T) {
	s := begin()
	s.answered("llava", time.Second, func(o *sight.Observation) { o.Answer.Backend, o.Answer.InsteadOf = "Spare", "Desk" })
	if a := s.figures(t); a.Backend != "Spare" || a.Model != "llava" {
		t.Errorf("it belongs to %s, %s", a.Backend, a.Model)
	}
}

// The server calls its model by another name than it is asked by. While it fails, nobody hears that name.
func TestFailuresBelongToTheModelWhateverItsName(t *testing.T) {
	s := begin()
	called := func(o *sight.Observation) { o.Answer.Model = "qwen-2026-01" }
	s.refused("qwen")
	if a := s.figures(t); a.Model != "qwen" {
		t.Errorf("before the first answer it is called %q", a.Model)
	}
	s.answered("qwen", time.Second, called)
	s.failed("qwen", time.Second)
	s.answered("qwen", time.Second, called)
	a := s.figures(t)
	if a.Model != "qwen-2026-01" || a.All.Answers != 2 || a.All.Failed != 2 {
		t.Errorf("%q has %d answers, %d failed", a.Model, a.All.Answers, a.All.Failed)
	}
}

func TestModelOfTheServersOwnChoiceIsOne(t *testing.T) {
	s := begin()
	s.answered("", time.Second, func(o *sight.Observation) { o.Answer.Model = "llava" })
	s.refused("")
	if a := s.figures(t); a.Model != "llava" || a.All.Failed != 1 {
		t.Errorf("%q has %d failed", a.Model, a.All.Failed)
	}
}

func TestEnergyIsOnlyOfAnswersThatTellIt(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second, costs(30, false), tokens(300, 100, 200))
	s.answered("qwen", time.Second, costs(50, true)) // without tokens
	s.answered("qwen", time.Second, tokens(300, 400, 500))
	e := s.figures(t).All.Energy
	if e.Answers != 2 || e.Shared != 1 || e.Joules != 80 {
		t.Errorf("energy is %+v", e)
	}
	wantValue(t, "an answer", e.PerAnswer, 40)
	wantValue(t, "1000 tokens", e.Per1000, 300)
}

func TestSmallEnergiesAddUp(t *testing.T) {
	s := begin()
	for range 1000 {
		s.answered("qwen", time.Millisecond, costs(0.004, false))
	}
	if e := s.figures(t).All.Energy; e.Joules != 4 {
		t.Errorf("a thousand times 4 mJ are %v J", e.Joules)
	}
}

func TestFailedQuestionsCostNoAnswerAnything(t *testing.T) {
	s := begin()
	o := s.question("Desk", "qwen")
	o.Outcome, o.Err, o.Answer.Energy = sight.Failed, broken(), &sight.Energy{Joules: 100}
	s.tally.Observe(o)
	if e := s.figures(t).All.Energy; e.Answers != 0 || e.Joules != 0 {
		t.Errorf("energy is %+v", e)
	}
}

func TestAnswersPerMinuteAreRightFromTheSecondOn(t *testing.T) {
	s := begin()
	s.answered("qwen", 2*time.Second)
	for n := range 100 {
		s.wait(8 * time.Second)
		s.answered("qwen", 2*time.Second)
		if got := s.figures(t).All.PerMinute; got == nil || *got != 6 {
			t.Fatalf("after %d answers, 10 s apart: %v a minute", n+2, shown(got))
		}
	}
}

func TestAnswersPerMinuteFollowsTheLastMinute(t *testing.T) {
	s := begin()
	for range 60 {
		s.answered("qwen", 5*time.Second)
	}
	wantValue(t, "the slow pace", s.figures(t).All.PerMinute, 12)
	for range 60 {
		s.answered("qwen", time.Second)
	}
	wantValue(t, "the quick pace, a minute later", s.figures(t).All.PerMinute, 60)
}

func TestPauseLeavesThePaceAlone(t *testing.T) {
	s := begin()
	for range 30 {
		s.answered("qwen", 3*time.Second)
	}
	wantValue(t, "before the pause", s.figures(t).All.PerMinute, 20)
	s.wait(time.Hour)
	wantValue(t, "during the pause", s.figures(t).All.PerMinute, 20)
	s.answered("qwen", 3*time.Second)
	s.answered("qwen", 3*time.Second)
	wantValue(t, "after the pause", s.figures(t).All.PerMinute, 20)
}

func TestOneAnswerInTwoMinutesIsHalfAnAnswerAMinute(t *testing.T) {
	s := begin()
	for range 5 {
		s.answered("qwen", time.Second)
		s.wait(2*time.Minute - time.Second)
	}
	wantValue(t, "pace", s.figures(t).All.PerMinute, 0.5)
}

func TestFailuresSlowThePaceDown(t *testing.T) {
	s := begin()
	for range 30 {
		s.answered("qwen", time.Second)
		s.failed("qwen", 2*time.Second)
	}
	wantValue(t, "one answer in 3 s", s.figures(t).All.PerMinute, 20)
	for range 40 {
		s.wait(2 * time.Second)
		s.refused("qwen")
	}
	wantValue(t, "no answer any more", s.figures(t).All.PerMinute, 0)
}

func TestThirtyThirdAskerTakesThePlaceOfTheLeastRecentlyAsked(t *testing.T) {
	s := begin()
	name := func(n int) string { return fmt.Sprintf("model %02d", n) }
	for n := range 32 {
		s.answered(name(n), time.Second)
	}
	s.answered(name(0), time.Second) // so that the second is the one to go
	before := s.tally.Figures(0)
	s.answered("one more", time.Second)

	f := s.tally.Figures(before.Next)
	if len(f.Askers) != 32 || !f.Lost {
		t.Fatalf("%d askers, lost %v", len(f.Askers), f.Lost)
	}
	for i, a := range f.Askers {
		want := name(i + min(i, 1))
		if i == 31 {
			want = "one more"
		}
		if a.Model != want {
			t.Errorf("asker %d is %q, want %q", i, a.Model, want)
		}
	}
	if len(f.Entries) != 33 {
		t.Errorf("%d entries, want 33: those of one asker are gone", len(f.Entries))
	}
	for _, e := range f.Entries {
		if asked := int(e.Seq) - 1; asked > 0 && asked < 32 && f.Askers[e.Asker].Model != name(asked) {
			t.Errorf("the entry of %q is shown as one of %q", name(asked), f.Askers[e.Asker].Model)
		}
	}
}
