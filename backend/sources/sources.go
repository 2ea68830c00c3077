// Package sources is what the page can do about sources beside choosing one: list them, log in to cameras, keep the picture that is seen. It is
// bound to the page as it is, and knows no Wails.
package sources

import (
	"context"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// Config is what Sources are made of. All of it is needed.
type Config struct {
	Table  capture.Table
	Keys   Keys
	Seen   Seen
	Folder func() string           // where pictures are kept
	Reveal func(path string) error // shows a file in the system's file manager
}

// Keys holds logins by origin ("rtsp://host:554").
type Keys interface {
	Set(ctx context.Context, origin, secret string) (persisted bool, err error)
	Delete(ctx context.Context, origin string) error
	Has(ctx context.Context, origin string) bool
}

// Seen is the window whose picture is kept.
type Seen interface {
	// Picture is the newest picture as the person sees it; false where there is none.
	Picture() (*sight.Picture, bool)
	// Reopen opens the source anew, as after a login.
	Reopen()
}

// Sources is what the page calls.
type Sources struct{ c Config }

// New makes what the page calls.
func New(c Config) *Sources { return &Sources{c} }

// Listed is what can be chosen, with the fault of what could not be listed.
type Listed struct {
	Devices []capture.Device `json:"devices"`
	Fault   *sight.LineError `json:"fault"`
}

// List lists what can be watched.
func (s *Sources) List() Listed {
	ctx, cancel := context.WithTimeout(context.Background(), listTimeout)
	defer cancel()
	devices, err := s.c.Table.Devices(ctx)
	return Listed{Devices: append([]capture.Device{}, devices...), Fault: sight.NewLineError(err)}
}

// listTimeout bounds the listing of devices: a driver may hang.
const listTimeout = 10 * time.Second

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

// SaveAddress keeps the login of a network camera and gives the URI that opens it.
func (s *Sources) SaveAddress(a Address) (Known, error) { panic("not built yet") }

// HasLogin says whether a login is saved for the camera of a URI.
func (s *Sources) HasLogin(uri string) bool { panic("not built yet") }

// ForgetLogin deletes the login of the camera of a URI.
func (s *Sources) ForgetLogin(uri string) error { panic("not built yet") }

// SavePicture keeps the picture that is seen, as a JPEG, and gives its path.
func (s *Sources) SavePicture() (string, error) { panic("not built yet") }

// RevealPicture shows a kept picture in the system's file manager.
func (s *Sources) RevealPicture(path string) error { panic("not built yet") }
