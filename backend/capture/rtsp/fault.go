package rtsp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/liberrors"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

// kind begins the codes of the faults of this source.
const kind = "rtsp"

// Codes of the faults given here.
const (
	codeUnknown   = kind + ".unknown"
	codeDenied    = kind + ".denied"
	codeFailed    = kind + ".failed"
	codeTransport = kind + ".transport"
	codeCodec     = kind + ".codec"
	codeKeyless   = kind + ".keyless"
	codeUndecoded = kind + ".undecoded"
	codeStalled   = kind + ".stalled"
	codeBehind    = kind + ".behind"
	codeEnded     = kind + ".ended"
	codeCircles   = kind + ".redirect"
)

const findAddress = "Look in its manual for the address of its RTSP video; an ONVIF program finds it too."

// refused explains why opening did not work. given says that there was a login to give.
func refused(address *url.URL, given bool, err error) error {
	var status liberrors.ErrClientBadStatusCode
	var timeout liberrors.ErrClientRequestTimedOut
	var login liberrors.ErrClientAuthSetup
	var network *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &status):
		return refusedWith(address, status.Code, given)
	case errors.As(err, &login):
		return capture.LoginWanted(address, given, capture.Discreet(err))
	case errors.As(err, &timeout):
		return capture.Silent(kind, address, capture.Discreet(err))
	case isTransport(err):
		return transportRefused(address, err)
	case errors.As(err, &network) && (network.Op == "dial" || network.Timeout()), errors.As(err, &certificate), errors.Is(err, capture.ErrOtherCertificate):
		return capture.Unreached(kind, address, err)
	}
	return sourceFault(codeFailed, err, address.Host+" does not speak RTSP as cameras do.", "Check the address and its port: "+findAddress)
}

func refusedWith(address *url.URL, status base.StatusCode, given bool) error {
	cause := fmt.Errorf("status %d", int(status))
	switch status {
	case base.StatusUnauthorized:
		return capture.LoginWanted(address, given, cause)
	case base.StatusForbidden:
		return sourceFault(codeDenied, cause, address.Host+" does not let this login see its video.", "Give the user the right to view in the camera's own pages.")
	case base.StatusNotFound, base.StatusGone:
		return sourceFault(codeUnknown, cause, address.Host+" has no video at this path.", findAddress)
	case base.StatusUnsupportedTransport:
		return transportRefused(address, cause)
	case base.StatusServiceUnavailable, base.StatusNotEnoughBandwidth:
		return sourceFault(codeFailed, cause, address.Host+" has no room for another viewer.", "Close one of the others: Sightline then goes on by itself.")
	}
	return sourceFault(codeFailed, cause, fmt.Sprintf("%s answers with error %d.", address.Host, int(status)), "Switching the camera off and on again often helps.")
}

func isTransport(err error) bool {
	var tcp liberrors.ErrClientServerRequestedTCP
	var udp liberrors.ErrClientServerRequestedUDP
	var ports liberrors.ErrClientServerPortsNotProvided
	return errors.As(err, &tcp) || errors.As(err, &udp) || errors.As(err, &ports)
}

func transportRefused(address *url.URL, cause error) error {
	return sourceFault(codeTransport, cause, address.Host+" does not send its video in the way that was asked for.",
		"Try another one: add #transport=udp to the address, or leave it out.")
}

// noVideo names what the camera has instead.
func noVideo(address *url.URL, has string) error {
	return sourceFault(codeCodec, fmt.Errorf("it has %s", has), address.Host+" sends no video that Sightline can read.", "Set the camera to H.264, H.265 or M-JPEG in its own pages.")
}

func keyless(address *url.URL, waited time.Duration) error {
	return sourceFault(codeKeyless, fmt.Errorf("no key picture in %v", waited), address.Host+" sends video, but no picture that one can begin with.",
		"Set a shorter interval between key pictures (I-frames) in the camera's own pages: two seconds are good.")
}

func undecoded(address *url.URL, cause error) error {
	return sourceFault(codeUndecoded, cause, "The video of "+address.Host+" cannot be decoded.",
		"Set the camera to plain H.264 in its own pages, without names such as H.264+ or smart codec.")
}

func stalled(address *url.URL, patience time.Duration) error {
	return sourceFault(codeStalled, fmt.Errorf("no picture for %v", patience), address.Host+" has stopped sending pictures.",
		"Check its cable or its radio: Sightline connects again by itself.")
}

func behind(address *url.URL) error {
	return sourceFault(codeBehind, nil, "This machine cannot decode the video of "+address.Host+" fast enough.",
		"Choose the camera's smaller video, or fewer pictures a second; Sightline connects again by itself.")
}

func ended(address *url.URL, cause error) error {
	return sourceFault(codeEnded, cause, address.Host+" has ended its video.", "Sightline connects again by itself.")
}

func circles(address *url.URL) error {
	return sourceFault(codeCircles, nil, address.Host+" sends on from one address to another without end.", findAddress)
}

func sourceFault(code string, cause error, message, hint string) *fault.Error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Source, Cause: capture.Discreet(cause)}
}
