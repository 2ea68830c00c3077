package rtsp

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/origin"
	"sightline/backend/sight"
)

// visit is one Run of a source.
type visit struct {
	*source
	put      func(sight.Frame)
	progress *progress
	film     *film // nil where pictures need no decoder
}

// maxMoves is how often a camera may send on to another address.
const maxMoves = 3

// Run connects once, and takes what comes until ctx ends, the camera ends, or nothing comes for too long.
func (s *source) Run(ctx context.Context, put func(sight.Frame)) error {
	v := &visit{source: s, progress: &progress{address: s.address, waits: s.waits}}
	v.put = func(f sight.Frame) {
		v.progress.showed(time.Now())
		put(f)
	}
	err := v.look(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (v *visit) look(ctx context.Context) error {
	l, err := v.open(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	ctx, cancel := context.WithCancel(ctx)
	decoded := make(chan error, 1)
	if v.film == nil {
		defer cancel()
		return v.watch(ctx, l, decoded)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		decoded <- v.film.run(ctx)
	}()
	defer func() {
		cancel()
		<-done
	}()
	return v.watch(ctx, l, decoded)
}

// lookEach is how often it is looked whether what ought to come comes.
const lookEach = 100 * time.Millisecond

// watch waits for whatever ends the visit.
func (v *visit) watch(ctx context.Context, l *link, decoded <-chan error) error {
	look := time.NewTimer(0)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-l.ended:
			return ended(v.address, err)
		case err := <-decoded:
			return err
		case <-look.C:
		}
		wait, wrong := v.progress.trouble(time.Now())
		if wait <= 0 {
			return wrong
		}
		look.Reset(min(wait, lookEach)) // what is waited for changes on the way
	}
}

// open goes to the camera, and to where it sends on to, until it plays. Each place has a login of its own, or none.
func (v *visit) open(ctx context.Context) (*link, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, v.waits.opening, capture.Silent(kind, v.address, nil))
	defer cancel()
	address := v.address
	for range maxMoves + 1 {
		user, password, trouble := v.login(ctx, address)
		l, err := v.dial(address)
		if err != nil {
			return nil, refused(address, false, err)
		}
		err = l.during(ctx, func() error { return v.begin(l, withLogin(address, user, password)) })
		if err == nil {
			l.settle()
			return l, nil
		}
		l.close()
		if to := l.movedTo(); to != "" {
			if address, err = moved(address, to); err != nil {
				return nil, err
			}
			continue
		}
		return nil, explain(address, user+password != "", trouble, err)
	}
	return nil, circles(v.address)
}

func (v *visit) login(ctx context.Context, address *url.URL) (user, password string, err error) {
	if v.config.Login == nil {
		return "", "", nil
	}
	return v.config.Login(ctx, origin.Of(address))
}

// begin asks for the video and has it sent.
func (v *visit) begin(l *link, address *base.URL) error {
	d, _, err := l.client.Describe(address)
	if err != nil {
		return err
	}
	media, f, has := choose(d)
	if media == nil {
		return noVideo(v.address, has)
	}
	take, err := v.taker(l, f)
	if err != nil {
		return err
	}
	if err := l.setup(d.BaseURL, media, v.transport); err != nil {
		return err
	}
	l.client.OnPacketRTP(media, f, take)
	v.progress.started = time.Now()
	_, err = l.client.Play(nil)
	return err
}

// taker is what takes the packets of a track.
func (v *visit) taker(l *link, f format.Format) (func(*rtp.Packet), error) {
	switch f := f.(type) {
	case *format.MJPEG:
		return v.pictures(f)
	case *format.H264:
		r, err := of264(f)
		return v.units(l, r, err)
	case *format.H265:
		r, err := of265(f)
		return v.units(l, r, err)
	}
	return nil, noVideo(v.address, f.Codec())
}

// pictures hands on JPEGs as they are. A damaged one is left out: where all are, the watch tells.
func (v *visit) pictures(f *format.MJPEG) (func(*rtp.Packet), error) {
	d, err := f.CreateDecoder()
	if err != nil {
		return nil, err
	}
	var last time.Time
	return func(p *rtp.Packet) {
		data, err := d.Decode(p)
		if err != nil {
			return
		}
		now := time.Now()
		picture, err := sight.FromJPEG(data)
		v.progress.came(now, err == nil)
		if err == nil && now.After(last) {
			last = now
			v.put(sight.Frame{Captured: now, Picture: picture})
		}
	}, nil
}

// units has what comes decoded.
func (v *visit) units(l *link, r *reader, err error) (func(*rtp.Packet), error) {
	if err != nil {
		return nil, err
	}
	var program ffmpeg.Program
	if program, err = v.config.Program(); err != nil {
		return nil, err
	}
	v.film = &film{address: v.address, codec: r.codec, program: program, queue: newQueue(v.waits.lag), put: v.put}
	l.lost = r.lost
	return func(p *rtp.Packet) {
		now := time.Now()
		if u := r.read(p, now); u != nil {
			v.progress.came(now, u.key)
			v.film.queue.push(u)
		}
	}, nil
}

// explain says why opening did not work. That the keyring cannot be read matters only where a login is wanted.
func explain(address *url.URL, given bool, keyring, err error) error {
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	err = refused(address, given, err)
	if keyring != nil && !given && fault.CodeOf(err) == capture.CodeLogin {
		return keyring
	}
	return err
}
