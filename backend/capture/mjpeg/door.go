package mjpeg

import (
	"io"
	"net/http"
	"strings"

	"github.com/icholy/digest"
)

// door adds the login to requests, in the way the camera asks for it and only once it has asked. It belongs to one goroutine.
type door struct {
	next           http.RoundTripper
	user, password string
	sign           func(*http.Request) error // as the camera wants it; nil: it has not asked yet
}

// RoundTrip gives the login at most twice: as it was wanted last, and as the answer to that wants it, since a digest's challenge grows old.
func (d *door) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := d.send(req)
	if err != nil || res.StatusCode != http.StatusUnauthorized || d.user == "" && d.password == "" {
		return res, err
	}
	if d.sign = d.asked(res.Header); d.sign == nil {
		return res, nil
	}
	_, _ = io.CopyN(io.Discard, res.Body, 16<<10) // so that the connection can be used again; it does not matter
	res.Body.Close()
	return d.send(req)
}

func (d *door) send(req *http.Request) (*http.Response, error) {
	if d.sign == nil {
		return d.next.RoundTrip(req)
	}
	signed := req.Clone(req.Context())
	if err := d.sign(signed); err != nil {
		return nil, err
	}
	return d.next.RoundTrip(signed)
}

// asked is how a camera wants a login: by digest where it knows that, which does not show the password. nil: in no way known here.
func (d *door) asked(h http.Header) func(*http.Request) error {
	if challenge, err := digest.FindChallenge(h); err == nil {
		return d.byDigest(challenge)
	}
	for _, way := range h.Values("WWW-Authenticate") {
		if scheme, _, _ := strings.Cut(way, " "); strings.EqualFold(scheme, "Basic") {
			return func(req *http.Request) error { req.SetBasicAuth(d.user, d.password); return nil }
		}
	}
	return nil
}

func (d *door) byDigest(challenge *digest.Challenge) func(*http.Request) error {
	count := 0
	return func(req *http.Request) error {
		count++
		answer, err := digest.Digest(challenge, digest.Options{
			Method: req.Method, URI: req.URL.RequestURI(), Count: count, Username: d.user, Password: d.password,
		})
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", answer.String())
		return nil
	}
}
