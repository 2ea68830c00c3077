package keys

import (
	"context"
	"errors"
	"sync"
	"time"
)

var (
	errHanging  = errors.New("an earlier call of the keyring has not returned")
	errPanicked = errors.New("the keyring's client panicked")
)

// gate lets one call at a time through to a keyring, and leaves behind the one that hangs.
type gate struct {
	ring Ring
	turn chan struct{} // holds one token while a call is in the keyring

	mu      sync.Mutex
	hanging bool // that call was left behind
}

type answer struct {
	secret string
	err    error
}

func newGate(ring Ring) *gate { return &gate{ring: ring, turn: make(chan struct{}, 1)} }

// do makes one call and waits until it returns, ctx ends or the wait is over. A call left behind keeps its goroutine and its turn until it
// returns.
func (g *gate) do(ctx context.Context, wait time.Duration, call func(Ring) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if err := g.enter(ctx); err != nil {
		return "", err
	}
	answers := make(chan answer, 1)
	go g.run(call, answers)
	select {
	case a := <-answers:
		return a.secret, a.err
	case <-ctx.Done():
		a := g.leave(answers, ctx.Err())
		return a.secret, a.err
	}
}

// enter waits for the turn, but not behind a call that was left behind.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	hanging := g.hanging
	g.mu.Unlock()
	if hanging {
		return errHanging
	}
	select {
	case g.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) run(call func(Ring) (string, error), answers chan<- answer) {
	a := safely(g.ring, call)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hanging = false
	answers <- a // has room for the one answer there is
	<-g.turn
}

// leave leaves the call behind, unless its answer came at this very moment.
func (g *gate) leave(answers <-chan answer, why error) answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case a := <-answers:
		return a
	default:
		g.hanging = true
		return answer{err: why}
	}
}

// safely keeps a panic of the keyring's client, which trusts what it is sent over D-Bus, from ending the program.
func safely(ring Ring, call func(Ring) (string, error)) (a answer) {
	defer func() {
		if recover() != nil { // its text is dropped: nobody knows what is in it
			a = answer{err: errPanicked}
		}
	}()
	secret, err := call(ring)
	return answer{secret, err}
}
