// Package rtsp is the source rtsp and rtsps: a network camera that speaks RTSP.
//
//	rtsp://HOST/PATH#transport=udp&patience=10
//
// RTSP itself is spoken by gortsplib. The JPEGs of a camera that sends such are passed on as they are; H.264 and H.265 are decoded by ffmpeg, which is given the video
// on a pipe and never learns where it comes from. Behind the #, transport says how the video is to come (tcp, udp, multicast), patience how many seconds may
// pass without a picture, and certificate which one of rtsps is taken.
package rtsp

import (
	"fmt"
	"net/url"
	"time"

	"github.com/bluenviron/gortsplib/v4"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
)

// Config is what the source is told by whoever wires it.
type Config struct {
	Login   capture.Login                  // nil: there are no logins
	Program func() (ffmpeg.Program, error) // what decodes; asked each time H.264 or H.265 is to be decoded
}

// waits are how long is waited for what.
type waits struct {
	answer   time.Duration // for a connection, for each answer, and for the first packet
	opening  time.Duration // for all answers together
	key      time.Duration // for a picture one can begin with
	first    time.Duration // for the first decoded picture
	patience time.Duration // for each further one
	lag      time.Duration // for pictures that are still to be decoded, before they are left out
}

func usual() waits {
	return waits{answer: 5 * time.Second, opening: 12 * time.Second, key: 15 * time.Second, first: 6 * time.Second, lag: 500 * time.Millisecond}
}

// Schemes are the source's entries in a capture.Table: rtsp and rtsps. They list no devices.
func Schemes(c Config) []capture.Scheme {
	open := func(uri capture.URI) (capture.Source, error) { return open(uri, c) }
	return []capture.Scheme{capture.Network("rtsp", open), capture.Network("rtsps", open)}
}

// source is a camera. It holds no state of its own, so that it can be run again.
type source struct {
	address   *url.URL
	config    Config
	trust     capture.Trust
	transport gortsplib.Transport
	waits     waits
}

func open(uri capture.URI, c Config) (*source, error) {
	address, options, err := uri.Address()
	if err != nil {
		return nil, err
	}
	behind := capture.URI{Scheme: uri.Scheme, Options: options}
	if err := behind.Allow("certificate", "patience", "transport"); err != nil {
		return nil, err
	}
	s := &source{address: address, config: c, waits: usual()}
	if s.transport, err = transportOf(address.Scheme, options); err != nil {
		return nil, err
	}
	if s.waits.patience, err = capture.Patience(options); err != nil {
		return nil, err
	}
	if s.trust, err = capture.TrustOf(options); err != nil {
		return nil, err
	}
	return s, nil
}

// transportOf is how the video is to come. TCP comes through everywhere and loses nothing.
func transportOf(scheme string, options url.Values) (gortsplib.Transport, error) {
	hint := "Choose tcp, udp or multicast."
	switch text := options.Get("transport"); {
	case !options.Has("transport"), text == "tcp":
		return gortsplib.TransportTCP, nil
	case scheme == "rtsps":
		hint = "With rtsps the video comes by tcp: leave it out."
	case text == "udp":
		return gortsplib.TransportUDP, nil
	case text == "multicast":
		return gortsplib.TransportUDPMulticast, nil
	}
	return 0, &fault.Error{
		Code: "source.option", Message: fmt.Sprintf("The video cannot come by %.20q.", options.Get("transport")), Blame: fault.Question, Hint: hint,
	}
}
