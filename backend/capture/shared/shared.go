// Package shared is one camera for several windows: who opens it first holds it and serves its frames to the others.
//
// The windows of one person meet at a place that is named after the device. Who gets the place's lock is the holder: it runs the source
// itself and lets the others watch. Everyone else is a viewer. When the holder ends, is killed or closes the camera, the system frees the
// lock, one of the viewers gets it and goes on as the holder, and the others find it there. Nobody opens a device without its lock.
package shared

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"

	"sightline/backend/capture"
	"sightline/backend/sight"
)

// Scheme is inner, with each of its devices opened once however many windows watch it. dir is the folder in which this person's windows
// meet, the same for all of them; it is made where it is missing. Which device a URI means is inner's to say, by Key; a window that asks for
// it in another mode than the holder gets the holder's frames. Where inner has Key, the option id=KEY means that very device. Without Key, two
// URIs mean the same device when inner lists it under one name, and their options are the same.
func Scheme(inner capture.Scheme, dir string) capture.Scheme {
	return scheme(inner, func(device string) place { return inFolder(dir, device) })
}

func scheme(inner capture.Scheme, at func(device string) place) capture.Scheme {
	outer := inner
	outer.Open = func(u capture.URI) (capture.Source, error) {
		if _, err := inner.Open(u); err != nil {
			return nil, err
		}
		return &source{inner: inner, uri: u, at: at}, nil
	}
	return outer
}

type source struct {
	inner capture.Scheme
	uri   capture.URI
	at    func(device string) place
}

// errAppeared says that a device has come which a moment ago was not there.
var errAppeared = errors.New("the device has appeared")

// Run implements capture.Source. It goes on while holders come and go, and returns a fault when there is no frame for two seconds.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	err := s.run(ctx, put, false)
	if errors.Is(err, errAppeared) {
		err = s.run(ctx, put, true)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// run finds the device and takes its turn there. What is not listed but known to be there is taken under the name it has.
func (s *source) run(ctx context.Context, put func(sight.Frame), there bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	find := s.find
	if s.inner.Key != nil {
		find = s.pin
	}
	uri, found, err := find(ctx)
	if err != nil {
		return err
	}
	device, err := s.inner.Open(uri)
	if err != nil {
		return err
	}
	if !found && !there {
		return absent(ctx, device)
	}
	return newTurn(s.at(s.key(uri)), device, put).run(ctx)
}

// pin is the URI with the device that it means now: for as long as the turn lasts no other is opened, also when another has become the first
// one since.
func (s *source) pin(ctx context.Context) (uri capture.URI, found bool, err error) {
	uri = s.uri
	key, err := s.inner.Key(ctx, uri)
	if err != nil || key == "" {
		return uri, false, err
	}
	uri.Options = maps.Clone(uri.Options)
	if uri.Options == nil {
		uri.Options = make(url.Values)
	}
	uri.Options.Set(optionID, key)
	return uri, true, nil
}

const optionID = "id"

// find is the URI under which all windows know the device. It is not found where the first device is meant and none is listed. A name that
// is not listed stays as it is: it may be one that only the source itself understands.
func (s *source) find(ctx context.Context) (uri capture.URI, found bool, err error) {
	uri = s.uri
	uri.Name = strings.TrimSpace(uri.Name)
	if s.inner.Devices == nil {
		return uri, true, nil
	}
	listed, err := s.inner.Devices(ctx)
	if err != nil {
		return uri, false, err
	}
	for _, d := range listed {
		_, name, _ := strings.Cut(d.URI, ":")
		if uri.Name == "" || strings.EqualFold(name, uri.Name) {
			uri.Name = name
			return uri, true, nil
		}
	}
	return uri, uri.Name != "", nil
}

// key names the device among all of them. What is listed is known without regard to case.
func (s *source) key(uri capture.URI) string {
	switch {
	case s.inner.Key != nil && uri.Options.Has(optionID):
		return uri.Scheme + ":?" + optionID + "=" + uri.Options.Get(optionID)
	case s.inner.Devices == nil:
		return uri.String()
	}
	uri.Name = strings.ToLower(uri.Name)
	return uri.String()
}

// absent lets the source say in its own words that no device is there. Should one have come since, it has a name now, and is opened under that.
func absent(ctx context.Context, device capture.Source) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := device.Run(ctx, func(sight.Frame) { cancel(errAppeared) })
	if errors.Is(context.Cause(ctx), errAppeared) {
		return errAppeared
	}
	return err
}
