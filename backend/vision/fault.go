package vision

import (
	"errors"
	"fmt"
	"path/filepath"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	CodeMissing = "vision.missing" // a runtime or a model that is not there
	CodeBroken  = "vision.broken"  // or cannot be used
	CodeFailed  = "vision.failed"  // a network that stopped in mid-work
)

// again is what brings the files, wherever this program came from.
const again = "Install Sightline again; where it was built from its source, run: make build"

func missing(path string) error {
	return &fault.Error{
		Code: CodeMissing, Blame: fault.Us,
		Message: fmt.Sprintf("The built-in detector's file %s is missing in %s.", filepath.Base(path), filepath.Dir(path)),
		Hint:    again + ".",
	}
}

func broken(path string, cause error) error {
	f := &fault.Error{
		Code: CodeBroken, Blame: fault.Us, Cause: cause,
		Message: fmt.Sprintf("The built-in detector's file %s in %s cannot be used.", filepath.Base(path), filepath.Dir(path)),
		Hint:    again + ".",
	}
	if hint := hintFor(cause); hint != "" {
		f.Hint = hint
	}
	return f
}

func unbuilt() error {
	return &fault.Error{
		Code: CodeMissing, Blame: fault.Us,
		Message: "This build of Sightline has no networks to find things with.",
		Hint:    "Use a build with cgo, for Linux or Windows, or connect a model.",
	}
}

// notThatModel is a network whose answers have another shape than those of the one that is meant.
func notThatModel(file string) error {
	return &fault.Error{
		Code: CodeBroken, Blame: fault.Us,
		Message: fmt.Sprintf("The built-in detector's file %s is not what it should be.", file),
		Hint:    again + ".",
	}
}

func failed(cause error) error {
	return &fault.Error{
		Code: CodeFailed, Blame: fault.Us, Cause: cause,
		Message: "The built-in detector's network stopped in the middle of its work.",
		Hint:    "Wait for the next answer; if it happens often, look at the log, and at how much memory is left.",
	}
}

func isUnusable(err error) bool {
	return errors.Is(err, &fault.Error{Code: CodeMissing}) || errors.Is(err, &fault.Error{Code: CodeBroken})
}
