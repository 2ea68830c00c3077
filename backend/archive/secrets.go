package archive

import (
	"net/url"
	"regexp"
	"strings"
)

// addresses finds addresses with an authority within a text, up to what ends them there.
var addresses = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>]*`)

// withoutSecrets is a text without the names and passwords of the addresses in it.
func withoutSecrets(text string) string {
	return addresses.ReplaceAllStringFunc(text, cleanAddress)
}

// cleanAddress drops what stands before the host, and parameters that are named like secrets.
func cleanAddress(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	end := strings.IndexAny(rest, "/?#")
	if _, err := url.Parse(address); err != nil || end < 0 {
		end = len(rest) // a password with a slash in it, for example: better too much is dropped than too little
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		rest = rest[at+1:]
	}
	path, query, has := strings.Cut(rest, "?")
	if !has {
		return scheme + "://" + rest
	}
	query, fragment, _ := strings.Cut(query, "#")
	if kept := cleanQuery(query); kept != "" {
		path += "?" + kept
	}
	if fragment != "" {
		path += "#" + fragment
	}
	return scheme + "://" + path
}

func cleanQuery(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !isSecret(name) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

// isSecret knows what cameras and servers call a name, a password or a key in an address.
func isSecret(name string) bool {
	if plain, err := url.QueryUnescape(name); err == nil {
		name = plain
	}
	name = strings.ToLower(name)
	for _, word := range []string{"user", "usr", "login", "account", "pass", "pwd", "token", "key", "secret", "auth", "sig", "credential", "session"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// withoutSecrets is what was recorded as it may be written down.
func (a About) withoutSecrets() About {
	a.Source = a.Source.withoutSecrets()
	askers := make([]Asker, 0, len(a.Asked.Askers))
	for _, k := range a.Asked.Askers {
		askers = append(askers, Asker{Backend: withoutSecrets(k.Backend), Model: k.Model})
	}
	a.Asked.Askers = askers
	return a
}

func (s Source) withoutSecrets() Source {
	return Source{URI: withoutSecrets(s.URI), Name: withoutSecrets(s.Name), Kind: s.Kind}
}
