package archive

import (
	"io/fs"
	"syscall"

	"golang.org/x/sys/windows"
)

func full() []error {
	return []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED, windows.ERROR_FILE_TOO_LARGE, syscall.ENOSPC}
}

func gone() []error {
	return []error{
		fs.ErrNotExist, windows.ERROR_NOT_READY, windows.ERROR_DEV_NOT_EXIST, windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_BAD_NETPATH,
	}
}
