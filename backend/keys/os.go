package keys

import "github.com/zalando/go-keyring"

// OS is the system's keyring: the Secret Service on Linux, the Credential Manager on Windows, the Keychain on macOS.
func OS() Ring { return systemRing{} }

type systemRing struct{}

func (systemRing) Get(service, user string) (string, error) {
	if !keyringPossible() {
		return "", errNoKeyring
	}
	return keyring.Get(service, user)
}

func (systemRing) Set(service, user, secret string) error {
	if !keyringPossible() {
		return errNoKeyring
	}
	return keyring.Set(service, user, secret)
}

func (systemRing) Delete(service, user string) error {
	if !keyringPossible() {
		return errNoKeyring
	}
	return keyring.Delete(service, user)
}
