package sampler

import (
	"math/rand/v2"
	"testing"
	"time"

	"sightline/backend/sight"
)

// story drives a Sampler by hand: a clock, a camera that numbers its frames, and a record of what became of every sample.
type story struct {
	t       *testing.T
	s       Sampler
	now     time.Time
	frame   sight.Frame
	sent    []Sample
	over    []Sample
	dropped []Sample
}

func newStory(t *testing.T, pace string) *story {
	t.Helper()
	p, err := ParsePace(pace)
	if err != nil {
		t.Fatal(err)
	}
	st := &story{t: t, now: time.Unix(1000, 0)}
	st.s.SetPace(p, st.now)
	st.s.Start(st.now)
	st.s.SetRoom(true)
	return st
}

func (st *story) capture()             { st.frame.Number++; st.frame.Captured = st.now }
func (st *story) wait(d time.Duration) { st.now = st.now.Add(d) }
func (st *story) ended()               { st.s.Ended(time.Time{}) }

func (st *story) look() Decision {
	st.t.Helper()
	d := st.s.Decide(st.now, st.frame, st.frame.Number > 0)
	st.over = append(st.over, d.Superseded...)
	if d.Send != nil {
		st.sent = append(st.sent, *d.Send)
	}
	return d
}

// wantSent checks the frame numbers of all that was sent so far.
func (st *story) wantSent(frames ...uint64) {
	st.t.Helper()
	wantFrames(st.t, "sent", st.sent, frames)
}

func (st *story) wantSuperseded(frames ...uint64) {
	st.t.Helper()
	wantFrames(st.t, "superseded", st.over, frames)
}

func wantFrames(t *testing.T, what string, got []Sample, want []uint64) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && got[i].Frame.Number == want[i]
	}
	if !ok {
		t.Errorf("%s: %v, want frames %v", what, got, want)
	}
}

func TestBackToBackSendsTheNewestFrameOnce(t *testing.T) {
	st := newStory(t, "0")
	if d := st.look(); d.Send != nil || !d.WantFrame {
		t.Errorf("without a frame it should wait for one, got %+v", d)
	}
	st.capture()
	st.look()
	st.capture()
	st.capture()
	if d := st.look(); d.Send != nil || d.WantFrame {
		t.Errorf("while the backend is busy no frame matters, got %+v", d)
	}
	st.ended()
	st.look()
	st.ended()
	if d := st.look(); d.Send != nil || !d.WantFrame {
		t.Errorf("the same frame must not be sent twice, got %+v", d)
	}
	st.wantSent(1, 3)
	st.wantSuperseded()
}

func TestTickIsSampledEvenWhileTheBackendIsBusy(t *testing.T) {
	st := newStory(t, "1s")
	st.capture()
	st.look() // sent at once
	for range 3 {
		st.wait(time.Second)
		st.capture()
		st.look()
	}
	st.wantSent(1)
	st.wantSuperseded(2, 3)
	st.ended()
	st.look() // frame 4 waits and is the newest
	st.wantSent(1, 4)
	if got := st.s.Sampled(); got != 4 {
		t.Errorf("sampled %d frames, want 4", got)
	}
}

func TestNewestFrameIsSentInPlaceOfTheWaitingOne(t *testing.T) {
	st := newStory(t, "1s")
	st.capture()
	st.look()
	st.wait(time.Second)
	st.capture()
	st.look() // 2 waits
	st.capture()
	st.capture()
	st.ended()
	st.look()
	st.wantSent(1, 4)
	st.wantSuperseded(2)
	if st.sent[1].Seq != 3 {
		t.Errorf("the newer frame is a sample of its own: seq %d, want 3", st.sent[1].Seq)
	}
}

func TestLateAnswerIsNotMadeUpFor(t *testing.T) {
	st := newStory(t, "2s")
	st.capture()
	st.look()
	st.wait(7 * time.Second) // nobody looked for three ticks
	st.capture()
	st.ended()
	d := st.look()
	st.wantSent(1, 2)
	if want := time.Unix(1008, 0); !d.Wake.Equal(want) {
		t.Errorf("next tick at %v, want the next multiple %v", d.Wake, want)
	}
}

func TestEveryNthFrame(t *testing.T) {
	st := newStory(t, "30f")
	for range 100 {
		st.capture()
		st.look()
		st.ended()
	}
	st.wantSent(1, 31, 61, 91)
}

func TestMissedMultipleOfFramesMovesToTheNextOne(t *testing.T) {
	st := newStory(t, "10f")
	st.capture()
	st.look()
	st.ended()
	st.frame.Number = 27 // the loop slept through 11 and 21
	st.look()
	st.ended()
	st.frame.Number = 30
	st.look()
	st.frame.Number = 31
	st.look()
	st.wantSent(1, 27, 31)
}

func TestTickWithoutANewFrameTakesTheNextOne(t *testing.T) {
	st := newStory(t, "1s")
	st.capture()
	st.look()
	st.ended()
	st.wait(time.Second)
	if d := st.look(); d.Send != nil || !d.WantFrame {
		t.Fatalf("a stalled camera has nothing new to sample, got %+v", d)
	}
	st.wait(300 * time.Millisecond)
	st.capture()
	st.look()
	st.wantSent(1, 2)
}

func TestAskNowAsksAboutTheSameFrameAgain(t *testing.T) {
	st := newStory(t, "asked")
	st.capture()
	if d := st.look(); d.Send != nil {
		t.Fatal("nobody asked")
	}
	for range 2 {
		st.s.AskNow()
		st.look()
		st.ended()
	}
	st.wantSent(1, 1)
	if st.sent[0].Seq == st.sent[1].Seq {
		t.Error("each asking is a sample of its own")
	}
}

func TestAskNowWorksWhileStopped(t *testing.T) {
	st := newStory(t, "1s")
	st.s.Stop()
	st.capture()
	st.s.AskNow()
	st.look()
	st.wantSent(1)
}

func TestAfterAFailureItWaits(t *testing.T) {
	st := newStory(t, "0")
	st.capture()
	st.look()
	retry := st.now.Add(4 * time.Second)
	st.s.Ended(retry)
	st.capture()
	if d := st.look(); d.Send != nil || !d.Wake.Equal(retry) || d.WantFrame {
		t.Fatalf("want to be woken at %v and nothing else, got %+v", retry, d)
	}
	st.wait(4 * time.Second)
	st.look()
	st.wantSent(1, 2)
}

func TestWithoutRoomFramesDoNotGrowOldInAQueue(t *testing.T) {
	st := newStory(t, "1s")
	st.s.SetRoom(false)
	for range 3 {
		st.capture()
		if d := st.look(); d.Send != nil || !d.WantRoom {
			t.Fatalf("want room and nothing sent, got %+v", d)
		}
		st.wait(time.Second)
	}
	st.capture()
	st.s.SetRoom(true)
	if d := st.look(); d.WantRoom {
		t.Error("there is room")
	}
	st.wantSent(4)
	st.wantSuperseded(1, 2, 3)
}

func TestBackToBackWithoutRoomSamplesNothing(t *testing.T) {
	st := newStory(t, "0")
	st.s.SetRoom(false)
	for range 5 {
		st.capture()
		if d := st.look(); d.Send != nil || !d.WantRoom || d.WantFrame {
			t.Fatalf("only room is wanted, got %+v", d)
		}
	}
	st.s.SetRoom(true)
	st.look()
	st.wantSent(5)
	if got := st.s.Sampled(); got != 1 {
		t.Errorf("sampled %d, want the one that was sent", got)
	}
}

func TestEachAskerHasANumberOfItsOwn(t *testing.T) {
	st := newStory(t, "1s")
	st.capture()
	st.look()
	st.s.SetAskers(3)
	st.wait(time.Second)
	st.capture()
	st.look()
	st.wait(time.Second)
	st.capture()
	st.look()
	st.ended()
	st.look()
	if st.over[0] != (Sample{Seq: 2, Width: 3, Frame: st.over[0].Frame}) || st.sent[1].Seq != 5 || st.sent[1].Width != 3 || st.s.Sampled() != 7 {
		t.Errorf("superseded %+v, sent %+v, sampled %d", st.over, st.sent, st.s.Sampled())
	}
}

func TestStopGivesBackWhatWaited(t *testing.T) {
	st := newStory(t, "1s")
	st.capture()
	st.look()
	st.wait(time.Second)
	st.capture()
	st.look()
	if w := st.s.Stop(); w == nil || w.Frame.Number != 2 {
		t.Errorf("got %v, want the waiting frame 2", w)
	}
	st.wait(time.Minute)
	st.capture()
	st.ended()
	if d := st.look(); d.Send != nil || !d.Wake.IsZero() || d.WantFrame {
		t.Errorf("a stopped sampler wants nothing, got %+v", d)
	}
}

// TestEverySampleHasExactlyOneEnd is the accounting as a property: whatever the schedule of frames, answers, failures, changes and stops,
// each seq is sent once or superseded once or dropped once, and only the last two may still be open.
func TestEverySampleHasExactlyOneEnd(t *testing.T) {
	paces := []string{"0", "1s", "250ms", "7f", "asked"}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		st := newStory(t, paces[r.IntN(len(paces))])
		for range 400 {
			st.randomStep(r, paces)
		}
		st.checkEnds(seed)
	}
}

func (st *story) randomStep(r *rand.Rand, paces []string) {
	switch r.IntN(14) {
	case 0:
		st.s.AskNow()
	case 1:
		st.drop(st.s.Stop())
	case 2, 3:
		st.s.Start(st.now)
	case 4:
		p, _ := ParsePace(paces[r.IntN(len(paces))])
		st.s.SetPace(p, st.now)
	case 5:
		st.drop(st.s.Drop())
	case 6:
		st.s.SetRoom(r.IntN(3) > 0)
	case 7:
		st.s.SetAskers(1 + r.IntN(4))
	case 8, 9, 10:
		if st.s.busy {
			st.s.Ended(st.now.Add(time.Duration(r.IntN(3)) * time.Second))
		}
	default:
		st.wait(time.Duration(r.IntN(900)) * time.Millisecond)
		st.frame.Number += uint64(r.IntN(4))
	}
	st.look()
}

func (st *story) drop(w *Sample) {
	if w != nil {
		st.dropped = append(st.dropped, *w)
	}
}

func (st *story) checkEnds(seed uint64) {
	st.t.Helper()
	ends := make(map[uint64]int)
	for _, list := range [][]Sample{st.sent, st.over, st.dropped} {
		for _, s := range list {
			for i := range s.Width {
				ends[s.Seq+uint64(i)]++
			}
		}
	}
	if w := st.s.Drop(); w != nil {
		for i := range w.Width {
			ends[w.Seq+uint64(i)]++
		}
	}
	for seq := uint64(1); seq <= st.s.Sampled(); seq++ {
		if ends[seq] != 1 {
			st.t.Fatalf("seed %d: sample %d has %d ends, want exactly one", seed, seq, ends[seq])
		}
	}
	if uint64(len(ends)) != st.s.Sampled() {
		st.t.Fatalf("seed %d: %d samples ended, %d were taken", seed, len(ends), st.s.Sampled())
	}
	for i := 1; i < len(st.sent); i++ {
		if st.sent[i].Frame.Number < st.sent[i-1].Frame.Number {
			st.t.Fatalf("seed %d: an older frame was sent after a newer one", seed)
		}
	}
}

func TestParsePace(t *testing.T) {
	for in, want := range map[string]string{"0": "0", "2s": "2s", " 500ms ": "500ms", "30f": "30f", "asked": "asked", "1m": "1m0s"} {
		p, err := ParsePace(in)
		if err != nil || p.String() != want {
			t.Errorf("ParsePace(%q) = %v, %v, want %s", in, p, err, want)
		}
	}
	for _, in := range []string{"", "x", "-1s", "0f", "3601f", "1ms", "2h", "f", "1.5f", "0s"} {
		if p, err := ParsePace(in); err == nil {
			t.Errorf("ParsePace(%q) = %v, want an error", in, p)
		}
	}
}
