// Package awake holds off the machine's sleep while something runs that sleep would break.
package awake

import (
	"context"
	"sync"
	"time"

	"sightline/backend/fault"
)

// CodeNone is the code of the fault of a system that cannot be asked to stay awake.
const CodeNone = "awake.none"

// patience is how long the system may take to answer.
const patience = 2 * time.Second

// Hold keeps the machine from going to sleep by itself until release is called, which may be called twice; the screen may still go dark. why is for
// whoever asks the system what keeps it awake. Where the system cannot be asked, that is the error, and release does nothing. ctx and two seconds
// bound the asking, not the holding. A process that ends holds nothing any more.
func Hold(ctx context.Context, why string) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	letGo, err := hold(ctx, why)
	if err != nil {
		return func() {}, none(err)
	}
	return sync.OnceFunc(letGo), nil
}

func none(cause error) error {
	return &fault.Error{
		Code: CodeNone, Message: "The system does not promise to stay awake.", Blame: fault.Us, Cause: cause,
		Hint: "Switch off its automatic sleep for as long as it has to run.",
	}
}
