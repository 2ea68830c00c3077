// Package camera is the source for the cameras attached to this machine, by pion/mediadevices.
//
// Importing mediadevices' camera driver makes it list the cameras before main starts. Without a camera that is three file globs, some 60 µs; with
// one it opens each once to ask its name, which starts no capture and lights no lamp. Nothing of ours happens at import, and what was listed
// then is never used: cameras come and go, so each list is made when it is asked for. On Windows see also FreeThread.
package camera

import (
	"context"
	"errors"
	"strings"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Scheme is camera: for the first camera and camera:NAME for the one listed under that name. All sources of one Scheme share what is known
// about cameras in use and driver calls that hang, so a program has one.
func Scheme() capture.Scheme { return scheme(media{}) }

func scheme(h hardware) capture.Scheme {
	m := &machine{roll: roll{hardware: h}}
	return capture.Scheme{
		Name:  "camera",
		Title: "Camera",
		Open: func(u capture.URI) (capture.Source, error) {
			if err := u.Allow(); err != nil {
				return nil, err
			}
			return &source{name: strings.TrimSpace(u.Name), machine: m}, nil
		},
		Devices: m.devices,
	}
}

// hardware is the cameras of a machine, as their driver gives them. Any call below may hang for ever.
type hardware interface {
	// list gives the cameras attached now, in a steady order, each with devices of its own that nobody uses yet.
	list() ([]attached, error)
}

// attached is one camera.
type attached struct {
	key    string // the same in every list as long as the camera stays where it is
	name   string // as a person knows it; no two in a list are the same
	path   string // "/dev/video0"; empty where the system has no such thing
	device device
}

// device is one camera to be used once: modes, start, close.
type device interface {
	modes() ([]mode, error) // opens it
	start(mode) (stream, error)

	// close ends the stream as well. It is called once; while a read waits, also from another goroutine, which makes the read return.
	close()
}

// stream is a camera that delivers.
type stream interface {
	read() (shot, error)
}

// machine is the cameras of this computer and who uses them.
type machine struct {
	roll   roll
	claims claims
}

func (m *machine) devices(ctx context.Context) ([]capture.Device, error) {
	found, err := m.roll.call(ctx)
	if err != nil {
		return nil, err
	}
	devices := make([]capture.Device, len(found))
	for i, cam := range found {
		devices[i] = capture.Device{URI: "camera:" + cam.name, Name: cam.name, Kind: "camera"}
	}
	return devices, nil
}

// source is one choice of camera.
type source struct {
	name    string // empty: the first
	machine *machine
}

// Run implements capture.Source. YCbCr frames keep the range the camera delivered, limited or full: no driver says which, and a guess that
// is wrong costs more contrast than none.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	found, err := s.machine.roll.call(ctx)
	if err != nil {
		return err
	}
	cam, err := pick(found, s.name)
	if err != nil {
		return err
	}
	claim, err := s.machine.claims.claim(cam)
	if err != nil {
		return err
	}
	err = newTake(cam, claim).run(ctx, put)
	if errors.Is(err, &fault.Error{Code: codeStalled}) && s.vanished(ctx, cam) {
		return gone(cam.name, err)
	}
	return err
}

// vanished says that a camera which fell silent was in fact pulled out: on Windows the driver tells nobody.
func (s *source) vanished(ctx context.Context, cam attached) bool {
	found, err := s.machine.roll.call(ctx)
	if err != nil {
		return false
	}
	for _, other := range found {
		if other.key == cam.key {
			return false
		}
	}
	return true
}

// pick finds the camera of that name, or path; the first where name is empty.
func pick(found []attached, name string) (attached, error) {
	if len(found) == 0 {
		return attached{}, none()
	}
	if name == "" {
		return found[0], nil
	}
	for _, cam := range found {
		if strings.EqualFold(cam.name, name) || cam.path != "" && cam.path == name {
			return cam, nil
		}
	}
	return attached{}, missing(name, found)
}

// The limits of patience. A Run that is cancelled waits for a list or for a take's end, never for both: it ends within grace.
const (
	listLimit  = 5 * time.Second        // for the driver to list the cameras
	firstFrame = 10 * time.Second       // from opening to the first frame; some cameras take three
	nextFrame  = 2 * time.Second        // from one frame to the next
	shake      = 700 * time.Millisecond // for a read to return by itself, before closing shakes it loose
	grace      = 1500 * time.Millisecond
)
