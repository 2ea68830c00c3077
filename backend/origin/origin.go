// Package origin says whom an address belongs to, so that what is kept for the one is never told to another.
package origin

import (
	"cmp"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Port is the one that is meant where an address names none; empty for schemes other than http, https, rtsp and rtsps.
func Port(scheme string) string {
	switch strings.ToLower(scheme) {
	case "http":
		return "80"
	case "https":
		return "443"
	case "rtsp":
		return "554"
	case "rtsps":
		return "322"
	}
	return ""
}

// Of is u's scheme, host and port, the port always written, like "https://api.example.com:443": an origin is its own origin. It is empty where u
// names no host, or a scheme that is none of http, https, rtsp and rtsps.
func Of(u *url.URL) string {
	usual := Port(u.Scheme)
	if usual == "" || u.Hostname() == "" || !utf8.ValidString(u.Host) {
		return ""
	}
	host := net.JoinHostPort(strings.Map(lowerASCII, u.Hostname()), cmp.Or(u.Port(), usual))
	return (&url.URL{Scheme: strings.ToLower(u.Scheme), Host: host}).String()
}

// Same says that both addresses belong to the same. What belongs to nobody is not the same as anything.
func Same(a, b *url.URL) bool {
	origin := Of(a)
	return origin != "" && origin == Of(b)
}

// lowerASCII leaves other letters alone: some of them have an ASCII letter for their small one, and would name another host.
func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}
