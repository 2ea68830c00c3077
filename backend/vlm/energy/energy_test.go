package energy

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/gpu"
	"sightline/backend/sight"
	"sightline/backend/vlm/openai"
	"sightline/backend/vlm/vlmtest"
)

func TestSuite(t *testing.T) {
	watts := 100.0
	machines := map[string]*machine{
		"no GPU":            {},
		"two GPUs":          {meters: []gpu.Meter{wattmeter("a", watts), wattmeter("b", watts)}},
		"a driver at fault": {silent: true},
	}
	for name, m := range machines {
		t.Run(name, func(t *testing.T) {
			server := vlmtest.Start(t, vlmtest.Script{Between: time.Millisecond})
			client, err := openai.New(openai.Config{Base: server.URL})
			must(t, err)
			asker := New(client, NewScale(m), at(1))
			t.Cleanup(asker.Close)
			vlmtest.Suite(t, asker)
		})
	}
}

// readings is a table's row: what the meters say when the question was sent, and when it had its answer a second later.
type readings struct {
	before, after []gpu.Meter
	server        []int
	want          *sight.Energy
}

func TestAnswerCostsWhatItsServersGPUsTook(t *testing.T) {
	const server, runner, stranger = 10, 11, 99
	joules := func(j float64) *sight.Energy { return &sight.Energy{Joules: j} }
	shared := func(j float64) *sight.Energy { return &sight.Energy{Joules: j, Shared: true} }
	meters := func(all ...gpu.Meter) []gpu.Meter { return all }
	for name, r := range map[string]readings{
		"one GPU, by its counter": {
			meters(counter("a", 1000, server)), meters(counter("a", 1250.5, server)), []int{server}, joules(250.5),
		},
		"two GPUs of its own, and one of somebody else": {
			meters(counter("a", 0, server), counter("b", 0, runner), counter("c", 0, stranger)),
			meters(counter("a", 1, server), counter("b", 2, runner), counter("c", 4, stranger)),
			[]int{server, runner},
			joules(3),
		},
		"somebody else on the same GPU": {
			meters(counter("a", 0, server, stranger)), meters(counter("a", 7, server)), []int{server}, shared(7),
		},
		"somebody else who came meanwhile": {
			meters(counter("a", 0, server)), meters(counter("a", 7, server, stranger)), []int{server}, shared(7),
		},
		"a model that was loaded for the question": {
			meters(counter("a", 0), counter("b", 0)), meters(counter("a", 5, runner), counter("b", 1)), []int{server, runner}, joules(5),
		},
		"a server that uses no GPU": {
			meters(counter("a", 0, stranger)), meters(counter("a", 5, stranger)), []int{server}, nil,
		},
		"a server nobody knows: what is computed on counts": {
			meters(counter("a", 0, server), counter("b", 0)), meters(counter("a", 5, server), counter("b", 1)), nil, joules(5),
		},
		"a server nobody knows, or two programs": {
			meters(counter("a", 0, server), counter("b", 0, stranger)), meters(counter("a", 5, server), counter("b", 1, stranger)), nil, shared(6),
		},
		"power alone": {
			meters(wattmeter("a", 100), wattmeter("b", 10)), meters(wattmeter("a", 200), wattmeter("b", 10)), []int{server}, joules(160),
		},
		"a driver that tells who computes, and one that does not": {
			meters(counter("a", 0), wattmeter("b", 10)), meters(counter("a", 5), wattmeter("b", 10)), []int{server}, joules(10),
		},
		"power at one end alone": {
			meters(wattmeter("a", 100)), meters(gpu.Meter{ID: "a"}), nil, nil,
		},
		"a counter that went back": {
			meters(counter("a", 1000, server), counter("b", 0, server)), meters(counter("a", 3, server), counter("b", 50, server)), []int{server}, nil,
		},
		"a counter that has not moved yet": {
			meters(counter("a", 1000, server)), meters(counter("a", 1000, server)), []int{server}, nil,
		},
		"a GPU that has gone": {
			meters(counter("a", 0, server), counter("b", 0, server)), meters(counter("a", 3, server)), []int{server}, nil,
		},
		"a GPU that has come": {
			meters(counter("a", 0, server)), meters(counter("a", 3, server), counter("b", 50, server)), []int{server}, nil,
		},
		"all have gone": {
			meters(counter("a", 0, server)), nil, []int{server}, nil,
		},
		"no GPU": {nil, nil, []int{server}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &machine{meters: r.before}
				inner := &answering{meanwhile: func() { m.set(r.after...) }}
				answer := ask(t, New(inner, NewScale(m), at(r.server...)))
				if diff := cmp.Diff(r.want, answer.Energy); diff != "" {
					t.Errorf("energy (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestFailedAnswerTellsWhatItCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}}
		inner := &answering{meanwhile: func() { m.set(counter("a", 3, 10)) }, fails: errDown}
		answer, err := New(inner, NewScale(m), at(10)).Ask(t.Context(), sight.Question{}, nil)
		if !errors.Is(err, errDown) || answer.Text != "A cat." || answer.Energy == nil || answer.Energy.Joules != 2 {
			t.Errorf("got %+v with %v", answer, err)
		}
	})
}

func TestQuestionThatWasNeverSentCostsNothing(t *testing.T) {
	m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}}
	answer, err := New(&answering{unsent: true, fails: errDown}, NewScale(m), at(10)).Ask(t.Context(), sight.Question{}, nil)
	if !errors.Is(err, errDown) || answer.Energy != nil || m.reads != 0 {
		t.Errorf("got %+v with %v, and %d readings", answer, err, m.reads)
	}
}

func TestMachineWithoutAGPUIsNotSearchedForTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{}
		ask(t, New(&answering{}, NewScale(m), func(context.Context) []int { t.Error("it was searched"); return nil }))
		if m.reads != 1 {
			t.Errorf("its meters were read %d times, want once", m.reads)
		}
	})
}

func TestSilentDriverCostsAnAnswerLittle(t *testing.T) {
	for name, r := range map[string]struct {
		before bool // the question is asked
		want   time.Duration
	}{
		"from the beginning": {true, time.Second},              // that reading was given up while the answer came
		"at the end":         {false, 1200 * time.Millisecond}, // the one thing it may cost
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}, silent: r.before}
				begun := time.Now()
				answer := ask(t, New(&answering{meanwhile: m.fallSilent}, NewScale(m), at(10)))
				if took := time.Since(begun); took != r.want || answer.Energy != nil {
					t.Errorf("after %v, want %v: energy %+v", took, r.want, answer.Energy)
				}
			})
		})
	}
}

func TestSearchThatTakesTooLongIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}}
		slow := func(ctx context.Context) []int { <-ctx.Done(); return nil }
		begun := time.Now()
		answer := ask(t, New(&answering{meanwhile: func() { m.set(counter("a", 2, 10)) }}, NewScale(m), slow))
		if took := time.Since(begun); took != time.Second+patience || answer.Energy == nil || answer.Energy.Joules != 1 {
			t.Errorf("after %v: energy %+v", took, answer.Energy)
		}
	})
}

func TestWithdrawnQuestionEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}}
		scale := NewScale(m)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		begun := time.Now()
		answer, err := New(&answering{}, scale, at(10)).Ask(ctx, sight.Question{}, nil)
		if took := time.Since(begun); took != 500*time.Millisecond || answer.Energy != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: energy %+v, error %v", took, answer.Energy, err)
		}
		if m.reads != 1 || len(scale.stays) != 0 {
			t.Errorf("%d readings, and %d questions still on the scale", m.reads, len(scale.stays))
		}
	})
}

func TestColumnsThatAskAtTheSameTimeShareTheirGPU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &machine{meters: []gpu.Meter{counter("a", 1, 10), counter("b", 1, 20)}}
		scale := NewScale(m)
		onA, alsoOnA, onB := New(&answering{}, scale, at(10)), New(&answering{}, scale, at(10)), New(&answering{}, scale, at(20))
		var all sync.WaitGroup
		check := func(name string, a *Asker, after time.Duration, shared bool) {
			all.Go(func() {
				time.Sleep(after)
				if answer := ask(t, a); answer.Energy == nil || answer.Energy.Shared != shared {
					t.Errorf("%s: %+v, want shared: %v", name, answer.Energy, shared)
				}
			})
		}
		check("the first", onA, 0, true)
		check("one that came before it ended", alsoOnA, 900*time.Millisecond, true)
		check("one on another GPU", onB, 100*time.Millisecond, false)
		check("one after all of them", onA, 3*time.Second, false)
		time.Sleep(800 * time.Millisecond)
		m.set(counter("a", 2, 10), counter("b", 2, 20))
		time.Sleep(950 * time.Millisecond)
		m.set(counter("a", 3, 10), counter("b", 3, 20))
		time.Sleep(1800 * time.Millisecond)
		m.set(counter("a", 4, 10), counter("b", 4, 20))
		all.Wait()
	})
}

func TestShortQuestionWithinALongOneIsSeen(t *testing.T) {
	s := NewScale(nil)
	long, short, elsewhere := s.enter(), s.enter(), s.enter()
	s.settle(long, []string{"a"})
	s.settle(short, []string{"a"})
	s.settle(elsewhere, []string{"b"})
	if s.leave(elsewhere, []string{"b"}) {
		t.Error("the one on another GPU was together with others")
	}
	if !s.leave(short, []string{"a"}) || !s.leave(long, []string{"a"}) {
		t.Error("the two on one GPU were not together")
	}
	alone, unknown := s.enter(), s.enter()
	s.settle(alone, []string{"a"})
	s.leave(unknown, nil)
	if !s.leave(alone, []string{"a"}) {
		t.Error("one that was anywhere may have been on the same GPU")
	}
}

func TestEventsAreHeardAsTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kinds []sight.EventKind
		m := &machine{meters: []gpu.Meter{counter("a", 1, 10)}}
		_, err := New(&answering{}, NewScale(m), nil).Ask(t.Context(), sight.Question{}, func(e sight.Event) { kinds = append(kinds, e.Kind) })
		must(t, err)
		if !slices.Equal(kinds, []sight.EventKind{sight.Sent, sight.Text}) {
			t.Errorf("heard %v", kinds)
		}
	})
}

func TestCloseClosesTheOneWithin(t *testing.T) {
	inner := &answering{}
	New(inner, NewScale(&machine{}), nil).Close()
	if !inner.closed {
		t.Error("it was not closed")
	}
	New(struct{ vlmAsker }{}, NewScale(&machine{}), nil).Close() // one that cannot be
}

// BenchmarkQuestion is what measuring adds to a question: two readings, by two GPUs that answer at once, and the server's processes.
func BenchmarkQuestion(b *testing.B) {
	m := &machine{meters: []gpu.Meter{counter("a", 1, 10), counter("b", 1, 10)}}
	a := New(atOnce{}, NewScale(m), at(10))
	for b.Loop() {
		_, _ = a.Ask(b.Context(), sight.Question{}, nil)
	}
}

type vlmAsker interface {
	Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error)
}

type atOnce struct{}

func (atOnce) Ask(_ context.Context, _ sight.Question, on func(sight.Event)) (sight.Answer, error) {
	on(sight.Event{Kind: sight.Sent})
	return sight.Answer{}, nil
}
