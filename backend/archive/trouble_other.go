//go:build !windows

package archive

import (
	"io/fs"
	"syscall"
)

func full() []error { return []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} }

func gone() []error {
	return []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ESTALE, syscall.ENODEV, syscall.ENXIO, syscall.ENOTCONN}
}
