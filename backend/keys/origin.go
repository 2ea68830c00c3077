package keys

import (
	"net/url"
	"strings"

	"sightline/backend/fault"
	"sightline/backend/origin"
)

// Origin is what a key belongs to: scheme, host and port of an http or https URL, like "https://api.example.com:443"; or of a camera's address behind
// loginTo, which keeps its login apart from the key of a server at the same place. An origin is its own origin. The fault of anything else does not repeat it.
func Origin(rawURL string) (string, error) {
	address, isLogin := strings.CutPrefix(rawURL, loginTo)
	u, err := url.Parse(address)
	if err != nil {
		return "", badOrigin()
	}
	owner := origin.Of(u)
	switch {
	case owner == "":
	case isLogin:
		return loginTo + owner, nil
	case strings.HasPrefix(owner, "http"):
		return owner, nil
	}
	return "", badOrigin()
}

func badOrigin() error {
	return &fault.Error{
		Code:    CodeBad,
		Message: "A key can be kept for an http or https address only.",
		Hint:    "Write the address like https://api.example.com/v1.",
		Blame:   fault.Us,
	}
}
