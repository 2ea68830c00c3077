package shared

import (
	"fmt"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	CodeVersion = "shared.version"
	CodeSilent  = "shared.silent"
	CodeStalled = "shared.stalled"
	CodeGarbled = "shared.garbled"
	CodeFull    = "shared.full"
	CodeLarge   = "shared.large"
	CodeLock    = "shared.lock"
)

func foreign(found string) error {
	return sourceFault(CodeVersion, fmt.Errorf("the holder speaks %s, this window speaks %s", found, greeting),
		"Another version of Sightline holds the camera.",
		"Close its windows, so that all that are open are of one version.")
}

func silent(cause error) error {
	return sourceFault(CodeSilent, cause,
		"Another window holds the camera and does not answer.",
		"Close that window if it hangs; Sightline tries again by itself.")
}

func stalled(cause error) error {
	return sourceFault(CodeStalled, cause,
		"The window that holds the camera has no pictures from it.",
		"Check the camera, or close that window if it hangs; Sightline tries again by itself.")
}

func unread(cause error) error {
	return sourceFault(CodeGarbled, cause,
		"What the window that holds the camera sends cannot be read.",
		"Close that window and open it again; Sightline tries again by itself.")
}

func full() error {
	return sourceFault(CodeFull, nil,
		fmt.Sprintf("%d windows watch this camera already.", most),
		"Close one that is no longer needed; Sightline tries again by itself.")
}

func large() error {
	return sourceFault(CodeLarge, nil,
		"The pictures of this camera are too large for a second window.",
		"Use the camera in one window, or at a smaller size.")
}

func noLock(dir string, cause error) error {
	return sourceFault(CodeLock, cause,
		"Sightline cannot note in "+dir+" which window holds the camera.",
		"Check that the folder is yours and can be written, and that its disk has room.")
}

func sourceFault(code string, cause error, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Source, Cause: cause}
}
