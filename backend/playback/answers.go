package playback

import (
	"net"
	"sync"
	"time"
)

// answers counts the requests being answered. The zero value is ready.
type answers struct {
	mu     sync.Mutex
	count  int
	closed bool
	empty  chan struct{} // made by close; closed when the last one has left
}

// enter says false where nobody is let in any more.
func (a *answers) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.count++
	}
	return !a.closed
}

func (a *answers) leave() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.count--; a.count == 0 && a.closed {
		close(a.empty)
	}
}

// close lets nobody in any more and waits until all have left, or for patience: a disk that hangs lets nobody go. It is called once.
func (a *answers) close(patience time.Duration) {
	a.mu.Lock()
	a.closed, a.empty = true, make(chan struct{})
	if a.count == 0 {
		close(a.empty)
	}
	a.mu.Unlock()
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-a.empty:
	case <-enough.C:
	}
}

// crowd is a listener with so many places. Who comes when all are taken is sent away, so that nobody waits unseen.
type crowd struct {
	net.Listener
	places chan struct{}
}

func newCrowd(l net.Listener, places int) *crowd {
	return &crowd{Listener: l, places: make(chan struct{}, places)}
}

// Accept gives the next connection that has a place.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		select {
		case c.places <- struct{}{}:
			return &guest{Conn: conn, leave: sync.OnceFunc(func() { <-c.places })}, nil
		default:
			_ = conn.Close() // it was never used
		}
	}
}

// guest is a connection that has a place until it is closed.
type guest struct {
	net.Conn
	leave func()
}

// Close gives the place back.
func (g *guest) Close() error {
	defer g.leave()
	return g.Conn.Close()
}
