package keys

import (
	"context"
	"net/url"
	"strings"

	"sightline/backend/fault"
)

// loginTo goes before the scheme of a camera whose login is kept: "login+rtsp://host:554".
const loginTo = "login+"

// maxLogin is the longest user name or password, in bytes.
const maxLogin = 1024

// Login is the user and the password saved for the origin of a camera's address (rtsp, rtsps, http, https); both empty where none are. Its faults are
// those of Get.
func (k *Keys) Login(ctx context.Context, address string) (user, password string, err error) {
	key, err := k.Get(ctx, loginTo+strings.TrimSpace(address))
	if err != nil || key.Empty() {
		return "", "", err
	}
	return ReadLogin(key.Reveal())
}

// HasLogin says whether Login would find one. What cannot be read counts as none.
func (k *Keys) HasLogin(ctx context.Context, address string) bool {
	user, password, err := k.Login(ctx, address)
	return err == nil && (user != "" || password != "")
}

// SetLogin keeps a login for the origin of an address, as Set keeps a key.
func (k *Keys) SetLogin(ctx context.Context, address, user, password string) (persisted bool, err error) {
	if user == "" && password == "" || len(user) > maxLogin || len(password) > maxLogin {
		return false, &fault.Error{
			Code: CodeBad, Message: "That is no login: it has no user name, or is far too long.", Blame: fault.Question,
			Hint: "Enter the user name and the password as the camera's own pages want them.",
		}
	}
	return k.Set(ctx, loginTo+strings.TrimSpace(address), url.UserPassword(user, password).String())
}

// DeleteLogin forgets a login, as Delete forgets a key.
func (k *Keys) DeleteLogin(ctx context.Context, address string) error {
	return k.Delete(ctx, loginTo+strings.TrimSpace(address))
}

// ReadLogin takes USER:PASSWORD apart, each written as in a URL (%40 for an @). Its fault does not repeat what cannot be read.
func ReadLogin(text string) (user, password string, err error) {
	name, secret, _ := strings.Cut(text, ":")
	user, errUser := url.PathUnescape(name)
	password, errSecret := url.PathUnescape(secret)
	if errUser != nil || errSecret != nil {
		return "", "", &fault.Error{
			Code: CodeBad, Message: "The saved login cannot be read.", Hint: "Enter it again.", Blame: fault.Us,
		}
	}
	return user, password, nil
}
