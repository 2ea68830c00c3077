package capture

import "testing"

func TestSourcesThatMayBeTheSameDevice(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"camera:Door", "camera:door", true},
		{"camera:Door", "camera:Door?fps=5", true},
		{"camera:Door", "camera:", true},
		{"camera:Door", "camera:/dev/video2", true},
		{"camera:Door", "camera:Desk", false},
		{"camera:", "sample:", false},
		{"images:/a", "images:/b", false},
		{"images:/a", "images:/a?fps=3", true},
		{"nonsense", "nonsense", true},
		{"nonsense", "camera:", false},
	} {
		if got := MayBeSame(c.a, c.b); got != c.want || MayBeSame(c.b, c.a) != c.want {
			t.Errorf("%s and %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
