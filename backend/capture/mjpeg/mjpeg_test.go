package mjpeg

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
)

func TestStreamKeepsTheSourcesPromises(t *testing.T) {
	address := serve(t, streams(t, 25))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, address, nil) }, FPS: 25, Width: 64, Height: 48, Measure: time.Second,
	})
}

func TestSinglePicturesKeepTheSourcesPromises(t *testing.T) {
	data := shot(t, 3)
	address := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(data)
	}))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, address+"#fps=20", nil) }, FPS: 20, Width: 64, Height: 48, Measure: time.Second,
	})
}

func TestWhatIsNoCameraIsAClearFault(t *testing.T) {
	answers := func(status int, typed string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", typed)
			w.WriteHeader(status)
			fmt.Fprint(w, "something "+secret)
		})
	}
	for code, h := range map[string]http.Handler{
		codePage:    answers(200, "text/html; charset=utf-8"),
		codeCodec:   answers(200, "video/mp4"),
		codeUnknown: answers(404, "text/plain"),
		codeDenied:  answers(403, "text/plain"),
		codeFailed:  answers(503, "text/plain"),
		codeEnded:   answers(200, "multipart/x-mixed-replace; boundary=x"),
	} {
		t.Run(code, func(t *testing.T) {
			capturetest.Missing(t, opened(t, serve(t, h)+"/?key="+secret, nil), code)
		})
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	capturetest.Missing(t, opened(t, "http://"+l.Addr().String(), nil), kind+".refused")
}

func TestBytesPassThroughUntouched(t *testing.T) {
	frames, err := capturetest.Look(t, opened(t, serve(t, streams(t, 60)), nil), 3)
	if err != nil || !same(frames, shot(t, 0), shot(t, 1), shot(t, 2)) {
		t.Errorf("%d frames differ from what the camera sent, %v", len(frames), err)
	}
}

// TestCameraThatSticksIsTold tries all the places at which a line can hang: each ends by its own deadline, or at once when it is not wanted any more.
func TestCameraThatSticksIsTold(t *testing.T) {
	data := shot(t, 1)
	cases := map[string]capturetest.Stuck{}
	for name, tc := range map[string]struct {
		code string
		talk func(c net.Conn)
	}{
		"before its answer":    {kind + ".silent", capturetest.Quiet},
		"within its answer":    {kind + ".silent", func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Ty"); capturetest.Quiet(c) }},
		"before a picture":     {kind + ".silent", func(c net.Conn) { begin(c); capturetest.Quiet(c) }},
		"within its first":     {kind + ".silent", func(c net.Conn) { begin(c); torn(c, data[:99]); capturetest.Quiet(c) }},
		"letter by letter":     {kind + ".silent", capturetest.Trickle("HTTP/1.1 200 OK")},
		"after a picture":      {codeStalled, func(c net.Conn) { begin(c); part(c, data); capturetest.Quiet(c) }},
		"with broken pictures": {codeStalled, func(c net.Conn) { begin(c); part(c, data); nonsense(c) }},
	} {
		cases[name] = capturetest.Stuck{Source: opened(t, line(t, tc.talk)+"/?key="+secret, nil), Code: tc.code}
	}
	capturetest.RunStuck(t, cases)
}

// nonsense sends parts that begin like pictures, for as long as they are taken.
func nonsense(c net.Conn) {
	for {
		if _, err := fmt.Fprint(c, "--frame\r\nContent-Length: 4\r\n\r\n\xff\xd8no\r\n"); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestCameraThatGoesIsTold(t *testing.T) {
	data := shot(t, 1)
	for name, talk := range map[string]func(c net.Conn){
		"between pictures": func(c net.Conn) { begin(c); part(c, data) },
		"within one":       func(c net.Conn) { begin(c); part(c, data); torn(c, data[:200]) },
		"at the end":       func(c net.Conn) { begin(c); part(c, data); fmt.Fprint(c, "--frame--\r\n") },
	} {
		frames, err := capturetest.Look(t, opened(t, line(t, talk), nil), 2)
		capturetest.WantFault(t, err, codeEnded, fault.Source)
		if !same(frames, data) {
			t.Errorf("%s: %d frames came", name, len(frames))
		}
	}
}

func TestTooMuchIsNotTaken(t *testing.T) {
	for name, talk := range map[string]func(c net.Conn){
		"a picture without end": func(c net.Conn) { begin(c); endless(c, "--frame\r\n\r\n"+string(shot(t, 1)[:300])) },
		"a promise": func(c net.Conn) {
			begin(c)
			fmt.Fprint(c, "--frame\r\nContent-Length: 99999999999\r\n\r\n\xff\xd8")
			capturetest.Quiet(c)
		},
		"no picture at all": func(c net.Conn) { begin(c); endless(c, "") },
		"one picture": func(c net.Conn) {
			fmt.Fprint(c, "HTTP/1.0 200 OK\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8")
			endless(c, "")
		},
	} {
		s := opened(t, line(t, talk), nil)
		s.answer = 20 * time.Second
		frames, err := capturetest.Look(t, s, 1)
		capturetest.WantFault(t, err, codeEnded, fault.Source)
		if len(frames) > 0 {
			t.Errorf("%s gave a frame", name)
		}
	}
}

// endless sends on for as long as it is taken.
func endless(c net.Conn, start string) {
	_, err := fmt.Fprint(c, start)
	for junk := strings.Repeat("x", 1<<16); err == nil; {
		_, err = io.WriteString(c, junk)
	}
}

// TestPictureIsHereBeforeTheNext: a camera that tells no lengths must not be one picture behind.
func TestPictureIsHereBeforeTheNext(t *testing.T) {
	data := shot(t, 1)
	frames, err := capturetest.Look(t, opened(t, line(t, func(c net.Conn) {
		begin(c)
		fmt.Fprintf(c, "--frame\r\nContent-Type: image/jpeg\r\n\r\n%s", data)
		capturetest.Quiet(c)
	}), nil), 1)
	if err != nil || !same(frames, data) {
		t.Errorf("got %d frames, %v", len(frames), err)
	}
}

func TestOnePictureIsAskedForAgainOnlyIfItChanged(t *testing.T) {
	var asked, whole atomic.Int32
	data := shot(t, 1)
	s := opened(t, serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("If-None-Match") == `"7"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		whole.Add(1)
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("ETag", `"7"`)
		_, _ = w.Write(data)
	}))+"#fps=20", nil)
	s.patience = 3 * time.Second
	frames, err := capturetest.Look(t, s, 2) // the second is the first again: so it still looks there
	if err != nil || !same(frames, data, data) || whole.Load() != 1 || asked.Load() < 5 {
		t.Errorf("%d frames, asked %d times, sent %d times, %v", len(frames), asked.Load(), whole.Load(), err)
	}
}

func TestCameraThatDoesNotSayWhatItSendsIsUnderstood(t *testing.T) {
	data := shot(t, 1)
	for name, head := range map[string]string{
		"no type":      "HTTP/1.0 200 OK\r\n\r\n",
		"a wrong type": "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n",
		"no boundary":  "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n",
		"a loose one":  "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=my frame; x=\r\n\r\n",
	} {
		frames, err := capturetest.Look(t, opened(t, line(t, func(c net.Conn) { fmt.Fprint(c, head); part(c, data); part(c, data) }), nil), 2)
		if err != nil || !same(frames, data, data) {
			t.Errorf("%s: %d frames, %v", name, len(frames), err)
		}
	}
}

func TestOptionsAreReadWhenItIsOpened(t *testing.T) {
	schemes := Schemes(Config{})
	for address, code := range map[string]string{
		"http://door/#fps=0":          "source.fps",
		"http://door/#fps=31":         "source.fps",
		"http://door/#fps=NaN":        "source.fps",
		"http://door/#patience=0":     "source.patience",
		"http://door/#certificate=no": "source.option",
		"http://door/#transport=udp":  "source.option",
		"http://me:pw@door/":          capture.CodePassword,
		"http:door":                   "source.address",
	} {
		_, err := capture.Table(schemes).Open(address)
		if f := fault.From(err); f == nil || f.Code != code || f.Blame != fault.Question {
			t.Errorf("%s gave %v (%s), want %s", address, err, fault.CodeOf(err), code)
		}
	}
	if _, err := capture.Table(schemes).Open("https://door/?a=b#fps=0.2&patience=9&certificate=any"); err != nil {
		t.Error(err)
	}
	if d := capture.Table(schemes).Describe("http://door:81/video?key=" + secret); d.Name != "door:81/video" {
		t.Errorf("it is described as %s", d.Name)
	}
}
