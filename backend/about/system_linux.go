package about

import (
	"bufio"
	"cmp"
	"os"
	"strings"
)

// system is the distribution and how its screen is reached.
func system() string {
	screen := "no display"
	switch {
	case os.Getenv("WAYLAND_DISPLAY") != "":
		screen = "Wayland"
	case os.Getenv("DISPLAY") != "":
		screen = "X11"
	}
	return distribution("/etc/os-release") + ", " + screen + ", " + cmp.Or(os.Getenv("XDG_CURRENT_DESKTOP"), "no desktop named")
}

func distribution(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return "Linux"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, ok := strings.CutPrefix(lines.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(name, `"`)
		}
	}
	return "Linux"
}
