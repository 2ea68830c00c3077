//go:build !windows

package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"sightline/backend/fault"
)

// longest is how many bytes a socket's path can have; the system keeps one more for its end.
const longest = len(syscall.RawSockaddrUnix{}.Path) - 1

func fits(path string) error {
	if len(path) <= longest {
		return nil
	}
	return &fault.Error{
		Code: CodePath, Message: fmt.Sprintf("The path %s is too long for a socket: %d bytes of at most %d.", path, len(path), longest),
		Hint: "Set XDG_RUNTIME_DIR to a folder with a shorter path.", Blame: fault.Us,
	}
}

func listen(path string) (net.Listener, error) {
	if err := sweep(path); err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, unheard(path, err)
	}
	// The folder has kept others out until here.
	if err := os.Chmod(path, 0o600); err != nil {
		_ = listener.Close() // the first error says more
		return nil, unheard(path, err)
	}
	return listener, nil
}

// sweep takes away a socket at which nobody listens any more, and nothing else.
func sweep(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unheard(path, err)
	}
	if info.Mode().Type() != fs.ModeSocket {
		return taken(path, fmt.Errorf("it is no socket: %v", info.Mode()))
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := dial(ctx, path)
	if err == nil {
		_ = conn.Close() // it was only to hear whether somebody is there
		return taken(path, nil)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return taken(path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unheard(path, err)
	}
	return nil
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", path)
}

// ours closes a folder to everyone else. It follows no link: somebody else may have laid one there.
func ours(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, known := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir():
		return fmt.Errorf("it is no folder: %v", info.Mode())
	case known && int(stat.Uid) != os.Getuid():
		return fmt.Errorf("it belongs to user %d", stat.Uid)
	case info.Mode()&fs.ModeSticky != 0:
		return errors.New("it is shared by all users")
	case info.Mode().Perm() == 0o700:
		return nil
	}
	return os.Chmod(dir, 0o700)
}
