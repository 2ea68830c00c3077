// Package pool asks one backend that has several servers: the least busy that makes progress, and another one when it fails.
package pool

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"sightline/backend/sight"
	"sightline/backend/vlm"
)

// Config is what a Pool needs to know.
type Config struct {
	Name     string    // how the backend is called in answers and faults
	Replicas []Replica // its servers, at least one
	Limits   Limits
	Fallback Fallback // who answers when none of them can; its zero value: nobody
}

// Replica is one of a backend's servers.
type Replica struct {
	Name  string // its host, as answers tell it
	Asker vlm.Asker
	Room  Room // nil: any number of questions, counted for this pool alone
}

// Room is the room at one server, which other windows may share.
type Room interface {
	// Take waits for room in the order of arrival; its error is ctx's. leave gives the room back: asked says whether it was used.
	Take(ctx context.Context) (leave func(asked bool), err error)
	// Try takes room if there is some at once and nobody waits for it.
	Try() (leave func(asked bool), ok bool)
	// InFlight is how many questions are at the server now, whoever asks.
	InFlight() int
}

// Fallback is a backend that answers in the place of another one, and is shown as such. It should have none of its own.
type Fallback struct {
	Name  string
	Asker vlm.Asker // nil: there is none
}

// Limits is how long a pool waits. A limit that is not positive has its default.
type Limits struct {
	// FirstToken is how long a replica has, from the moment it is asked, to show a token, thought or text. Default: 8 s, so that one which
	// hangs is out within 10 s; where nobody else could answer, as long as its asker allows.
	FirstToken time.Duration

	Wait time.Duration // how long a turn is waited for; default 60 s
}

// stillFresh is how much older than the patience with one replica a frame may be and still be put to another one.
const stillFresh = 2 * time.Second

func (c Config) limits() Limits {
	l := Limits{FirstToken: max(c.Limits.FirstToken, 0), Wait: cmp.Or(max(c.Limits.Wait, 0), time.Minute)}
	if !c.alone() {
		l.FirstToken = cmp.Or(l.FirstToken, 8*time.Second)
	}
	return l
}

// alone reports whether there is nobody else to ask.
func (c Config) alone() bool { return len(c.Replicas) == 1 && c.Fallback.Asker == nil }

// Pool asks a backend's servers. It implements vlm.Queue, holds no state but its own, and may be used by many goroutines at once.
type Pool struct {
	name     string
	replicas []*replica
	fallback Fallback
	limits   Limits
	alone    bool // one replica and no fallback: it is asked whatever its health

	probes probes

	mu      sync.Mutex
	changed chan struct{} // closed when a replica comes, goes or is told to rest
}

var _ vlm.Queue = (*Pool)(nil)

// New makes a Pool and asks nobody yet. Its owner closes it.
func New(c Config) *Pool {
	p := &Pool{name: c.Name, fallback: c.Fallback, limits: c.limits(), alone: c.alone(), changed: make(chan struct{})}
	p.probes.ctx, p.probes.end = context.WithCancel(context.Background())
	for _, r := range c.Replicas {
		if r.Room == nil {
			r.Room = &ownRoom{}
		}
		p.replicas = append(p.replicas, newReplica(r, c.alone(), p.tellChange))
	}
	return p
}

// Close ends the probes, waits for them, and closes the askers of the replicas and the fallback that can be closed. Questions under way go
// on, and the Pool may still be asked; it probes no more.
func (p *Pool) Close() {
	p.probes.close()
	for _, r := range p.replicas {
		closeAsker(r.asker)
	}
	closeAsker(p.fallback.Asker)
}

func closeAsker(a vlm.Asker) {
	if c, ok := a.(interface{ Close() }); ok {
		c.Close()
	}
}

// Servers is how each of its servers does, in the order of the Config. It asks nobody and touches no file.
func (p *Pool) Servers() []vlm.Server {
	all := make([]vlm.Server, len(p.replicas))
	for i, r := range p.replicas {
		all[i] = vlm.Server{Host: r.name, Health: r.state()}
	}
	return all
}

// Ask implements vlm.Asker.
func (p *Pool) Ask(ctx context.Context, q sight.Question, on func(sight.Event)) (sight.Answer, error) {
	t, err := p.Turn(ctx)
	if err != nil {
		return sight.Answer{Backend: p.name, Model: q.Model}, err
	}
	return t.Ask(ctx, q, on)
}

// Turn implements vlm.Queue: it chooses the replica.
func (p *Pool) Turn(ctx context.Context) (vlm.Turn, error) {
	s, err := p.seat(ctx)
	if err != nil {
		return nil, err
	}
	return &turn{pool: p, seat: s}, nil
}

func (p *Pool) seat(outer context.Context) (*seat, error) {
	ctx, cancel := context.WithTimeout(outer, p.limits.Wait)
	defer cancel()
	for ctx.Err() == nil {
		changed := p.changes() // before looking: no change slips through
		ready := p.ready(nil)
		if s := sit(ready); s != nil {
			return s, nil
		}
		if len(ready) == 0 {
			if s := p.standIn(ctx); s != nil {
				return s, nil
			}
			if ctx.Err() == nil {
				return nil, p.allOut()
			}
		} else if s := p.wait(ctx, ready, changed); s != nil {
			return s, nil
		}
	}
	return p.outOfTime(outer)
}

// ready is those that may be asked now but for except, best first.
func (p *Pool) ready(except *replica) []*replica {
	standings := make([]standing, len(p.replicas))
	for i, r := range p.replicas {
		standings[i] = standing{ready: r != except && r.ready(), first: r.usualFirst()}
		if standings[i].ready && len(p.replicas) > 1 {
			standings[i].inFlight = r.room.InFlight()
		}
	}
	var ready []*replica
	for _, i := range rank(standings, rand.Shuffle) {
		ready = append(ready, p.replicas[i])
	}
	return ready
}

// sit takes a seat at the first of those that has room at once; nil where none has.
func sit(replicas []*replica) *seat {
	for _, r := range replicas {
		if leave, ok := r.room.Try(); ok {
			if s := r.sitDown(leave); s != nil {
				return s
			}
		}
	}
	return nil
}

// wait waits for a seat at any of those. It gives nil when things have changed, and when ctx ends.
func (p *Pool) wait(ctx context.Context, replicas []*replica, changed <-chan struct{}) *seat {
	ctx, cancel := context.WithTimeout(ctx, p.untilRested())
	defer cancel()
	came := make(chan *seat, len(replicas))
	var waiting sync.WaitGroup
	for _, r := range replicas {
		waiting.Go(func() {
			if leave, err := r.room.Take(ctx); err == nil {
				came <- r.sitDown(leave)
			}
		})
	}
	var got *seat
	select {
	case got = <-came:
	case <-changed:
	case <-ctx.Done():
	}
	cancel()
	waiting.Wait()
	close(came)
	for s := range came { // two may have come at once
		if got == nil {
			got = s
		} else {
			s.giveBack()
		}
	}
	return got
}

// untilRested is when the next one that rests will be ready; as long as any turn may take where none rests.
func (p *Pool) untilRested() time.Duration {
	until := p.limits.Wait
	for _, r := range p.replicas {
		if rest := r.resting(); rest > 0 {
			until = min(until, rest)
		}
	}
	return until
}

// standIn is a seat where no replica is ready: at the fallback, else at one that may be back, whose question is what shows it; nil where
// there is none.
func (p *Pool) standIn(ctx context.Context) *seat {
	if s := p.fallbackSeat(ctx); s != nil {
		return s
	}
	return p.trial(nil)
}

// outOfTime is what is left when the wait for a turn has ended.
func (p *Pool) outOfTime(ctx context.Context) (*seat, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	short, cancel := context.WithTimeout(ctx, noQueueing)
	defer cancel()
	if s := p.fallbackSeat(short); s != nil {
		return s, nil
	}
	return nil, p.full()
}

// trial is a seat at one that was out and may be tried again; nil where there is none.
func (p *Pool) trial(except *replica) *seat {
	suspects := slices.DeleteFunc(slices.Clone(p.replicas), func(r *replica) bool { return r == except || !r.suspect() })
	rand.Shuffle(len(suspects), func(i, j int) { suspects[i], suspects[j] = suspects[j], suspects[i] })
	return sit(suspects)
}

// fallbackSeat is a seat at the fallback; nil where there is none, or it has no room.
func (p *Pool) fallbackSeat(ctx context.Context) *seat {
	queue, queues := p.fallback.Asker.(vlm.Queue)
	switch {
	case p.fallback.Asker == nil:
		return nil
	case !queues:
		return &seat{asker: p.fallback.Asker}
	}
	t, err := queue.Turn(ctx)
	if err != nil {
		return nil
	}
	return &seat{asker: t, leave: func(bool) { t.Release() }}
}

// changes is closed at the next change of a replica's health.
func (p *Pool) changes() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

func (p *Pool) tellChange() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}
