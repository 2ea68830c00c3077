package session

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// narrow is an asker with room for one question, which it gives in turns.
type narrow struct {
	Asker
	room chan struct{}

	mu    sync.Mutex
	out   int   // turns that are out
	fails error // no turn is given
}

func newNarrow(a Asker) *narrow { return &narrow{Asker: a, room: make(chan struct{}, 1)} }

func (n *narrow) Turn(ctx context.Context) (vlm.Turn, error) {
	n.mu.Lock()
	fails := n.fails
	n.mu.Unlock()
	if fails != nil {
		return nil, fails
	}
	select {
	case n.room <- struct{}{}:
		n.count(1)
		return &narrowTurn{narrow: n}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *narrow) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	turn, err := n.Turn(ctx)
	if err != nil {
		return sight.Answer{}, err
	}
	return turn.Ask(ctx, q, on)
}

func (n *narrow) count(by int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.out += by
}

func (n *narrow) setFailure(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fails = err
}

type narrowTurn struct {
	*narrow
	once sync.Once
}

func (t *narrowTurn) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	defer t.Release()
	return t.Asker.Ask(ctx, q, on)
}

func (t *narrowTurn) Release() {
	t.once.Do(func() {
		t.count(-1)
		<-t.room
	})
}

func (st *stage) compare(askers ...Answerer) { st.SetTask(Task{Askers: askers, Prompt: "what"}) }

func TestComparedBackendsAreAskedAboutTheSameFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 10*time.Millisecond)
		slow := &model{delay: 700 * time.Millisecond}
		st.compare(Answerer{Asker: st.model, Backend: "quick"}, Answerer{Asker: slow, Backend: "slow"})
		after(10 * time.Second)
		st.end()
		st.wantAddsUp()
		groups := map[uint64][]sight.Observation{}
		for _, o := range st.notes.with(sight.Answered) {
			if o.Group != 0 {
				groups[o.Group] = append(groups[o.Group], o)
			}
		}
		if len(groups) < 8 {
			t.Errorf("%d frames compared in ten seconds at one a second", len(groups))
		}
		for group, both := range groups {
			if len(both) != 2 || both[0].Frame.Number != both[1].Frame.Number || both[0].Seq == both[1].Seq {
				t.Errorf("group %d: %+v", group, both)
			}
			if both[0].Question.Backend != "quick" || both[1].Question.Backend != "slow" || both[1].Question.Column != 1 {
				t.Errorf("group %d is answered by %q, then %q", group, both[0].Question.Backend, both[1].Question.Backend)
			}
		}
	})
}

func TestNextFrameWaitsForTheSlowestOfTheCompared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", 10*time.Millisecond)
		slow := &model{delay: time.Second}
		st.compare(Answerer{Asker: st.model, Backend: "quick"}, Answerer{Asker: slow, Backend: "slow"})
		after(5500 * time.Millisecond)
		quick := len(st.model.times())
		if n := len(slow.times()); n != 6 || quick > 8 {
			t.Errorf("the slow one was asked %d times, the quick one %d times", n, quick)
		}
		if st.model.maxWire != 1 || slow.maxWire != 1 {
			t.Errorf("at once: %d and %d questions, want one each", st.model.maxWire, slow.maxWire)
		}
	})
}

func TestFailingBackendDoesNotHoldUpTheOneItIsComparedWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 10*time.Millisecond)
		bad := &model{fail: &fault.Error{Code: "backend.out", RetryAfter: time.Hour}}
		st.compare(Answerer{Asker: bad, Backend: "bad"}, Answerer{Asker: st.model, Backend: "good"})
		after(10 * time.Second)
		askers := st.State().Asking.Askers
		if n := len(st.notes.with(sight.Answered)); n < 10 {
			t.Errorf("%d answers in ten seconds", n)
		}
		if fault.CodeOf(askers[0].LastErr) != "backend.out" || askers[1].LastErr != nil || !askers[1].Answered {
			t.Errorf("how they do: %+v", askers)
		}
		st.end()
		st.wantAddsUp()
	})
}

func TestSupersededFrameEndsOnceForEachOfTheCompared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 3500*time.Millisecond)
		st.compare(Answerer{Asker: st.model, Backend: "a", Model: "x"}, Answerer{Asker: st.model, Backend: "b", Model: "y"})
		after(4 * time.Second)
		over := st.notes.with(sight.Superseded)
		if len(over) < 4 || len(over)%2 != 0 {
			t.Fatalf("%d superseded", len(over))
		}
		a, b := over[0], over[1]
		if a.Group != b.Group || a.Group == 0 || a.Seq == b.Seq || a.Line().Backend != "a" || b.Line().Model != "y" {
			t.Errorf("superseded: %+v and %+v", a.Line(), b.Line())
		}
	})
}

func TestFrameIsChosenWhenThereIsRoomNotBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 10*time.Millisecond)
		other, _ := st.narrow.Turn(t.Context()) // another window holds the only room
		st.compare(Answerer{Asker: st.narrow, Backend: "narrow"})
		after(5500 * time.Millisecond)
		if since := st.State().Asking.Waiting; since.IsZero() || time.Since(since) < 5*time.Second {
			t.Errorf("waiting since %v: it should say so", since)
		}
		other.Release()
		after(100 * time.Millisecond)
		answers := slices.DeleteFunc(st.notes.with(sight.Answered), func(o sight.Observation) bool { return o.Question.Backend != "narrow" })
		if age, ok := answers[0].Age(); !ok || age > 40*time.Millisecond {
			t.Errorf("the frame was %v old when it was sent: it had waited", age)
		}
		if !st.State().Asking.Waiting.IsZero() {
			t.Error("it no longer waits")
		}
		st.end()
		st.wantAddsUp()
		if st.narrow.out != 0 {
			t.Errorf("%d turns were never given back", st.narrow.out)
		}
	})
}

func TestBackendThatGivesNoTurnFailsTheSample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", 10*time.Millisecond)
		st.narrow.setFailure(&fault.Error{Code: "backend.all_out", RetryAfter: 2 * time.Second})
		st.compare(Answerer{Asker: st.narrow, Backend: "narrow"})
		after(5 * time.Second)
		failed := st.notes.with(sight.Failed)
		if len(failed) != 3 || fault.CodeOf(failed[0].Err) != "backend.all_out" {
			t.Fatalf("%d failed: %+v", len(failed), failed)
		}
		st.narrow.setFailure(nil)
		after(5 * time.Second)
		if !st.State().Asking.Askers[0].Answered {
			t.Error("it should have recovered by itself")
		}
	})
}

func TestNoTurnIsKeptByASessionThatStoppedOrTurnedToOthers(t *testing.T) {
	for name, leave := range map[string]func(*stage){
		"stopped":      func(st *stage) { st.Stop() },
		"another task": func(st *stage) { st.compare(Answerer{Asker: st.model, Backend: "model"}) },
		"camera off":   func(st *stage) { st.SetCamera(false) },
		"ended":        func(st *stage) { st.end() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := perform(t, "0", 10*time.Millisecond)
				other, err := st.narrow.Turn(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				st.compare(Answerer{Asker: st.narrow, Backend: "narrow"})
				after(2 * time.Second)
				leave(st)
				after(100 * time.Millisecond)
				other.Release()
				after(5 * time.Second)
				if st.narrow.out != 0 {
					t.Error("a turn is out, and nobody will use it")
				}
				st.end()
				st.wantAddsUp()
			})
		})
	}
}

func TestWithdrawnComparisonIsCancelledForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "asked", time.Hour)
		st.compare(Answerer{Asker: st.model, Backend: "a"}, Answerer{Asker: st.model, Backend: "b"}, Answerer{Asker: st.narrow, Backend: "c"})
		after(time.Second)
		if err := st.AskNow(); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		st.Stop()
		after(time.Second)
		if n := len(st.notes.with(sight.Cancelled)); n != 3 {
			t.Errorf("%d cancelled, want all three", n)
		}
		if err := errors.Join(st.State().Source.Err); err != nil {
			t.Error(err)
		}
		st.end()
		st.wantAddsUp()
	})
}

func TestTurnThatCameTooLateIsGivenBack(t *testing.T) {
	for name, late := range map[string]func(*turn){
		"given while it was dropped": func(w *turn) { w.drop(); w.take(<-w.got) },
		"given, then not used":       func(w *turn) { w.take(<-w.got); w.drop() },
		"given as the session ends":  func(w *turn) { w.end() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNarrow(&model{})
				w := turn{got: make(chan place, 1)}
				w.want(t.Context(), Answerer{Asker: n})
				synctest.Wait()
				late(&w)
				if n.out != 0 || w.held != nil || w.cancel != nil {
					t.Errorf("%d turns out, %+v", n.out, w)
				}
			})
		})
	}
}
