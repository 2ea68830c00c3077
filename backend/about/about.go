// Package about says what this program is and how it is doing, to a person who reports a problem; it is bound to the page as it is, and knows no
// Wails.
package about

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/journal"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/stats"
)

// Config is what a program says of itself. All of it is needed but Homepage.
type Config struct {
	Version  string
	Homepage string // of who hands out this program; empty: there is none
	Notice   string // whose work it is made of

	Machine func(ctx context.Context) stats.Snapshot
	Session Session
}

// Session is what a window is doing; a view is one.
type Session interface {
	Own() settings.Window
	Common() settings.Settings
	State() session.State
}

// Program is what the page shows of it.
type Program struct {
	Version  string `json:"version"`
	Homepage string `json:"homepage"` // empty: none
	Notice   string `json:"notice"`
	Log      string `json:"log"`   // path
	Crash    string `json:"crash"` // path of the newest report of a crash; empty: none
}

// About is bound to the page: each of its methods is one call of the page's.
type About struct{ config Config }

// New says nothing until it is asked.
func New(c Config) *About { return &About{config: c} }

// Program is what this program is.
func (a *About) Program() Program {
	return Program{
		Version: a.config.Version, Homepage: a.config.Homepage, Notice: a.config.Notice, Log: journal.Path(), Crash: journal.LastCrash(),
	}
}

// Crashed tells a person, at the next start, that Sightline crashed, and where the report lies.
func Crashed(report string) error {
	return &fault.Error{
		Code: "crashed", Message: "Sightline ended unexpectedly the last time.", Blame: fault.Us,
		Hint: "What happened is written down in " + report + "; Copy diagnostics, in the settings under About, includes it.",
	}
}

// patience is how long a look at the machine may take.
const patience = 2 * time.Second

// logLines is how much of the log goes along.
const logLines = 80

// Diagnostics is what helps others to find a fault, as Markdown that a person can read through before handing it on. It holds no key, no
// address, no prompt, no answer and no picture; names of cameras, backends and models are left out as well. webview is what the page knows of its browser.
func (a *About) Diagnostics(webview string) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var b strings.Builder
	fmt.Fprintf(&b, "## Sightline %s\n\n", a.config.Version)
	for _, part := range []string{program(webview), machine(a.config.Machine(ctx)), doing(a.config.Session), common(a.config.Session.Common())} {
		b.WriteString(part)
	}
	block(&b, "The newest lines of the log", journal.Tail(logLines))
	block(&b, "The last crash", journal.LastReport())
	return b.String()
}

func program(webview string) string {
	cgo := "without cgo"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-tags" {
				cgo = "tags " + s.Value
			}
		}
	}
	return fmt.Sprintf("- %s/%s, %s, %s\n- %s\n- webview: %s\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), cgo, system(), journal.Scrub(oneLine(webview)))
}

func machine(s stats.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- %d processors", runtime.NumCPU())
	if s.Model != "" {
		fmt.Fprintf(&b, " (%s)", s.Model)
	}
	if s.Memory != nil {
		fmt.Fprintf(&b, ", %d of %d MB used", s.Memory.Used>>20, s.Memory.Total>>20)
	}
	b.WriteString("\n")
	for _, g := range s.GPUs {
		fmt.Fprintf(&b, "- GPU: %s (%s)\n", g.Name, g.Kind)
	}
	if s.Fault != nil {
		fmt.Fprintf(&b, "- GPU: %s\n", s.Fault.Code)
	}
	if s.Own != nil {
		fmt.Fprintf(&b, "- this window: %.0f %% of a core, %d MB in %d processes\n", s.Own.CPU, s.Own.Memory>>20, s.Own.Processes)
	}
	return b.String()
}

func doing(s Session) string {
	w, state := s.Own(), s.State()
	kind, _, named := strings.Cut(w.Source, ":") // its name stays here
	if !named {
		kind = "chosen by Sightline"
	}
	c := state.Counts
	return fmt.Sprintf("- source: %s, %s, %d×%d, %.1f fps%s\n- asking: %t, every %s, %d compared, picture %d px\n"+
		"- outcomes: %d captured, %d sampled, %d answered, %d superseded, %d failed, %d cancelled%s\n",
		kind, state.Source.Phase, state.Source.Width, state.Source.Height, state.Source.FPS, code(state.Source.Err),
		state.Asking.On, w.Pace, len(w.Compare), w.ImageEdge,
		c.Captured, c.Sampled, c.Answered, c.Superseded, c.Failed, c.Cancelled, lastFaults(state.Asking.Askers))
}

func lastFaults(askers []session.AskerState) string {
	var codes string
	for _, a := range askers {
		codes += code(a.LastErr)
	}
	return codes
}

// code names a fault without its words, which may hold an address.
func code(err error) string {
	if err == nil {
		return ""
	}
	return ", fault " + sight.NewLineError(err).Code
}

func common(s settings.Settings) string {
	return fmt.Sprintf("- settings: %d backends, %d prompts, %d private sources, limit of recordings %d GB, metrics %t\n",
		len(s.Backends), len(s.Prompts), len(s.Private), s.Recording.LimitGB, s.Metrics.On)
}

func block(b *strings.Builder, title, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n```\n%s\n```\n", title, strings.ReplaceAll(text, "```", "'''"))
}

func oneLine(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(s), " ")
	return s[:min(len(s), most)]
}
