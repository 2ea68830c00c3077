package openai

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Windows has numbers of its own for these, which syscall's names do not match.

func isRefused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

func isUnreachable(err error) bool {
	return errors.Is(err, windows.WSAEHOSTUNREACH) || errors.Is(err, windows.WSAENETUNREACH)
}
