package pool

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/slots"
	"sightline/backend/vlm"
)

// story runs a test in fake time, with a pool of two or more.
func story(t *testing.T, edit func(*Config), servers []*fake, tell func(a *asker)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := poolOf(t, edit, servers...)
		tell(&asker{t: t, pool: p})
	})
}

// two is a server that behaves so, and one that is well. The latter is a little busy, so that the former is asked first.
func two(how behaviour) (bad, good *fake, edit func(*Config)) {
	bad, good = &fake{how: how}, &fake{how: well(100 * time.Millisecond)}
	return bad, good, func(c *Config) { c.Replicas[1].Room = busier{&ownRoom{}} }
}

// busier looks busier than it is.
type busier struct{ Room }

func (b busier) InFlight() int { return b.Room.InFlight() + 1 }

func TestHungReplicaIsLeftOutAndNobodyWaitsForItTwice(t *testing.T) {
	bad, good, edit := two(hangs)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		var answer sight.Answer
		d := took(func() { answer = a.answered("b") })
		if d > 10*time.Second || d < 8*time.Second {
			t.Errorf("the question it swallowed took %v", d)
		}
		if answer.Ended.Sub(answer.Sent) > 200*time.Millisecond {
			t.Errorf("the answer's times are not those of the one that gave it: %v", answer.Ended.Sub(answer.Sent))
		}
		a.state("a:out b:well")
		for range 60 {
			if d := took(func() { a.answered("b") }); d > 200*time.Millisecond {
				t.Fatalf("a question waited %v for a server that was out", d)
			}
			time.Sleep(time.Second)
		}
		if n := bad.count(); n < 5 || n > 30 {
			t.Errorf("in a minute it was tried %d times", n)
		}
	})
}

// Whenever it works again it is back within five seconds, though questions it swallowed before are never answered, and though it has room
// for one only.
func TestReplicaIsBackWithinFiveSecondsWheneverItWorksAgain(t *testing.T) {
	for name, out := range map[string]behaviour{"hangs": hangs, "refuses": refuses(down())} {
		for _, limit := range []int{0, 1} {
			for late := time.Duration(0); late < 6*time.Second; late += 300 * time.Millisecond {
				bad, good, edit := two(well(200 * time.Millisecond))
				story(t, func(c *Config) {
					if edit(c); limit > 0 {
						c.Replicas[0].Room = make(narrow, limit)
					}
				}, []*fake{bad, good}, func(a *asker) {
					a.answered("a")
					bad.is(out)
					began := time.Now()
					for time.Since(began) < 15*time.Second+late {
						a.answered("b")
						time.Sleep(200 * time.Millisecond)
					}
					a.state("a:out b:well")
					bad.is(well(200 * time.Millisecond))
					began = time.Now()
					for a.pool.Replicas()[0].State != "well" {
						if time.Since(began) > 5*time.Second {
							t.Fatalf("%s, limit %d, %v later: not back after five seconds", name, limit, late)
						}
						a.answered("")
						time.Sleep(400 * time.Millisecond)
					}
					time.Sleep(10 * time.Second) // what it swallowed is given up by then, and no longer at it
					a.answered("a")
				})
			}
		}
	}
}

func TestSlowStarterIsBackThoughItsTokenComesLate(t *testing.T) {
	bad, good, edit := two(hangs)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		a.answered("b")
		bad.is(well(6 * time.Second)) // its model is loading
		for range 20 {
			a.answered("")
			time.Sleep(time.Second)
		}
		a.state("a:well b:well")
	})
}

func TestCrawlingReplicaMakesProgressAndStays(t *testing.T) {
	bad, good, edit := two(crawls)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		for range 3 {
			if answer := a.answered("a"); answer.Text != "word word word word word " {
				t.Errorf("it was cut off at %q", answer.Text)
			}
		}
		a.state("a:well b:unknown")
		if good.count() != 0 {
			t.Error("another one was asked for nothing")
		}
	})
}

func TestFailingReplicaIsOutAfterTwoFailuresAndCostsNobodyAnAnswer(t *testing.T) {
	bad, good, edit := two(refuses(down()))
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		a.answered("b")
		a.state("a:unknown b:well")
		a.answered("b")
		a.state("a:out b:well")
		a.answered("b")
		if n := bad.count(); n != 2 {
			t.Errorf("it was asked %d times", n)
		}
	})
}

func TestFailuresThatAreNotInARowLeaveAReplicaIn(t *testing.T) {
	bad, good, edit := two(nil)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		for i := range 10 {
			bad.is(refuses(down()))
			a.answered("b")
			bad.is(well(time.Duration(i) * time.Millisecond))
			a.answered("a")
		}
		a.state("a:well b:well")
	})
}

func TestBrokenAnswersPutAReplicaOutToo(t *testing.T) {
	bad, good, edit := two(breaks)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		for range 2 {
			if f := a.failed("backend.server_error"); f.RetryAfter != 0 {
				t.Errorf("with another server ready it is to be asked again after %v", f.RetryAfter)
			}
		}
		if good.count() != 0 {
			t.Error("part of the answer had been shown, and another one was asked")
		}
		a.state("a:out b:unknown")
		a.answered("b")
	})
}

func TestReplicaThatIsBackAndBreaksAgainIsOutAgain(t *testing.T) {
	bad, spare := &fake{how: refuses(down())}, &fake{how: refuses(limited(time.Hour))}
	story(t, nil, []*fake{bad, spare}, func(a *asker) {
		for range 2 {
			_, _ = a.ask()
		}
		a.state("a:out b:resting")
		bad.is(breaks)
		time.Sleep(openFor + time.Millisecond)
		a.failed("backend.server_error") // with a token: it was back
		a.state("a:well b:resting")
		a.failed("backend.server_error")
		a.state("a:out b:resting")
	})
}

func TestQuestionThatIsToBlameIsNotPutToAnotherOne(t *testing.T) {
	bad, good, edit := two(refuses(unknownModel()))
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		for range 4 {
			a.failed("backend.unknown_model")
		}
		if good.count() != 0 {
			t.Error("another one was asked")
		}
		bad.is(well(0))
		a.answered("a") // it is not out
	})
}

func TestStaleFrameIsNotPutToAnotherOne(t *testing.T) {
	bad, good, edit := two(refuses(down()))
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		q := sight.Question{Frame: sight.Frame{Captured: time.Now().Add(-11 * time.Second)}}
		if _, err := a.pool.Ask(a.t.Context(), q, nil); fault.CodeOf(err) != "backend.server_error" {
			t.Errorf("error %v", err)
		}
		if good.count() != 0 {
			t.Error("an old frame was put to another one")
		}
	})
}

func TestWithdrawnQuestionSaysNothingAboutAReplica(t *testing.T) {
	bad, good, edit := two(hangs)
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		for range 5 {
			ctx, cancel := context.WithTimeout(a.t.Context(), 5*time.Second)
			_, err := a.pool.Ask(ctx, sight.Question{Frame: sight.Frame{Captured: time.Now()}}, nil)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, not the context's", err)
			}
		}
		a.state("a:unknown b:unknown")
		if good.count() != 0 {
			t.Error("another one was asked")
		}
	})
}

func TestReplicaThatAsksToBeLeftAloneRestsAndTheOthersDoNot(t *testing.T) {
	bad, good, edit := two(refuses(limited(30 * time.Second)))
	story(t, edit, []*fake{bad, good}, func(a *asker) {
		a.answered("b")
		a.state("a:resting b:well")
		bad.is(well(0))
		began := time.Now()
		for time.Since(began) < 29*time.Second {
			a.answered("b")
			time.Sleep(time.Second)
		}
		time.Sleep(30*time.Second - time.Since(began))
		a.answered("a")
		if n := bad.count(); n != 2 {
			t.Errorf("it was asked %d times", n)
		}
	})
}

func TestWhereAllRestThePoolSaysWhenTheFirstIsReady(t *testing.T) {
	one, other := &fake{how: refuses(limited(time.Minute))}, &fake{how: refuses(limited(20 * time.Second))}
	story(t, nil, []*fake{one, other}, func(a *asker) {
		if f := a.failed("backend.rate_limited"); f.RetryAfter != 20*time.Second {
			t.Errorf("come again after %v", f.RetryAfter)
		}
		time.Sleep(5 * time.Second)
		f := a.failed("backend.all_out")
		if f.RetryAfter != 15*time.Second || f.Blame != fault.Backend || f.Message == "" || f.Hint == "" {
			t.Errorf("%+v", f)
		}
		time.Sleep(f.RetryAfter)
		other.is(well(0))
		a.answered("b")
	})
}

func TestWhereAllAreOutQuestionsFailAtOnceAndEachIsTriedAgain(t *testing.T) {
	one, other := &fake{how: refuses(down())}, &fake{how: refuses(down())}
	story(t, nil, []*fake{one, other}, func(a *asker) {
		a.failed("backend.server_error")
		a.failed("backend.server_error")
		a.state("a:out b:out")
		var f *fault.Error
		if d := took(func() { f = a.failed("backend.all_out") }); d > 0 {
			t.Errorf("it took %v to say that nobody can answer", d)
		}
		if f.RetryAfter <= 0 || f.RetryAfter > 5*time.Second {
			t.Errorf("come again after %v", f.RetryAfter)
		}
		other.is(well(0))
		time.Sleep(f.RetryAfter + time.Millisecond)
		a.answered("b") // at once, or after the one that is still out
		a.answered("b")
	})
}

func TestLoneReplicaIsAlwaysAskedUnlessItWantsToBeLeftAlone(t *testing.T) {
	only := &fake{how: refuses(down())}
	story(t, nil, []*fake{only}, func(a *asker) {
		for range 10 {
			a.failed("backend.server_error")
		}
		if only.count() != 10 {
			t.Errorf("it was asked %d times of 10", only.count())
		}
		a.state("a:out")
		only.is(func(ctx context.Context, say func(string)) error { return well(40*time.Second)(ctx, say) })
		if answer := a.answered(""); answer.Replica != "" {
			t.Errorf("the answer names replica %q of one", answer.Replica)
		}
		a.state("a:well")
		only.is(refuses(limited(10 * time.Second)))
		a.failed("backend.rate_limited")
		time.Sleep(4 * time.Second)
		asked := only.count()
		if f := a.failed("backend.rate_limited"); f.RetryAfter != 6*time.Second || only.count() != asked {
			t.Errorf("come again after %v; asked %d times in its rest", f.RetryAfter, only.count()-asked)
		}
	})
}

func TestFullReplicasAreWaitedForAndTheFirstToHaveRoomIsTaken(t *testing.T) {
	one, other := &fake{how: well(3 * time.Second)}, &fake{how: well(time.Second)}
	dir := t.TempDir()
	story(t, func(c *Config) {
		c.Replicas[0].Room = slots.New(slots.Config{Dir: dir, Key: "a", InFlight: 1})
		c.Replicas[1].Room = slots.New(slots.Config{Dir: dir, Key: "b", InFlight: 1})
		c.Limits.Wait = 2 * time.Second
	}, []*fake{one, other}, func(a *asker) {
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() { _, _ = a.pool.Ask(a.t.Context(), sight.Question{}, nil) })
		}
		time.Sleep(100 * time.Millisecond)
		if d := took(func() { a.answered("b") }); d < 1900*time.Millisecond || d > 2*time.Second {
			t.Errorf("it took %v: 900 ms until there was room, and a second for the answer", d)
		}
		all.Wait()
		if tickets, _ := filepath.Glob(filepath.Join(dir, "*", "queue", "*")); len(tickets) != 0 {
			t.Errorf("it still stands in line: %v", tickets)
		}

		var turns []vlm.Turn
		for range 2 {
			turn, err := a.pool.Turn(a.t.Context())
			if err != nil {
				t.Fatal(err)
			}
			turns = append(turns, turn)
		}
		if d := took(func() { a.failed("backend.full") }); d != 2*time.Second {
			t.Errorf("it waited %v for room", d)
		}
		asked := one.count() + other.count()
		turns[0].Release()
		turns[0].Release() // twice is once
		a.answered("")
		if _, err := turns[1].Ask(a.t.Context(), sight.Question{}, nil); err != nil {
			t.Error(err)
		}
		turns[1].Release()
		if _, err := turns[1].Ask(a.t.Context(), sight.Question{}, nil); err != nil {
			t.Errorf("a second question by one turn takes its own: %v", err)
		}
		if n := one.count() + other.count() - asked; n != 3 {
			t.Errorf("%d questions of 3", n)
		}
		for _, s := range a.pool.Replicas() {
			if s.InFlight != 0 {
				t.Errorf("%d are still at %s", s.InFlight, s.Name)
			}
		}
	})
}

func TestOneThatWaitsHearsThatAnotherServerIsThere(t *testing.T) {
	resting, full := &fake{how: refuses(limited(5 * time.Second))}, &fake{how: rambles}
	story(t, func(c *Config) {
		c.Replicas[1].Room = busier{slots.New(slots.Config{Dir: t.TempDir(), Key: "b", InFlight: 1})}
	}, []*fake{resting, full}, func(a *asker) {
		var all sync.WaitGroup
		all.Go(func() { a.answered("b") }) // by way of the one that will rest
		time.Sleep(time.Second)
		resting.is(well(0))
		other := asker{t: a.t, pool: a.pool}
		if d := took(func() { other.answered("a") }); d < 3*time.Second || d > 4100*time.Millisecond {
			t.Errorf("the end of its rest, 4 s on, was noticed after %v", d)
		}
		all.Wait()
	})
}

func TestOneThatWaitsHearsThatAServerIsBack(t *testing.T) {
	bad, full, edit := two(hangs)
	story(t, func(c *Config) { edit(c); c.Replicas[1].Room = busier{make(narrow, 1)} }, []*fake{bad, full}, func(a *asker) {
		a.answered("b")
		bad.is(well(2 * time.Second))
		full.is(rambles)
		time.Sleep(openFor + time.Millisecond)
		var all sync.WaitGroup
		all.Go(func() { a.answered("b") }) // and rides along
		time.Sleep(500 * time.Millisecond)
		other := asker{t: a.t, pool: a.pool}
		if d := took(func() { other.answered("a") }); d != 3500*time.Millisecond {
			t.Errorf("that it was back, 1.5 s on, was noticed after %v, with 2 s for the answer", d)
		}
		all.Wait()
	})
}

func TestFallbackStandsInAndIsShownAsSuch(t *testing.T) {
	bad, spare := &fake{how: refuses(down())}, &fake{how: well(0)}
	story(t, func(c *Config) { c.Fallback = Fallback{Name: "Spare", Asker: spare} }, []*fake{bad}, func(a *asker) {
		standsIn := func() {
			t.Helper()
			answer, err := a.ask()
			if err != nil || answer.Backend != "Spare" || answer.InsteadOf != "Team" {
				t.Fatalf("%v from %q instead of %q", err, answer.Backend, answer.InsteadOf)
			}
		}
		standsIn() // for one that failed
		standsIn()
		asked := bad.count()
		standsIn() // for one that is out
		if bad.count() != asked {
			t.Error("one that is out was asked")
		}
		bad.is(well(0))
		time.Sleep(openFor + time.Millisecond)
		standsIn() // and the question rides along
		synctest.Wait()
		if answer := a.answered(""); answer.InsteadOf != "" {
			t.Errorf("instead of %q", answer.InsteadOf)
		}
	})
}

func TestFallbackThatFailsIsNotTheEndOfIt(t *testing.T) {
	bad, spare := &fake{how: refuses(limited(time.Hour))}, &fake{how: refuses(down())}
	story(t, func(c *Config) { c.Fallback = Fallback{Name: "Spare", Asker: spare} }, []*fake{bad}, func(a *asker) {
		a.failed("backend.server_error")
		if f := a.failed("backend.server_error"); f.RetryAfter != 0 {
			t.Errorf("there is a fallback, and it is to be asked again after %v", f.RetryAfter)
		}
	})
}

func TestFallbackWithItsOwnQueueGivesATurn(t *testing.T) {
	bad, spare := &fake{how: refuses(limited(time.Hour))}, &fake{how: well(time.Second)}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		fallback := New(Config{Name: "Spare", Replicas: []Replica{{Name: "s", Asker: spare, Room: slots.New(slots.Config{Dir: dir, Key: "s", InFlight: 1})}}})
		p := poolOf(t, func(c *Config) { c.Fallback = Fallback{Name: "Spare", Asker: fallback} }, bad)
		a := asker{t: t, pool: p}
		if answer, err := a.ask(); err != nil || answer.Backend != "Spare" {
			t.Fatalf("%v from %q", err, answer.Backend)
		}
		turn, err := p.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Turn(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v where the fallback has no room", err)
		}
		turn.Release()
		if _, err := a.ask(); err != nil {
			t.Error(err)
		}
	})
}

func TestClosingEndsProbesAndTheAskers(t *testing.T) {
	bad, good, edit := two(hangs)
	spare := &fake{how: well(0)}
	story(t, func(c *Config) { edit(c); c.Fallback = Fallback{Name: "Spare", Asker: spare} }, []*fake{bad, good}, func(a *asker) {
		a.answered("b")
		time.Sleep(openFor + time.Millisecond)
		a.answered("b")
		synctest.Wait()
		if n := a.pool.Replicas()[0].InFlight; n != 1 {
			t.Fatalf("%d probes under way", n)
		}
		if d := took(a.pool.Close); d > 0 || a.pool.Replicas()[0].InFlight != 0 {
			t.Errorf("after %v, %d probes are left", d, a.pool.Replicas()[0].InFlight)
		}
		if !bad.closed || !good.closed || !spare.closed {
			t.Error("an asker was left open")
		}
		asked := bad.count()
		time.Sleep(time.Minute)
		a.answered("b")
		if bad.count() != asked {
			t.Error("a closed pool probes")
		}
	})
}

func TestAnswersSaySentThoughTheSecondServerNeverTookTheQuestion(t *testing.T) {
	bad, other, edit := two(func(_ context.Context, say func(string)) error { say(""); return down() })
	other.is(refuses(down()))
	story(t, edit, []*fake{bad, other}, func(a *asker) {
		a.failed("backend.server_error") // the asker checks the rest
		if bad.count() != 1 || other.count() != 1 {
			t.Errorf("asked %d and %d times", bad.count(), other.count())
		}
	})
}

// However three servers behave, each question has one outcome, in bounded time, told in order, and was put to two of them at most.
func TestNoQuestionIsLostHoweverServersBehave(t *testing.T) {
	ways := []behaviour{well(10 * time.Millisecond), well(3 * time.Second), hangs, crawls, refuses(down()), breaks, refuses(limited(2 * time.Second)), refuses(limited(0)), refuses(unknownModel())}
	for seed := range uint64(40) {
		servers := []*fake{{how: ways[0]}, {how: ways[0]}, {how: ways[0]}, {how: ways[0]}}
		synctest.Test(t, func(t *testing.T) {
			dice := newDice(seed)
			p := poolOf(t, func(c *Config) {
				c.Replicas[0].Room, c.Replicas[1].Room = make(narrow, 1), make(narrow, 2)
				if seed%2 == 0 {
					c.Replicas, c.Fallback = c.Replicas[:3], Fallback{Name: "Spare", Asker: servers[3]}
				}
			}, servers...)
			var seq, outcomes atomic.Uint64
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					for range 25 {
						servers[dice(4)].is(ways[dice(len(ways))])
						a := asker{t: t, pool: p, seq: seq.Add(1) - 1}
						if d := took(func() { _, _ = a.ask() }); d > 3*time.Minute {
							t.Errorf("a question took %v", d)
						}
						outcomes.Add(1)
						time.Sleep(time.Duration(dice(1500)) * time.Millisecond)
					}
				})
			}
			all.Wait()
			if outcomes.Load() != 100 {
				t.Errorf("%d outcomes of 100", outcomes.Load())
			}
			p.Close()
			puts := map[uint64]int{}
			for _, s := range servers {
				for _, q := range s.asked {
					if puts[q]++; puts[q] > 2 {
						t.Errorf("question %d was put to three", q)
					}
				}
			}
			for _, s := range p.Replicas() {
				if s.InFlight != 0 {
					t.Errorf("%d are still at %s", s.InFlight, s.Name)
				}
			}
		})
	}
}
