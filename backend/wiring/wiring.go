// Package wiring is the one list of what Sightline is made of: which scheme opens which source, which backend is which asker.
package wiring

import (
	"context"
	"io"
	"os"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/camera"
	"sightline/backend/capture/images"
	"sightline/backend/capture/pattern"
	"sightline/backend/capture/sample"
	"sightline/backend/cli"
	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/settings"
	"sightline/backend/view"
	"sightline/backend/vlm"
	"sightline/backend/vlm/detector"
	"sightline/backend/vlm/openai"
)

// Sources is every kind of source, in the order in which an undecided person gets one.
func Sources() capture.Table {
	return capture.Table{camera.Scheme(), sample.Scheme(), pattern.Scheme(), images.Scheme()}
}

// Parts is what the commands work with. A key in SIGHTLINE_API_KEY is sent to the backend that is named, in place of a saved one.
func Parts(stdout, stderr io.Writer) cli.Parts {
	ring := keys.New(keys.OS())
	servers := NewServers(ring)
	servers.key = os.Getenv("SIGHTLINE_API_KEY")
	parts := cli.Parts{Version: cli.Version, Sources: Sources(), Servers: servers, Keys: ring, Stdout: stdout, Stderr: stderr}
	parts.Store = settings.Open(settings.Dir(), func(f *fault.Error) { parts.Tell(f) })
	return parts
}

// Servers makes askers for backends, with their keys.
type Servers struct {
	keys *keys.Keys
	key  string // for every server, in place of the saved ones; empty: none
}

// NewServers takes keys from ring.
func NewServers(ring *keys.Keys) *Servers { return &Servers{keys: ring} }

// Builtin is a new built-in detector, which remembers nothing yet.
func (s *Servers) Builtin() vlm.Asker { return detector.New() }

// Asker asks a backend within time limits.
func (s *Servers) Asker(b settings.Backend, t settings.TimeLimits) (vlm.Asker, error) {
	return s.client(b, t, s.key)
}

// Base is an address as it is saved, its origin, and whether pictures sent there leave this network.
func (s *Servers) Base(address string) (base, origin string, public bool, err error) {
	u, err := openai.ParseBase(address)
	if err != nil {
		return "", "", false, err
	}
	return u.String(), openai.Origin(u), openai.Public(u), nil
}

// Models lists what a server has. An empty key means the saved one of its origin.
func (s *Servers) Models(ctx context.Context, base, key string) ([]string, error) {
	if key == "" {
		key = s.key
	}
	client, err := s.client(settings.Backend{URL: base}, settings.TimeLimits{}, key)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return client.Models(ctx)
}

// Find looks for servers on this machine.
func (s *Servers) Find(ctx context.Context) []view.FoundServer {
	var found []view.FoundServer
	for _, f := range openai.Discover(ctx) {
		found = append(found, view.FoundServer{Name: f.Name, URL: f.URL, Models: f.Models})
	}
	return found
}

func (s *Servers) client(b settings.Backend, t settings.TimeLimits, key string) (*openai.Client, error) {
	_, origin, _, err := s.Base(b.URL)
	if err != nil {
		return nil, err
	}
	return openai.New(openai.Config{
		Base: b.URL, Name: b.Name, Limits: limits(t),
		Key: func(ctx context.Context) (string, error) {
			if key != "" {
				return key, nil
			}
			saved, err := s.keys.Get(ctx, origin)
			return saved.Reveal(), err
		},
	})
}

func limits(t settings.TimeLimits) openai.Limits {
	return openai.Limits{
		Connect: seconds(t.Connect), FirstToken: seconds(t.FirstToken), BetweenTokens: seconds(t.BetweenTokens), Total: seconds(t.Total),
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
