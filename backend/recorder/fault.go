package recorder

import (
	"errors"
	"fmt"

	"sightline/backend/fault"
)

// Codes of the faults given here; archive has those of a disk that is full, gone, or takes no files.
const (
	CodeLow     = "disk.low"     // space runs out; the recording goes on
	CodeEnding  = "disk.ending"  // too little space to go on, or to begin
	CodeHanging = "disk.hanging" // the disk does not answer

	CodeBehind  = "recording.behind"  // the disk is too slow for the answers
	CodeNothing = "recording.nothing" // no part was chosen
	CodeNowhere = "recording.nowhere" // no folder was chosen

	CodeUnfilmed = "video.failed"
	CodeTooSmall = "video.small"
)

const mebibyte = 1 << 20

func low(free uint64) error {
	return diskFault(CodeLow, nil,
		fmt.Sprintf("The disk that is recorded to has %d MB left.", free/mebibyte),
		"Make room on it, or stop recording before it is full.")
}

func ending(free uint64) error {
	return diskFault(CodeEnding, nil,
		fmt.Sprintf("The recording has ended because its disk has only %d MB left.", free/mebibyte),
		"What was recorded is whole. Make room on the disk, or choose another folder.")
}

func crammed(free uint64) error {
	return diskFault(CodeEnding, nil,
		fmt.Sprintf("Nothing is recorded because the disk has only %d MB left.", free/mebibyte),
		"Make room on it, or choose another folder.")
}

func hanging(cause error) error {
	return diskFault(CodeHanging, cause, "The recording has ended because its disk does not answer.",
		"Look whether the disk is still there; recording works again as soon as it answers, or after a restart with another folder.")
}

func behind() error {
	return diskFault(CodeBehind, nil, "The recording has ended because its disk is too slow for the answers.",
		"What was recorded until then is whole. Choose a folder on a faster disk, or ask less often.")
}

func nothingChosen() error {
	return &fault.Error{
		Code: CodeNothing, Message: "Nothing is recorded because neither video nor answers are chosen.",
		Hint: "Choose in the settings what is to be recorded.", Blame: fault.Question,
	}
}

func nowhere() error {
	return &fault.Error{
		Code: CodeNowhere, Message: "Nothing is recorded because no folder for recordings is chosen.",
		Hint: "Choose one in the settings.", Blame: fault.Question,
	}
}

// unfilmed is why there is no video. Faults pass through.
func unfilmed(cause error) error {
	if known := new(fault.Error); errors.As(cause, &known) {
		return cause
	}
	return &fault.Error{
		Code: CodeUnfilmed, Message: "The pictures could not be encoded as video.",
		Hint: "Answers are recorded without it. Try another size of picture, or record again.", Blame: fault.Us, Cause: cause,
	}
}

func tooSmall(s shape) error {
	return &fault.Error{
		Code:    CodeTooSmall,
		Message: fmt.Sprintf("Pictures of %d×%d pixels are too small for video.", s.width, s.height),
		Hint:    fmt.Sprintf("Answers are recorded without it. Choose a source of at least %d×%d pixels.", smallest, smallest), Blame: fault.Source,
	}
}

func diskFault(code string, cause error, message, hint string) error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Us, Cause: cause}
}
