// Package fault is an error fit for a person: what happened, what to do next, and a code that never changes.
//
// A cause that is known becomes an Error at the edge where it is known (the camera driver, the HTTP response, the file). An unknown one
// travels on wrapped, and From turns it into a plain sentence at the last moment, keeping the detail for the log.
package fault

import (
	"context"
	"errors"
	"time"
)

// Blame says whose fault it was, which decides what the loop does next.
type Blame string

// The possible blames. The zero value means nobody knows.
const (
	Backend  Blame = "backend"  // the server or the way to it: wait, ask again, or ask another one
	Question Blame = "question" // what was asked: asking again unchanged fails again
	Source   Blame = "source"   // the camera, stream or folder
	Us       Blame = "us"       // Sightline, or the machine it runs on
)

// Error is a failure as a person reads it. It never holds a key, a credential or a picture: what is put in Message and Hint is shown,
// what is put in Cause is logged.
type Error struct {
	Code    string // stable, dotted, lower case: "backend.refused"
	Message string // what happened, one sentence with its full stop
	Hint    string // what to do next, one sentence with its full stop; may be empty
	Blame   Blame

	// RetryAfter is how long the other side asked to be left alone; 0 when it did not say.
	RetryAfter time.Duration

	// Cause is the detail for the log; errors.Is and errors.As see through to it.
	Cause error
}

// Error is the message alone: the hint is for places with room for it.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports a match by code, so that errors.Is(err, &fault.Error{Code: "camera.busy"}) holds.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Codes that From gives; all others are made where they happen.
const (
	CodeUnexpected = "unexpected"
	CodeTimeout    = "timeout"
)

// From is the fault within err, or a plain one around it. It gives nil for nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Error{Code: CodeTimeout, Message: "That took too long and was given up.", Hint: "Try again; if it happens often, look at the log.", Cause: err}
	}
	return &Error{Code: CodeUnexpected, Message: "Something went wrong that Sightline does not know.", Hint: "Try again; the log has the details.", Blame: Us, Cause: err}
}

// CodeOf is the code of the fault within err: empty for nil, CodeUnexpected where there is none.
func CodeOf(err error) string {
	if f := From(err); f != nil {
		return f.Code
	}
	return ""
}
