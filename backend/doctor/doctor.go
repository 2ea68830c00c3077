// Package doctor checks one thing after another and says what to do about those that are not well.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Step is one thing to check.
type Step struct {
	Name string
	// Do checks it and may say in a few words what it found; its error is what is wrong. ErrSkip: there was nothing to check.
	Do func(ctx context.Context) (found string, err error)
	// Limit is the longest it may take; 0: StepTimeout.
	Limit time.Duration
}

// ErrSkip is the error of a step that has nothing to say, because one before it failed: it is left out of the report.
var ErrSkip = errors.New("there is nothing to check")

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

// The longest that a step may take unless it says otherwise, and all of them together.
const (
	StepTimeout = 90 * time.Second
	Timeout     = 3 * time.Minute
)

// Examine takes the steps in order, telling each as it is done. It ends within Timeout, and early where ctx does: then the report is not
// well, and holds what was checked until then.
func Examine(ctx context.Context, steps []Step, tell func(Check)) Report {
	limited, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	report := Report{OK: true, Checks: []Check{}}
	for _, step := range steps {
		check, err := take(limited, step)
		if errors.Is(err, ErrSkip) {
			continue
		}
		report.OK = report.OK && check.OK
		if ctx.Err() != nil {
			report.OK = false
			break
		}
		report.Checks = append(report.Checks, check)
		tell(check)
		if limited.Err() != nil {
			report.OK = false
			break
		}
	}
	return report
}

func take(ctx context.Context, step Step) (Check, error) {
	limit := cmp.Or(step.Limit, StepTimeout)
	own, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := time.Now()
	found, err := step.Do(own)
	var known *fault.Error
	switch {
	case errors.As(err, &known), !errors.Is(err, context.DeadlineExceeded):
	case ctx.Err() != nil:
		err = outOfTime("All of it took longer than "+Timeout.String()+".", err)
	case own.Err() != nil:
		err = outOfTime("It took longer than "+limit.String()+".", err)
	}
	ms := float64(time.Since(start).Microseconds()) / 1000
	return Check{Name: step.Name, OK: err == nil, MS: ms, Found: found, Error: sight.NewLineError(err)}, err
}

func outOfTime(message string, cause error) error {
	return &fault.Error{Code: fault.CodeTimeout, Message: message, Hint: "See whether it hangs, and try again.", Blame: fault.Backend, Cause: cause}
}
