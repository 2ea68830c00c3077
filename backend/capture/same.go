package capture

import "strings"

// MayBeSame says whether two source URIs may open the same device. A camera that is named by its path, or not at all, may be any camera:
// whoever asks wants to be safe, not to be clever. Options do not matter.
func MayBeSame(a, b string) bool {
	x, errX := ParseURI(a)
	y, errY := ParseURI(b)
	if errX != nil || errY != nil {
		return a == b
	}
	return x.Scheme == y.Scheme && (strings.EqualFold(x.Name, y.Name) || vague(x) || vague(y))
}

func vague(u URI) bool {
	return u.Name == "" || u.Scheme == "camera" && strings.HasPrefix(u.Name, "/")
}
