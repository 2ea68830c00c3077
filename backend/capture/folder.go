package capture

import (
	"os"
	"path/filepath"
	"strings"
)

// Folder puts the home folder in place of a leading ~ of a URI's name, as a shell does.
func Folder(name string) string {
	rest, tilde := strings.CutPrefix(name, "~")
	if !tilde || (rest != "" && !os.IsPathSeparator(rest[0])) {
		return name
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return name // which is then missing, and said so
	}
	return filepath.Join(home, rest)
}
