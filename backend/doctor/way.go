package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sightline/backend/fault"
)

// wayTo is the steps on the way to a server, each standing on the one before.
func (v *Visit) wayTo(p *patient) []Step {
	steps := []Step{
		p.step("name", wayLimit, p.lookUp),
		p.step("connection", wayLimit, p.Connect),
	}
	if p.Base().Scheme == "https" {
		steps = append(steps, p.step("TLS", wayLimit, p.agree))
	}
	return append(
		steps,
		p.step("key", listLimit, p.tryKey),
		p.step("model", wayLimit, func(context.Context) (string, error) { return v.choose(p) }),
	)
}

// step is one that is skipped where one before it found the server ill.
func (p *patient) step(name string, limit time.Duration, do func(context.Context) (string, error)) Step {
	return Step{Name: name + p.suffix, Limit: limit, Do: func(ctx context.Context) (string, error) {
		if p.ill {
			return "", ErrSkip
		}
		found, err := do(ctx)
		p.ill = err != nil && !errors.Is(err, ErrSkip)
		return found, err
	}}
}

func (p *patient) lookUp(ctx context.Context) (string, error) {
	addresses, err := p.Lookup(ctx)
	if err != nil {
		return "", err
	}
	if len(addresses) == 1 && addresses[0] == p.Base().Hostname() {
		return addresses[0] + ", an address itself", nil
	}
	const most = 3
	found := strings.Join(addresses[:min(len(addresses), most)], ", ")
	if more := len(addresses) - most; more > 0 {
		found += fmt.Sprintf(" and %d more", more)
	}
	return found, nil
}

func (p *patient) agree(ctx context.Context) (string, error) {
	state, err := p.Handshake(ctx)
	if err != nil || len(state.PeerCertificates) == 0 {
		return "", err
	}
	until := state.PeerCertificates[0].NotAfter
	found := fmt.Sprintf("%s, certificate valid until %s", tls.VersionName(state.Version), until.Format(time.DateOnly))
	const soon = 14
	if days := int(time.Until(until).Hours() / 24); days < soon {
		found += fmt.Sprintf(", for %d more days", days)
	}
	return found, nil
}

// tryKey lists the models, which is where most servers want the key. A list that fails for another reason says nothing of it.
func (p *patient) tryKey(ctx context.Context) (string, error) {
	p.models, p.listing = p.Models(ctx)
	switch {
	case isAboutKey(p.listing):
		return "", p.listing
	case p.listing != nil:
		return "", ErrSkip
	}
	has, matters, err := p.KeyMatters(ctx)
	switch {
	case isAboutKey(err):
		return "", err
	case !has && err == nil:
		return "none needed so far", nil
	case matters:
		return "accepted", nil
	}
	return "there is one, and the list of models is there without it", nil
}

func isAboutKey(err error) bool {
	code := fault.CodeOf(err)
	return slices.Contains([]string{"backend.unauthorized", "backend.forbidden", "backend.key"}, code) || strings.HasPrefix(code, "keys.")
}

// choose picks the model to ask, of all servers the same: the one wanted, or the first that the first server lists.
func (v *Visit) choose(p *patient) (string, error) {
	if p.listing != nil && (v.model == "" || fault.CodeOf(p.listing) != "backend.not_openai") {
		return "", p.listing
	}
	model, err := pick(v.model, p.models, v.backend.Name+p.suffix)
	if err != nil {
		return "", err
	}
	v.model = model
	if len(p.models) == 0 {
		return model + ", though the server lists none", nil
	}
	return model, nil
}

// pick is the model to ask: the one wanted, or the first there is. A server that lists none is believed about the wanted one.
func pick(wanted string, models []string, server string) (string, error) {
	switch {
	case wanted == "" && len(models) > 0:
		return models[0], nil
	case wanted == "":
		return "", &fault.Error{Code: "backend.no_model", Message: server + " lists no model.", Hint: "Load one there, or name the one to ask.", Blame: fault.Backend}
	case len(models) > 0 && !slices.Contains(models, wanted) && !slices.Contains(models, wanted+":latest"):
		return "", &fault.Error{
			Code: "backend.unknown_model", Message: fmt.Sprintf("%s has no model %q.", server, wanted),
			Hint: "It has: " + short(strings.Join(models, ", ")) + ".", Blame: fault.Question,
		}
	}
	return wanted, nil
}

// short is s fit for a line among others.
func short(s string) string {
	const most = 100
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
