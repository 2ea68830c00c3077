// Package session runs one window's work: source → latest → sampler → sinks. It knows no Wails, no disk, no HTTP, and holds no state outside
// its Session, so that one process can run many.
//
// Two goroutines do it. One (camera.go) keeps the chosen source running and fills the slot; the other (asking.go) is the only one that
// decides about samples. What a person wants is written down in wishes, under one mutex; both are nudged and read it.
package session

import (
	"context"
	"slices"
	"sync"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// Asker answers questions; vlm.Asker has the promise.
type Asker = vlm.Asker

// Sink takes the outcomes of a session: a recorder, a list, a line on stdout.
type Sink interface {
	// Observe hears of every sampled frame once, in order of completion, from one goroutine. It returns at once.
	Observe(o sight.Observation)
}

// Watcher follows a session as it works. Its methods return at once; they are called by several goroutines.
type Watcher interface {
	// Asked says that a question about a frame has been put.
	Asked(q sight.Question)
	// Heard is a piece of the answer to question seq. Nothing is heard of a question that was withdrawn.
	Heard(seq uint64, e sight.Event)
	// Changed says that State has something new to tell.
	Changed()
}

// Task is what is asked, and of whom.
type Task struct {
	Askers []Answerer // each is asked about the same frames; nobody, where there is none

	Prompt, System          string
	MaxTokens               int
	Temperature             *float64
	ImageEdge, ImageQuality int
}

// Answerer is one of those who are asked.
type Answerer struct {
	Asker   Asker
	Backend string // the asker's shown name, for a failure that comes before it speaks
	Model   string
}

func (t Task) same(o Task) bool {
	sameHeat := t.Temperature == o.Temperature || t.Temperature != nil && o.Temperature != nil && *t.Temperature == *o.Temperature
	return sameHeat && slices.Equal(t.Askers, o.Askers) && t.Prompt == o.Prompt && t.System == o.System &&
		t.MaxTokens == o.MaxTokens && t.ImageEdge == o.ImageEdge && t.ImageQuality == o.ImageQuality
}

// sameAskers says whether both ask the same, so that a sample taken for one can be sent by the other.
func (t Task) sameAskers(o Task) bool {
	return slices.EqualFunc(t.Askers, o.Askers, func(a, b Answerer) bool { return a.Backend == b.Backend && a.Model == b.Model })
}

// Config is what a session is made of. Open and ID are needed.
type Config struct {
	ID    string
	Open  func(uri string) (capture.Source, error)
	Sinks []Sink
	Watch Watcher // nil: nobody follows
}

// Session is one window's life, or one `watch` run. Its methods may be called by any goroutine, also before and after Run.
type Session struct {
	id     string
	open   func(uri string) (capture.Source, error)
	sinks  []Sink
	watch  Watcher
	latest sight.Latest

	wall    func() time.Time // without a monotonic reading, which may leave out the time the machine slept
	settled progress         // of the frames, for a source that waits for whoever asks

	cameraNudge, askingNudge chan struct{} // buffered by one: a nudge is never lost, and never waited for

	mu       sync.Mutex // guards what follows
	wishes   wishes
	camera   cameraState
	asking   askingState
	counts   sight.Counts
	captured uint64 // frames, over all sources
}

// wishes is what a person wants, now.
type wishes struct {
	source   string // URI; empty: none
	cameraOn bool
	shown    bool // somebody looks at the picture
	recorded bool // somebody records it
	view     sight.View
	running  bool // asking goes on
	pace     sampler.Pace
	task     Task

	sourceTurn uint64 // grows with each change of source
	wakings    uint64 // grows when the machine has slept
	taskTurn   uint64 // grows with each change of task
	askNow     bool
}

// New makes a session that does nothing yet: no source, asking stopped, camera on.
func New(c Config) *Session {
	s := &Session{
		id: c.ID, open: c.Open, sinks: c.Sinks, watch: c.Watch, wall: func() time.Time { return time.Now().Round(0) },
		cameraNudge: make(chan struct{}, 1), askingNudge: make(chan struct{}, 1),
	}
	if s.watch == nil {
		s.watch = nobody{}
	}
	s.wishes.cameraOn = true
	return s
}

// Run works until ctx ends and then returns ctx's error. When it returns, everything it started has ended, every sampled frame has its
// outcome, and the sinks have heard of all of them.
func (s *Session) Run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { newCamera(s).run(ctx) })
	both.Go(func() { newAsking(s).run(ctx) })
	both.Wait()
	return ctx.Err()
}

// ID is the session's own name.
func (s *Session) ID() string { return s.id }

// Latest is the slot with the newest frame, for whoever shows it.
func (s *Session) Latest() *sight.Latest { return &s.latest }

// SetSource changes where frames come from. The old source's picture is gone at once, and a question about it is withdrawn.
func (s *Session) SetSource(uri string) {
	s.wish(func(w *wishes) {
		if w.source == uri {
			return
		}
		w.source = uri
		w.sourceTurn++
		s.latest.Clear()
		s.camera = cameraState{}
	})
}

// Reopen opens the source anew, also one whose fault only a person could mend.
func (s *Session) Reopen() {
	s.wish(func(w *wishes) {
		w.sourceTurn++
		s.latest.Clear()
		s.camera = cameraState{}
	})
}

// SetCamera switches the source on or off.
func (s *Session) SetCamera(on bool) { s.wish(func(w *wishes) { w.cameraOn = on }) }

// SetShown says whether somebody looks at the picture. The source runs only while somebody looks, asks or records.
func (s *Session) SetShown(shown bool) { s.wish(func(w *wishes) { w.shown = shown }) }

// SetRecorded says whether somebody records the picture: the source then runs also while nobody looks or asks.
func (s *Session) SetRecorded(on bool) { s.wish(func(w *wishes) { w.recorded = on }) }

// SetView changes how the picture is seen, from the next frame on. The part that is asked about is cut out of the frames that are asked about only:
// whoever shows or records the picture has all of it.
func (s *Session) SetView(v sight.View) { s.wish(func(w *wishes) { w.view = v }) }

// SetTask changes what is asked. A question that was put by another task is withdrawn: its answer never shows under the new one.
func (s *Session) SetTask(t Task) {
	s.wish(func(w *wishes) {
		if !w.task.same(t) {
			w.task = t
			w.taskTurn++
			s.asking.Askers = make([]AskerState, len(t.Askers))
		}
	})
}

// SetPace changes when frames are picked.
func (s *Session) SetPace(p sampler.Pace) { s.wish(func(w *wishes) { w.pace = p }) }

// Start lets the asking go on; Stop ends it and the question in flight with it. The picture stays.
func (s *Session) Start() { s.wish(func(w *wishes) { w.running = true }) }

// Stop is described at Start.
func (s *Session) Stop() {
	s.wish(func(w *wishes) {
		w.running, w.askNow = false, false
		w.taskTurn++ // withdraws what is in flight
	})
}

// AskNow asks about the newest frame, whatever the pace, also while asking is stopped, and without waiting out a failure. It needs a living
// picture.
func (s *Session) AskNow() error {
	if s.State().Source.Phase != Live {
		return &fault.Error{
			Code: "source.not_live", Message: "There is no live picture to ask about.", Blame: fault.Source,
			Hint: "Switch the camera on or choose another source.",
		}
	}
	s.wish(func(w *wishes) { w.askNow = true })
	return nil
}

// wish changes what is wanted and nudges those who carry it out.
func (s *Session) wish(change func(*wishes)) {
	s.mu.Lock()
	change(&s.wishes)
	s.mu.Unlock()
	nudge(s.cameraNudge)
	nudge(s.askingNudge)
	s.watch.Changed()
}

func (s *Session) wanted() wishes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wishes
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// nobody follows.
type nobody struct{}

func (nobody) Asked(sight.Question)      {}
func (nobody) Heard(uint64, sight.Event) {}
func (nobody) Changed()                  {}

// backoff is how long to wait after so many failures in a row (from 1): first, doubled each time, at most limit.
func backoff(failures int, first, limit time.Duration) time.Duration {
	d := first
	for range failures - 1 {
		if d *= 2; d >= limit {
			return limit
		}
	}
	return d
}
