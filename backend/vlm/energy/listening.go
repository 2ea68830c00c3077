package energy

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"sightline/backend/stats"
)

const (
	// foundFor is how long the one that listens is taken for the same, as long as it lives. To find it is to look at every open file of this person.
	foundFor = 30 * time.Second

	// missedFor is how long nobody is looked for where nobody was found.
	missedFor = 5 * time.Second

	// startedFor is how long it is taken to have started nobody else: some servers start a process for each model, when it is first asked for.
	startedFor = 3 * time.Second
)

// Listening gives a function that finds the processes behind a port of this machine: those that listen there, and those they started. What it
// finds holds for a while, so that a question seldom costs a search. Nil: they cannot be told, as where they are somebody else's. It ends by its
// context, and in time for an answer that waits.
func Listening(port int) func(ctx context.Context) []int {
	l := &listening{
		search: func(ctx context.Context) ([]int, error) { return listeners(ctx, port) }, below: stats.Below,
		turn: make(chan struct{}, 1),
	}
	return l.processes
}

// listening remembers who listens on a port.
type listening struct {
	search func(ctx context.Context) ([]int, error)
	below  func(pids []int) ([]int, error)

	turn     chan struct{} // holds one token while somebody looks; guards the fields below
	found    []int         // who listens
	searched time.Time
	all      []int // those, and who is below them
	listed   time.Time
}

func (l *listening) processes(ctx context.Context) []int {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil
	}
	if len(l.found) > 0 && time.Since(l.searched) < foundFor && l.list() {
		return slices.Clone(l.all)
	}
	if len(l.found) > 0 || l.searched.IsZero() || time.Since(l.searched) >= missedFor {
		l.find(ctx)
	}
	return slices.Clone(l.all)
}

// list reports whether those that were found live.
func (l *listening) list() bool {
	if time.Since(l.listed) < startedFor {
		return true
	}
	all, err := l.below(l.found)
	l.all, l.listed = all, time.Now()
	return err == nil && len(all) > 0
}

// find looks for who listens. A search that takes too long has found nobody; one that was called off says nothing.
func (l *listening) find(ctx context.Context) {
	found, err := l.search(ctx)
	l.found, l.all = nil, nil
	if errors.Is(err, context.Canceled) {
		l.searched = time.Time{}
		return
	}
	if l.searched = time.Now(); err != nil {
		return
	}
	l.found, l.listed = withoutRelays(found), time.Time{}
	if len(l.found) > 0 && !l.list() {
		l.found = nil
	}
}

// withoutRelays leaves out who listens for somebody else: a container's doors, and what starts services. Who that is cannot be told from them.
func withoutRelays(pids []int) []int {
	relays := []string{
		"docker-proxy", "rootlessport", "slirp4netns", "pasta", "gvproxy", "systemd", // a name is cut at 15 letters
		"com.docker.backend.exe", "wslrelay.exe", "vpnkit.exe", "svchost.exe", "System",
	}
	return slices.DeleteFunc(pids, func(pid int) bool { return slices.Contains(relays, nameOf(pid)) })
}

// local says whether somebody on this machine who asks it by name reaches an address.
func local(address netip.Addr) bool {
	address = address.Unmap()
	return address.IsLoopback() || address.IsUnspecified()
}
