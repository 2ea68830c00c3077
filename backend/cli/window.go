package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"sightline/backend/fault"
	"sightline/backend/sampler"
	"sightline/backend/settings"
	"sightline/backend/windows"
)

// windowFlags are the arguments of a window, which is no command: `sightline` alone opens one, and with these it opens a certain one.
type windowFlags struct {
	Window  *string `help:"Which window: a name of small letters, digits and hyphens. A new one unless named." placeholder:"ID"`
	Source  *string `help:"What it watches: camera:, camera:NAME, sample:, pattern: or images:FOLDER?fps=30." placeholder:"URI"`
	Backend *string `help:"Who answers: builtin:, the name of a saved backend, or the URL of an OpenAI-compatible server, which is saved." placeholder:"URL|NAME"`
	Model   *string `help:"The model to ask." placeholder:"NAME"`
	Prompt  *string `help:"The question, or @FILE that holds it." placeholder:"TEXT|@FILE"`
	Every   *string `help:"When to ask: 2s, 30f (every 30 frames), 0 to ask as soon as the backend is free, or asked." placeholder:"PACE"`

	KeysOnStdin bool `hidden:"" help:"Another window sends its keys on stdin."`
}

// IsWindow says whether the arguments ask for a window rather than a command.
func IsWindow(args []string) bool {
	return len(args) == 0 || strings.HasPrefix(args[0], "--") && args[0] != "--help"
}

// OpenWindow opens the window in args (without the program's name) with run, which blocks until it is closed, and gives the exit status.
// Where the window is open already, or one of several is to be raised, that is all it does.
func (p Parts) OpenWindow(ctx context.Context, args []string, run func(*windows.Window) error) int {
	flags, done, err := parseWindow(p, args)
	if done {
		return exitOK
	}
	var wish windowWish
	if err == nil {
		wish, err = p.wish(flags)
	}
	if err != nil {
		return p.alert(p.misuse(err), err)
	}
	if !windows.DisplayHere() {
		return p.fail(&fault.Error{
			Code: "display", Message: "There is no display here to open a window on.", Hint: "Run sightline watch for the same session in this terminal.", Blame: fault.Us,
		})
	}
	if flags.KeysOnStdin {
		if err := windows.TakeKeys(p.Keys); err != nil {
			p.Tell(err)
		}
	}
	window, err := p.enter(ctx, wish)
	if errors.Is(err, windows.ErrRaised) {
		return exitOK
	}
	if err == nil {
		err = run(window)
	}
	if err != nil {
		return p.alert(p.fail(err), err)
	}
	return exitOK
}

// alert also shows what went wrong, where nobody sees what a window's program writes. It gives the status.
func (p Parts) alert(status int, err error) int {
	f := fault.From(err)
	windows.Alert(strings.TrimSpace(f.Message + "\n\n" + f.Hint))
	return status
}

// parseWindow reads the arguments. done says that help was shown.
func parseWindow(p Parts, args []string) (flags windowFlags, done bool, err error) {
	parser, err := kong.New(&flags,
		kong.Name("sightline"), kong.Description(windowDescription),
		kong.Writers(p.Stdout, p.Stderr), kong.Exit(func(int) { done = true }),
	)
	if err != nil {
		return flags, false, err
	}
	if _, err = parser.Parse(args); err != nil && !done {
		return flags, false, usage(sentence(err), "Run sightline --help to see what there is, sightline --window ID --help for a window.")
	}
	return flags, done, nil
}

// windowWish is a window as it is wanted: valid, and nothing of it saved yet.
type windowWish struct {
	id      string // empty: not named
	choices []func(*settings.Window)
	server  string // base of a server to save as a backend where none has it; empty: none
}

// wish checks what was asked before anything is changed.
func (p Parts) wish(flags windowFlags) (wish windowWish, err error) {
	if flags.Window != nil {
		wish.id = *flags.Window
		err = settings.CheckWindowID(wish.id)
	}
	for _, add := range []func(windowFlags, *windowWish) error{p.wishSource, p.wishBackend, p.wishQuestion} {
		if err == nil {
			err = add(flags, &wish)
		}
	}
	if err != nil {
		return wish, err
	}
	w := settings.DefaultWindow(cmp.Or(wish.id, windows.Main))
	wish.layOn(&w)
	return wish, settings.CheckWindow(w)
}

func (p Parts) wishSource(flags windowFlags, wish *windowWish) error {
	if flags.Source == nil {
		return nil
	}
	wish.choose(func(w *settings.Window) { w.Source, w.CameraOn = *flags.Source, true })
	if *flags.Source == "" {
		return nil
	}
	_, err := p.Sources.Open(*flags.Source)
	return err
}

// wishBackend finds who is named. A backend brings the model it was asked for last; a server that is not saved is saved when the window opens.
func (p Parts) wishBackend(flags windowFlags, wish *windowWish) error {
	if flags.Backend != nil {
		b, base, err := p.named(*flags.Backend)
		if err != nil {
			return err
		}
		if wish.server = base; base == "" {
			wish.choose(func(w *settings.Window) { w.Backend, w.Model = b.ID, b.Model })
		}
	}
	if flags.Model != nil {
		wish.choose(func(w *settings.Window) { w.Model = *flags.Model })
	}
	return nil
}

// named is the backend a person means, or the base of a server none is saved for.
func (p Parts) named(name string) (b settings.Backend, base string, err error) {
	if name == settings.Builtin {
		return settings.Backend{ID: settings.Builtin}, "", nil
	}
	backends := p.Store.Settings().Backends
	if i := slices.IndexFunc(backends, func(b settings.Backend) bool { return strings.EqualFold(b.Name, name) }); i >= 0 {
		return backends[i], "", nil
	}
	if !strings.ContainsAny(name, ":./") {
		return b, "", usage(fmt.Sprintf("No backend is saved as %q.", name), savedHint(backends))
	}
	base, _, _, err = p.Servers.Base(name)
	if err != nil {
		return b, "", err
	}
	if i := at(backends, base); i >= 0 {
		return backends[i], "", nil
	}
	return b, base, nil
}

func (p Parts) wishQuestion(flags windowFlags, wish *windowWish) error {
	if flags.Prompt != nil {
		text, err := textOf(*flags.Prompt)
		if err != nil {
			return err
		}
		wish.choose(func(w *settings.Window) { w.Prompt = text })
	}
	if flags.Every != nil {
		pace, err := sampler.ParsePace(*flags.Every)
		if err != nil {
			return err
		}
		wish.choose(func(w *settings.Window) { w.Pace = pace.String() })
	}
	return nil
}

func (wish *windowWish) choose(choice func(*settings.Window)) {
	wish.choices = append(wish.choices, choice)
}

func (wish windowWish) layOn(w *settings.Window) {
	for _, choice := range wish.choices {
		choice(w)
	}
}

func (wish windowWish) none() bool { return len(wish.choices) == 0 && wish.server == "" }

// enter makes this process the window that is wanted, and saves its choices.
func (p Parts) enter(ctx context.Context, wish windowWish) (*windows.Window, error) {
	desk := windows.Desk{Dir: windows.Dir(), Store: p.Store, Keys: p.Keys}
	var w *windows.Window
	var err error
	switch {
	case wish.id != "":
		w, err = desk.Enter(ctx, wish.id)
	case wish.none():
		w, err = desk.Start(ctx)
	default:
		w, err = desk.EnterNew(ctx)
	}
	if errors.Is(err, windows.ErrRaised) && !wish.none() {
		fmt.Fprintf(p.Stderr, "The window %s is open already: it was raised, and keeps its own choices.\n", wish.id)
	}
	if err != nil || wish.none() {
		return w, err
	}
	if err := p.save(ctx, wish, w.ID); err != nil {
		w.Keep()
		return nil, err
	}
	return w, nil
}

// save lays the wish over what the window was left with.
func (p Parts) save(ctx context.Context, wish windowWish, id string) error {
	if wish.server != "" {
		b, err := p.saveServer(ctx, wish.server)
		if err != nil {
			return err
		}
		wish.choices = slices.Insert(slices.Clone(wish.choices), 0, func(w *settings.Window) { w.Backend, w.Model = b.ID, b.Model })
	}
	_, err := p.Store.ChangeWindow(ctx, id, func(w *settings.Window) error {
		wish.layOn(w)
		return nil
	})
	return err
}

// saveServer gives the backend of a server, made now unless another window was quicker. It is called by its host.
func (p Parts) saveServer(ctx context.Context, base string) (settings.Backend, error) {
	var b settings.Backend
	_, err := p.Store.Change(ctx, func(s *settings.Settings) error {
		if i := at(s.Backends, base); i >= 0 {
			b = s.Backends[i]
			return nil
		}
		b = settings.Backend{ID: settings.NewID(), Name: settings.FreeName(base, s.Backends), URL: base}
		s.Backends = append(s.Backends, b)
		return nil
	})
	return b, err
}

// at finds the backend one of whose servers has this base.
func at(backends []settings.Backend, base string) int {
	return slices.IndexFunc(backends, func(b settings.Backend) bool { return slices.Contains(b.URLs(), base) })
}
