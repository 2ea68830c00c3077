package file

import (
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/ffmpeg/ffmpegtest"
	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// installed is the ffmpeg of this machine.
func installed(t testing.TB) ffmpeg.Program {
	t.Helper()
	p, err := ffmpeg.Find("")
	if err != nil {
		t.Skipf("ffmpeg is missing: %v", err)
	}
	return p
}

// steps is a video of n pictures with a key each ten, which numberOf tells apart.
func steps(n int) []string { return append(ffmpegtest.Steps(n, ""), "-c:v", "libx264", "-g", "10") }

// numberOf is which picture of steps it is, among 24.
func numberOf(t testing.TB, f sight.Frame) int {
	t.Helper()
	img, err := f.Picture.Planes()
	if err != nil {
		t.Fatal(err)
	}
	return ffmpegtest.NumberOf(img)
}

// scheme is the source with this machine's ffmpeg.
func scheme(t testing.TB) capture.Table {
	program := installed(t) // kept, as it is where the source is used: it learns
	return capture.Table{Scheme(Config{Program: func() (ffmpeg.Program, error) { return program, nil }})}
}

func opened(t testing.TB, uri string) capture.Source {
	t.Helper()
	s, err := scheme(t).Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// watch runs the source to its end and gives what it put.
func watch(t testing.TB, s capture.Source) (frames []sight.Frame, err error) {
	t.Helper()
	err = s.Run(t.Context(), func(f sight.Frame) { frames = append(frames, f) })
	return frames, err
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wantFault wants one fit for a person, and gives it.
func wantFault(t *testing.T, err error, code string, blame fault.Blame) *fault.Error {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code || f.Blame != blame || !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".") || strings.ContainsAny(f.Message, "\n") {
		t.Errorf("it ended with %#v; want %s, %s", f, code, blame)
		return &fault.Error{}
	}
	return f
}

// film is a video of a time that a test rules, instead of ffmpeg's.
type film struct {
	fps    float64
	length int
	read   func(n int) // what it takes to read picture n
	n      int
	closed atomic.Bool
	ended  chan struct{}
}

func (f *film) Next() (*image.YCbCr, error) {
	if f.read != nil {
		f.read(f.n)
	}
	switch {
	case f.closed.Load():
		return nil, os.ErrClosed
	case f.n == f.length:
		return nil, io.EOF
	}
	img := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio420)
	img.Y[0], img.Y[1] = byte(f.n), byte(f.n>>8)
	f.n++
	return img, nil
}

func (f *film) FPS() float64 { return f.fps }
func (f *film) Said() string { return "" }

func (f *film) Close() {
	if !f.closed.Swap(true) && f.ended != nil {
		close(f.ended)
	}
}

// at is which picture of a film it is.
func at(t testing.TB, f sight.Frame) int {
	t.Helper()
	img, err := f.Picture.Planes()
	if err != nil {
		t.Fatal(err)
	}
	return int(img.Y[0]) | int(img.Y[1])<<8
}

var errNoDisk = errors.New("no disk")
