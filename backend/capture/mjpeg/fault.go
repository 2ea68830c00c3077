package mjpeg

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

// kind begins the codes of the faults of this source.
const kind = "mjpeg"

// Codes of the faults given here.
const (
	codeUnknown  = kind + ".unknown"
	codeDenied   = kind + ".denied"
	codeFailed   = kind + ".failed"
	codePage     = kind + ".page"
	codeCodec    = kind + ".codec"
	codeStalled  = kind + ".stalled"
	codeEnded    = kind + ".ended"
	codeRedirect = kind + ".redirect"
)

var errTooLarge = errors.New("a picture of more than 16 MB")

const findAddress = "Look in its manual for the address of its MJPEG video; many have http://HOST/video or an rtsp:// address."

// refusedWith explains an answer without a picture.
func refusedWith(address *url.URL, status int, given bool) error {
	cause := fmt.Errorf("status %d", status)
	switch status {
	case http.StatusUnauthorized:
		return capture.LoginWanted(address, given, cause)
	case http.StatusForbidden:
		return sourceFault(codeDenied, cause, address.Host+" does not let this login see its picture.", "Give the user the right to view in the camera's own pages.")
	case http.StatusNotFound, http.StatusGone:
		return sourceFault(codeUnknown, cause, address.Host+" has nothing at this path.", findAddress)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		return sourceFault(codeFailed, cause, address.Host+" has no room for another viewer.", "Close one of the others: Sightline then goes on by itself.")
	}
	return sourceFault(codeFailed, cause, fmt.Sprintf("%s answers with error %d.", address.Host, status), "Switching the camera off and on again often helps.")
}

func webPage(address *url.URL) error {
	return sourceFault(codePage, nil, "That is a web page of "+address.Host+", not its picture.", findAddress)
}

// wrongKind names what came only where it looks like a type.
func wrongKind(address *url.URL, typed string) error {
	return sourceFault(codeCodec, fmt.Errorf("content type %.60q", typed), address.Host+" sends something else than JPEG pictures.", findAddress)
}

func stalled(address *url.URL, patience time.Duration) error {
	return sourceFault(codeStalled, fmt.Errorf("no picture for %v", patience), address.Host+" has stopped sending pictures.",
		"Check its cable or its radio: Sightline connects again by itself.")
}

// ended is what it means that the camera closed the line; faults pass through.
func ended(address *url.URL, cause error) error {
	return sourceFault(codeEnded, capture.Discreet(cause), address.Host+" has ended its video.", "Sightline connects again by itself.")
}

func redirected(address *url.URL, to string) error {
	f := sourceFault(codeRedirect, nil, fmt.Sprintf("%s sends on to %s; nothing was sent there.", address.Host, cmp.Or(to, "somewhere else")), "If you trust that one, enter its address.")
	f.Blame = fault.Question
	return f
}

func sourceFault(code string, cause error, message, hint string) *fault.Error {
	return &fault.Error{Code: code, Message: message, Hint: hint, Blame: fault.Source, Cause: cause}
}
