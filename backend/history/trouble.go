package history

import (
	"fmt"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// The codes of this package's faults, beside those of package archive.
const (
	CodeTrash  = "trash.none"       // there is no trash on that disk
	CodeExists = "recording.exists" // another recording of that ID is there already
	CodeMaking = "recording.making" // it is being recorded, and cannot be moved or copied
	CodeLink   = "recording.link"   // one of its files is a link
	CodeLimit  = "recording.limit"  // the recordings take more room than they may
	CodeIndex  = "history.index"    // the index cannot be kept
	CodeBusy   = "history.busy"     // another process writes to the index, and does not come to its end
)

func none(id string) error {
	return &fault.Error{
		Code: archive.CodeNone, Message: "That recording is not there any more.", Hint: "Look at the list of recordings again.",
		Blame: fault.Us, Cause: fmt.Errorf("recording %.300q", id),
	}
}

func gone(dir string, cause error) error {
	return &fault.Error{
		Code: archive.CodeNone, Message: "That recording is not there any more.", Hint: "Look at the list of recordings again.",
		Blame: fault.Us, Cause: fmt.Errorf("folder %s: %w", dir, cause),
	}
}

func making(what string) error {
	return &fault.Error{
		Code: CodeMaking, Message: fmt.Sprintf("The recording is still being made and cannot be %s.", what),
		Hint: "Stop it first, in the window that records it.", Blame: fault.Us,
	}
}

func noTrash(dir string, cause error) error {
	return &fault.Error{
		Code: CodeTrash, Message: "The recording could not be moved to the trash, so it is where it was.",
		Hint:  fmt.Sprintf("If you no longer need it, delete its folder yourself: %s.", dir),
		Blame: fault.Us, Cause: cause,
	}
}

func exists(dir string) error {
	return &fault.Error{
		Code: CodeExists, Message: "A recording of that name is here already, and it is not the same.",
		Hint: fmt.Sprintf("Look at %s, and move one of the two elsewhere.", dir), Blame: fault.Us,
	}
}

func link(path string) error {
	return &fault.Error{
		Code: CodeLink, Message: "The folder holds a link in place of a file, so it was not copied.",
		Hint: fmt.Sprintf("Put the file itself in its place: %s.", path), Blame: fault.Us,
	}
}

func overLimit(cause error) error {
	return &fault.Error{
		Code: CodeLimit, Message: "The recordings take more room than their limit, and none is left that may be removed.",
		Hint: "Take the mark from some that are kept, delete some, or raise the limit.", Blame: fault.Us, Cause: cause,
	}
}

func noIndex(path string, cause error) error {
	return &fault.Error{
		Code: CodeIndex, Message: "The recordings cannot be searched, because their index cannot be kept.",
		Hint:  fmt.Sprintf("Look whether there is room, and whether you may write, where %s is.", path),
		Blame: fault.Us, Cause: cause,
	}
}

func busyIndex(cause error) error {
	return &fault.Error{
		Code: CodeBusy, Message: "Another window is busy with the index of the recordings.", Hint: "Try again in a moment.", Blame: fault.Us, Cause: cause,
	}
}
