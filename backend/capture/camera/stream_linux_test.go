//go:build cgo

package camera

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/blackjack/webcam"
	"github.com/pion/mediadevices/pkg/frame"
)

// fakeDriver is V4L2's side: pictures that come when told, in memory that is used again, and is gone once the device is closed.
type fakeDriver struct {
	memory []byte
	waits  func() error // nil: a picture each 33 ms
	gets   func() error

	mu       sync.Mutex
	given    int // pictures that were not given back
	released int
	closed   chan struct{}
}

func newDriver(size int) *fakeDriver {
	return &fakeDriver{memory: make([]byte, size), closed: make(chan struct{})}
}

func (d *fakeDriver) WaitForFrame(seconds uint32) error {
	if d.waits != nil {
		return d.waits()
	}
	select {
	case <-time.After(time.Second / 30):
		return nil
	case <-d.closed: // ending the stream wakes who waits
		return nil
	}
}

// silent is a driver that has no picture: it says so after its second.
func (d *fakeDriver) silent() error {
	select {
	case <-time.After(time.Second):
		return new(webcam.Timeout)
	case <-d.closed:
		return nil
	}
}

func (d *fakeDriver) GetFrame() ([]byte, uint32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.gets != nil {
		if err := d.gets(); err != nil {
			return nil, 0, err
		}
	}
	d.given++
	return d.memory, 0, nil
}

func (d *fakeDriver) ReleaseFrame(uint32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.given--
	d.released++
	clear(d.memory)
	return nil
}

func (d *fakeDriver) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.given != 0 {
		return errors.New("closed while a picture is taken out of its memory")
	}
	close(d.closed)
	return nil
}

func streamOf(d *fakeDriver, l layout) *v4l2Stream { return &v4l2Stream{buffers: d, take: l.take} }

func TestClosingWakesAReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(0)
		d.waits = d.silent
		s := streamOf(d, layout{})
		ended := make(chan error)
		go func() {
			_, err := s.read()
			ended <- err
		}()
		time.Sleep(3500 * time.Millisecond)
		at := time.Now()
		if err := s.close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, io.EOF) || time.Since(at) > 0 {
			t.Errorf("%v after %v", err, time.Since(at))
		}
	})
}

func TestPicturesAreGivenBackToTheDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := tight(mode{width: 64, height: 36, format: frame.FormatYUYV})
		d := newDriver(l.size())
		s := streamOf(d, l)
		for i := range 10 {
			d.memory[0] = byte(i + 1)
			got, err := s.read()
			if err != nil || got.planes.Y[0] != byte(i+1) {
				t.Fatalf("picture %d: %v", i, err)
			}
		}
		d.memory = d.memory[:100]
		if _, err := s.read(); !errors.Is(err, errCut) || fatal(err) {
			t.Errorf("of a picture that is cut short: %v", err)
		}
		d.gets = func() error { return fmt.Errorf("dequeue: %w", syscall.ENODEV) }
		if _, err := s.read(); !fatal(err) {
			t.Errorf("unplugged: %v", err)
		}
		if d.given != 0 || d.released != 11 {
			t.Errorf("%d are kept, %d were given back", d.given, d.released)
		}
	})
}

func TestJPEGsPassUntouched(t *testing.T) {
	picture := jpegOf(t, 64, 36)
	d := newDriver(0)
	d.memory, d.waits = bytes.Clone(picture), func() error { return nil }
	s := &v4l2Stream{buffers: d, take: takeJPEG}
	got, err := s.read()
	if err != nil || !bytes.Equal(got.jpeg, picture) {
		t.Errorf("%d bytes became %d, %v", len(picture), len(got.jpeg), err)
	}
}

func TestTheDriversOwnSizeAndStrideCount(t *testing.T) {
	asked := mode{width: 1000, height: 562, format: frame.FormatYUYV}
	var p videoFormat
	p.union.width, p.union.height, p.union.stride, p.union.format = 960, 540, 2048, uint32(pixelFormat(frame.FormatYUYV))
	if got, err := p.layout(asked); err != nil || got != (layout{frame.FormatYUYV, 960, 540, 2048}) {
		t.Errorf("got %+v, %v", got, err)
	}
	p.union.stride = 0 // a driver that leaves it out
	if got, _ := p.layout(asked); got.stride != 1920 {
		t.Errorf("got %+v", got)
	}
	p.union.format = uint32(pixelFormat(frame.FormatMJPEG))
	if _, err := p.layout(asked); err == nil {
		t.Error("another format was taken for the one that was asked for")
	}
}

func TestFormatsHaveV4L2sNames(t *testing.T) {
	for f, want := range map[frame.Format]string{
		frame.FormatMJPEG: "MJPG", frame.FormatI420: "YU12", frame.FormatYUYV: "YUYV", frame.FormatUYVY: "UYVY", frame.FormatNV12: "NV12", frame.FormatNV21: "NV21",
	} {
		n := uint32(pixelFormat(f))
		if got := string([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}); got != want {
			t.Errorf("%s is %s, want %s", f, got, want)
		}
	}
}
