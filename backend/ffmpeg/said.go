package ffmpeg

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// saidRoom is how much of what a child says is kept, in bytes: the last of it. A broken video lets it say the same for ever.
const saidRoom = 4096

// said keeps the last of what a child says.
type said struct {
	room int // bytes

	mu   sync.Mutex
	text []byte
	cut  bool // there was more before it
}

// Write implements io.Writer.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = append(s.text, p...)
	if over := len(s.text) - s.room; over > 0 {
		s.text, s.cut = append(s.text[:0], s.text[over:]...), true
	}
	return len(p), nil
}

// String is what was said, line by line, as it was; from its first whole line on.
func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := strings.ToValidUTF8(string(s.text), "")
	if s.cut {
		_, text, _ = strings.Cut(text, "\n")
	}
	return strings.TrimSpace(text)
}

// discreet takes out of a text where things are and who somebody is: addresses of servers, the name of a home folder, and addresses in memory, which say nothing.
func discreet(text string) string {
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		text = strings.ReplaceAll(text, home, "~")
	}
	for _, s := range []struct {
		looks *regexp.Regexp
		left  string
	}{
		{regexp.MustCompile(` @ (0x)?[0-9a-fA-F]{6,}`), ""},
		{regexp.MustCompile(`(?i)\b(rtmpt?s?|rtsps?|rtp|https?|ftp|s?rtp|udp|tcp|tls|srt)://[^\s'"]+`), "$1://(removed)"},
		{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b`), "(address removed)"},
		{regexp.MustCompile(`\[?([0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F:]*\]?(:\d+)?`), "(address removed)"},
		{regexp.MustCompile(`(?i)([/\\](?:home|users)[/\\])[^/\\\s]+`), "$1(removed)"},
	} {
		text = s.looks.ReplaceAllString(text, s.left)
	}
	return text
}
