//go:build !windows

package archivetest

import "syscall"

// What the system says of a disk in trouble.
const (
	ErrFull     = syscall.ENOSPC
	ErrReadOnly = syscall.EROFS
	ErrGone     = syscall.ENODEV // it was taken out
	ErrBroken   = syscall.EIO
)
