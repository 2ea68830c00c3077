package rtsp

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"image"
	"math/big"
	"net"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/pion/rtp"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/ffmpeg"
	"sightline/backend/jpeg"
)

const secret = capturetest.Secret

// clip is some pictures of video, of which the first is a key; it is played over and over.
type clip struct {
	format format.Format
	encode func(unit [][]byte) ([]*rtp.Packet, error)
	units  [][][]byte
}

// camera is a real RTSP server that plays a clip at 50 pictures a second.
type camera struct {
	server *gortsplib.Server
	desc   *description.Session
	stream *gortsplib.ServerStream
	wants  []auth.ValidateMethod // nil: no login
	tries  atomic.Int32          // with a login
	sends  string                // the Location it sends on to; empty: it does not
	query  string                // that its address must have; empty: any

	mu     sync.Mutex
	clip   clip
	at     int
	frozen bool
}

const fps = 50

// play starts a camera. Its address ends with /live.
func play(t testing.TB, c clip, options ...func(*camera)) (*camera, string) {
	t.Helper()
	cam := &camera{clip: c}
	cam.desc = &description.Session{Medias: []*description.Media{
		{Type: description.MediaTypeAudio, Formats: []format.Format{&format.Opus{PayloadTyp: 97, ChannelCount: 2}}},
		{Type: description.MediaTypeVideo, Formats: []format.Format{c.format}},
	}}
	cam.server = &gortsplib.Server{Handler: cam, RTSPAddress: "127.0.0.1:0"}
	scheme := "rtsp"
	var l net.Listener
	cam.server.Listen = func(network, address string) (_ net.Listener, err error) {
		l, err = net.Listen(network, address)
		return l, err
	}
	for _, option := range options {
		option(cam)
	}
	if cam.server.TLSConfig != nil {
		scheme = "rtsps"
	}
	if err := cam.server.Start(); err != nil {
		t.Fatal(err)
	}
	cam.stream = gortsplib.NewServerStream(cam.server, cam.desc)
	ctx, cancel := context.WithCancel(context.Background())
	var playing sync.WaitGroup
	playing.Go(func() { cam.run(ctx) })
	t.Cleanup(func() {
		cancel()
		playing.Wait()
		cam.stream.Close()
		cam.server.Close()
	})
	return cam, scheme + "://" + l.Addr().String() + "/live"
}

func (c *camera) run(ctx context.Context) {
	_ = capture.Ticks(fps).Run(ctx, func(n int) error {
		for _, p := range c.next() {
			p.Timestamp = uint32(n * 90000 / fps)
			p.PayloadType = c.desc.Medias[1].Formats[0].PayloadType()
			_ = c.stream.WritePacketRTP(c.desc.Medias[1], p) // nobody may be looking
		}
		return nil
	})
}

// next is the packets of the next picture.
func (c *camera) next() []*rtp.Packet {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return nil
	}
	packets, err := c.clip.encode(c.clip.units[c.at%len(c.clip.units)])
	if err != nil {
		panic(err)
	}
	c.at++
	return packets
}

// freeze stops the pictures, and nothing else.
func (c *camera) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

// change plays another clip from now on.
func (c *camera) change(to clip) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clip.units, c.at = to.units, 0
}

func (c *camera) OnDescribe(ctx *gortsplib.ServerHandlerOnDescribeCtx) (*base.Response, *gortsplib.ServerStream, error) {
	if c.sends != "" {
		return &base.Response{StatusCode: base.StatusMovedPermanently, Header: base.Header{"Location": {c.sends}}}, nil, nil
	}
	if c.wants != nil {
		if ctx.Request.Header["Authorization"] != nil {
			c.tries.Add(1)
		}
		if wrong := auth.Validate(ctx.Request, "me", secret, c.wants, "camera", "nonce"); wrong != nil {
			//nolint:nilerr // that is the answer
			return &base.Response{
				StatusCode: base.StatusUnauthorized, Header: base.Header{"WWW-Authenticate": auth.GenerateWWWAuthenticate(c.wants, "camera", "nonce")},
			}, nil, nil
		}
	}
	if ctx.Path != "/live" || c.query != "" && ctx.Query != c.query {
		return &base.Response{StatusCode: base.StatusNotFound}, nil, nil
	}
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *camera) OnSetup(*gortsplib.ServerHandlerOnSetupCtx) (*base.Response, *gortsplib.ServerStream, error) {
	return &base.Response{StatusCode: base.StatusOK}, c.stream, nil
}

func (c *camera) OnPlay(*gortsplib.ServerHandlerOnPlayCtx) (*base.Response, error) {
	return &base.Response{StatusCode: base.StatusOK}, nil
}

// The clips are made once, by the ffmpeg that is to decode them.

var (
	black264 = sync.OnceValues(func() (clip, error) {
		return film264("color=black:size=640x360", "-profile:v", "baseline", "-tune", "zerolatency") //nolint:misspell // ffmpeg's word
	})
	plain264 = sync.OnceValues(func() (clip, error) {
		return film264("testsrc=size=320x180", "-profile:v", "baseline", "-tune", "zerolatency")
	})
	small264 = sync.OnceValues(func() (clip, error) {
		return film264("testsrc=size=160x96", "-profile:v", "baseline", "-tune", "zerolatency")
	})
	fancy264 = sync.OnceValues(func() (clip, error) { return film264("testsrc=size=320x180", "-profile:v", "high", "-bf", "2") })
)

func film264(scene string, options ...string) (clip, error) {
	units, err := encoded(scene, "h264", 9, func(nal []byte) byte { return nal[0] & 31 },
		append([]string{"-c:v", "libx264", "-g", "6", "-x264-params", "aud=1:repeat-headers=1:scenecut=0"}, options...)...)
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	e, err2 := f.CreateEncoder()
	return clip{format: f, encode: e.Encode, units: units}, errors.Join(err, err2)
}

func film265() (clip, error) {
	units, err := encoded("testsrc=size=320x180", "hevc", 35, func(nal []byte) byte { return nal[0] >> 1 & 63 },
		"-c:v", "libx265", "-x265-params", "log-level=none:aud=1:repeat-headers=1:keyint=6:bframes=0:scenecut=0", "-preset", "ultrafast")
	f := &format.H265{PayloadTyp: 96}
	e, err2 := f.CreateEncoder()
	return clip{format: f, encode: e.Encode, units: units}, errors.Join(err, err2)
}

// encoded is a second of a moving test picture, taken apart at its delimiters.
func encoded(scene, kind string, delimiter byte, kindOf func([]byte) byte, options ...string) (units [][][]byte, err error) {
	args := []string{"-loglevel", "error", "-f", "lavfi", "-i", fmt.Sprintf("%s:rate=%d", scene, fps), "-frames:v", "48", "-pix_fmt", "yuv420p"}
	args = append(append(args, options...), "-f", kind, "pipe:1")
	data, err := exec.Command("ffmpeg", args...).Output()
	if err != nil {
		return nil, err
	}
	for _, nal := range bytes.Split(bytes.ReplaceAll(data, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1}) {
		switch {
		case len(nal) == 0:
		case kindOf(nal) == delimiter:
			units = append(units, [][]byte{nal})
		default:
			units[len(units)-1] = append(units[len(units)-1], nal)
		}
	}
	return units, nil
}

// of is a clip that needs ffmpeg, which is on every machine that builds; under wine there is none.
func of(t testing.TB, film func() (clip, error)) clip {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skipf("ffmpeg is missing: %v", err)
	}
	c, err := film()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// jpegs is a clip of a few JPEGs of 64×48 pixels.
func jpegs(t testing.TB) clip {
	t.Helper()
	f := new(format.MJPEG)
	e, err := f.CreateEncoder()
	if err != nil {
		t.Fatal(err)
	}
	c := clip{format: f, encode: func(unit [][]byte) ([]*rtp.Packet, error) { return e.Encode(unit[0]) }}
	for n := range 3 {
		img := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
		for i := range img.Y {
			img.Y[i] = byte(40*n + i%7)
		}
		data, err := jpeg.Encode(img, 80)
		if err != nil {
			t.Fatal(err)
		}
		c.units = append(c.units, [][]byte{data})
	}
	return c
}

// ours is the ffmpeg that decodes; it is found once, since it learns.
var ours = sync.OnceValues(func() (ffmpeg.Program, error) { return ffmpeg.Find("") })

// opened is the source of an address, with an impatience that suits tests.
func opened(t testing.TB, address string, login capture.Login) *source {
	t.Helper()
	uri, err := capture.ParseURI(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(uri, Config{Login: login, Program: ours})
	if err != nil {
		t.Fatal(err)
	}
	s.waits.answer, s.waits.opening, s.waits.patience = 300*time.Millisecond, time.Second, time.Second
	return s
}

// watched is opened for pictures that are decoded: an ffmpeg may take a while to start on a busy machine.
func watched(t testing.TB, address string) *source {
	t.Helper()
	s := opened(t, address, nil)
	s.waits = usual()
	s.waits.patience = 5 * time.Second
	return s
}

func as(user, password string) capture.Login {
	return func(context.Context, string) (string, string, error) { return user, password, nil }
}

// answer reads requests and answers them well up to the one with that method, which it leaves to the caller; false where the other side is gone before.
func answer(c net.Conn, until base.Method) bool {
	for r := bufio.NewReader(c); ; {
		var req base.Request
		if req.Unmarshal(r) != nil {
			return false
		}
		if req.Method == until {
			return true
		}
		reply(c, &req)
	}
}

func reply(c net.Conn, req *base.Request) {
	extra, body := "", ""
	switch req.Method {
	case base.Describe:
		body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:track\r\n"
		extra = "Content-Type: application/sdp\r\n"
	case base.Setup:
		extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
	}
	fmt.Fprintf(c, "RTSP/1.0 200 OK\r\nCSeq: %s\r\n%sContent-Length: %d\r\n\r\n%s", req.Header["CSeq"][0], extra, len(body), body)
}

func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	plan := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	raw, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}
