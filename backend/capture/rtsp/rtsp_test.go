package rtsp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/auth"
	"github.com/bluenviron/gortsplib/v4/pkg/base"
	"github.com/bluenviron/gortsplib/v4/pkg/format"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/h264"
	"sightline/backend/local/winetest"
	"sightline/backend/sight"
)

func TestJPEGsKeepTheSourcesPromises(t *testing.T) {
	_, address := play(t, jpegs(t))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, address, nil) }, FPS: fps, Width: 64, Height: 48, Measure: time.Second,
	})
}

func TestH264KeepsTheSourcesPromises(t *testing.T) {
	_, address := play(t, of(t, plain264))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return watched(t, address) }, FPS: fps, Width: 320, Height: 180, Measure: time.Second,
	})
}

func TestWhatIsNoCameraIsAClearFault(t *testing.T) {
	_, address := play(t, jpegs(t))
	capturetest.Missing(t, opened(t, strings.Replace(address, "/live", "/"+secret+"?key="+secret, 1), nil), codeUnknown)
	sound := clip{format: &format.VP8{PayloadTyp: 96}}
	_, address = play(t, clip{format: sound.format, encode: jpegs(t).encode, units: jpegs(t).units})
	capturetest.Missing(t, opened(t, address, nil), codeCodec)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	capturetest.Missing(t, opened(t, "rtsp://"+l.Addr().String()+"/"+secret, nil), kind+".refused")
	web := capturetest.Line(t, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 400 Bad Request\r\n\r\n"+secret) })
	capturetest.Missing(t, opened(t, "rtsp://"+web, nil), codeFailed)
}

func TestJPEGBytesPassThrough(t *testing.T) {
	_, address := play(t, jpegs(t))
	frames, err := capturetest.Look(t, opened(t, address, nil), 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if f.Picture.Source() == nil || f.Coded != nil {
			t.Error("a JPEG was decoded on the way")
		}
	}
}

// TestCamerasOwnVideoComesAlong decodes what comes with a frame, back from its key, and compares it with the frame's picture.
func TestCamerasOwnVideoComesAlong(t *testing.T) {
	_, address := play(t, of(t, plain264))
	frames, err := capturetest.Look(t, watched(t, address), 30)
	if err != nil {
		t.Fatal(err)
	}
	last := frames[len(frames)-1]
	var chain []*sight.Coded
	for c := last.Coded; c != nil; c = c.Before {
		chain = append(chain, c)
	}
	if len(chain) == 0 || !chain[len(chain)-1].Key || !last.Captured.Equal(last.Coded.Captured) {
		t.Fatalf("the last of 30 frames hangs on %d others", len(chain))
	}
	d, err := h264.NewDecoder(last.Coded.SPS, last.Coded.PPS)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var decoded *image.YCbCr
	for i := len(chain) - 1; i >= 0; i-- {
		if decoded, err = d.Decode(chain[i].Data); err != nil {
			t.Fatalf("%d before the last: %v", i, err)
		}
	}
	if shown, err := last.Picture.Planes(); err != nil || differ(shown, decoded) > 4 {
		t.Errorf("the video shows something else than the picture: %v, %v", differ(shown, decoded), err)
	}
	for i, f := range frames {
		if f.Coded == nil || i > 0 && !f.Coded.Key && f.Coded.Before != frames[i-1].Coded {
			t.Fatalf("frame %d does not hang on the one before it", i)
		}
	}
}

// differ is how far two pictures are apart on average, in steps of brightness; one is in full range, the other as the camera sends it.
func differ(full, limited *image.YCbCr) float64 {
	if full.Rect != limited.Rect {
		return 255
	}
	sum := 0.0
	for i, v := range full.Y {
		want := (float64(limited.Y[i]) - 16) * 255 / 219
		sum += max(float64(v)-want, want-float64(v))
	}
	return sum / float64(len(full.Y))
}

// TestPicturesOutOfOrderCarryNoVideo: with B-frames the order of the units is not that of the pictures.
func TestPicturesOutOfOrderCarryNoVideo(t *testing.T) {
	_, address := play(t, of(t, fancy264))
	frames, err := capturetest.Look(t, watched(t, address), 40)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range frames {
		if f.Coded != nil {
			t.Fatalf("frame %d has video", i)
		}
		if i > 0 && !f.Captured.After(frames[i-1].Captured) {
			t.Errorf("frame %d is no later than the one before it", i)
		}
	}
}

// TestDarkRoomIsShownAtOnce: a picture of next to no bytes is no reason to wait for more of them.
func TestDarkRoomIsShownAtOnce(t *testing.T) {
	_, address := play(t, of(t, black264))
	if _, err := capturetest.Look(t, watched(t, address), 1); err != nil { // that an ffmpeg is there, and what it can do, is known from here on
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := capturetest.Look(t, watched(t, address), 1); err != nil || time.Since(start) > 1500*time.Millisecond {
		t.Errorf("it took %v, %v", time.Since(start), err)
	}
}

func TestH265IsShown(t *testing.T) {
	_, address := play(t, of(t, film265))
	frames, err := capturetest.Look(t, watched(t, address), 5)
	if err != nil {
		t.Fatal(err)
	}
	if w, h := frames[4].Picture.Size(); w != 320 || h != 180 || frames[4].Coded != nil {
		t.Errorf("got %dx%d pixels, its own video: %v", w, h, frames[4].Coded != nil)
	}
}

func TestPicturesOfAnotherSizeGoOn(t *testing.T) {
	cam, address := play(t, of(t, plain264))
	s := watched(t, address)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	widths := map[int]int{}
	err := s.Run(ctx, func(f sight.Frame) {
		w, _ := f.Picture.Size()
		widths[w]++
		switch {
		case w == 320 && widths[w] == 5:
			cam.change(of(t, small264))
		case w == 160 && widths[w] == 5:
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || widths[160] < 5 {
		t.Errorf("widths %v, %v", widths, err)
	}
}

func TestVideoComesByUDPWhereThatIsWanted(t *testing.T) {
	winetest.Skip(t, "UDP sockets of the kind that the RTSP library wants")
	pair := func(c *camera) {
		for port := 30000; port < 60000; port += 2 { // the library wants to be told
			a, errA := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port))
			b, errB := net.ListenPacket("udp", fmt.Sprintf("127.0.0.1:%d", port+1))
			if errA == nil {
				a.Close()
			}
			if errB == nil {
				b.Close()
			}
			if errA == nil && errB == nil {
				c.server.UDPRTPAddress, c.server.UDPRTCPAddress = a.LocalAddr().String(), b.LocalAddr().String()
				return
			}
		}
	}
	_, address := play(t, jpegs(t), pair)
	if frames, err := capturetest.Look(t, opened(t, address+"#transport=udp", nil), 3); err != nil || len(frames) != 3 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
	_, address = play(t, jpegs(t))
	_, err := capturetest.Look(t, opened(t, address+"#transport=udp", nil), 3)
	capturetest.WantFault(t, err, codeTransport, fault.Source)
}

func TestLoginIsGivenAsTheCameraWantsIt(t *testing.T) {
	for name, wants := range map[string][]auth.ValidateMethod{
		"basic": {auth.ValidateMethodBasic}, "digest": {auth.ValidateMethodDigestMD5}, "sha": {auth.ValidateMethodSHA256},
	} {
		t.Run(name, func(t *testing.T) {
			cam, address := play(t, jpegs(t), func(c *camera) { c.wants = wants })
			if frames, err := capturetest.Look(t, opened(t, address, as("me", secret)), 2); err != nil || len(frames) != 2 {
				t.Errorf("%d frames, %v", len(frames), err)
			}
			before := cam.tries.Load()
			_, err := capturetest.Look(t, opened(t, address, as("me", "wrong")), 1)
			capturetest.WantFault(t, err, capture.CodeLogin, fault.Question)
			if f := fault.From(err); !strings.Contains(f.Message, "does not accept") || !strings.Contains(f.Hint, "sightline-cli login rtsp://127.0.0.1:") {
				t.Errorf("it says %q, %q", f.Message, f.Hint)
			}
			if n := cam.tries.Load() - before; n != 1 {
				t.Errorf("the wrong one was tried %d times", n)
			}
			for _, login := range []capture.Login{nil, as("", "")} {
				_, err := capturetest.Look(t, opened(t, address, login), 1)
				capturetest.WantFault(t, err, capture.CodeLogin, fault.Question)
				if f := fault.From(err); !strings.Contains(f.Message, "wants a user name and password") {
					t.Errorf("it says %q", f.Message)
				}
			}
		})
	}
}

func TestLoginIsFilledInWhereTheCameraWantsItInTheAddress(t *testing.T) {
	_, address := play(t, jpegs(t), func(c *camera) { c.query = "user=me&pwd=" + secret })
	if frames, err := capturetest.Look(t, opened(t, address+"?user=&pwd=", as("me", secret)), 2); err != nil || len(frames) != 2 {
		t.Errorf("%d frames, %v", len(frames), err)
	}
	_, err := capturetest.Look(t, opened(t, address+"?user=&pwd=", as("me", "wrong")), 1)
	capturetest.WantFault(t, err, codeUnknown, fault.Source)
}

// TestKeyringThatFailsMattersOnlyWhereALoginIsWanted: a camera without a login needs no keyring.
func TestKeyringThatFailsMattersOnlyWhereALoginIsWanted(t *testing.T) {
	trouble := &fault.Error{Code: "keys.locked", Message: "The keyring is locked.", Hint: "Unlock it.", Blame: fault.Us}
	login := func(context.Context, string) (string, string, error) { return "", "", trouble }
	_, address := play(t, jpegs(t))
	if _, err := capturetest.Look(t, opened(t, address, login), 1); err != nil {
		t.Error(err)
	}
	_, address = play(t, jpegs(t), func(c *camera) { c.wants = []auth.ValidateMethod{auth.ValidateMethodBasic} })
	_, err := capturetest.Look(t, opened(t, address, login), 1)
	capturetest.WantFault(t, err, "keys.locked", fault.Us)
}

// TestLoginStaysAtHome: where a camera sends on to, another login is looked up.
func TestLoginStaysAtHome(t *testing.T) {
	there, address := play(t, jpegs(t), func(c *camera) { c.wants = []auth.ValidateMethod{auth.ValidateMethodBasic} })
	_, home := play(t, jpegs(t), func(c *camera) { c.sends = address })
	login := func(_ context.Context, origin string) (string, string, error) {
		if strings.HasPrefix(home, origin) {
			return "me", secret, nil
		}
		return "", "", nil
	}
	_, err := capturetest.Look(t, opened(t, home, login), 1)
	capturetest.WantFault(t, err, capture.CodeLogin, fault.Question)
	if host := strings.TrimSuffix(strings.TrimPrefix(address, "rtsp://"), "/live"); !strings.Contains(err.Error(), host) {
		t.Errorf("it does not say that %s wants a login: %v", host, err)
	}
	if n := there.tries.Load(); n > 0 {
		t.Errorf("the login of the one was given to the other %d times", n)
	}
	if frames, err := capturetest.Look(t, opened(t, home, as("me", secret)), 2); err != nil || len(frames) != 2 {
		t.Errorf("with a login for it: %d frames, %v", len(frames), err)
	}
}

func TestCirclesAreNotFollowed(t *testing.T) {
	var round atomic.Int32
	host := capturetest.Line(t, func(c net.Conn) {
		if answer(c, base.Describe) {
			fmt.Fprintf(c, "RTSP/1.0 302 Moved\r\nLocation: rtsp://%s/%d\r\n\r\n", c.LocalAddr(), round.Add(1))
		}
	})
	for address, location := range map[string]string{"rtsp://" + host + "/0": "", "rtsp://" + host + "/1": "rtsps://" + host} {
		_, err := capturetest.Look(t, opened(t, address, nil), 1)
		capturetest.WantFault(t, err, codeCircles, fault.Source)
		_ = location
	}
	if n := round.Load(); n > 10 {
		t.Errorf("followed %d times", n)
	}
}

// TestCameraThatSticksIsTold tries all the places at which a line can hang: each ends by its own deadline, or at once when it is not wanted any more.
func TestCameraThatSticksIsTold(t *testing.T) {
	stuck := func(at base.Method) func(c net.Conn) {
		return func(c net.Conn) {
			answer(c, at)
			capturetest.Quiet(c)
		}
	}
	cases := map[string]capturetest.Stuck{}
	for name, tc := range map[string]struct {
		scheme, code string
		talk         func(c net.Conn)
	}{
		"before anything":     {"rtsp", kind + ".silent", capturetest.Quiet},
		"before a handshake":  {"rtsps", kind + ".silent", capturetest.Quiet},
		"at DESCRIBE":         {"rtsp", kind + ".silent", stuck(base.Describe)},
		"at SETUP":            {"rtsp", kind + ".silent", stuck(base.Setup)},
		"at PLAY":             {"rtsp", kind + ".silent", stuck(base.Play)},
		"after PLAY":          {"rtsp", kind + ".silent", stuck(base.Teardown)},
		"in an answer":        {"rtsp", kind + ".silent", func(c net.Conn) { fmt.Fprint(c, "RTSP/1.0 200 O"); capturetest.Quiet(c) }},
		"letter by letter":    {"rtsp", kind + ".silent", capturetest.Trickle("RTSP/1.0 200 OK")},
		"with nonsense":       {"rtsp", kind + ".silent", nonsense("x")},
		"with wrong packets":  {"rtsp", kind + ".silent", packets},
		"with endless heads":  {"rtsp", codeFailed, nonsense("RTSP/1.0 200 OK\r\nX: ")},
		"with a huge promise": {"rtsp", codeFailed, nonsense("RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n")},
	} {
		address := tc.scheme + "://" + capturetest.Line(t, tc.talk) + "/" + secret
		cases[name] = capturetest.Stuck{Source: opened(t, address, nil), Code: tc.code, Early: tc.code == codeFailed}
	}
	capturetest.RunStuck(t, cases)
}

func nonsense(start string) func(c net.Conn) {
	return func(c net.Conn) {
		_, err := fmt.Fprint(c, start)
		for junk := bytes.Repeat([]byte("x"), 1<<10); err == nil; {
			_, err = c.Write(junk)
			time.Sleep(time.Millisecond)
		}
	}
}

// packets plays, but sends nothing in which there is a picture.
func packets(c net.Conn) {
	if !answer(c, base.Play) {
		return
	}
	_, err := fmt.Fprint(c, "RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n")
	for n := byte(0); err == nil; n++ {
		_, err = c.Write([]byte{'$', 0, 0, 14, 0x80, 26, 0, n, 0, 0, 0, 0, 0, 0, 0, 1, n, n})
		time.Sleep(time.Millisecond)
	}
}

func TestCameraThatFreezesIsToldInTime(t *testing.T) {
	for name, c := range map[string]func(testing.TB) clip{
		"JPEGs": jpegs, "H264": func(t testing.TB) clip { return of(t, plain264) },
	} {
		t.Run(name, func(t *testing.T) {
			cam, address := play(t, c(t))
			s := watched(t, address)
			s.waits.patience = 600 * time.Millisecond
			var last time.Time
			n := 0
			err := s.Run(t.Context(), func(sight.Frame) {
				last = time.Now()
				if n++; n == 5 {
					cam.freeze()
				}
			})
			capturetest.WantFault(t, err, codeStalled, fault.Source)
			if took := time.Since(last); took < 500*time.Millisecond || took > 1500*time.Millisecond {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func TestCameraThatGoesIsTold(t *testing.T) {
	cam, address := play(t, jpegs(t))
	n := 0
	err := opened(t, address, nil).Run(t.Context(), func(sight.Frame) {
		if n++; n == 3 {
			go cam.server.Close()
		}
	})
	capturetest.WantFault(t, err, codeEnded, fault.Source)
}

// TestVideoWithoutAKeyIsTold is a camera that never sends a picture one can begin with.
func TestVideoWithoutAKeyIsTold(t *testing.T) {
	c := of(t, plain264)
	c.units = c.units[1:6]
	_, address := play(t, c)
	s := opened(t, address, nil)
	s.waits.key = 300 * time.Millisecond
	_, err := capturetest.Look(t, s, 1)
	capturetest.WantFault(t, err, codeKeyless, fault.Source)
}

func TestVideoThatIsNoneIsTold(t *testing.T) {
	c := of(t, plain264)
	c.units = [][][]byte{{c.units[0][1], c.units[0][2], bytes.Repeat([]byte{0x65, 0xab}, 3000)}}
	_, address := play(t, c)
	s := opened(t, address, nil)
	s.waits.first = 500 * time.Millisecond
	_, err := capturetest.Look(t, s, 1)
	capturetest.WantFault(t, err, codeUndecoded, fault.Source)
}

func TestMissingFFmpegMattersOnlyWhereItIsNeeded(t *testing.T) {
	missing := &fault.Error{Code: ffmpeg.CodeMissing, Message: "There is no ffmpeg.", Hint: "Install it.", Blame: fault.Us}
	none := func() (ffmpeg.Program, error) { return ffmpeg.Program{}, missing }
	_, address := play(t, jpegs(t))
	s := opened(t, address, nil)
	s.config.Program = none
	if _, err := capturetest.Look(t, s, 1); err != nil {
		t.Error(err)
	}
	f := &format.H264{PayloadTyp: 96, PacketizationMode: 1}
	_, address = play(t, clip{format: f, encode: jpegs(t).encode, units: jpegs(t).units})
	s = opened(t, address, nil)
	s.config.Program = none
	_, err := capturetest.Look(t, s, 1)
	capturetest.WantFault(t, err, ffmpeg.CodeMissing, fault.Us)
}

func TestCertificateIsChecked(t *testing.T) {
	shown := certificate(t)
	_, address := play(t, jpegs(t), func(c *camera) {
		c.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{shown}, MinVersion: tls.VersionTLS12}
	})
	_, err := capturetest.Look(t, opened(t, address, nil), 1)
	capturetest.WantFault(t, err, capture.CodeCertificate, fault.Question)
	_, rest, _ := strings.Cut(fault.From(err).Hint, "#certificate=")
	fingerprint, _, _ := strings.Cut(rest, " ")
	for _, taken := range []string{fingerprint, "any"} {
		if frames, err := capturetest.Look(t, opened(t, address+"#certificate="+taken, nil), 2); err != nil || len(frames) != 2 {
			t.Errorf("%s: %d frames, %v", taken, len(frames), err)
		}
	}
	_, err = capturetest.Look(t, opened(t, address+"#certificate="+strings.Repeat("ab", 32), nil), 1)
	capturetest.WantFault(t, err, capture.CodeCertificate, fault.Question)
}

func TestOptionsAreReadWhenItIsOpened(t *testing.T) {
	table := capture.Table(Schemes(Config{}))
	for address, code := range map[string]string{
		"rtsp://door/#transport=carrier": "source.option",
		"rtsps://door/#transport=udp":    "source.option",
		"rtsp://door/#patience=0":        "source.patience",
		"rtsp://door/#certificate=no":    "source.option",
		"rtsp://door/#fps=5":             "source.option",
		"rtsp://me:pw@door/":             capture.CodePassword,
		"rtsp:door":                      "source.address",
	} {
		_, err := table.Open(address)
		if f := fault.From(err); f == nil || f.Code != code || f.Blame != fault.Question {
			t.Errorf("%s gave %v (%s), want %s", address, err, fault.CodeOf(err), code)
		}
	}
	for _, address := range []string{"rtsps://door/?a=b#patience=9&certificate=any&transport=tcp", "rtsp://door#transport=multicast"} {
		if _, err := table.Open(address); err != nil {
			t.Error(err)
		}
	}
	if d := table.Describe("rtsp://door:81/video?key=" + secret); d.Name != "door:81/video" {
		t.Errorf("it is described as %s", d.Name)
	}
}
