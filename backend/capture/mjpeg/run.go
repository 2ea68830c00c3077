package mjpeg

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/origin"
	"sightline/backend/sight"
)

// visit is one Run of a source.
type visit struct {
	*source
	client  *http.Client
	given   bool     // there is a login to give
	place   *url.URL // with the login, where the address has fields for it
	keyring error    // why there may be none
	put     func(sight.Frame)
	dog     *watchdog

	last   time.Time      // when the newest frame was captured
	newest *sight.Picture // as the camera sent it
}

// Run asks once, and takes what comes until ctx ends, the camera ends, or nothing comes for too long.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	outer := ctx
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	v := &visit{source: s, put: put}
	v.dog = watch(s.answer, s.patience, func(fed bool) {
		if fed {
			end(stalled(s.address, s.patience))
		} else {
			end(capture.Silent(kind, s.address, nil))
		}
	})
	defer v.dog.stop()
	defer v.enter(ctx)()

	err := v.look(ctx)
	switch {
	case outer.Err() != nil:
		return outer.Err()
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return err
}

// enter makes the client; what it gives lets go of its connections.
func (v *visit) enter(ctx context.Context) (leave func()) {
	transport := &http.Transport{
		Proxy:                  nil, // a camera is a neighbour, and its login is nobody else's business
		DialContext:            (&net.Dialer{Timeout: v.answer}).DialContext,
		TLSClientConfig:        v.trust.TLS(),
		TLSHandshakeTimeout:    v.answer,
		ResponseHeaderTimeout:  v.answer,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // a small lie could unfold to any size
	}
	door := &door{next: transport}
	if v.login != nil {
		door.user, door.password, v.keyring = v.login(ctx, origin.Of(v.address))
	}
	v.given = door.user != "" || door.password != ""
	v.place = capture.Fill(v.address, door.user, door.password)
	v.client = &http.Client{Transport: door, CheckRedirect: v.checkRedirect}
	return transport.CloseIdleConnections
}

// checkRedirect follows within the same origin only: what is asked for, and the login, are for nobody else.
func (v *visit) checkRedirect(req *http.Request, via []*http.Request) error {
	const most = 3
	if !origin.Same(req.URL, v.address) || len(via) > most {
		return redirected(v.address, origin.Of(req.URL))
	}
	return nil
}

// look takes what the camera's answer is: a stream, or one picture, after which it is asked again and again.
func (v *visit) look(ctx context.Context) error {
	res, err := v.ask(ctx, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	typed, boundary := contentType(res.Header)
	body := bufio.NewReaderSize(res.Body, 32<<10)
	switch {
	case strings.HasPrefix(typed, "multipart/"):
		return v.stream(&parts{r: body, boundary: boundary})
	case isJPEG(typed):
		return v.poll(ctx, res, body)
	case typed == "text/html" || typed == "application/xhtml+xml":
		return webPage(v.address)
	}
	if first, err := body.Peek(2); err == nil && (string(first) == "--" || string(first) == startOfImage) {
		return v.stream(&parts{r: body}) // some cameras do not know what they send
	}
	return wrongKind(v.address, typed)
}

// stream hands on one part after another.
func (v *visit) stream(p *parts) error {
	for {
		data, arrived, err := p.next()
		if err != nil {
			return ended(v.address, err)
		}
		if picture, err := sight.FromJPEG(data); err == nil { // a damaged one is left out: where all are, the watchdog tells
			v.show(picture, arrived)
		}
	}
}

// poll hands on the picture that came, and asks for the next.
func (v *visit) poll(ctx context.Context, res *http.Response, body io.Reader) error {
	if err := v.one(res, body); err != nil {
		return err
	}
	v.dog.allow(v.patience + v.rate.At(1))
	asked := http.Header{}
	remember(asked, res.Header)
	return v.rate.Run(ctx, func(n int) error {
		if n == 0 {
			return nil // that one has come already
		}
		return v.another(ctx, asked)
	})
}

// again is after what time a picture that has not changed is shown again.
const again = time.Second

// another asks whether there is a newer picture. What has not changed is shown again, though seldom: it is as the camera sees it now.
func (v *visit) another(ctx context.Context, asked http.Header) error {
	res, err := v.ask(ctx, asked)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified {
		if v.newest != nil && time.Since(v.last) >= again {
			v.show(v.newest, time.Now())
		}
		return nil
	}
	if typed, _ := contentType(res.Header); !isJPEG(typed) {
		return wrongKind(v.address, typed)
	}
	remember(asked, res.Header)
	return v.one(res, res.Body)
}

// one is the one picture of an answer.
func (v *visit) one(res *http.Response, body io.Reader) error {
	arrived := time.Now()
	if res.ContentLength > maxPicture {
		return ended(v.address, errTooLarge)
	}
	data, err := readUpTo(body, max(res.ContentLength, 0))
	if err != nil {
		return ended(v.address, err)
	}
	if picture, err := sight.FromJPEG(data); err == nil {
		v.show(picture, arrived)
	}
	return nil
}

// show hands a frame on. Stamps rise, also where the clock stands between two of them.
func (v *visit) show(picture *sight.Picture, captured time.Time) {
	if !captured.After(v.last) {
		captured = v.last.Add(time.Microsecond)
	}
	v.last, v.newest = captured, picture
	v.dog.feed()
	v.put(sight.Frame{Captured: captured, Picture: picture})
}

// ask sends one request, with what is remembered of the last answer, and explains what is no picture.
func (v *visit) ask(ctx context.Context, asked http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.place.String(), nil)
	if err != nil {
		return nil, wrongKind(v.address, "")
	}
	for name, values := range asked {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "Sightline")
	req.Header.Set("Accept", "multipart/x-mixed-replace, image/jpeg")
	res, err := v.client.Do(req)
	if err != nil {
		return nil, v.unreached(err)
	}
	if res.StatusCode == http.StatusOK || res.StatusCode == http.StatusNotModified && len(asked) > 0 {
		return res, nil
	}
	res.Body.Close()
	if res.StatusCode == http.StatusUnauthorized && !v.given && v.keyring != nil {
		return nil, v.keyring
	}
	return nil, refusedWith(v.address, res.StatusCode, v.given)
}

// unreached leaves the address out of the error, which Go's client puts into it.
func (v *visit) unreached(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	return capture.Unreached(kind, v.address, err)
}

// remember notes what a camera may be asked by whether its picture has changed.
func remember(asked, answered http.Header) {
	for from, to := range map[string]string{"Etag": "If-None-Match", "Last-Modified": "If-Modified-Since"} {
		asked.Del(to)
		if value := answered.Get(from); value != "" {
			asked.Set(to, value)
		}
	}
}

func isJPEG(typed string) bool {
	return typed == "image/jpeg" || typed == "image/jpg" || typed == "image/pjpeg"
}

// contentType is what an answer says it is, and the boundary between its parts, as far as either can be read: not all cameras write them properly.
func contentType(h http.Header) (typed, boundary string) {
	text := h.Get("Content-Type")
	if typed, params, err := mime.ParseMediaType(text); err == nil {
		return typed, params["boundary"]
	}
	typed, rest, _ := strings.Cut(text, ";")
	if _, after, found := strings.Cut(rest, "boundary="); found {
		boundary = strings.Trim(after, `" `)
	}
	return strings.ToLower(strings.TrimSpace(typed)), boundary
}
