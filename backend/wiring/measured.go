package wiring

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"sync"

	"sightline/backend/gpu"
	"sightline/backend/vlm"
	"sightline/backend/vlm/energy"
	"sightline/backend/vlm/openai"
)

// scale is what the energy of all answers is measured with: columns that ask at the same time see each other there.
type scale struct {
	*energy.Scale

	mu        sync.Mutex // guards what follows
	listeners map[int]func(context.Context) []int
}

func newScale(gpus *gpu.Reader) *scale {
	return &scale{Scale: energy.NewScale(gpus), listeners: map[int]func(context.Context) []int{}}
}

// listening finds the processes behind a port; whoever asks there next finds what was found.
func (s *scale) listening(port int) func(context.Context) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listeners[port] == nil {
		s.listeners[port] = energy.Listening(port)
	}
	return s.listeners[port]
}

// measured is a server's client, which also tells what its answers cost in energy where the server is on this machine.
func (s *Servers) measured(client *openai.Client) vlm.Asker {
	base := client.Base()
	if !here(base.Hostname()) {
		return client
	}
	return energy.New(client, s.scale.Scale, s.scale.listening(portOf(base)))
}

func portOf(u *url.URL) int {
	port, err := strconv.Atoi(u.Port())
	switch {
	case err == nil:
		return port
	case u.Scheme == "https":
		return 443
	default:
		return 80
	}
}

// here says whether a host is this machine: localhost, or an address of its own.
func here(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	if ip = ip.Unmap(); ip.IsLoopback() {
		return true
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range own {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr().Unmap() == ip {
			return true
		}
	}
	return false
}
