package openai

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/origin"
)

// pastedEnds are the ends of addresses that people copy from examples and from the browser, longest first.
func pastedEnds() []string {
	return []string{"/chat/completions", "/completions", "/responses", "/models", "/embeddings", "/api/chat", "/api/generate", "/api/tags"}
}

var hostAsNumber = regexp.MustCompile(`^(\d+|0x[0-9a-f]*)$`)

// ParseBase makes a server's base address out of what a person typed: "localhost:8000", with or without /v1, with a trailing slash, or the
// whole of /v1/chat/completions. Without a scheme, addresses on this network get http, others https. Keys and passwords have no place in
// an address: it refuses them. What it gives, typed again, stays as it is. Errors are fault.Errors.
func ParseBase(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, badAddress("There is no address.", "Type one like localhost:8000.")
	}
	u, err := parseLoosely(s)
	if err != nil {
		return nil, badAddress("That is no address Sightline understands.", "Type one like localhost:8000 or https://example.com/v1.")
	}
	if err := checkParts(u); err != nil {
		return nil, err
	}
	return &url.URL{Scheme: u.Scheme, Host: normalHost(u), Path: basePath(u.Path)}, nil
}

func parseLoosely(s string) (*url.URL, error) {
	if strings.Contains(s, "://") {
		return url.Parse(s)
	}
	u, err := url.Parse("https://" + strings.TrimLeft(s, "/"))
	if err == nil && !Public(u) && u.Port() != "443" {
		u.Scheme = "http"
	}
	return u, err
}

func checkParts(u *url.URL) error {
	switch port, err := strconv.ParseUint(u.Port(), 10, 16); {
	case u.Scheme != "http" && u.Scheme != "https":
		return badAddress("Sightline speaks only http and https.", "Start the address with http:// or https://.")
	case u.User != nil, u.RawQuery != "" || u.ForceQuery:
		return badAddress("The address holds more than an address.", "Leave out everything before an @ and after a question mark, and enter a key in its own field.")
	case u.Hostname() == "" || strings.ContainsFunc(u.Host, notInHost):
		return badAddress("The address names no server.", "Type one like localhost:8000.")
	case u.Port() != "" && (err != nil || port == 0):
		return badAddress("The address has an impossible port.", "Ports are numbers from 1 to 65535.")
	}
	return nil
}

func notInHost(r rune) bool { return r <= ' ' || strings.ContainsRune(`"'<>\^{|}%@`+"`", r) }

// normalHost is the host in lower case, without its scheme's own port. Servers print the address they listen at, which for "all of them" is
// none that can be called everywhere: it becomes this machine's.
func normalHost(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	switch host {
	case "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	if port := u.Port(); port != "" && port != origin.Port(u.Scheme) {
		return net.JoinHostPort(host, strings.TrimLeft(port, "0"))
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}

// basePath drops the end of a pasted request. Where nothing is left it adds /v1; any other path is taken as the person's word for where the
// API lives.
func basePath(path string) string {
	for cut := true; cut; {
		path, cut = strings.TrimRight(path, "/"), false
		for _, end := range pastedEnds() {
			if rest, ok := strings.CutSuffix(path, end); ok {
				path, cut = rest, true
			}
		}
	}
	if path == "" {
		return "/v1"
	}
	return path
}

func badAddress(message, hint string) error {
	return &fault.Error{Code: "backend.address", Message: message, Hint: hint, Blame: fault.Question}
}

// Public reports whether pictures sent to u leave this network: anything but this machine, private and link-local addresses, names that
// only a local network knows, and names without a dot. It asks nobody; in doubt it says true.
func Public(u *url.URL) bool {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	for _, end := range []string{".localhost", ".local", ".lan", ".home.arpa", ".internal"} {
		if strings.HasSuffix(host, end) {
			return false
		}
	}
	// A bare number is an address too, for the resolvers that take it: 134744072 is 8.8.8.8.
	return strings.ContainsAny(host, ".:") || hostAsNumber.MatchString(host)
}
