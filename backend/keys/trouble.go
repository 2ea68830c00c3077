package keys

import (
	"context"
	"errors"
	"strings"

	"github.com/zalando/go-keyring"

	"sightline/backend/fault"
)

var errNoKeyring = errors.New("no keyring")

// explain turns the keyring's error into a fault. Its text is kept for the log, unless the secret is in it.
func explain(err error, secret string) *fault.Error {
	trouble := &fault.Error{
		Code:    CodeFailed,
		Message: "The system's keyring refused the key.",
		Hint:    "Look whether the system's keyring works; until then keys are kept for this run only.",
		Blame:   fault.Us,
		Cause:   err,
	}
	switch {
	case isLocked(err):
		trouble.Code, trouble.Message = CodeLocked, "The system's keyring is locked or does not answer."
		trouble.Hint = "Unlock it and save the key again; until then keys are kept for this run only."
	case isNone(err):
		trouble.Code, trouble.Message = CodeNone, "There is no keyring on this system."
		trouble.Hint = "Keys are kept for this run only; install a keyring such as gnome-keyring to keep them."
	}
	if secret != "" && strings.Contains(err.Error(), secret) {
		trouble.Cause = errors.New("the keyring's own words hold the key and are left out")
	}
	return trouble
}

func isLocked(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, errHanging) ||
		strings.Contains(err.Error(), "failed to unlock") // a dismissed dialog; go-keyring has no value for it
}

// isNone knows a missing keyring from one that failed. D-Bus says it in words when nobody owns the keyring's name.
func isNone(err error) bool {
	return errors.Is(err, errNoKeyring) || errors.Is(err, keyring.ErrUnsupportedPlatform) ||
		strings.Contains(err.Error(), "org.freedesktop.secrets was not provided")
}

func badKey() error {
	return &fault.Error{
		Code:    CodeBad,
		Message: "That is no API key.",
		Hint:    "Paste the key alone: letters, digits and signs, with no space or line break within.",
		Blame:   fault.Us,
	}
}
