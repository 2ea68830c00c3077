package awake

import (
	"testing"

	"go.uber.org/goleak"
)

func TestSleepIsHeldOffUntilItIsReleased(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for range 3 {
		release, err := Hold(t.Context(), "a test")
		if err != nil {
			t.Fatal(err)
		}
		release()
		release()
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
