package screen

import (
	"context"
	"errors"
	"image"
	"net"
	"os"
	"time"

	"sightline/backend/fault"
)

// x11 is the monitors of an X server, by its own protocol: a library would wait for a server that hangs without an end.
type x11 struct {
	getenv func(string) string
}

func newDesk() desk { return x11{os.Getenv} }

// connect speaks to the server until the connection is closed, which ctx's end does.
func (d x11) connect(ctx context.Context) (*server, error) {
	if d.getenv("XDG_SESSION_TYPE") == "wayland" || d.getenv("WAYLAND_DISPLAY") != "" && d.getenv("XDG_SESSION_TYPE") != "x11" {
		return nil, wayland()
	}
	name := d.getenv("DISPLAY")
	if name == "" {
		return nil, none(nil)
	}
	place, err := parseDisplay(name)
	if err != nil {
		return nil, none(err)
	}
	conn, err := place.dial(ctx)
	if err != nil {
		return nil, none(err)
	}
	s := newServer(ctx, conn)
	if err := s.greet(place, d.getenv); err != nil {
		s.close()
		return nil, explain(err)
	}
	return s, nil
}

// explain is what a server's trouble means for a person. Faults pass through.
func explain(err error) error {
	var known *fault.Error
	var refused *refusal
	var wrong *wireError
	switch {
	case errors.As(err, &known):
		return err
	case errors.As(err, &refused):
		return denied(err)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return hung(err)
	case errors.As(err, &wrong):
		return failed(err)
	}
	return gone(err)
}

func (d x11) monitors(ctx context.Context) ([]image.Point, error) {
	s, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	found, err := s.monitors()
	if err != nil {
		return nil, explain(err)
	}
	sizes := make([]image.Point, len(found))
	for i, r := range found {
		sizes[i] = r.Size()
	}
	return sizes, nil
}

func (d x11) open(ctx context.Context, number int) (monitor, error) {
	s, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.monitors()
	switch {
	case err != nil:
		err = explain(err)
	case number >= len(found):
		err = missing(number, len(found))
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return &head{server: s, number: number, size: found[number].Size()}, nil
}

// head is a monitor of an X server.
type head struct {
	*server
	number int
	size   image.Point
}

// look asks where the monitor is each time: a person may move it, and what is no longer on it is not to be seen.
func (h *head) look() (*shot, error) {
	found, err := h.monitors()
	switch {
	case err != nil:
		return nil, explain(err)
	case h.number >= len(found):
		return nil, gone(errors.New("it is not among the monitors any more"))
	case found[h.number].Size() != h.size:
		return nil, changed(h.size, found[h.number].Size())
	}
	seen, err := h.image(found[h.number])
	if err != nil {
		return nil, explain(err)
	}
	return seen, nil
}

// server is a connection to an X server. Each request waits for its reply, and no longer than patience.
type server struct {
	conn  net.Conn
	after func() bool // forgets to close at ctx's end

	root     uint32 // the window that is the screen
	format   pixelFormat
	xinerama byte // the opcode of the extension that knows of several monitors; 0: there is none
}

func newServer(ctx context.Context, conn net.Conn) *server {
	return &server{conn: conn, after: context.AfterFunc(ctx, func() { _ = conn.Close() })}
}

func (s *server) close() {
	s.after()
	_ = s.conn.Close() // nothing that we sent matters any more
}

func (s *server) patient() error { return s.conn.SetDeadline(time.Now().Add(patience)) }

func wayland() error {
	return sourceFault(codeWayland, nil, "On Wayland no program may look at the screen by itself.",
		"Log in with an X11 session (at the login screen it is often called Xorg) and open Sightline there.")
}

func denied(cause error) error {
	return sourceFault(codeDenied, cause, "The X server does not let Sightline look at its screen.",
		"Start Sightline as the person whose desktop it is, or set XAUTHORITY to that person's file.")
}
