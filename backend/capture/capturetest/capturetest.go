// Package capturetest is the suite every source of frames passes.
//
// A source's own tests call Run, and Missing for each way its device can be absent:
//
//	capturetest.Run(t, capturetest.Case{Open: open, FPS: 30})
//
// The suite watches real time, and its limits leave room for a busy machine. A source of network cameras tries RunStuck as well, on cameras that
// are written by hand (Line).
package capturetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Secret is what stands in addresses, logins and answers of test cameras, and in no fault.
const Secret = "geheim"

// Case is a source to be tried. Only Open is needed.
type Case struct {
	// Open makes a source that can run now. It is called once for each promise, and Run called several times on what it gives.
	Open func() capture.Source

	FPS           float64 // the frame rate promised, kept within 5%; 0: none is
	Width, Height int     // the pixels promised; 0: only that they stay the same

	Patience time.Duration // the longest wait for frames; 0: 10 s
	Grace    time.Duration // the longest time from cancel to the end of Run; 0: 2 s
	Measure  time.Duration // how long the frame rate is watched; 0: 2.5 s
}

// Run tries all that capture.Source promises, one subtest for each promise. The race detector belongs to it: without -race a source that
// shares its memory may pass.
func Run(t *testing.T, c Case) {
	t.Helper()
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) {
			if err := p.check(c.complete()); err != nil {
				t.Error(err)
			}
		})
	}
}

// Missing tries a source whose device is not there: it has to end by itself, without a frame, with a fault that has this code and can be
// read by a person.
func Missing(t *testing.T, src capture.Source, code string) {
	t.Helper()
	if err := missing(src, code); err != nil {
		t.Error(err)
	}
}

// Look runs a source until it has given some frames, or has ended by itself; 0: it is to end by itself.
func Look(t testing.TB, src capture.Source, frames int) ([]sight.Frame, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	var got []sight.Frame
	err := src.Run(ctx, func(f sight.Frame) {
		if len(got) < frames {
			got = append(got, f)
		}
		if frames > 0 && len(got) == frames {
			cancel()
		}
	})
	if frames > 0 && len(got) == frames && errors.Is(err, context.Canceled) {
		err = nil
	}
	return got, err
}

// WantFault checks that err is a fault a person can read, which tells nothing of what is secret.
func WantFault(t testing.TB, err error, code string, blame fault.Blame) {
	t.Helper()
	if wrong := readable(err, code, blame); wrong != nil {
		t.Error(wrong)
	}
}

func (c Case) complete() Case {
	if c.Patience == 0 {
		c.Patience = 10 * time.Second
	}
	if c.Grace == 0 {
		c.Grace = 2 * time.Second
	}
	if c.Measure == 0 {
		c.Measure = 2500 * time.Millisecond
	}
	return c
}

// within allows 5% either way.
func within(got, want float64) bool { return got >= 0.95*want && got <= 1.05*want }

var errGrace = errors.New("Run has not returned in time")
