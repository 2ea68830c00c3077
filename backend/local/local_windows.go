package local

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// bufferSize is what the system keeps of each direction, in bytes: about one picture.
const bufferSize = 256 << 10

// fits is always so: a pipe is named by a hash of its path.
func fits(string) error { return nil }

// ours is left to the system: a person's folders are that person's from the start, and the pipe guards itself.
func ours(string) error { return nil }

func listen(path string) (net.Listener, error) {
	user, err := me()
	if err != nil {
		return nil, unheard(path, err)
	}
	// Owned by this person, whom alone it lets in, and nobody over the network. Nothing is inherited (P).
	guard := fmt.Sprintf("O:%sD:P(D;;GA;;;NU)(A;;GA;;;%s)", user, user)
	listener, err := listenPipe(pipe(path), &winio.PipeConfig{SecurityDescriptor: guard, InputBufferSize: bufferSize, OutputBufferSize: bufferSize})
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) { // a pipe of that name exists
		return nil, taken(path, err)
	}
	if err != nil {
		return nil, unheard(path, err)
	}
	return listener, nil
}

func dial(ctx context.Context, path string) (net.Conn, error) {
	conn, err := winio.DialPipeContext(ctx, pipe(path))
	if err != nil {
		return nil, err
	}
	if err := mine(conn); err != nil {
		_ = conn.Close() // nothing was said
		return nil, err
	}
	return conn, nil
}

// mine refuses a pipe of somebody else, who was quicker to take the name: it could show us pictures of their choosing.
func mine(conn net.Conn) error {
	file, ok := conn.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("the pipe has no handle")
	}
	guard, err := windows.GetSecurityInfo(windows.Handle(file.Fd()), windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("ask whose pipe it is: %w", err)
	}
	owner, _, err := guard.Owner()
	if err != nil {
		return fmt.Errorf("ask whose pipe it is: %w", err)
	}
	user, err := me()
	if err == nil && owner.String() != user {
		err = errors.New("the pipe belongs to somebody else")
	}
	return err
}

// pipe is the name of the pipe for a path, which Windows reads without regard to case.
func pipe(path string) string {
	return fmt.Sprintf(`\\.\pipe\sightline-%x`, sha256.Sum256([]byte(strings.ToLower(path))))
}

// me is the SID of the person who runs this process.
func me() (string, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return "", err
	}
	return user.User.Sid.String(), nil
}
