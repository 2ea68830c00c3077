package archivetest

import "golang.org/x/sys/windows"

// What the system says of a disk in trouble.
const (
	ErrFull     = windows.ERROR_DISK_FULL
	ErrReadOnly = windows.ERROR_WRITE_PROTECT
	ErrGone     = windows.ERROR_NOT_READY // it was taken out
	ErrBroken   = windows.ERROR_CRC
)
