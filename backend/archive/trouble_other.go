//go:build !windows

package archive

import (
	"io/fs"
	"syscall"
)

func full() []error { return []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} }

func readOnly() []error { return []error{fs.ErrPermission, syscall.EROFS} }

func gone() []error {
	return []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ESTALE, syscall.ENODEV, syscall.ENXIO, syscall.ENOTCONN}
}

// inUse is nothing here: whoever reads a file keeps nobody from writing, moving or removing it.
func inUse() []error { return nil }
