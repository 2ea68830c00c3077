package replay

import (
	"errors"
	"fmt"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/fault"
)

// The codes of this package's faults. archive has more, and the end is capture.CodeFinished.
const (
	codeUnnamed  = "recording.unnamed"
	codeOption   = "recording.option"
	codeUnplayed = "recording.unplayable"
	codeUnkept   = "recording.unkept"
	codeHung     = "recording.hung"
)

// finished is why a source that does not loop ends. The session does not open it again by itself: asking twice about the same pictures is a
// person's wish.
func finished() error {
	return question(capture.CodeFinished, "The recording has come to its end.", "Choose it again to play it once more.")
}

func unnamed() error {
	return question(codeUnnamed, "No recording is named.", "Write its folder behind the colon, like recording:~/Videos/Sightline/2026-11-22_07-29-53_k3f9.")
}

func neither(option string) error {
	return question(codeOption, fmt.Sprintf("The option %s of a recording is 1 or 0.", option), fmt.Sprintf("Write it like ?%s=1.", option))
}

func unplayable(dir string) error {
	return question(codeUnplayed, fmt.Sprintf("The recording %s has nothing that can be shown.", dir), "Choose another recording, one with video or with pictures.")
}

func unkept(dir string) error {
	return question(codeUnkept, fmt.Sprintf("The recording %s has none of the pictures that were asked about.", dir), "Play its video instead: leave out asked=1.")
}

// hung is for a disk that may come back, so that the session tries again.
func hung(dir string) error {
	return &fault.Error{
		Code: codeHung, Message: fmt.Sprintf("The disk with the recording %s does not answer.", dir), Blame: fault.Source,
		Hint: "Check that its drive is connected and healthy.",
	}
}

// lost is why a recording cannot be opened. Trying again helps only where its disk did not let it be read; archive does not know who asks.
func lost(dir string, err error) error {
	f := *fault.From(err)
	f.Blame = fault.Question
	if errors.Is(err, &fault.Error{Code: archive.CodeUnread}) {
		f.Blame = fault.Source
	}
	if f.Code == fault.CodeUnexpected {
		f.Message, f.Hint = fmt.Sprintf("The recording %s cannot be read.", dir), "Check that its drive is connected and healthy."
	}
	return &f
}

func question(code, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Question}
}
