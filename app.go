package main

import (
	"context"
	"crypto/rand"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	webview "github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"sightline/backend/about"
	"sightline/backend/archive"
	"sightline/backend/capture/camera"
	"sightline/backend/cli"
	"sightline/backend/doctor"
	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/sources"
	"sightline/backend/stats"
	"sightline/backend/view"
	"sightline/backend/windows"
	"sightline/backend/wiring"
)

// The smallest window in which everything has its place, pixels.
const (
	minWidth  = 720
	minHeight = 520
)

// App is what the page can call. Each method is one call of its view, or of its place among the windows.
type App struct {
	view  *view.View
	shelf *wiring.Shelf
	dials *wiring.Dials
	about *about.About
	scene *sources.Sources
	place *windows.Window
	kept  atomic.Bool     // this window comes back at the next start, however many others there are
	ctx   context.Context // Wails' own, from startup on
	end   context.CancelFunc
	ended sync.WaitGroup
	told  chan os.Signal // to end, by the system
}

// runApp opens the window at its place and blocks until it is closed. crashed is the report of the crash it comes back from; empty: it does not.
func runApp(place *windows.Window, ring *keys.Keys, crashed string) error {
	camera.FreeThread() // before the webview wants this thread for itself
	app := &App{place: place, told: make(chan os.Signal, 1)}
	signal.Notify(app.told, os.Interrupt, syscall.SIGTERM) // Wails ends the window then; see shutdown
	app.shelf = wiring.NewShelf()
	defer app.shelf.Close()
	servers := wiring.NewServers(ring)
	defer servers.Close()
	app.dials = wiring.NewDials(place.ID, servers, app.shelf.Folder, func() wiring.Watched { return app.view })
	defer app.dials.Close()
	app.view = newView(place.ID, ring, servers, app)
	app.about = about.New(about.Config{
		Version: cli.Version, Homepage: cli.Homepage, Notice: notice, Machine: app.dials.Machine, Session: app.view,
	})
	app.scene = wiring.NewScene(app.view.Sources, ring, app.view)
	if crashed != "" {
		app.view.Notify(about.Crashed(crashed))
	}
	assets, err := fs.Sub(page, "frontend/dist")
	if err != nil {
		return err
	}
	if err := wails.Run(app.options(assets)); err != nil {
		return &fault.Error{
			Code: "window.webview", Message: "The window cannot be opened.", Hint: webviewHint, Blame: fault.Us, Cause: err,
		}
	}
	return nil
}

// webviewHint is what helps a system whose webview does not start.
const webviewHint = "On Windows, Sightline needs Microsoft's WebView2 runtime: install it, then start Sightline again. " +
	"On Linux, check that WebKitGTK 4.1 is installed whole. sightline-cli watch works without."

// newView wires the window's view.
func newView(id string, ring *keys.Keys, servers *wiring.Servers, app *App) *view.View {
	return view.New(view.Config{
		Session: strings.ToLower(rand.Text()[:8]), Window: id, Version: cli.Version, Settings: settings.Dir(),
		Keys: ring, Sources: wiring.Sources(ring.Login), Servers: servers, Sinks: app.dials.Sinks(),
		Files: archive.OS(), Free: stats.Free, Emit: app.emit, Recorded: app.shelf.Tidy, Awake: wiring.StayAwake(), Followed: app.dials.Follow,
	})
}

func (a *App) options(assets fs.FS) *options.App {
	g := a.view.Geometry()
	handler := a.view.Handler()
	state := options.Normal
	if g.Maximised {
		state = options.Maximised
	}
	return &options.App{
		Title: "Sightline", Width: g.Width, Height: g.Height, MinWidth: minWidth, MinHeight: minHeight,
		WindowStartState: state,
		BackgroundColour: options.NewRGB(0x11, 0x13, 0x15),
		AssetServer: &assetserver.Options{Assets: assets, Middleware: func(next http.Handler) http.Handler {
			return pictures(handler, a.shelf.Handler(), next)
		}},
		OnStartup:      a.startup,
		OnBeforeClose:  a.beforeClose,
		OnShutdown:     a.shutdown,
		Bind:           []any{a, a.shelf.Library, a.dials.Gauges, a.about, a.scene},
		ErrorFormatter: formatError,
		Windows:        &webview.Options{WebviewUserDataPath: filepath.Join(settings.Dir(), "webview"), Messages: messages()},
		Linux:          &linux.Options{Icon: icon, ProgramName: "sightline", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	}
}

// messages are what Wails says on Windows where the webview is missing.
func messages() *webview.Messages {
	m := webview.DefaultMessages()
	m.MissingRequirements = "Sightline needs WebView2"
	m.FailedToInstall = webviewHint
	return m
}

// pictures answers for /live/ and /recorded/ and leaves the rest to the page's own files.
func pictures(live, recorded, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/live/"):
			live.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/recorded/"):
			recorded.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// formatError gives the page a fault as a person reads it; what nobody knows is logged.
func formatError(err error) any {
	f := fault.From(err)
	if f.Code == fault.CodeUnexpected {
		slog.Error("call failed", "cause", f.Cause)
	}
	return sight.NewLineError(f)
}

func (a *App) startup(ctx context.Context) {
	a.ctx = ctx
	run, end := context.WithCancel(ctx)
	a.end = end
	if g := a.view.Geometry(); g.Placed && windows.Placeable() {
		runtime.WindowSetPosition(ctx, g.X, g.Y)
	}
	a.ended.Go(func() { _ = a.view.Run(run) }) // these end with the context's own error
	a.ended.Go(func() { a.shelf.Run(run, a.view.Notify) })
	a.ended.Go(func() { a.dials.Run(run, a.view.Notify) })
	a.ended.Go(func() {
		if err := a.place.Serve(run, windows.Handlers{Raise: a.raise, Quit: a.leave}); run.Err() == nil {
			slog.Warn("the other windows cannot reach this one", "cause", err)
		}
	})
	a.ended.Go(func() {
		if err := a.place.Restore(run); err != nil && run.Err() == nil {
			a.view.Notify(err)
		}
	})
}

// raise brings the window before all others.
func (a *App) raise() {
	runtime.WindowUnminimise(a.ctx)
	runtime.WindowShow(a.ctx)
}

// leave closes the window, which comes back at the next start.
func (a *App) leave() {
	a.kept.Store(true)
	go runtime.Quit(a.ctx) // it waits for the window, which may wait for us
}

// beforeClose keeps the window's size and place while there still is a window.
func (a *App) beforeClose(ctx context.Context) (prevent bool) {
	g := a.view.Geometry()
	g.Maximised = runtime.WindowIsMaximised(ctx)
	if !g.Maximised {
		g.Width, g.Height = runtime.WindowGetSize(ctx)
		g.X, g.Y = runtime.WindowGetPosition(ctx)
		g.Placed = windows.Placeable()
	}
	a.view.Remember(ctx, g)
	return false
}

// shutdown ends the session. One of several windows that the person closed is forgotten; one that the system ended comes back.
func (a *App) shutdown(context.Context) {
	a.end()
	a.ended.Wait()
	select {
	case <-a.told:
		a.kept.Store(true)
	default:
	}
	if a.kept.Load() {
		a.place.Keep()
		return
	}
	if err := a.place.Close(context.Background()); err != nil {
		slog.Warn("closed window is not forgotten", "cause", err)
	}
}

func (a *App) emit(events []view.Event) { runtime.EventsEmit(a.ctx, view.EventName, events) }

// Snapshot is everything the page needs to draw itself.
func (a *App) Snapshot() view.Snapshot { return a.view.Snapshot() }

// Choose changes this window's own choices.
func (a *App) Choose(c view.Choices) (settings.Window, error) { return a.view.Choose(a.ctx, c) }

// Start lets the asking go on.
func (a *App) Start() { a.view.Start(a.ctx) }

// Stop ends the asking, and the question in flight.
func (a *App) Stop() { a.view.Stop(a.ctx) }

// AskNow asks about the newest frame.
func (a *App) AskNow() error { return a.view.AskNow() }

// SetShown says whether the person can see the page.
func (a *App) SetShown(shown bool) {
	if shown {
		a.place.Active()
	}
	a.view.SetShown(shown)
}

// NewWindow opens another window.
func (a *App) NewWindow() error {
	_, err := a.place.OpenNew(a.ctx)
	return err
}

// DuplicateWindow opens another window with this one's choices.
func (a *App) DuplicateWindow() error {
	_, err := a.place.Duplicate(a.ctx, a.view.Own())
	return err
}

// CloseWindow closes this window.
func (a *App) CloseWindow() { go runtime.Quit(a.ctx) }

// Quit closes all windows; they come back at the next start.
func (a *App) Quit() {
	a.place.QuitOthers(a.ctx)
	a.leave()
}

// Reopen opens the source anew, as a video that has come to its end.
func (a *App) Reopen() { a.view.Reopen() }

// PickFolder lets the person choose a folder of pictures and gives its source URI; empty when they did not.
func (a *App) PickFolder() (string, error) {
	folder, err := runtime.OpenDirectoryDialog(a.ctx, runtime.OpenDialogOptions{Title: "A folder of pictures"})
	if err != nil || folder == "" {
		return "", err
	}
	return "images:" + folder, nil
}

// PickVideo lets the person choose a video file and gives its source URI; empty when they did not.
func (a *App) PickVideo() (string, error) {
	file, err := runtime.OpenFileDialog(a.ctx, runtime.OpenDialogOptions{
		Title: "A video", Filters: []runtime.FileFilter{
			{DisplayName: "Videos", Pattern: "*.mp4;*.mkv;*.webm;*.mov;*.avi;*.m4v;*.ts;*.mpg;*.mpeg;*.wmv;*.flv;*.h264;*.gif"},
			{DisplayName: "All files", Pattern: "*"},
		},
	})
	if err != nil || file == "" {
		return "", err
	}
	return "file:" + file, nil
}

// PickProgram lets the person choose a program; empty when they did not.
func (a *App) PickProgram() (string, error) {
	return runtime.OpenFileDialog(a.ctx, runtime.OpenDialogOptions{Title: "The program ffmpeg"})
}

// SetFFmpeg says which program decodes video; empty: the one on PATH.
func (a *App) SetFFmpeg(path string) error { return a.view.SetFFmpeg(a.ctx, path) }

// FindServers looks for servers on this machine.
func (a *App) FindServers() []view.FoundServer { return a.view.FindServers(a.ctx) }

// InspectBackend asks a server what models it has.
func (a *App) InspectBackend(url, key, caFile string) (view.BackendInfo, error) {
	return a.view.InspectBackend(a.ctx, url, key, caFile)
}

// SaveBackend adds or changes a backend.
func (a *App) SaveBackend(form view.BackendForm) (settings.Backend, error) {
	return a.view.SaveBackend(a.ctx, form)
}

// DeleteBackend forgets a backend.
func (a *App) DeleteBackend(id string) error { return a.view.DeleteBackend(a.ctx, id) }

// ExamineBackend looks at a saved backend step by step; each step comes as an event too.
func (a *App) ExamineBackend(id, model string) (doctor.Report, error) {
	return a.view.Examine(a.ctx, id, model)
}

// PickCertificate lets the person choose a file of certificates; empty when they did not.
func (a *App) PickCertificate() (string, error) {
	return runtime.OpenFileDialog(a.ctx, runtime.OpenDialogOptions{
		Title: "Certificates in PEM form", Filters: []runtime.FileFilter{{DisplayName: "Certificates", Pattern: "*.pem;*.crt;*.cer"}},
	})
}

// SetPrivate says whether the pictures of a source are to stay on this network.
func (a *App) SetPrivate(uri string, on bool) error { return a.view.SetPrivate(a.ctx, uri, on) }

// SavePrompt adds or changes a prompt of the person's own.
func (a *App) SavePrompt(p settings.Prompt) (settings.Prompt, error) {
	return a.view.SavePrompt(a.ctx, p)
}

// DeletePrompt forgets a prompt.
func (a *App) DeletePrompt(id string) error { return a.view.DeletePrompt(a.ctx, id) }

// SetTheme chooses "auto", "light" or "dark".
func (a *App) SetTheme(theme string) error { return a.view.SetTheme(a.ctx, theme) }

// SetAgain chooses what starting Sightline again does while it runs: "new" or "raise".
func (a *App) SetAgain(mode string) error { return a.view.SetAgain(a.ctx, mode) }

// SetTimes sets how long a backend may take.
func (a *App) SetTimes(t settings.TimeLimits) error { return a.view.SetTimes(a.ctx, t) }

// Record begins or ends the recording of this window's session.
func (a *App) Record(on bool) { a.view.Record(on) }

// SetRecording sets how recordings are made.
func (a *App) SetRecording(r settings.Recording) error { return a.view.SetRecording(a.ctx, r) }

// PickRecordings lets the person choose a folder for recordings; empty when they did not.
func (a *App) PickRecordings() (string, error) {
	return runtime.OpenDirectoryDialog(a.ctx, runtime.OpenDialogOptions{Title: "A folder for recordings", CanCreateDirectories: true})
}

// PickRecording lets the person choose a recording's folder; empty when they did not.
func (a *App) PickRecording() (string, error) {
	return runtime.OpenDirectoryDialog(a.ctx, runtime.OpenDialogOptions{Title: "A recording's folder"})
}

// PickExport lets the person choose the file to export to; empty when they did not.
func (a *App) PickExport(name string) (string, error) {
	return runtime.SaveFileDialog(a.ctx, runtime.SaveDialogOptions{Title: "Export", DefaultFilename: name})
}

// Exchange is the raw talk of an answer.
func (a *App) Exchange(seq uint64) *sight.Exchange { return a.view.Exchange(seq) }

// SetGauges sets how often the machine is looked at, and how far back the page remembers.
func (a *App) SetGauges(g settings.Gauges) error { return a.view.SetGauges(a.ctx, g) }

// Metrics is what is told to Prometheus.
func (a *App) Metrics() view.Metrics { return a.view.Metrics(a.ctx) }

// SetMetrics switches metrics on or off.
func (a *App) SetMetrics(form view.MetricsForm) (view.Metrics, error) {
	return a.view.SetMetrics(a.ctx, form)
}

// Drawn notes that the page has drawn its first picture.
func (a *App) Drawn() { slog.Info("first picture drawn") }

// OpenLink opens a web page in the person's browser.
func (a *App) OpenLink(link string) error {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return &fault.Error{Code: "link", Message: "That link does not lead to a web page.", Hint: "Copy its text if you need it.", Blame: fault.Question}
	}
	runtime.BrowserOpenURL(a.ctx, u.String())
	return nil
}
