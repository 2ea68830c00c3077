package capture

import (
	"net/url"
	"strings"

	"sightline/backend/fault"
)

// SplitLogin takes the login out of a network camera's address, and puts rtsp:// before one that names no scheme. Its fault repeats neither.
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
	if address.User != nil {
		user = address.User.Username()
		password, _ = address.User.Password()
	}
	return Shown(typed), user, password, nil
}
