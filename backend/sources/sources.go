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

// Keys holds the logins of cameras, each for the origin of an address.
type Keys interface {
	SetLogin(ctx context.Context, address, user, password string) (persisted bool, err error)
	DeleteLogin(ctx context.Context, address string) error
	HasLogin(ctx context.Context, address string) bool
}

// Seen is the window whose picture is kept.
type Seen interface {
	// Picture is the newest picture as the person sees it; false where there is none.
	Picture() (*sight.Picture, bool)
	// Cameras are the network cameras that were watched, and KeepCamera remembers another, or forgets one.
	Cameras() []string
	KeepCamera(ctx context.Context, uri string, on bool) error
	// Source is the URI of what is open, and Reopen opens it anew, as after a login.
	Source() string
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

// List lists what can be watched: what is here now, and the network cameras that were watched before.
func (s *Sources) List() Listed {
	ctx, cancel := context.WithTimeout(context.Background(), listTimeout)
	defer cancel()
	devices, err := s.c.Table.Devices(ctx)
	listed := append([]capture.Device{}, devices...)
	for _, uri := range s.c.Seen.Cameras() {
		listed = append(listed, s.c.Table.Describe(uri))
	}
	return Listed{Devices: listed, Fault: sight.NewLineError(err)}
}

// listTimeout bounds the listing of devices: a driver may hang.
const listTimeout = 10 * time.Second
