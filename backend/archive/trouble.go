package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sightline/backend/fault"
)

// The codes of this package's faults.
const (
	CodeFull     = "disk.full"     // no room, or no room for this person
	CodeReadOnly = "disk.readonly" // the folder cannot be written
	CodeGone     = "disk.gone"     // the folder, or its disk, is not there any more
	CodeInUse    = "disk.in_use"   // another program has a file open, and the system lets nobody else have it
	CodeFailed   = "disk.failed"   // the disk refused for another reason

	CodeNone    = "recording.none"    // there is no recording there
	CodeNewer   = "recording.newer"   // a newer Sightline made it
	CodeBroken  = "recording.broken"  // its manifest cannot be understood
	CodeUnread  = "recording.unread"  // it is there and cannot be read
	CodeBusy    = "recording.busy"    // another process changes it and does not come to its end
	CodePicture = "recording.picture" // a picture's name leads elsewhere
	CodeVideo   = "recording.video"   // a video cannot be read
)

// Trouble is why a disk did not take what was written to path, as a person reads it. What is a fault already, and nil, stay as they are.
func Trouble(cause error, path string) error {
	if known := new(fault.Error); cause == nil || errors.As(cause, &known) {
		return cause
	}
	trouble := &fault.Error{
		Code: CodeFailed, Message: "The disk with the recordings reports an error.",
		Hint: fmt.Sprintf("Look at the disk on which %s is, or choose another folder for recordings.", path), Blame: fault.Us, Cause: cause,
	}
	switch {
	case isOneOf(cause, full()):
		trouble.Code, trouble.Message = CodeFull, "The disk is full."
		trouble.Hint = fmt.Sprintf("Make room on the disk on which %s is, or choose another folder for recordings.", path)
	case isOneOf(cause, readOnly()):
		trouble.Code, trouble.Message = CodeReadOnly, "The folder of the recordings cannot be written."
		trouble.Hint = fmt.Sprintf("Make %s writable, or choose another folder for recordings.", path)
	case isOneOf(cause, gone()):
		trouble.Code, trouble.Message = CodeGone, "The folder of the recording is gone."
		trouble.Hint = fmt.Sprintf("It was deleted or moved, or its disk was taken away: %s.", path)
	case isOneOf(cause, inUse()):
		return taken(cause, path)
	}
	return trouble
}

func taken(cause error, path string) error {
	return &fault.Error{
		Code: CodeInUse, Message: "A file of the recording is open in another program.",
		Hint: fmt.Sprintf("Close what plays, copies or shows something of %s, and try again.", path), Blame: fault.Us, Cause: cause,
	}
}

// InUse is a fault where somebody has a video, the answers or the manifest open, and the system therefore lets nobody move or delete the
// recording. Windows does so; elsewhere it is never one.
func InUse(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil //nolint:nilerr // whoever wants to move it is told the same
	}
	for _, e := range entries {
		if path := filepath.Join(dir, e.Name()); e.Type().IsRegular() && staysOpen(path) {
			return taken(fmt.Errorf("%s is open", path), dir)
		}
	}
	return nil
}

func isOneOf(err error, targets []error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

func unread(cause error, path string) error {
	return &fault.Error{
		Code: CodeUnread, Message: "The recording could not be read.",
		Hint: fmt.Sprintf("Make %s readable.", path), Blame: fault.Us, Cause: cause,
	}
}

func broken(cause error, path string) error {
	return &fault.Error{
		Code: CodeBroken, Message: "The recording's description is damaged.",
		Hint:  fmt.Sprintf("Put a copy of %s in its place; the video and the answers beside it can be opened with other programs.", path),
		Blame: fault.Us, Cause: cause,
	}
}

func newer(dir string) error {
	return &fault.Error{
		Code: CodeNewer, Message: "The recording was made by a newer Sightline.",
		Hint: fmt.Sprintf("Update Sightline to open %s; it was left as it is.", dir), Blame: fault.Us,
	}
}

func none(dir string, cause error) error {
	return &fault.Error{
		Code: CodeNone, Message: "There is no recording in this folder.",
		Hint: fmt.Sprintf("Choose a folder with a file %s in it, not %s.", manifestName, dir), Blame: fault.Us, Cause: cause,
	}
}
