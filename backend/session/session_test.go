package session

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/sight"
)

// camera30 delivers thirty frames a second until told to fail.
type camera30 struct {
	mu     sync.Mutex
	opened int
	open   int
	fail   error
}

func (c *camera30) Run(ctx context.Context, put func(sight.Frame)) error {
	c.count(1)
	defer c.count(-1)
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := c.failure(); err != nil {
				return err
			}
			put(sight.Frame{Captured: time.Now(), Picture: sight.FromYCbCr(image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420))})
		}
	}
}

func (c *camera30) count(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += n
	c.opened += max(n, 0)
}

func (c *camera30) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fail
}

func (c *camera30) setFailure(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

func (c *camera30) isOpen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open > 0
}

// model answers after delay with the prompt and the frame's number, or fails with fail.
type model struct {
	delay time.Duration

	mu      sync.Mutex
	fail    error
	asked   []time.Time
	onWire  int
	maxWire int
}

func (m *model) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	fail := m.begin()
	defer m.end()
	a := sight.Answer{Backend: "model", Sent: time.Now()}
	on(sight.Event{Kind: sight.Sent})
	select {
	case <-ctx.Done():
		return a, ctx.Err()
	case <-time.After(m.delay):
	}
	if fail != nil {
		return a, fail
	}
	a.Text = fmt.Sprintf("%s about %d", q.Prompt, q.Frame.Number)
	on(sight.Event{Kind: sight.Text, Text: a.Text})
	a.FirstToken, a.LastToken, a.Ended = time.Now(), time.Now(), time.Now()
	return a, nil
}

func (m *model) begin() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, time.Now())
	m.onWire++
	m.maxWire = max(m.maxWire, m.onWire)
	return m.fail
}

func (m *model) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.onWire--
}

func (m *model) setFailure(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

func (m *model) times() []time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]time.Time(nil), m.asked...)
}

// notes is a sink and a watcher that writes everything down.
type notes struct {
	mu    sync.Mutex
	seen  []sight.Observation
	heard []string
}

func (n *notes) Observe(o sight.Observation) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = append(n.seen, o)
}

func (n *notes) Asked(sight.Question) {}
func (n *notes) Changed()             {}
func (n *notes) Heard(_ uint64, e sight.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, e.Text)
}

func (n *notes) with(outcome sight.Outcome) []sight.Observation {
	n.mu.Lock()
	defer n.mu.Unlock()
	var found []sight.Observation
	for _, o := range n.seen {
		if o.Outcome == outcome {
			found = append(found, o)
		}
	}
	return found
}

// stage is a running session with its cast.
type stage struct {
	*Session
	t      *testing.T
	camera *camera30
	model  *model
	narrow *narrow // the model, with room for one question
	notes  *notes
	bad    atomic.Int32 // how often the bad address was tried
	end    func()       // ends the session and waits
}

// perform starts a session that asks the model about the camera at a pace. Call it inside a synctest bubble.
func perform(t *testing.T, pace string, delay time.Duration) *stage {
	t.Helper()
	st := &stage{t: t, camera: &camera30{}, model: &model{delay: delay}, notes: &notes{}}
	st.narrow = newNarrow(st.model)
	st.Session = New(Config{
		ID: "test", Sinks: []Sink{st.notes}, Watch: st.notes,
		Open: func(uri string) (capture.Source, error) {
			if uri == "bad" {
				st.bad.Add(1)
				return nil, &fault.Error{Code: "source.uri", Message: "Bad.", Blame: fault.Question}
			}
			return st.camera, nil
		},
	})
	p, err := sampler.ParsePace(pace)
	if err != nil {
		t.Fatal(err)
	}
	st.SetPace(p)
	st.SetTask(Task{Askers: []Answerer{{Asker: st.model, Backend: "model"}}, Prompt: "what"})
	st.SetSource("camera:")
	st.Start()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- st.Run(ctx) }()
	st.end = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v, want the context's error", err)
		}
	})
	t.Cleanup(st.end)
	return st
}

// after lets time pass and everything come to rest.
func after(d time.Duration) {
	time.Sleep(d) // the bubble's time: it costs nothing and is exact
	synctest.Wait()
}

func (st *stage) wantAddsUp() {
	st.t.Helper()
	c := st.State().Counts
	if c.Settled() != c.Sampled || uint64(len(st.notes.seen)) != c.Sampled {
		st.t.Errorf("%d sampled, %d settled, %d told to the sink: %+v", c.Sampled, c.Settled(), len(st.notes.seen), c)
	}
}

func TestSlowModelNeverStallsCapture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 3500*time.Millisecond)
		after(20 * time.Second)
		if c := st.State().Counts.Captured; c < 595 || c > 601 {
			t.Errorf("captured %d frames in 20 s, want 600 as without a model", c)
		}
		for _, o := range st.notes.with(sight.Answered) {
			if age, _ := o.Age(); age > 34*time.Millisecond {
				t.Errorf("frame %d was %v old when asked about, want the newest", o.Frame.Number, age)
			}
		}
		st.end()
		st.wantAddsUp()
		if len(st.notes.with(sight.Superseded)) == 0 {
			t.Error("ticks during a slow answer should have been superseded")
		}
	})
}

func TestAnswerBelongsToItsFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", 200*time.Millisecond)
		after(5 * time.Second)
		st.end()
		answered := st.notes.with(sight.Answered)
		if len(answered) < 20 {
			t.Fatalf("%d answers in 5 s, want more than 20", len(answered))
		}
		for _, o := range answered {
			if want := fmt.Sprintf("what about %d", o.Frame.Number); o.Answer.Text != want {
				t.Errorf("frame %d has the answer %q", o.Frame.Number, o.Answer.Text)
			}
		}
		if st.model.maxWire != 1 {
			t.Errorf("%d questions were in flight at once, want one", st.model.maxWire)
		}
	})
}

func TestOldPromptsAnswerNeverShowsUnderTheNewOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "10s", time.Second)
		after(500 * time.Millisecond) // in mid-answer
		st.SetTask(Task{Askers: []Answerer{{Asker: st.model, Backend: "model"}}, Prompt: "colour"})
		after(3 * time.Second)
		if got := st.notes.with(sight.Cancelled); len(got) != 1 || got[0].Question.Prompt != "what" {
			t.Errorf("the old question should have been withdrawn, got %+v", got)
		}
		answered := st.notes.with(sight.Answered)
		if len(answered) != 1 || answered[0].Question.Prompt != "colour" {
			t.Errorf("the new prompt should have been asked at once, got %+v", answered)
		}
		for _, text := range st.notes.heard {
			if len(text) > 4 && text[:4] == "what" {
				t.Errorf("%q was heard after its question was withdrawn", text)
			}
		}
		st.end()
		st.wantAddsUp()
	})
}

func TestSameTaskAgainDisturbsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "10s", time.Second)
		after(500 * time.Millisecond)
		heat := 0.5
		for range 2 {
			same := heat
			st.SetTask(Task{Askers: []Answerer{{Asker: st.model, Backend: "model"}}, Prompt: "what", Temperature: &same})
			after(300 * time.Millisecond)
		}
		if n := len(st.model.times()); n != 2 {
			t.Errorf("asked %d times, want once for each task", n)
		}
	})
}

func TestStopEndsTheQuestionInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", time.Hour)
		after(time.Second)
		st.SetShown(true)
		st.Stop()
		after(0)
		if st.model.onWire != 0 {
			t.Error("the request is still on the wire")
		}
		before := st.State().Counts
		after(time.Minute)
		if now := st.State().Counts; now.Sampled != before.Sampled || now.Captured == before.Captured {
			t.Errorf("stopped: the picture should live on and nothing be sampled: %+v, then %+v", before, now)
		}
		st.end()
		st.wantAddsUp()
	})
}

func TestRecordingAloneKeepsTheCameraRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", time.Millisecond)
		st.SetRecorded(true)
		st.Stop()
		after(time.Second)
		before := st.State().Counts.Captured
		after(time.Second)
		if now := st.State().Counts.Captured; now < before+25 {
			t.Errorf("%d frames in the second after asking stopped, while it is recorded", now-before)
		}
		st.SetRecorded(false)
		after(time.Second)
		if st.camera.isOpen() {
			t.Error("nobody looks, asks or records, and the camera runs")
		}
	})
}

func TestAskNowWorksWhileStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", time.Millisecond)
		st.SetShown(true)
		st.Stop()
		after(time.Second)
		before := len(st.notes.with(sight.Answered))
		if err := st.AskNow(); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		if n := len(st.notes.with(sight.Answered)); n != before+1 {
			t.Errorf("%d answers, want one more than %d", n, before)
		}
	})
}

func TestAskNowWithoutAPictureSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "asked", time.Millisecond)
		st.SetCamera(false)
		after(time.Second)
		if got := fault.CodeOf(st.AskNow()); got != "source.not_live" {
			t.Errorf("got %q", got)
		}
	})
}

func TestFailuresAreWaitedOutLongerUpToFourSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", 0)
		st.model.setFailure(errors.New("no"))
		after(3 * time.Minute)
		asked := st.model.times()
		want := []time.Duration{1, 2, 4, 4, 4, 4, 4, 4}
		for i, w := range want {
			gap := asked[i+1].Sub(asked[i])
			if gap < w*time.Second || gap > w*time.Second+50*time.Millisecond {
				t.Errorf("wait %d was %v, want %d s", i+1, gap, w)
			}
		}
		st.model.setFailure(nil)
		after(5 * time.Second)
		if s := st.State().Asking; !s.Askers[0].Answered || s.Askers[0].LastErr != nil || !s.RetryAt.IsZero() {
			t.Errorf("it should have recovered by itself: %+v", s)
		}
		st.end()
		st.wantAddsUp()
	})
}

func TestServerThatSaysHowLongIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 0)
		st.model.setFailure(&fault.Error{Code: "backend.rate_limited", RetryAfter: 40 * time.Second})
		after(10 * time.Second)
		if err := st.AskNow(); err != nil {
			t.Fatal(err)
		}
		after(29 * time.Second)
		if n := len(st.model.times()); n != 1 {
			t.Fatalf("asked %d times within Retry-After, even for a person: want once", n)
		}
		after(2 * time.Second)
		if n := len(st.model.times()); n != 2 {
			t.Errorf("asked %d times after Retry-After, want twice", n)
		}
	})
}

func TestAskNowDoesNotWaitOutAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", 0)
		st.model.setFailure(errors.New("no"))
		after(20 * time.Second) // well into the longest waits
		before := len(st.model.times())
		if err := st.AskNow(); err != nil {
			t.Fatal(err)
		}
		after(50 * time.Millisecond)
		if n := len(st.model.times()); n != before+1 {
			t.Errorf("asked %d times, want %d", n, before+1)
		}
	})
}

func TestLostCameraComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 0)
		after(2 * time.Second)
		unplugged := errors.New("unplugged")
		st.camera.setFailure(unplugged)
		after(10 * time.Second)
		if s := st.State().Source; s.Phase != Lost || !errors.Is(s.Err, unplugged) || s.FPS != 0 {
			t.Fatalf("got %+v, want it lost with the reason", s)
		}
		if _, ok := st.Latest().Newest(); !ok {
			t.Error("the last picture should stay, to be shown dimmed")
		}
		before := st.State().Counts
		st.camera.setFailure(nil)
		after(3 * time.Second)
		now := st.State()
		if now.Source.Phase != Live || now.Counts.Answered == before.Answered {
			t.Errorf("replugged for 3 s: %+v", now)
		}
	})
}

func TestAddressThatIsWrongIsNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 0)
		st.SetSource("bad")
		after(time.Hour)
		if s := st.State().Source; s.Phase != Lost || fault.CodeOf(s.Err) != "source.uri" {
			t.Fatalf("got %+v", s)
		}
		if n := st.bad.Load(); n != 1 {
			t.Errorf("it was tried %d times, want once: only another address helps", n)
		}
		st.SetSource("camera:")
		after(time.Second)
		if s := st.State().Source; s.Phase != Live {
			t.Errorf("another source should work at once, got %+v", s)
		}
	})
}

func TestOldSourcesPictureIsGoneAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "0", time.Second)
		after(1500 * time.Millisecond)
		newest := st.State().Counts.Captured
		st.SetSource("other:")
		if _, ok := st.Latest().Newest(); ok {
			t.Error("the old source's picture is still there")
		}
		after(5 * time.Second)
		st.end()
		for _, o := range st.notes.with(sight.Answered)[1:] {
			if o.Frame.Number <= newest {
				t.Errorf("frame %d of the old source was asked about after the change", o.Frame.Number)
			}
		}
		st.wantAddsUp()
	})
}

func TestCameraIsOnOnlyWhileSomebodyLooksOrAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := perform(t, "1s", 0)
		check := func(what string, want bool) {
			t.Helper()
			after(time.Second)
			if got := st.camera.isOpen(); got != want {
				t.Errorf("%s: open %v, want %v", what, got, want)
			}
		}
		check("asking", true)
		st.Stop()
		check("stopped and hidden", false)
		st.SetShown(true)
		check("shown", true)
		st.SetCamera(false)
		check("switched off", false)
		if _, ok := st.Latest().Newest(); ok {
			t.Error("a camera that is off shows no picture")
		}
		st.Start()
		check("asking with the camera off", false)
	})
}

// TestOutcomesAddUpWhateverHappens drives a session by random wishes, failures and waits; in the end every sample has one outcome.
func TestOutcomesAddUpWhateverHappens(t *testing.T) {
	paces := []string{"0", "1s", "7f", "asked", "300ms"}
	for seed := range uint64(25) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			st := perform(t, "0", 100*time.Millisecond)
			for range 150 {
				st.randomWish(r, paces)
				after(time.Duration(r.IntN(700)) * time.Millisecond)
			}
			st.end()
			st.wantAddsUp()
			if st.narrow.out != 0 {
				t.Errorf("seed %d: %d turns were never given back", seed, st.narrow.out)
			}
			ends := make(map[uint64]bool)
			for _, o := range st.notes.seen {
				if ends[o.Seq] {
					t.Fatalf("seed %d: sample %d ended twice", seed, o.Seq)
				}
				ends[o.Seq] = true
			}
		})
	}
}

// randomAskers is up to three, with limited room or without.
func (st *stage) randomAskers(r *rand.Rand) []Answerer {
	var askers []Answerer
	for i := range r.IntN(4) {
		var asker Asker = st.model
		if r.IntN(2) == 0 {
			asker = st.narrow
		}
		askers = append(askers, Answerer{Asker: asker, Backend: fmt.Sprint(i)})
	}
	return askers
}

func (st *stage) randomWish(r *rand.Rand, paces []string) {
	switch r.IntN(10) {
	case 0:
		p, _ := sampler.ParsePace(paces[r.IntN(len(paces))])
		st.SetPace(p)
	case 1:
		st.SetTask(Task{Askers: st.randomAskers(r), Prompt: fmt.Sprint(r.IntN(3))})
	case 2:
		st.SetSource(fmt.Sprintf("camera:%d", r.IntN(2)))
	case 3:
		st.Stop()
	case 4, 5:
		st.Start()
	case 6:
		_ = st.AskNow() // without a picture it may say so
	case 7:
		st.model.setFailure([]error{nil, errors.New("no")}[r.IntN(2)])
	case 8:
		st.camera.setFailure([]error{nil, nil, errors.New("gone")}[r.IntN(3)])
	case 9:
		st.SetCamera(r.IntN(3) > 0)
	}
}
