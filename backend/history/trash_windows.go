package history

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// fileOperation is Windows' SHFILEOPSTRUCTW.
type fileOperation struct {
	window   windows.HWND
	function uint32
	from, to *uint16
	flags    uint16
	aborted  int32
	names    uintptr
	title    *uint16
}

// From shellapi.h.
const (
	functionDelete = 3

	silent           = 0x0004
	noConfirmation   = 0x0010
	allowUndo        = 0x0040 // into the recycle bin
	noErrorWindow    = 0x0400
	warnBeforeNuking = 0x4000
)

// moveToTrash moves a folder into the recycle bin. Where there is none, or it is too small, Windows would delete the folder for good and without a
// word: it is made to ask first, which it does in a window of its own.
func moveToTrash(path string) error {
	list, err := windows.UTF16FromString(path)
	if err != nil {
		return err
	}
	list = append(list, 0) // it ends with two
	operation := &fileOperation{function: functionDelete, from: &list[0], flags: silent | noConfirmation | allowUndo | noErrorWindow | warnBeforeNuking}
	status, _, _ := windows.NewLazySystemDLL("shell32.dll").NewProc("SHFileOperationW").Call(uintptr(unsafe.Pointer(operation)))
	switch {
	case status != 0:
		return fmt.Errorf("SHFileOperation: %w", windows.Errno(status))
	case operation.aborted != 0:
		return errors.New("there is no room for it in the recycle bin, and it was not to be deleted for good")
	}
	return nil
}
