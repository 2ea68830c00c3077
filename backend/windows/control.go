package windows

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"sightline/backend/fault"
	"sightline/backend/local"
)

// What windows say to each other: one word and a line's end. The answer is the line "ok", after which the connection ends.
const (
	ping  = "ping"
	raise = "raise"
	quit  = "quit"
)

const (
	answerWait = 2 * time.Second // a window that takes longer to answer hangs
	maxWord    = 16              // bytes
)

// errNobody says that nobody listens for a window: it is opening, closing, or not there.
var errNobody = errors.New("nobody listens for that window")

// Handlers is what a window does when it is told to. Both must return at once.
type Handlers struct {
	Raise func() // show the window before all others
	Quit  func() // end, and come back at the next start
}

// Serve listens to the other windows until ctx ends. It must have returned before Close or Keep is called.
func (w *Window) Serve(ctx context.Context, h Handlers) error {
	listener, err := local.Listen(w.desk.socketOf(w.ID))
	if err != nil {
		return err
	}
	defer listener.Close()
	return local.Serve(ctx, listener, func(conn net.Conn) { w.answer(ctx, conn, h) })
}

// answer hears one word. One who says nothing is not waited for long, since the others wait behind.
func (w *Window) answer(ctx context.Context, conn net.Conn, h Handlers) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_ = conn.SetDeadline(time.Now().Add(w.desk.turn())) // a connection without deadlines ends with the other side
	word, err := bufio.NewReader(io.LimitReader(conn, maxWord)).ReadString('\n')
	if err != nil {
		return
	}
	switch strings.TrimSpace(word) {
	case ping:
	case raise:
		w.Active()
		h.Raise()
	case quit:
		defer h.Quit() // after the answer, for which there may be no time later
	default:
		return
	}
	_ = conn.SetDeadline(time.Now().Add(w.desk.turn()))
	_, _ = fmt.Fprintln(conn, "ok") // who does not wait for it is not told
}

// turn is how long one who has connected may take, so that who waits behind still has an answer in time.
func (d Desk) turn() time.Duration { return cmp.Or(d.patience, answerWait) / 2 }

// call says a word to a window and waits for its answer. It gives errNobody where nobody listens, and CodeSilent for a window that hangs.
func (d Desk) call(ctx context.Context, id, word string) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(d.patience, answerWait))
	defer cancel()
	conn, err := local.Dial(ctx, d.socketOf(id))
	if err != nil && fault.CodeOf(err) == local.CodeSilent && ctx.Err() == nil {
		return errNobody
	}
	if err != nil {
		return silent(id, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_, _ = fmt.Fprintln(conn, word) // what cannot be said gets no answer
	reply, err := io.ReadAll(io.LimitReader(conn, maxWord))
	switch {
	case strings.TrimSpace(string(reply)) == "ok":
		return nil
	case ctx.Err() == nil: // it went away in the middle of it
		return errNobody
	}
	return silent(id, err)
}

// reach is call for a window that may still be opening.
func (d Desk) reach(ctx context.Context, id, word string) error {
	for {
		err := d.call(ctx, id, word)
		if err == nil || !errors.Is(err, errNobody) {
			return err
		}
		if pause(ctx) != nil {
			return silent(id, err)
		}
	}
}
