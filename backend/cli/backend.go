package cli

import (
	"cmp"
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
	origin string // likewise
	public bool

	saved settings.Backend // without an ID where it was named by its URL; zero for the built-in
}

// seeing is who answers when a model is asked: nobody, where it is known that the model cannot see.
func (a answerer) seeing(model string) vlm.Asker {
	if model = cmp.Or(model, a.model); a.saved.Profiles[model].Sees == "no" {
		return vlm.Blind(a.name, model)
	}
	return a.asker
}

// backend finds who --backend names, to be asked about a source: the built-in detector, a saved backend by its name, or a server by its URL.
func (p Parts) backend(named, source string) (answerer, error) {
	if named == settings.Builtin {
		return answerer{asker: p.Servers.Builtin(), name: settings.BuiltinName}, nil
	}
	common := p.Store.Settings()
	for _, b := range common.Backends {
		if strings.EqualFold(b.Name, named) {
			return p.server(b, common, source)
		}
	}
	if !strings.ContainsAny(named, ":./") {
		return answerer{}, usage(fmt.Sprintf("No backend is saved as %q.", named), savedHint(common.Backends))
	}
	base, _, _, err := p.Servers.Base(named)
	if err != nil {
		return answerer{}, err
	}
	return p.server(settings.Backend{URL: base}, common, source)
}

func (p Parts) server(b settings.Backend, common settings.Settings, source string) (answerer, error) {
	base, origin, _, err := p.Servers.Base(b.URL)
	if err != nil {
		return answerer{}, err
	}
	if b.Name == "" {
		b.Name = origin
	}
	asker, err := p.Servers.Asker(b, common, source)
	return answerer{asker: asker, name: b.Name, model: b.Model, base: base, origin: origin, public: p.Servers.Leaves(b), saved: b}, err
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
