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
		{"camera:Door", "camera:Door (2)", true}, // which one is the second changes
		{"camera:Door (a)", "camera:Door", false},
		{"camera:Door?id=1", "camera:Door?id=2", true}, // one may be known by two ids
		{"camera:Door?id=1", "camera:Door (2)?id=2", true},
		{"camera:Door?id=1", "camera:Hall?id=1&size=640x480", true},
		{"camera:Door?id=1", "camera:Desk?id=2", false},
		{"camera:?id=1", "camera:Desk?id=2", true},
		{"camera:Door?id=", "camera:Desk?id=", false},
		{"camera:/dev/video0?id=1", "camera:Desk?id=2", true},
		{"camera: ?id=1", "camera:Desk", true},
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
