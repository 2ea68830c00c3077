package rtsp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"

	"sightline/backend/capture"
	"sightline/backend/origin"
)

// libraryTime is longer than anything that is waited for here: gortsplib has one deadline for answers and for packets, and some cameras seldom send any.
const libraryTime = 2 * time.Minute

// farewell is how long a camera is given to be told that we leave; some count their viewers.
const farewell = 500 * time.Millisecond

// link is a connection with a camera. Its calls block; close ends them.
type link struct {
	client *gortsplib.Client
	answer time.Duration
	ended  chan error // why it ended, once
	once   sync.Once
	lost   func() // a packet was lost; set before playing

	mu     sync.Mutex
	wires  []net.Conn // what the client talks over, the TLS of it excluded
	quiet  bool       // from now on a camera may be silent: pictures are watched instead
	closed bool
	moved  string // where the camera says its video is
}

// dial makes a link; nothing is said on it yet.
func (s *source) dial(address *url.URL) (*link, error) {
	l := &link{answer: s.waits.answer, ended: make(chan error, 1), lost: func() {}}
	transport := s.transport
	l.client = &gortsplib.Client{
		ReadTimeout: libraryTime, WriteTimeout: s.waits.answer,
		TLSConfig: s.trust.TLS(), Transport: &transport, UserAgent: "Sightline",
		DialContext:       l.wire,
		OnResponse:        l.heard,
		OnPacketLost:      func(error) { l.lost() },
		OnDecodeError:     func(error) {}, // a packet that cannot be read is missing at the next one, too
		OnTransportSwitch: func(error) {},
	}
	if err := l.client.Start(address.Scheme, address.Host); err != nil {
		return nil, fmt.Errorf("start talking to a camera: %w", err)
	}
	go func() { l.ended <- l.client.Wait() }()
	return l, nil
}

// wire connects, and sets the deadline of the first answer, which is a handshake's too.
func (l *link) wire(ctx context.Context, network, host string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: l.answer}).DialContext(ctx, network, host)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		c.Close()
		return nil, net.ErrClosed
	}
	l.wires = append(l.wires, c)
	return c, c.SetDeadline(time.Now().Add(l.answer))
}

// heard sees each answer before the client does. Where a camera sends on to another address, the client would go there at once, login and all: that is taken out
// of its hands.
func (l *link) heard(res *base.Response) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if to := res.Header["Location"]; len(to) == 1 && res.StatusCode >= 300 && res.StatusCode < 400 {
		l.moved = to[0]
		delete(res.Header, "Location")
	}
	if l.quiet {
		return
	}
	for _, c := range l.wires {
		_ = c.SetReadDeadline(time.Now().Add(l.answer)) // where that fails, so does reading
	}
}

// settle lifts the deadline of answers.
func (l *link) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = true
	for _, c := range l.wires {
		_ = c.SetReadDeadline(time.Time{}) // where that fails, so does reading
	}
}

// movedTo is where the camera sends on to; empty where it does not.
func (l *link) movedTo() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.moved
}

// during ends the link, and with it what call waits for, when ctx ends.
func (l *link) during(ctx context.Context, call func() error) error {
	stop := context.AfterFunc(ctx, l.close)
	err := call()
	if !stop() {
		l.close()
		return context.Cause(ctx)
	}
	return err
}

// close says goodbye and waits until everything of the link has ended, which takes farewell at most. It may be called again, from anywhere.
func (l *link) close() {
	l.once.Do(func() {
		cut := time.AfterFunc(farewell, l.cut)
		defer cut.Stop()
		l.client.Close()
	})
}

// cut ends what hangs on the wire.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, c := range l.wires {
		c.Close()
	}
}

// setup asks for a track. Of UDP, the ports are chosen here: the client would look for free ones for ever.
func (l *link) setup(base *base.URL, media *description.Media, transport gortsplib.Transport) error {
	if transport != gortsplib.TransportUDP {
		_, err := l.client.Setup(base, media, 0, 0)
		return err
	}
	const tries = 20
	var err error
	for range tries {
		port := 10000 + 2*rand.IntN(25000)
		_, err = l.client.Setup(base, media, port, port+1)
		var listening *net.OpError
		if !errors.As(err, &listening) || listening.Op != "listen" {
			return err
		}
	}
	return err
}

// choose is the first track with video that is known here, cut down to the one format in which it is wanted.
func choose(d *description.Session) (*description.Media, format.Format, string) {
	has := ""
	for _, media := range d.Medias {
		if media.Type != description.MediaTypeVideo || media.IsBackChannel {
			continue
		}
		for _, f := range media.Formats {
			switch f.(type) {
			case *format.H264, *format.H265, *format.MJPEG:
				media.Formats = []format.Format{f}
				return media, f, ""
			}
			has += f.Codec() + " "
		}
	}
	return nil, nil, has
}

// withLogin is an address as the client wants it. It sends the login only when it is asked for one, and in an address only where that has fields for it.
func withLogin(address *url.URL, user, password string) *base.URL {
	u := base.URL(*capture.Fill(address, user, password))
	if user != "" || password != "" {
		u.User = url.UserPassword(user, password)
	}
	return &u
}

// moved reads where a camera sends on to: another address of the same kind, without a login.
func moved(from *url.URL, to string) (*url.URL, error) {
	u, err := from.Parse(to)
	if err != nil || u.Hostname() == "" || u.Scheme != from.Scheme { // from rtsps to rtsp would mean to give up what was chosen
		return nil, circles(from)
	}
	u.User, u.Fragment = nil, ""
	if origin.Same(u, from) && u.RequestURI() == from.RequestURI() {
		return nil, circles(from)
	}
	return u, nil
}
