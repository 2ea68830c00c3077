package tally_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/sight"
	"sightline/backend/tally"
)

func TestPageFollowsWithoutMissingOrRepeatingAny(t *testing.T) {
	s := begin()
	var next uint64
	var seen []uint64
	for more := range 20 {
		for range more {
			s.answered("qwen", time.Second)
		}
		f := s.tally.Figures(next)
		if f.Lost {
			t.Fatal("the page is told that it lost something")
		}
		for _, e := range f.Entries {
			seen = append(seen, e.Seq)
		}
		next = f.Next
	}
	if len(seen) != 190 {
		t.Fatalf("saw %d entries of 190", len(seen))
	}
	for i, seq := range seen {
		if seq != uint64(i)+1 {
			t.Fatalf("entry %d is of question %d", i, seq)
		}
	}
}

func TestResetWhileThePageFollows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin()
		for range 5 {
			s.answered("qwen", time.Second)
		}
		before := s.tally.Figures(0)
		time.Sleep(time.Hour)
		s.tally.Reset()

		f := s.tally.Figures(before.Next)
		if !f.Lost || len(f.Entries) != 0 || len(f.Askers) != 0 {
			t.Errorf("after the reset: %+v", f)
		}
		if f.SinceMS-before.SinceMS != time.Hour.Milliseconds() {
			t.Errorf("it counts since %d ms after it began", f.SinceMS-before.SinceMS)
		}
		if f = s.tally.Figures(f.Next); f.Lost {
			t.Error("it is told of the same reset twice")
		}
		s.answered("qwen", time.Second)
		if f = s.tally.Figures(f.Next); f.Lost || len(f.Entries) != 1 || !f.Entries[0].Warmup {
			t.Errorf("after the next answer: %+v", f)
		}
	})
}

func TestResetIsSeenEvenWhereAsManyCameSince(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second)
	before := s.tally.Figures(0)
	s.tally.Reset()
	for range 3 {
		s.answered("llava", time.Second)
	}
	f := s.tally.Figures(before.Next)
	if !f.Lost || len(f.Entries) != 3 || len(f.Askers) != 1 || f.Askers[0].Model != "llava" {
		t.Errorf("after the reset: %+v", f)
	}
}

func TestOnlyTheNewestEntriesAreKeptButAllAreCounted(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Hour) // the slowest is soon gone from the entries
	first := s.tally.Figures(0)
	for range tally.Keep {
		s.answered("qwen", time.Second)
	}
	f := s.tally.Figures(first.Next)
	if f.Lost || len(f.Entries) != tally.Keep || f.Entries[0].Seq != 2 || f.Entries[tally.Keep-1].Seq != tally.Keep+1 {
		t.Errorf("%d entries, lost %v", len(f.Entries), f.Lost)
	}
	all := f.Askers[0].All
	if all.Answers != tally.Keep+1 || all.Total.Count != tally.Keep+1 {
		t.Errorf("%d answers are counted", all.Answers)
	}
	wantValue(t, "the slowest", all.Total.Max, 3_600_000)

	s.answered("qwen", time.Second) // now one has gone that the page never saw
	if f = s.tally.Figures(first.Next); !f.Lost || len(f.Entries) != tally.Keep || f.Entries[0].Seq != 3 {
		t.Errorf("away too long: lost %v, %d entries", f.Lost, len(f.Entries))
	}
	s.answered("qwen", time.Second)
	if f = s.tally.Figures(f.Next); f.Lost || len(f.Entries) != 1 {
		t.Errorf("back again: lost %v, %d entries", f.Lost, len(f.Entries))
	}
}

func TestPageWithANumberThatWasNeverGivenGetsEverything(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second)
	if f := s.tally.Figures(1_000_000); !f.Lost || len(f.Entries) != 1 {
		t.Errorf("got %+v", f)
	}
}

// Four columns answer while one page follows, another saves, and a third looks on.
func TestManyMayObserveAndLookAtOnce(t *testing.T) {
	const askers, answers = 4, 2000
	shared := tally.New()
	var observing, looking sync.WaitGroup
	done := make(chan struct{})
	for n := range askers {
		observing.Go(func() {
			s := &story{tally: shared, now: noon()}
			for range answers {
				s.answered(string(rune('a'+n)), time.Millisecond, tokens(10, 5, 1000), costs(1, false))
			}
		})
	}
	seen := make(map[uint64]bool)
	looking.Go(func() { follow(t, shared, done, seen) })
	looking.Go(func() {
		for open := true; open; open = isOpen(done) {
			if err := shared.CSV(discard{}, true); err != nil {
				t.Error(err)
			}
		}
	})
	observing.Wait()
	close(done)
	looking.Wait()

	if len(seen) != askers*answers {
		t.Errorf("the page saw %d of %d entries", len(seen), askers*answers)
	}
	for _, a := range shared.Figures(0).Askers {
		if a.All.Answers != answers || a.All.Energy.Joules != answers || a.Warm.Answers != answers-3 {
			t.Errorf("%s has %d answers, %d warm, %v J", a.Model, a.All.Answers, a.Warm.Answers, a.All.Energy.Joules)
		}
	}
}

// follow reads what is new until nothing comes any more; its numbers rise.
func follow(t *testing.T, from *tally.Tally, done <-chan struct{}, seen map[uint64]bool) {
	var last uint64
	for open := true; open; {
		open = isOpen(done) // before looking, so that the last look sees all
		f := from.Figures(last)
		if f.Lost {
			t.Error("the page has lost something")
		}
		for _, e := range f.Entries {
			if e.N <= last {
				t.Errorf("entry %d comes after %d", e.N, last)
			}
			last, seen[e.N] = e.N, true
		}
	}
}

func isOpen(done <-chan struct{}) bool {
	select {
	case <-done:
		return false
	default:
		return true
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// A session tells its sinks of pictures too; a tally must not hold them.
func TestTallyHoldsNoPicture(t *testing.T) {
	s := begin()
	gone := make(chan struct{})
	func() {
		picture := sight.FromRender(4, 4, nil)
		whenCollected(picture, gone)
		s.answered("qwen", time.Second, func(o *sight.Observation) { o.Frame.Picture, o.Question.Frame.Picture = picture, picture })
	}()
	wantCollected(t, gone)
	if s.figures(t).All.Answers != 1 {
		t.Error("the answer is gone with it")
	}
}
