package keys

import (
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"sightline/backend/fault"
)

// ports are those of the schemes that a key can belong to. A camera's login is kept apart from the key of a server at the same place.
func ports() map[string]string {
	return map[string]string{
		"http": "80", "https": "443",
		loginTo + "http": "80", loginTo + "https": "443", loginTo + "rtsp": "554", loginTo + "rtsps": "322",
	}
}

// Origin is what a key belongs to: scheme, host and port of an http or https URL, like "https://api.example.com:443". An origin is its own
// origin. The fault of anything else does not repeat it.
func Origin(rawURL string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || !utf8.ValidString(u.Host) {
		return "", badOrigin()
	}
	scheme := strings.ToLower(u.Scheme)
	port, known := ports()[scheme]
	if !known {
		return "", badOrigin()
	}
	if u.Port() != "" {
		port = u.Port()
	}
	origin := url.URL{Scheme: scheme, Host: net.JoinHostPort(strings.Map(lowerASCII, u.Hostname()), port)}
	return origin.String(), nil
}

// lowerASCII leaves other letters alone: some of them have an ASCII letter for their small one, and would name another host.
func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

func badOrigin() error {
	return &fault.Error{
		Code:    CodeBad,
		Message: "A key can be kept for an http or https address only.",
		Hint:    "Write the address like https://api.example.com/v1.",
		Blame:   fault.Us,
	}
}
