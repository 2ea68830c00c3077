package view

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/preview"
	"sightline/backend/recent"
	"sightline/backend/recorder"
	"sightline/backend/sampler"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// Config is what a view is made of. All of it is needed.
type Config struct {
	Session string // a new session's ID
	Window  string // whose choices, in the store
	Version string

	Settings string // the folder of the settings' files
	Keys     Keys
	Sources  capture.Table
	Servers  Servers
	Sinks    []session.Sink // further ones, besides the view and the recorder

	Files archive.Files                              // where recordings go
	Free  func(dir string) (bytes uint64, err error) // free space where dir is

	Emit     func([]Event) // takes events to the page; called by one goroutine
	Recorded func()        // a recording has ended; returns at once
	Awake    func(on bool) // the machine is to stay awake, or not any more; returns at once

	Followed func(settings.Settings) // what all windows have in common is now so; returns at once
}

// Keys holds API keys by origin ("https://host:443").
type Keys interface {
	Set(ctx context.Context, origin, key string) (persisted bool, err error)
	Delete(ctx context.Context, origin string) error
	Has(ctx context.Context, origin string) bool
	Persistent() bool
}

// Servers knows the backends: which asker answers for which, and what can be said of one before it is used.
type Servers interface {
	Builtin() vlm.Asker
	// Asker asks a backend, or who stands in for it, about a source: one that is to stay on this network is refused to those outside.
	Asker(b settings.Backend, common settings.Settings, source string) (vlm.Asker, error)
	Examined(b settings.Backend, common settings.Settings) ([]doctor.Server, error) // its servers, for the doctor
	Private(common settings.Settings, source string) bool                           // the source is to stay on this network
	Leaves(b settings.Backend) bool                                                 // pictures sent there leave this network

	Base(url string) (base, origin string, public bool, err error) // forgiving input, as it is saved
	Models(ctx context.Context, base, key, caFile string) ([]string, error)
	Find(ctx context.Context) []FoundServer
}

// View is one window's session as its page sees it, and what the page can do with it. Its methods may be called by any goroutine.
type View struct {
	Config
	store    *settings.Store
	session  *session.Session
	recorder *recorder.Recorder
	before   *before
	recent   *recent.Answers
	feed     *feed
	changes  sync.Mutex // one change of choices or settings at a time; taken before mu

	mu       sync.Mutex // guards what follows
	window   settings.Window
	common   settings.Settings
	unsaved  bool           // common holds changes that the disk does not know
	source   capture.Device // what is open, resolved
	chosen   bool           // by the person, not by Sightline
	firstRun bool
	notices  []Notice
	hired    []hired                // for each column
	pending  map[uint64]*pendingRow // questions in flight, by seq
	shown    Shown
}

// Shown is what the page was last told of the states that come and go by themselves.
type Shown struct {
	Source  Source
	Backend Backend
	Others  []Backend
	Asking  Asking
	Counts  sight.Counts

	Recording Recording
}

// New makes the view of a window whose choices are in the store. Nothing runs yet, nothing is opened.
func New(c Config) *View {
	v := &View{Config: c, recent: recent.New(c.Session), feed: newFeed(c.Emit), pending: map[uint64]*pendingRow{}, before: newBefore()}
	v.session = session.New(session.Config{ID: c.Session, Open: c.Sources.Open, Sinks: append([]session.Sink{v}, c.Sinks...), Watch: watcher{v}})
	v.recorder = recorder.New(recorder.Config{
		Files: c.Files, Version: c.Version, Session: c.Session, Latest: v.session.Latest(), Free: c.Free,
		Changed: v.feed.touch, Notify: v.Notify,
	})
	v.store = settings.Open(c.Settings, func(f *fault.Error) { v.Notify(f) })
	v.firstRun = v.store.FirstRun()
	v.common = v.store.Settings()
	window, err := v.store.Window(c.Window)
	if err != nil {
		v.Notify(err)
	}
	v.window = window
	return v
}

// Run works until ctx ends. When it returns, everything it started has ended.
func (v *View) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() { v.begin(ctx) })
	all.Go(func() { v.work(ctx) })
	all.Go(func() { _ = v.recent.Run(ctx) })
	all.Go(func() { _ = v.store.Watch(ctx, v.follow) })
	all.Go(func() { v.feed.run(ctx, v.refresh) })
	all.Wait()
	return ctx.Err()
}

// work runs the session until ctx ends, and the recorder until the session's last outcome is with it.
func (v *View) work(ctx context.Context) {
	recording, done := context.WithCancel(context.WithoutCancel(ctx))
	var closed sync.WaitGroup
	closed.Go(func() { _ = v.recorder.Run(recording) }) // these end with the context's own error
	_ = v.session.Run(ctx)
	done()
	closed.Wait()
}

// begin takes up the window's choices as they were left.
func (v *View) begin(ctx context.Context) {
	var first capture.Device
	if v.current().Source == "" {
		first = v.Sources.First(ctx) // may take its time: the person can choose meanwhile
	}
	v.changes.Lock()
	defer v.changes.Unlock()
	w := v.resolve(first)
	if v.costly(w) {
		w.Asking = false
		v.Notify(&fault.Error{
			Code: "backend.costly", Message: "Asking back to back costs money at this backend, so it has not started by itself.",
			Hint: "Press Ask to start it, or choose a slower pace.",
		})
	}
	v.apply(w)
	if w.Asking {
		v.session.Start()
	}
}

// resolve decides which source the window opens, first if nobody has decided, and gives its choices.
func (v *View) resolve(first capture.Device) settings.Window {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.source, v.chosen = first, false
	if uri := v.window.Source; uri != "" {
		v.source, v.chosen = v.Sources.Describe(uri), true
	}
	return v.window
}

// Handler serves the page's pictures: /live/frame, /live/thumb and /live/picture.
func (v *View) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/live/frame", preview.New(v.session.Latest()))
	mux.Handle(recent.ThumbPath, v.recent)
	mux.Handle(recent.PicturePath, v.recent)
	return mux
}

// Snapshot is everything the page needs to draw itself.
func (v *View) Snapshot() Snapshot {
	state := v.look()
	v.mu.Lock()
	defer v.mu.Unlock()
	return Snapshot{
		N: v.feed.seal(), Session: v.Session, Version: v.Version,
		Window: v.window, Settings: v.common, Presets: settings.Presets(),
		Source: state.Source, Backend: state.Backend, Others: state.Others, Asking: state.Asking, Counts: state.Counts, Recording: state.Recording,
		Rows: v.rowsLocked(), Notices: append([]Notice{}, v.notices...),
		Keyring: v.Keys.Persistent(), FirstRun: v.firstRun,
	}
}

// Start lets the asking go on, and Stop ends it; the next start of the window remembers which.
func (v *View) Start(ctx context.Context) {
	v.session.Start()
	v.remember(ctx, func(w *settings.Window) { w.Asking = true })
}

// Stop is described at Start.
func (v *View) Stop(ctx context.Context) {
	v.session.Stop()
	v.remember(ctx, func(w *settings.Window) { w.Asking = false })
}

// AskNow asks about the newest frame.
func (v *View) AskNow() error { return v.session.AskNow() }

// SetShown says whether the person can see the page.
func (v *View) SetShown(shown bool) {
	v.session.SetShown(shown)
	v.feed.setShown(shown)
}

// Asked is the saved backends that are asked now, each once.
func (v *View) Asked() []settings.Backend {
	v.mu.Lock()
	defer v.mu.Unlock()
	var asked []settings.Backend
	for _, c := range columnsOf(v.window) {
		b, ok := find(v.common.Backends, c.Backend)
		if ok && !slices.ContainsFunc(asked, func(o settings.Backend) bool { return o.ID == b.ID }) {
			asked = append(asked, b)
		}
	}
	return asked
}

// State is the session now.
func (v *View) State() session.State { return v.session.State() }

// Exchange is the raw talk of an answer, nil where there was none.
func (v *View) Exchange(seq uint64) *sight.Exchange {
	exchange, _ := v.recent.Exchange(seq)
	return exchange
}

// Picture is the newest picture as the person sees it; false where there is none.
func (v *View) Picture() (*sight.Picture, bool) {
	f, ok := v.session.Latest().Newest()
	return f.Picture, ok
}

// Source is the URI of what is open.
func (v *View) Source() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.source.URI
}

// Reopen opens the source anew, as after a login.
func (v *View) Reopen() { v.session.Reopen() }

// Remember keeps the window's geometry.
func (v *View) Remember(ctx context.Context, g settings.Geometry) {
	v.remember(ctx, func(w *settings.Window) { w.Geometry = g })
}

// Own is the window's own choices.
func (v *View) Own() settings.Window { return v.current() }

// Common is what all windows have in common.
func (v *View) Common() settings.Settings {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.common.Clone()
}

// Geometry is the window's size and place as it was left.
func (v *View) Geometry() settings.Geometry {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window.Geometry
}

// Notify tells the person of something that belongs to no answer.
func (v *View) Notify(err error) {
	f := fault.From(err)
	n := Notice{Code: f.Code, Message: f.Message, Hint: f.Hint}
	v.mu.Lock()
	v.notices = append(v.notices, n)
	v.mu.Unlock()
	v.feed.add(Event{Kind: "notice", Notice: &n})
}

// costly says that asking back to back sends pictures, and bills, out of this network as fast as they go.
func (v *View) costly(w settings.Window) bool {
	pace, err := sampler.ParsePace(w.Pace)
	if err != nil || pace != (sampler.Pace{}) || !w.Asking {
		return false
	}
	return slices.ContainsFunc(columnsOf(w), func(c settings.Column) bool { return v.backendOf(c).Public })
}

// saveTimeout bounds a change on disk; the store itself waits at most two seconds for another window.
const saveTimeout = 5 * time.Second
