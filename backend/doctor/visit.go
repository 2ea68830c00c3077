package doctor

import (
	"context"
	"crypto/tls"
	"net"
	"net/url"
	"time"

	"sightline/backend/settings"
	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// Backend is one to look at.
type Backend struct {
	Name    string    // as a person calls it
	Model   string    // the one wanted; empty: the first that is listed
	Servers []Server  // all that serve it
	Builtin vlm.Asker // answers in this process; only where there are no Servers
}

// Server is one of a backend's servers, and the way to it in steps. Each step goes anew. Errors are fault.Errors, or the context's.
type Server interface {
	vlm.Asker

	// Base is where it is.
	Base() *url.URL

	// Lookup is the addresses behind its name.
	Lookup(ctx context.Context) ([]string, error)

	// Connect opens a connection, closes it, and gives the address at the other end.
	Connect(ctx context.Context) (address string, err error)

	// Handshake agrees on TLS.
	Handshake(ctx context.Context) (tls.ConnectionState, error)

	// Models lists what it has, and KeyMatters says whether a key is there and whether the list is for those only who have it.
	Models(ctx context.Context) ([]string, error)
	KeyMatters(ctx context.Context) (has, matters bool, err error)

	// AskJSON is Ask with the server told to take nothing but JSON for an answer.
	AskJSON(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error)

	// Close lets go of idle connections.
	Close()
}

// Visit is one look at one backend: its steps, and what they find out. It serves a single Examine, one goroutine at a time.
type Visit struct {
	backend  Backend
	patients []*patient

	model    string // the one asked
	answers  bool   // the question about a picture was answered, or refused for the picture's sake
	long     *reply // the longer answer; nil: not asked for yet
	profile  settings.Profile
	examined bool // profile says something
}

// patient is one server.
type patient struct {
	Server
	suffix  string // of its steps' names, where there are several servers
	ill     bool   // a step failed, and those after it make no sense
	models  []string
	listing error // why there is no list of models
}

// The longest that the steps on the way to an answer may take. A client's own limits are mostly shorter, and say more.
const (
	wayLimit  = 15 * time.Second
	listLimit = 25 * time.Second // two lists
	askLimit  = 45 * time.Second
)

// NewVisit prepares a look at a backend. Nothing is asked until its steps are taken.
func NewVisit(b Backend) *Visit {
	v := &Visit{backend: b, model: b.Model}
	for _, server := range b.Servers {
		p := &patient{Server: server}
		if len(b.Servers) > 1 {
			p.suffix = " " + hostPort(server.Base())
		}
		v.patients = append(v.patients, p)
	}
	return v
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}

// Steps are to be taken in this order. The first ones look at each server; the rest asks the first that is well. A server is asked about
// squares of one colour, and about nothing else.
func (v *Visit) Steps() []Step {
	var steps []Step
	for _, p := range v.patients {
		steps = append(steps, v.wayTo(p)...)
	}
	picture, speed := Step{Name: "picture", Do: v.lookAtPicture}, Step{Name: "speed", Do: v.measureSpeed, Limit: askLimit}
	if len(v.patients) == 0 {
		return append(steps, picture, speed)
	}
	return append(
		steps, picture, Step{Name: "streaming", Do: v.lookAtStreaming, Limit: askLimit},
		Step{Name: "JSON answers", Do: v.lookAtJSON, Limit: askLimit}, speed,
	)
}

// Profile is the model that was asked and what was found out about it; false where nothing was. It holds once the steps were taken.
func (v *Visit) Profile() (model string, found settings.Profile, ok bool) {
	return v.model, v.profile, v.examined
}

// Close lets go of what the steps held open.
func (v *Visit) Close() {
	for _, p := range v.patients {
		p.Close()
	}
}

// well is the first server that no step has found ill; nil: there is none.
func (v *Visit) well() *patient {
	for _, p := range v.patients {
		if !p.ill {
			return p
		}
	}
	return nil
}

// asker is who is asked: the first server that is well, or the built-in detector. nil: there is nobody.
func (v *Visit) asker() vlm.Asker {
	if p := v.well(); p != nil {
		return p
	}
	if len(v.patients) == 0 {
		return v.backend.Builtin
	}
	return nil
}
