package shared

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"sightline/backend/sight"
)

// most is how many viewers one holder serves.
const most = 64

// server is the holder's side: one goroutine for each viewer reads the one slot. Newest wins for each of them by itself, since the next frame
// is sent only when the last has been taken; a slow one misses frames and holds up nobody.
type server struct {
	listener net.Listener
	latest   sight.Latest
	count    uint64 // frames so far; only the device's goroutine uses it
	viewers  atomic.Int32
	began    time.Time
	offered  atomic.Int64 // when the newest frame came, in nanoseconds since began
	all      sync.WaitGroup
}

// ended is the cause with which serving ends when the source has ended, by itself, with err.
type ended struct{ err error }

func (e ended) Error() string { return "the source has ended" }

func newServer(listener net.Listener) *server { return &server{listener: listener, began: time.Now()} }

// offer makes f the frame that viewers get. It returns at once.
func (s *server) offer(f sight.Frame) {
	s.count++
	f.Number = s.count
	s.latest.Put(f)
	s.offered.Store(int64(time.Since(s.began)))
}

// accept lets viewers in until the listener is closed.
func (s *server) accept(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if err == nil {
			s.all.Go(func() { s.attend(ctx, conn) })
			continue
		}
		if errors.Is(err, net.ErrClosed) || !pause(ctx) { // anything else, such as too many open files, may pass
			return
		}
	}
}

// attend serves one viewer until it leaves, or ctx ends. That a viewer is lost is its own affair.
func (s *server) attend(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	defer afterwards(ctx, func() { _ = conn.SetDeadline(time.Now().Add(lastWord(ctx))) })()
	out := &writer{conn: conn}
	if !exchangeTime(ctx, conn) || out.greet() != nil {
		return
	}
	defer s.viewers.Add(-1)
	if s.viewers.Add(1) > most {
		_ = out.end(full()) // whether it hears that or not, it is not let in
		return
	}
	err := s.serve(ctx, out)
	var why ended
	switch {
	case errors.Is(err, errLarge):
		_ = out.end(large()) // as above
	case err == nil && errors.As(context.Cause(ctx), &why):
		_ = out.end(why.err) // as above
	}
}

// serve sends each frame that is newer than the last, as soon as the last is taken. It gives nil when ctx has ended between two of them.
func (s *server) serve(ctx context.Context, out *writer) error {
	seen := s.past()
	for {
		f, err := s.next(ctx, seen)
		if !exchangeTime(ctx, out.conn) {
			return nil
		}
		if err != nil {
			err = out.note(s.state())
		} else {
			seen = f.Number
			err = out.frame(f)
		}
		if errors.Is(err, errUnreadable) {
			continue // the holder cannot read that picture either
		}
		if err != nil {
			return err
		}
		if err := out.wait(); err != nil {
			return err
		}
	}
}

// past is the number of a frame that is too old for somebody who comes now, as when the device has stalled; 0 where the newest is new.
func (s *server) past() uint64 {
	f, ok := s.latest.Newest()
	if !ok || time.Since(s.began)-time.Duration(s.offered.Load()) < silence {
		return 0
	}
	return f.Number
}

// next is the newest frame after seen. It waits no longer than until the next sign of life is due.
func (s *server) next(ctx context.Context, seen uint64) (sight.Frame, error) {
	ctx, cancel := context.WithTimeout(ctx, beat)
	defer cancel()
	return s.latest.After(ctx, seen)
}

// state is what there is to tell while there is no new frame.
func (s *server) state() kind {
	if _, ok := s.latest.Newest(); ok {
		return kindQuiet
	}
	return kindOpening
}

// exchangeTime gives the viewer its time to take what comes next. It is false when serving has ended, and leaves the time for the last word.
func exchangeTime(ctx context.Context, conn net.Conn) bool {
	_ = conn.SetDeadline(time.Now().Add(silence)) // where that fails, so do writes
	if ctx.Err() == nil {
		return true
	}
	_ = conn.SetDeadline(time.Now().Add(lastWord(ctx))) // as above
	return false
}

// lastWord is how long it may take to tell a viewer why serving has ended: no time where there is nothing to tell.
func lastWord(ctx context.Context) time.Duration {
	if errors.As(context.Cause(ctx), new(ended)) {
		return farewell
	}
	return 0
}
