package sight_test

import (
	"testing"

	"sightline/backend/sight"
)

func TestOverlapIsTheShareThatBothBoxesCover(t *testing.T) {
	left := sight.Box{W: 0.5, H: 0.5}
	for name, tc := range map[string]struct {
		other sight.Box
		want  float64
	}{
		"the same":    {left, 1},
		"half of it":  {sight.Box{W: 0.25, H: 0.5}, 0.5},
		"shifted":     {sight.Box{X: 0.25, W: 0.5, H: 0.5}, 1.0 / 3},
		"beside it":   {sight.Box{X: 0.5, W: 0.5, H: 0.5}, 0},
		"below it":    {sight.Box{Y: 0.75, W: 0.5, H: 0.25}, 0},
		"no box":      {sight.Box{}, 0},
		"all of both": {sight.Box{W: 1, H: 1}, 0.25},
	} {
		if a, b := left.Overlap(tc.other), tc.other.Overlap(left); a != b || a < tc.want-1e-9 || a > tc.want+1e-9 {
			t.Errorf("%s: %v, the other way round %v; want %v", name, a, b, tc.want)
		}
	}
}
