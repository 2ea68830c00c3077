package mjpeg

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

const secret = capturetest.Secret

// shot is the nth picture of a camera, of 64×48 pixels.
func shot(t testing.TB, n int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(n*16 + i%7)
	}
	data, err := jpeg.Encode(img, 80)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// streams is a camera that sends pictures at a steady rate.
func streams(t testing.TB, fps capture.Ticks) http.Handler {
	shots := [][]byte{shot(t, 0), shot(t, 1), shot(t, 2)}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=frame")
		sent := 0
		_ = fps.Run(r.Context(), func(int) error { // which leaves numbers out where the machine is late
			data := shots[sent%len(shots)]
			sent++
			if _, err := fmt.Fprintf(w, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(data), data); err != nil {
				return err
			}
			return http.NewResponseController(w).Flush()
		})
	})
}

// serve starts a camera and gives its address.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s.URL
}

// line is a camera that is written by hand: what it does with each connection, after the request was read.
func line(t testing.TB, talk func(c net.Conn)) string {
	t.Helper()
	return "http://" + capturetest.Line(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			talk(c)
		}
	})
}

// begin is a camera's answer before its first picture.
func begin(c net.Conn) {
	fmt.Fprint(c, "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
}

func part(c net.Conn, data []byte) {
	fmt.Fprintf(c, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(data), data)
}

// torn is the beginning of a part.
func torn(c net.Conn, data []byte) {
	fmt.Fprintf(c, "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 12345\r\n\r\n%s", data)
}

// opened is the source of an address, with an impatience that suits tests.
func opened(t testing.TB, address string, login capture.Login) *source {
	t.Helper()
	uri, err := capture.ParseURI(address)
	if err != nil {
		t.Fatal(err)
	}
	s, err := open(uri, Config{Login: login})
	if err != nil {
		t.Fatal(err)
	}
	s.answer, s.patience = 400*time.Millisecond, 400*time.Millisecond
	return s
}

func as(user, password string) capture.Login {
	return func(context.Context, string) (string, string, error) { return user, password, nil }
}

func same(frames []sight.Frame, want ...[]byte) bool {
	if len(frames) != len(want) {
		return false
	}
	for i, f := range frames {
		if !bytes.Equal(f.Picture.Source(), want[i]) {
			return false
		}
	}
	return true
}
