package cli

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"sightline/backend/settings"
	"sightline/backend/windows"
)

type windowsCommand struct {
	JSON bool `help:"Write one JSON object." name:"json"`
}

// windowList is the JSON of `windows --json`. What a window asks is its own, and so is not in it.
type windowList struct {
	Windows []listedWindow `json:"windows"`
}

type listedWindow struct {
	ID      string `json:"id"`
	Open    bool   `json:"open"`
	Source  string `json:"source,omitempty"`  // absent: the first camera, else the sample
	Backend string `json:"backend,omitempty"` // its name; absent: it was deleted
	Model   string `json:"model,omitempty"`
	Every   string `json:"every"`
}

// run lists the windows that are open, and those that come back at the next start.
func (c *windowsCommand) run(ctx context.Context, parts Parts) int {
	list, err := parts.windows(ctx)
	if err != nil {
		return parts.fail(err)
	}
	if c.JSON {
		return status(writeJSON(parts.Stdout, windowList{list}))
	}
	for _, w := range list {
		fmt.Fprintln(parts.Stdout, w.forTerminal())
	}
	return exitOK
}

func (p Parts) windows(ctx context.Context) ([]listedWindow, error) {
	desk := windows.Desk{Dir: windows.Dir(), Store: p.Store}
	open, err := desk.Running(ctx)
	if err != nil {
		return nil, err
	}
	ids := append(p.Store.Windows(), open...)
	slices.Sort(ids)
	common := p.Store.Settings()
	list := []listedWindow{}
	for _, id := range slices.Compact(ids) {
		w, err := p.Store.Window(id)
		if err != nil {
			return nil, err
		}
		list = append(list, listedWindow{
			ID: id, Open: slices.Contains(open, id), Source: withoutUser(w.Source), Backend: nameOf(w.Backend, common.Backends), Model: w.Model, Every: w.Pace,
		})
	}
	return list, nil
}

func (w listedWindow) forTerminal() string {
	state := "closed"
	if w.Open {
		state = "open"
	}
	line := fmt.Sprintf("%-12s %-7s %s, %s", w.ID, state, cmp.Or(w.Source, "the first camera"), cmp.Or(w.Backend, "a backend that was deleted"))
	if w.Model != "" {
		line += " " + w.Model
	}
	return line + ", " + pace(w.Every)
}

func pace(every string) string {
	switch every {
	case "0":
		return "back to back"
	case "asked":
		return "when asked"
	}
	return "every " + every
}

// nameOf is what a backend is called; nothing where it is no longer saved.
func nameOf(id string, backends []settings.Backend) string {
	if id == settings.Builtin {
		return settings.BuiltinName
	}
	i := slices.IndexFunc(backends, func(b settings.Backend) bool { return b.ID == id })
	if i < 0 {
		return ""
	}
	return backends[i].Name
}

// withoutUser leaves out of a source's URI whom it is opened as: a password may be with it.
func withoutUser(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.User == nil {
		return source
	}
	u.User = nil
	return u.String()
}
