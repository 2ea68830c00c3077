package export

import (
	"fmt"
	"path/filepath"
	"testing"

	"sightline/backend/archive/archivetest"
	"sightline/backend/fault"
)

func TestFullDiskIsAClearFault(t *testing.T) {
	there := filepath.FromSlash("/there")
	err := asFault(t.Context(), filepath.Join(there, "a.csv"), fmt.Errorf("write: %w", archivetest.ErrFull))
	if f := fault.From(err); f.Code != "export.disk_full" || f.Message != "There is not enough space for the export in "+there+"." || f.Hint == "" {
		t.Errorf("%+v", f)
	}
}

func TestQuantilesAreTheNearestRank(t *testing.T) {
	f := figures{30, 10, 20, 40}
	for q, want := range map[float64]string{0.5: "20.0", 0.95: "40.0"} {
		if got := f.quantile(q); got != want {
			t.Errorf("%g: %s, want %s", q, got, want)
		}
	}
	if got := (figures{}).quantile(0.5); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
