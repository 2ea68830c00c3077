package camera

import (
	"fmt"
	"strings"
)

// readable is a camera's own name without what makes it hard to read: drivers say the name twice, cut off at 31 letters.
func readable(name string) string {
	name = strings.TrimSpace(name)
	first, second, twice := strings.Cut(name, ": ")
	if twice && strings.HasPrefix(first, second) {
		return first
	}
	return name
}

// distinguish numbers the names that several cameras share: "Webcam", "Webcam (2)".
func distinguish(found []attached) {
	taken := make(map[string]bool, len(found))
	for i := range found {
		own := found[i].name
		for n := 2; taken[strings.ToLower(found[i].name)]; n++ {
			found[i].name = fmt.Sprintf("%s (%d)", own, n)
		}
		taken[strings.ToLower(found[i].name)] = true
	}
}
