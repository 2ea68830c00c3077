package local

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"time"
)

// rest is how long a listener is left alone that could not take who came.
const rest = 200 * time.Millisecond

// Serve has meet meet each who comes, one after the other, until ctx ends, which closes the listener and gives ctx's error, or until somebody else
// has closed it (net.ErrClosed). meet closes the connection.
func Serve(ctx context.Context, listener net.Listener, meet func(conn net.Conn)) error {
	defer context.AfterFunc(ctx, func() { _ = listener.Close() })()
	for {
		conn, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close() // nothing was said
			}
			return ctx.Err()
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors, perhaps for a moment
			slog.Warn("nobody can be heard", "at", listener.Addr().String(), "cause", err)
			pause(ctx) // its end is seen above
		default:
			meet(conn)
		}
	}
}

func pause(ctx context.Context) {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
