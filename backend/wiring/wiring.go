// Package wiring is the one list of what Sightline is made of: which scheme opens which source, which backend is which asker.
package wiring

import (
	"context"
	"io"
	"os"

	"sightline/backend/cli"
	"sightline/backend/fault"
	"sightline/backend/gpu"
	"sightline/backend/keys"
	"sightline/backend/metrics"
	"sightline/backend/origin"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/stats"
	"sightline/backend/view"
	"sightline/backend/vision"
	"sightline/backend/vlm"
	"sightline/backend/vlm/detector"
	"sightline/backend/vlm/openai"
)

// Parts is what the commands work with. A key in SIGHTLINE_API_KEY is sent to the backend that is named, in place of a saved one.
func Parts(stdout, stderr io.Writer) cli.Parts {
	ring := keys.New(keys.OS())
	servers := NewServers(ring)
	servers.key = os.Getenv("SIGHTLINE_API_KEY")
	parts := cli.Parts{Version: cli.Version, Sources: Sources(loginOf(ring)), Servers: servers, Keys: ring, KeyHere: servers.key != "", Stdin: os.Stdin, Stdout: stdout, Stderr: stderr}
	parts.Store = settings.Open(settings.Dir(), func(f *fault.Error) { parts.Tell(f) })
	parts.Recordings = func() string { return parts.Store.Settings().Recording.Dir() }
	parts.Index, parts.Free = Index(), stats.Free
	parts.Awake = StayAwake()
	parts.Exporter = func(named []settings.Backend, state func() session.State) *metrics.Exporter {
		return exporter(servers, named, state)
	}
	return parts
}

// Servers makes askers for backends, with their keys.
type Servers struct {
	keys  *keys.Keys
	key   string      // for every server, in place of the saved ones; empty: none
	gpus  *gpu.Reader // opened by the first look at it
	scale *scale
	sight *vision.Engine // loaded by the first question

	origins origins
}

// NewServers takes keys from ring. Close it.
func NewServers(ring *keys.Keys) *Servers {
	gpus := gpu.New(gpu.Config{})
	return &Servers{keys: ring, gpus: gpus, scale: newScale(gpus), sight: vision.New(vision.Config{})}
}

// Close lets go of the GPUs' drivers and of the detector's networks.
func (s *Servers) Close() {
	s.gpus.Close()
	s.sight.Close()
}

// Builtin is a new built-in detector, which remembers nothing yet. All of them share the networks of this process; with SIGHTLINE_MODELS=off they do
// without, for a machine that is too small for them.
func (s *Servers) Builtin() vlm.Asker {
	if os.Getenv(vision.Variable) == "off" {
		return detector.New(detector.Config{})
	}
	return detector.New(detector.Config{Engine: s.sight})
}

// Base is an address as it is saved, its origin, and whether pictures sent there leave this network.
func (s *Servers) Base(address string) (base, owner string, public bool, err error) {
	u, err := openai.ParseBase(address)
	if err != nil {
		return "", "", false, err
	}
	return u.String(), origin.Of(u), openai.Public(u), nil
}

// Models lists what a server has. An empty key means the saved one of its origin, an empty certificate file the system's certificates alone.
func (s *Servers) Models(ctx context.Context, base, key, caFile string) ([]string, error) {
	if key == "" {
		key = s.key
	}
	client, err := s.client(settings.Backend{URL: base, CAFile: caFile}, base, settings.TimeLimits{}, key)
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
