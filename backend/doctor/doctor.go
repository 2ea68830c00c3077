// Package doctor checks one thing after another and says what to do about those that are not well.
package doctor

import (
	"context"
	"errors"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Step is one thing to check.
type Step struct {
	Name string
	// Do checks it and may say in a few words what it found; its error is what is wrong.
	Do func(ctx context.Context) (found string, err error)
	// Needed says that nothing after this step makes sense when it fails.
	Needed bool
}

// Check is a step that was taken.
type Check struct {
	Name  string           `json:"name"`
	OK    bool             `json:"ok"`
	MS    float64          `json:"ms"`
	Found string           `json:"found,omitempty"`
	Error *sight.LineError `json:"error,omitempty"`
}

// Report is all of them.
type Report struct {
	OK     bool    `json:"ok"`
	Checks []Check `json:"checks"`
}

// StepTimeout is the longest a step may take.
const StepTimeout = 90 * time.Second

// Examine takes the steps in order, telling each as it is done. It stops early when a needed one fails.
func Examine(ctx context.Context, steps []Step, tell func(Check)) Report {
	report := Report{OK: true, Checks: []Check{}}
	for _, step := range steps {
		check := take(ctx, step)
		report.OK = report.OK && check.OK
		report.Checks = append(report.Checks, check)
		tell(check)
		if !check.OK && step.Needed {
			break
		}
	}
	return report
}

func take(ctx context.Context, step Step) Check {
	ctx, cancel := context.WithTimeout(ctx, StepTimeout)
	defer cancel()
	start := time.Now()
	found, err := step.Do(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &fault.Error{Code: fault.CodeTimeout, Message: "It took longer than " + StepTimeout.String() + ".", Hint: "See whether it hangs, and try again.", Cause: err}
	}
	ms := float64(time.Since(start).Microseconds()) / 1000
	return Check{Name: step.Name, OK: err == nil, MS: ms, Found: found, Error: sight.NewLineError(err)}
}
