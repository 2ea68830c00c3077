package doctor

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

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

func TestNothingIsTriedThatCannotWork(t *testing.T) {
	report := Examine(t.Context(), []Step{
		{Name: "connection", Do: ill(errors.New("no")), Needed: true},
		{Name: "picture", Do: well("")},
	}, func(Check) {})
	if got := names(report.Checks); !slices.Equal(got, []string{"connection"}) {
		t.Errorf("took %v", got)
	}
}

func TestStepThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		report := Examine(t.Context(), []Step{{Name: "hangs", Do: func(ctx context.Context) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}}}, func(Check) {})
		if c := report.Checks[0]; c.OK || c.Error.Code != fault.CodeTimeout {
			t.Errorf("got %+v", c)
		}
	})
}
