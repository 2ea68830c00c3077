// Package mjpeg is the source http and https: a network camera that sends one JPEG after another, or its newest one when asked.
//
//	http://HOST/PATH#fps=5&patience=10
//
// JPEGs are passed on as they are, undecoded. Behind the #, fps says how often a camera is asked that gives one picture at a time, patience how many seconds
// may pass without a picture, and certificate which one of https is taken.
package mjpeg

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

const (
	answerTime = 5 * time.Second // for a connection, an answer, and its first picture
	pollRate   = capture.Ticks(5)
)

// Config is what the source is told by whoever wires it.
type Config struct {
	Login capture.Login // nil: there are no logins
}

// Schemes are the source's entries in a capture.Table: http and https. They list no devices.
func Schemes(c Config) []capture.Scheme {
	open := func(uri capture.URI) (capture.Source, error) { return open(uri, c) }
	return []capture.Scheme{capture.Network("http", open), capture.Network("https", open)}
}

// source is a camera. It holds no state of its own, so that it can be run again.
type source struct {
	address  *url.URL
	login    capture.Login
	trust    capture.Trust
	rate     capture.Ticks // of questions, where a camera gives one picture at a time
	answer   time.Duration
	patience time.Duration
}

func open(uri capture.URI, c Config) (*source, error) {
	address, options, err := uri.Address()
	if err != nil {
		return nil, err
	}
	behind := capture.URI{Scheme: uri.Scheme, Options: options}
	if err := behind.Allow("certificate", "fps", "patience"); err != nil {
		return nil, err
	}
	s := &source{address: address, login: c.Login, answer: answerTime}
	if s.rate, err = rateOf(options); err != nil {
		return nil, err
	}
	if s.patience, err = capture.Patience(options); err != nil {
		return nil, err
	}
	if s.trust, err = capture.TrustOf(options); err != nil {
		return nil, err
	}
	return s, nil
}

// rateOf is how often a camera is asked for its newest picture. It may be less than once a second: some give no more.
func rateOf(options url.Values) (capture.Ticks, error) {
	if !options.Has("fps") {
		return pollRate, nil
	}
	const least, most = 0.1, 30
	rate, err := strconv.ParseFloat(options.Get("fps"), 64)
	if err != nil || !(rate >= least && rate <= most) { // written so that NaN fails too
		return 0, &fault.Error{
			Code: "source.fps", Message: "That is not how often a network camera can be asked for a picture.", Blame: fault.Question,
			Hint: fmt.Sprintf("Choose %v to %v times a second, like #fps=%v.", least, most, float64(pollRate)),
		}
	}
	return capture.Ticks(rate), nil
}
