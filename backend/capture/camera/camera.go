// Package camera is the source for the cameras attached to this machine: listed and asked what they offer by pion/mediadevices, read by it on
// Windows and by blackjack/webcam on Linux, where JPEG bytes pass through and raw pictures are unpacked straight from the driver's memory.
//
// Importing mediadevices' camera driver makes it list the cameras before main starts. Without a camera that is three file globs, some 60 µs; with
// one it opens each once to ask its name, which starts no capture and lights no lamp. Nothing of ours happens at import, and what was listed
// then is never used: cameras come and go, so each list is made when it is asked for. On Windows see also FreeThread.
package camera

import (
	"context"
	"errors"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

const schemeName = "camera"

// Scheme is camera: for the first camera and camera:NAME for the one listed under that name or path. With ?id= it is the one camera that has
// that id, however it is called now, and no other; ?size= and ?fps= choose how it delivers. All sources of one Scheme share what is known
// about cameras in use and driver calls that hang, so a program has one.
func Scheme() capture.Scheme { return scheme(media{}) }

func scheme(h hardware) capture.Scheme {
	m := &machine{roll: roll{hardware: h}, tells: h.tells()}
	return capture.Scheme{
		Name:  schemeName,
		Title: "Camera",
		Open: func(u capture.URI) (capture.Source, error) {
			w, err := wishOf(u)
			if err != nil {
				return nil, err
			}
			return &source{wish: w, machine: m}, nil
		},
		Key:     m.key,
		Devices: m.devices,
	}
}

// hardware is the cameras of a machine, as their driver gives them. Any call below may hang for ever.
type hardware interface {
	// list gives the cameras attached now, in a steady order.
	list() ([]attached, error)

	// tells says whether a read ends at once when its camera is unplugged.
	tells() bool
}

// attached is one camera.
type attached struct {
	identity
	name   string        // as a person knows it
	twin   bool          // another camera has that name too
	paths  []string      // "/dev/video0", …; none where the system has no such thing
	stamp  string        // another one each time it is plugged in; empty where the system tells none
	fickle bool          // what it offers changes while it stays attached
	device func() device // a new use of it; one at a time
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
	offers offers
	pace   pace
	tells  bool // an unplugged camera ends its read at once
}

// key names the camera that a URI means now; empty where it is not attached.
func (m *machine) key(ctx context.Context, u capture.URI) (string, error) {
	w, err := wishOf(u)
	if err != nil {
		return "", err
	}
	found, err := m.roll.call(ctx, listLimit)
	if err != nil {
		return "", err
	}
	cam, err := w.find(found)
	if err != nil {
		return "", nil //nolint:nilerr // that it is not there is no error here: who runs it hears why
	}
	return cam.key, nil
}

func (m *machine) devices(ctx context.Context) ([]capture.Device, error) {
	found, err := m.roll.call(ctx, listLimit)
	if err != nil {
		return nil, err
	}
	m.survey(ctx, found)
	devices := make([]capture.Device, len(found))
	for i, cam := range found {
		devices[i] = capture.Device{URI: cam.uri().String(), Name: cam.name, Kind: schemeName}
		if cam.twin {
			devices[i].Detail = cam.place
		}
		for _, o := range m.offered(cam) {
			devices[i].Modes = append(devices[i].Modes, capture.Mode{
				URI: cam.in(o), Width: o.width, Height: o.height, FPS: o.rate, Format: string(o.format),
			})
		}
	}
	return devices, nil
}

// source is one choice of camera.
type source struct {
	wish    wish
	machine *machine
}

// Run implements capture.Source. YCbCr frames keep the range the camera delivered, limited or full: no driver says which, and a guess that
// is wrong costs more contrast than none.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	found, err := s.machine.roll.call(ctx, listLimit)
	if err != nil {
		return err
	}
	cam, err := s.wish.find(found)
	if err != nil {
		return err
	}
	claim, err := s.machine.claims.claim(ctx, cam)
	if err != nil {
		return err
	}
	err = newTake(cam, s.wish, s.machine, claim).run(ctx, put)
	if errors.Is(err, &fault.Error{Code: codeStalled}) && s.machine.vanished(ctx, cam) {
		return gone(cam.label(), err)
	}
	return err
}

// vanished says that a camera which fell silent was in fact pulled out: on Windows the driver tells nobody. A list that takes long says
// nothing.
func (m *machine) vanished(ctx context.Context, cam attached) bool {
	found, err := m.roll.call(context.WithoutCancel(ctx), glance)
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

// The limits of patience. A Run that is cancelled waits for a list or for a take's end, never for both: it ends within grace.
const (
	listLimit  = 5 * time.Second         // for the driver to list the cameras
	glance     = 200 * time.Millisecond  // for a list in between
	peekLimit  = 1500 * time.Millisecond // for cameras to say what they offer
	firstFrame = 10 * time.Second        // from opening to the first frame; some cameras take three
	doubt      = 500 * time.Millisecond  // from one frame to the question whether the camera is still attached
	nextFrame  = 1700 * time.Millisecond // from one frame to the next; with what ending takes, a person hears of it within two seconds
	shake      = 700 * time.Millisecond  // for a read to return by itself, before closing shakes it loose
	grace      = 1500 * time.Millisecond
)
