package cli

import (
	"fmt"
	"strings"

	"sightline/backend/sampler"
	"sightline/backend/settings"
	"sightline/backend/vlm"
)

// answerer is who was named by --backend.
type answerer struct {
	asker  vlm.Asker
	name   string // as shown
	model  string // the saved choice
	base   string // empty for the built-in
	public bool
}

// backend finds who --backend names: the built-in detector, a saved backend by its name, or a server by its URL.
func (p Parts) backend(named string) (answerer, error) {
	if named == settings.Builtin {
		return answerer{asker: p.Servers.Builtin(), name: "the built-in detector"}, nil
	}
	common := p.Store.Settings()
	for _, b := range common.Backends {
		if strings.EqualFold(b.Name, named) {
			return p.server(b, common.Times)
		}
	}
	if !strings.ContainsAny(named, ":./") {
		return answerer{}, usage(fmt.Sprintf("No backend is saved as %q.", named), savedHint(common.Backends))
	}
	base, _, _, err := p.Servers.Base(named)
	if err != nil {
		return answerer{}, err
	}
	return p.server(settings.Backend{URL: base}, common.Times)
}

func (p Parts) server(b settings.Backend, times settings.TimeLimits) (answerer, error) {
	base, origin, public, err := p.Servers.Base(b.URL)
	if err != nil {
		return answerer{}, err
	}
	if b.Name == "" {
		b.Name = origin
	}
	asker, err := p.Servers.Asker(b, times)
	return answerer{asker: asker, name: b.Name, model: b.Model, base: base, public: public}, err
}

// warn says what a public backend means before the first picture goes there.
func (p Parts) warn(b answerer, pace sampler.Pace) {
	if !b.public {
		return
	}
	fmt.Fprintf(p.Stderr, "Pictures leave this network: %s is not on it.\n", b.name)
	if pace == (sampler.Pace{}) {
		fmt.Fprintln(p.Stderr, "  Asking back to back sends one as soon as the last is answered; mind what each costs.")
	}
}

func savedHint(backends []settings.Backend) string {
	if len(backends) == 0 {
		return "None is saved yet: give the server's URL, like http://localhost:8000."
	}
	names := make([]string, len(backends))
	for i, b := range backends {
		names[i] = b.Name
	}
	return "Saved are: " + strings.Join(names, ", ") + "."
}
