package capture

import (
	"cmp"
	"net/url"
	"strings"

	"sightline/backend/fault"
)

// SplitLogin takes the login out of a network camera's address, from before its host or from its fields, and puts rtsp:// before one that names
// no scheme. Its fault repeats neither.
func SplitLogin(typed string) (uri, user, password string, err error) {
	typed = strings.TrimSpace(typed)
	if !strings.Contains(typed, "://") {
		typed = "rtsp://" + typed
	}
	address, err := url.Parse(typed)
	if err != nil || address.Hostname() == "" {
		return "", "", "", &fault.Error{
			Code: "source.address", Message: "That is no address of a network camera.", Blame: fault.Question,
			Hint: "Write it like rtsp://HOST/PATH or http://HOST/PATH; the camera's manual names it.",
		}
	}
	uri = Shown(typed)
	if empty, name, secret := takeOut(address); secret != "" {
		empty.User = nil
		uri, user, password = empty.String(), name, secret
	}
	if address.User != nil {
		user = address.User.Username()
		password, _ = address.User.Password()
	}
	return uri, user, password, nil
}

// Fill is an address with a login in those of its fields that wait for one: some cameras want it there, as ?user=&pwd=, and not in a header. It
// is for the camera alone, never kept and never shown; the address itself stays as it is.
func Fill(address *url.URL, user, password string) *url.URL {
	return withFields(address, func(f field) string {
		switch {
		case f.value != "":
			return f.value
		case f.secret:
			return url.QueryEscape(password)
		}
		return url.QueryEscape(user)
	})
}

// takeOut empties the fields of an address that hold a login. It gives no secret, and takes nothing out, where there is none in them: a user's
// name alone opens no door.
func takeOut(address *url.URL) (empty *url.URL, user, secret string) {
	empty = withFields(address, func(f field) string {
		plain, err := url.QueryUnescape(f.value)
		if err != nil {
			plain = f.value
		}
		if f.secret {
			secret = cmp.Or(secret, plain)
		} else {
			user = cmp.Or(user, plain)
		}
		return ""
	})
	return empty, user, secret
}

// partOfLogin says that a field of an address, by what cameras call it, is a part of a login, and whether that part is a secret.
func partOfLogin(name string) (isPart, isSecret bool) {
	switch strings.ToLower(name) {
	case "user", "usr", "username", "login", "loginuse", "account":
		return true, false
	case "password", "passwd", "pass", "pwd", "pw", "psw", "loginpas", "loginpass",
		"token", "access_token", "auth", "authbasic", "secret", "api_key", "apikey":
		return true, true
	}
	return false, false
}

// field is a part of a login that stands in an address as NAME=VALUE.
type field struct {
	value  string // escaped
	secret bool
}

// withFields is a copy of an address with other values in its fields.
func withFields(address *url.URL, replace func(field) string) *url.URL {
	changed := *address
	changed.RawQuery = replaceFields(address.RawQuery, "&;", replace)
	between := "/&;"
	if path := address.EscapedPath(); !strings.Contains(path, "&") {
		between = "/;_" // some cameras' paths are /user=NAME_password=SECRET_channel=1.sdp; elsewhere an underscore is part of a value
	}
	changed.RawPath = replaceFields(address.EscapedPath(), between, replace)
	if plain, err := url.PathUnescape(changed.RawPath); err == nil {
		changed.Path = plain
	}
	return &changed
}

func replaceFields(text, between string, replace func(field) string) string {
	var done strings.Builder
	for rest := text; rest != ""; {
		end := strings.IndexAny(rest, between)
		if end < 0 {
			end = len(rest)
		}
		part := rest[:end]
		rest = rest[end:]
		name, value, isField := strings.Cut(part, "=")
		if isPart, isSecret := partOfLogin(name); isField && isPart {
			part = name + "=" + replace(field{value, isSecret})
		}
		done.WriteString(part)
		if rest != "" {
			done.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return done.String()
}
