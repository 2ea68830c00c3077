package mjpeg

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

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
		_ = fps.Run(r.Context(), func(n int) error {
			data := shots[n%len(shots)]
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
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
					talk(c)
				}
			})
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return "http://" + l.Addr().String()
}

// quiet says nothing for as long as the other side is there.
func quiet(c net.Conn) {
	_, _ = c.Read(make([]byte, 1)) // ends when the other side goes
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

// look runs a source until it has given some frames, or has ended by itself.
func look(t testing.TB, s capture.Source, frames int) ([]sight.Frame, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var got []sight.Frame
	err := s.Run(ctx, func(f sight.Frame) {
		if len(got) < frames {
			got = append(got, f)
		}
		if frames > 0 && len(got) == frames {
			cancel()
		}
	})
	if len(got) == frames && frames > 0 && errors.Is(err, context.Canceled) {
		err = nil
	}
	return got, err
}

// wantFault checks that err is a fault a person can read, which tells nothing of what is secret.
func wantFault(t testing.TB, err error, code string, blame fault.Blame) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Blame != blame {
		t.Errorf("ended with %v (%s), want %s", err, fault.CodeOf(err), code)
		return
	}
	said := f.Message + " " + f.Hint
	if f.Cause != nil {
		said += " " + f.Cause.Error()
	}
	if !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".") || strings.Contains(said, secret) {
		t.Errorf("%s is told as %q", code, said)
	}
}

// secret is what stands in addresses, logins and answers of these tests, and in no fault.
const secret = "geheim"

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
