package sources

import (
	"context"
	"time"

	"sightline/backend/capture"
)

// Address is a network camera as a person typed it, with the login where it needs one.
type Address struct {
	URL      string `json:"url"`      // may hold user and password: they are taken out of it
	User     string `json:"user"`     // empty: the one in the URL, or none
	Password string `json:"password"` // empty: the one in the URL, or the saved one
}

// Known is an address as it can be chosen.
type Known struct {
	URI       string `json:"uri"`       // without login
	Name      string `json:"name"`      // as a person knows it
	Persisted bool   `json:"persisted"` // the login outlives this run, or there is none
}

// keyringTime bounds a call of the keyring, in which a person may have to type a password.
const keyringTime = 35 * time.Second

// SaveAddress keeps the login of a network camera and gives the URI that opens it.
func (s *Sources) SaveAddress(a Address) (Known, error) {
	uri, user, password, err := capture.SplitLogin(a.URL)
	if err != nil {
		return Known{}, err
	}
	if _, err := s.c.Table.Open(uri); err != nil {
		return Known{}, err
	}
	if a.User != "" {
		user = a.User
	}
	if a.Password != "" {
		password = a.Password
	}
	ctx, cancel := context.WithTimeout(context.Background(), keyringTime)
	defer cancel()
	if err := s.c.Seen.KeepCamera(ctx, uri, true); err != nil {
		return Known{}, err
	}
	known := Known{URI: uri, Name: s.c.Table.Describe(uri).Name, Persisted: true}
	if password == "" && (user == "" || s.HasLogin(uri)) {
		return known, nil
	}
	if known.Persisted, err = s.c.Keys.SetLogin(ctx, uri, user, password); err != nil {
		return Known{}, err
	}
	if s.c.Seen.Source() == uri {
		s.c.Seen.Reopen()
	}
	return known, nil
}

// HasLogin says whether a login is saved for the camera of a URI.
func (s *Sources) HasLogin(uri string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), keyringTime)
	defer cancel()
	return s.c.Keys.HasLogin(ctx, uri)
}

// ForgetCamera no longer lists the network camera of a URI, and deletes its login.
func (s *Sources) ForgetCamera(uri string) error {
	ctx, cancel := context.WithTimeout(context.Background(), keyringTime)
	defer cancel()
	if err := s.c.Seen.KeepCamera(ctx, uri, false); err != nil {
		return err
	}
	return s.c.Keys.DeleteLogin(ctx, uri)
}
