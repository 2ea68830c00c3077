package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/fault"
)

func well(found string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return found, nil }
}

func ill(err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return "", err }
}

func names(checks []Check) []string {
	var all []string
	for _, c := range checks {
		all = append(all, c.Name)
	}
	return all
}

func TestOneThatIsNotWellMakesTheWholeNotWell(t *testing.T) {
	var told []Check
	report := Examine(t.Context(), []Step{
		{Name: "a", Do: well("fine")},
		{Name: "b", Do: ill(&fault.Error{Code: "b.broken", Message: "B is broken.", Hint: "Mend it."})},
		{Name: "c", Do: well("fine too")},
	}, func(c Check) { told = append(told, c) })
	if report.OK || !slices.Equal(names(report.Checks), []string{"a", "b", "c"}) || len(told) != 3 {
		t.Errorf("got %+v", report)
	}
	if b := report.Checks[1]; b.OK || b.Error == nil || b.Error.Code != "b.broken" || b.Error.Hint != "Mend it." {
		t.Errorf("got %+v", b)
	}
}

func TestStepWithNothingToSayIsLeftOut(t *testing.T) {
	report := Examine(t.Context(), []Step{
		{Name: "connection", Do: ill(errors.New("no"))},
		{Name: "picture", Do: ill(ErrSkip)},
	}, func(Check) {})
	if got := names(report.Checks); report.OK || !slices.Equal(got, []string{"connection"}) {
		t.Errorf("took %v", got)
	}
}

func hangs(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

func TestStepThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := Examine(t.Context(), []Step{{Name: "hangs", Do: hangs}, {Name: "hangs sooner", Do: hangs, Limit: time.Second}}, func(Check) {})
		for i, limit := range []time.Duration{StepTimeout, time.Second} {
			c := report.Checks[i]
			if c.OK || c.Error.Code != fault.CodeTimeout || c.MS != float64(limit.Milliseconds()) || !strings.Contains(c.Error.Message, limit.String()) {
				t.Errorf("got %+v: %+v", c, c.Error)
			}
		}
	})
}

func TestAllOfItEndsHoweverManyStepsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		report := Examine(t.Context(), slices.Repeat([]Step{{Name: "hangs", Do: hangs, Limit: 80 * time.Second}}, 16), func(Check) {})
		if took := time.Since(start); took != Timeout || report.OK || len(report.Checks) != 3 {
			t.Fatalf("after %v: %+v", took, report)
		}
		if last := report.Checks[2]; last.Error.Code != fault.CodeTimeout || !strings.HasPrefix(last.Error.Message, "All of it") {
			t.Errorf("got %+v", last.Error)
		}
	})
}

func TestPersonWhoHasSeenEnoughIsNotKeptWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	report := Examine(ctx, []Step{
		{Name: "a", Do: well("fine")},
		{Name: "b", Do: func(ctx context.Context) (string, error) { cancel(); return hangs(ctx) }},
		{Name: "c", Do: well("fine too")},
	}, func(Check) {})
	if got := names(report.Checks); report.OK || !slices.Equal(got, []string{"a"}) {
		t.Errorf("got %+v", report)
	}
}
