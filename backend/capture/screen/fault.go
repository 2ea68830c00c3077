package screen

import (
	"fmt"
	"image"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	codeNumber  = "screen.number"
	codeNone    = "screen.none"
	codeWayland = "screen.wayland"
	codeDenied  = "screen.denied"
	codeMissing = "screen.missing"
	codeGone    = "screen.gone"
	codeChanged = "screen.changed"
	codeHung    = "screen.hung"
	codeFailed  = "screen.failed"
)

func none(cause error) error {
	return sourceFault(codeNone, cause, "This machine shows no screen to Sightline.",
		"Start Sightline on a desktop, or, from elsewhere, with DISPLAY set to that desktop's X server.")
}

func missing(number, found int) error {
	hint := "Plug it in, or choose a lower number."
	if found == 1 {
		hint = "There is one: write screen: for it."
	}
	return sourceFault(codeMissing, nil, fmt.Sprintf("There is no screen %d.", number+1), hint)
}

func gone(cause error) error {
	return sourceFault(codeGone, cause, "The screen went away.", "Plug it in or log in again: Sightline tries again by itself.")
}

func changed(before, now image.Point) error {
	return sourceFault(codeChanged, fmt.Errorf("%v, then %v", before, now), "The size of the screen has changed.",
		"Nothing needs to be done: Sightline goes on with the new one by itself.")
}

func hung(cause error) error {
	return sourceFault(codeHung, cause, "The screen does not answer.", "Close the program that holds it, if there is one; Sightline tries again by itself.")
}

func failed(cause error) error {
	return sourceFault(codeFailed, cause, "The system gives no picture of the screen.", "Sightline tries again by itself; the log has the details.")
}

func sourceFault(code string, cause error, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Source, Cause: cause}
}
