package settings

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// BuiltinName is what a person calls the backend that needs no server.
const BuiltinName = "Built-in detector"

// NewID is an ID that nothing has.
func NewID() string { return strings.ToLower(rand.Text()[:10]) }

// FreeName is what a backend at base is called unless a person says otherwise: its host, with a number behind it where one is called so already.
func FreeName(base string, backends []Backend) string {
	host := "Backend"
	if u, err := url.Parse(base); err == nil {
		host = u.Host
	}
	for n, name := 2, host; ; n++ {
		if !slices.ContainsFunc(backends, func(b Backend) bool { return strings.EqualFold(b.Name, name) }) {
			return name
		}
		name = fmt.Sprintf("%s (%d)", host, n)
	}
}
