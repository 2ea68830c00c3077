package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"sightline/backend/fault"
)

func busy() *fault.Error {
	return &fault.Error{Code: "camera.busy", Message: "The camera is in use.", Hint: "Close the other program.", Blame: fault.Source, Cause: io.ErrUnexpectedEOF}
}

func TestNoErrorIsNoFault(t *testing.T) {
	if f := fault.From(nil); f != nil {
		t.Errorf("got %+v", f)
	}
	if code := fault.CodeOf(nil); code != "" {
		t.Errorf("got code %q", code)
	}
}

func TestFaultIsFoundWithinWrappings(t *testing.T) {
	f := busy()
	for _, err := range []error{
		f,
		fmt.Errorf("open camera: %w", f),
		fmt.Errorf("start session: %w", fmt.Errorf("open camera: %w", f)),
		errors.Join(io.EOF, f),
	} {
		if got := fault.From(err); got != f {
			t.Errorf("%v: got %+v", err, got)
		}
		if code := fault.CodeOf(err); code != "camera.busy" {
			t.Errorf("%v: got code %q", err, code)
		}
	}
}

func TestUnknownErrorBecomesAPlainSentenceAndKeepsItsDetail(t *testing.T) {
	cause := errors.New("dial tcp 10.0.0.1:443: secret detail")
	f := fault.From(fmt.Errorf("ask: %w", cause))
	wantSentences(t, f)
	if f.Code != fault.CodeUnexpected || f.Blame != fault.Us || !errors.Is(f, cause) {
		t.Errorf("got %+v", f)
	}
	if f.Error() != f.Message {
		t.Errorf("shows %q", f.Error())
	}
}

func TestDeadlineIsATimeoutWhoseFaultNobodyKnows(t *testing.T) {
	f := fault.From(fmt.Errorf("list models: %w", context.DeadlineExceeded))
	wantSentences(t, f)
	if f.Code != fault.CodeTimeout || f.Blame != "" || !errors.Is(f, context.DeadlineExceeded) {
		t.Errorf("got %+v", f)
	}
}

func TestFaultAboutADeadlineKeepsItsOwnCode(t *testing.T) {
	f := &fault.Error{Code: "backend.silent", Message: "The server said nothing.", Cause: context.DeadlineExceeded}
	if code := fault.CodeOf(fmt.Errorf("ask: %w", f)); code != "backend.silent" {
		t.Errorf("got code %q", code)
	}
}

func TestFaultsMatchByCodeAlone(t *testing.T) {
	err := fmt.Errorf("open camera: %w", busy())
	if !errors.Is(err, &fault.Error{Code: "camera.busy"}) {
		t.Error("does not match its own code")
	}
	if errors.Is(err, &fault.Error{Code: "camera.gone"}) {
		t.Error("matches another code")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("hides its cause")
	}
}

func wantSentences(t *testing.T, f *fault.Error) {
	t.Helper()
	for _, s := range []string{f.Message, f.Hint} {
		if s == "" || s[len(s)-1] != '.' {
			t.Errorf("not a sentence: %q", s)
		}
	}
}
