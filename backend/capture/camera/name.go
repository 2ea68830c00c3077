package camera

import "strings"

// readable is a camera's own name without what makes it hard to read: drivers say the name twice, cut off at 31 letters.
func readable(name string) string {
	name = strings.TrimSpace(name)
	first, second, twice := strings.Cut(name, ": ")
	if twice && strings.HasPrefix(first, second) {
		return first
	}
	return name
}
