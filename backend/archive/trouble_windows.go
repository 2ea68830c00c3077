package archive

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

func full() []error {
	return []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED, windows.ERROR_FILE_TOO_LARGE}
}

func readOnly() []error { return []error{windows.ERROR_WRITE_PROTECT, fs.ErrPermission} }

// gone is what a drive says that was taken out, and a server that is away.
func gone() []error {
	return []error{
		fs.ErrNotExist, windows.ERROR_INVALID_DRIVE, windows.ERROR_DIRECTORY, windows.ERROR_NOT_READY, windows.ERROR_WRONG_DISK,
		windows.ERROR_DEV_NOT_EXIST, windows.ERROR_DEVICE_NOT_CONNECTED, windows.ERROR_DEVICE_REMOVED, windows.ERROR_NO_SUCH_DEVICE, windows.ERROR_FILE_INVALID,
		windows.ERROR_BAD_NETPATH, windows.ERROR_BAD_NET_NAME, windows.ERROR_NETNAME_DELETED, windows.ERROR_NETWORK_UNREACHABLE, windows.ERROR_UNEXP_NET_ERR,
	}
}

func inUse() []error {
	return []error{windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_USER_MAPPED_FILE}
}
