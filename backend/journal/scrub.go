package journal

import (
	"os"
	"regexp"
	"strings"
)

// What looks like a secret, and what is left of it. None of this should ever be in a log; a panic of a library may still quote what it was given.
type stain struct {
	looks *regexp.Regexp
	left  string
}

func stains() []stain {
	return []stain{
		{regexp.MustCompile(`(?i)(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}`), "$1 (removed)"},
		{regexp.MustCompile(`(?i)((?:api[_-]?key|authorization|token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',}]{3,}`), "$1(removed)"},
		{regexp.MustCompile(`\b(?:sk|pk|hf|nvapi|gsk|xai)[-_][A-Za-z0-9_-]{8,}`), "(removed)"},
		{regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/@"']+@`), "$1(removed)@"},
		{regexp.MustCompile(`data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+`), "(picture removed)"},
		{regexp.MustCompile(`[A-Za-z0-9+/]{200,}={0,2}`), "(data removed)"},
	}
}

// Scrub takes out of a text for others what looks like a key, a credential or a picture, and the name of the person's home folder.
func Scrub(text string) string {
	for _, s := range stains() {
		text = s.looks.ReplaceAllString(text, s.left)
	}
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		text = strings.ReplaceAll(text, home, "~")
	}
	return text
}

// Tail is the newest lines of the log, for others to read; empty where there is none.
func Tail(lines int) string {
	text, err := os.ReadFile(Path()) // it is put aside beyond 1 MiB
	if err != nil {
		return ""
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return Scrub(strings.Join(all[max(0, len(all)-lines):], "\n"))
}
