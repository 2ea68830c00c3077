package capture

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"sightline/backend/fault"
)

// CodePassword is the code of the fault of an address that holds a password.
const CodePassword = "source.password"

// Login gives the user and the password that are saved for a network source's origin ("rtsp://host:554"); both empty where none are. Its error is that of a
// keyring that cannot be read.
type Login func(ctx context.Context, origin string) (user, password string, err error)

// isAddress says that the name is a server's, with whatever that understands behind it.
func (u URI) isAddress() bool {
	return strings.HasPrefix(u.Name, "//") && slices.Contains([]string{"rtsp", "rtsps", "http", "https"}, u.Scheme)
}

// Address is a network source's address. What is behind a # is for Sightline, not for the server: it is given apart. An address with a
// password is refused, since it would stand in logs, in lists of processes and in recordings; the fault does not repeat it.
func (u URI) Address() (address *url.URL, options url.Values, err error) {
	address, err = url.Parse(u.Scheme + ":" + u.Name)
	if err != nil || address.Hostname() == "" {
		return nil, nil, &fault.Error{
			Code: "source.address", Message: "That is no address of a network camera.", Blame: fault.Question,
			Hint: "Write it like " + u.Scheme + "://HOST/PATH.",
		}
	}
	if address.User != nil || strings.Contains(address.Fragment, "@") { // the second: a password with a # in it
		return nil, nil, loggedIn(address, ", and leave them out of the address.")
	}
	if _, _, secret := takeOut(address); secret != "" {
		return nil, nil, loggedIn(address, "; where they stand in the address, leave an empty place (like ?user=&pwd=), which is filled in for the camera alone.")
	}
	if options, err = url.ParseQuery(address.Fragment); err != nil {
		return nil, nil, &fault.Error{
			Code: "source.option", Message: "What is behind the # of the address cannot be read.", Blame: fault.Question,
			Hint: "Leave it out, or write it like #transport=udp.",
		}
	}
	address.Fragment, address.RawFragment = "", ""
	return address, options, nil
}

// Place is an address as a person knows it: host and path. A path that looks as if it held more than a place, as some cameras' do, is left out.
func Place(address *url.URL) string {
	if strings.ContainsAny(address.Path, "=&@") {
		return address.Host
	}
	return address.Host + strings.TrimSuffix(address.Path, "/")
}

func loggedIn(address *url.URL, further string) error {
	return &fault.Error{
		Code: CodePassword, Message: "A source's address must not hold a user name or password: others can read it.", Blame: fault.Question,
		Hint: howToLogIn(address) + further,
	}
}

// howToLogIn is the beginning of a sentence. It names no path, since a login is for all of the host, and some cameras' paths hold one.
func howToLogIn(address *url.URL) string {
	return "Save them with: sightline-cli login " + address.Scheme + "://" + address.Host + " (or in the window, under Network camera)"
}

// Shown is a source's URI as it may be shown and logged: without what stands before the host, also where it is no valid URI. Secrets elsewhere in it are
// refused before (Address) or taken out (SplitLogin).
func Shown(uri string) string {
	scheme, rest, found := strings.Cut(uri, "//")
	if !found {
		return uri
	}
	end := len(rest)
	if i := strings.IndexAny(rest, "/?#"); i >= 0 && !brokenInTwo(uri) {
		end = i
	}
	if at := strings.LastIndexByte(rest[:end], '@'); at >= 0 {
		rest = rest[at+1:]
	}
	return scheme + "//" + rest
}

// brokenInTwo says that the first / ? or # may stand within a password, where it must not: what is before it is no host.
func brokenInTwo(uri string) bool {
	_, err := url.Parse(uri)
	return err != nil
}
