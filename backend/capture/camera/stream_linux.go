//go:build cgo

package camera

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/blackjack/webcam"
	"github.com/blackjack/webcam/ioctl"
	"github.com/pion/mediadevices/pkg/frame"
	"golang.org/x/sys/unix"
)

// v4l2Stream reads a camera by V4L2: JPEG bytes as they are, raw pictures from the driver's memory straight into planes of their own.
type v4l2Stream struct {
	buffers grabber
	take    func(data []byte) (shot, error) // copies what it needs

	closed atomic.Bool
	mu     sync.Mutex // held while a picture is taken out of the driver's memory, and while that is given back
}

// grabber is what a webcam.Webcam does once it streams.
type grabber interface {
	WaitForFrame(seconds uint32) error
	GetFrame() (data []byte, buffer uint32, err error)
	ReleaseFrame(buffer uint32) error
	Close() error
}

// buffers is how many pictures the driver has room for: one being filled, one full, one being taken.
const buffers = 3

var (
	errCut    = errors.New("the camera's picture is cut short")
	errFormat = errors.New("the camera delivers another format than it was asked for")
)

func openV4L2(path string, m mode) (*v4l2Stream, error) {
	cam, err := webcam.Open(path)
	if err != nil {
		return nil, err
	}
	take, err := startV4L2(cam, path, m)
	if err != nil {
		_ = cam.Close()
		return nil, err
	}
	return &v4l2Stream{buffers: cam, take: take}, nil
}

func startV4L2(cam *webcam.Webcam, path string, m mode) (func([]byte) (shot, error), error) {
	if err := cam.SetBufferCount(buffers); err != nil {
		return nil, err
	}
	if _, _, _, err := cam.SetImageFormat(pixelFormat(m.format), uint32(m.width), uint32(m.height)); err != nil {
		return nil, err
	}
	if m.rate > 0 {
		_ = cam.SetFramerate(float32(m.rate)) // a camera that cannot be told keeps its own
	}
	take := takeJPEG
	if m.format != frame.FormatMJPEG {
		l, err := layoutOf(path, m)
		if err != nil {
			return nil, err
		}
		take = l.take
	}
	return take, cam.StartStreaming()
}

func takeJPEG(data []byte) (shot, error) {
	own, whole := copyJPEG(data)
	if !whole {
		return shot{}, errCut
	}
	return shot{jpeg: own}, nil
}

func (l layout) take(data []byte) (shot, error) {
	own := l.planes(data)
	if own == nil {
		return shot{}, errCut
	}
	return shot{planes: own}, nil
}

// read waits without the lock, so that close need not wait for a camera that is silent: ending the stream wakes the waiting.
func (s *v4l2Stream) read() (shot, error) {
	for !s.closed.Load() {
		err := s.buffers.WaitForFrame(1)
		if nothing := new(webcam.Timeout); errors.As(err, &nothing) {
			continue // whether that was too long is the watch's to say
		}
		if err != nil {
			return shot{}, err
		}
		return s.next()
	}
	return shot{}, io.EOF
}

// next takes the picture before its buffer goes back to the camera, and only then gives it back.
func (s *v4l2Stream) next() (shot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return shot{}, io.EOF
	}
	data, buffer, err := s.buffers.GetFrame()
	if err != nil {
		return shot{}, err
	}
	own, cut := s.take(data)
	if err := s.buffers.ReleaseFrame(buffer); err != nil {
		return shot{}, err
	}
	return own, cut
}

func (s *v4l2Stream) close() error {
	s.closed.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buffers.Close()
}

// pixelFormat is V4L2's own name of a format.
func pixelFormat(f frame.Format) webcam.PixelFormat {
	code := string(f)
	switch f {
	case frame.FormatMJPEG:
		code = "MJPG"
	case frame.FormatI420:
		code = "YU12"
	case frame.FormatYUY2:
		code = "YUYV"
	}
	return webcam.PixelFormat(uint32(code[0]) | uint32(code[1])<<8 | uint32(code[2])<<16 | uint32(code[3])<<24)
}

// videoFormat is V4L2's struct v4l2_format for a picture in one plane; its union is aligned as one that holds pointers, and as large as the system's.
type videoFormat struct {
	kind  uint32
	union struct {
		width, height, format, field, stride, size uint32
		_                                          [200 - 24 - unsafe.Sizeof(uintptr(0))]byte
		_                                          uintptr
	}
}

const videoCapture = 1 // V4L2_BUF_TYPE_VIDEO_CAPTURE

// layoutOf asks the driver in what size and with what stride it is going to deliver, which need not be what it was told. It asks through a
// file of its own: the library keeps its own to itself, and forgets what the driver answered. A driver that lets in one file at a time, or
// does not say, is taken to do as it was told.
func layoutOf(path string, m mode) (layout, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return tight(m), nil
	}
	defer unix.Close(fd)
	p := videoFormat{kind: videoCapture}
	if err := ioctl.Ioctl(uintptr(fd), ioctl.IoRW('V', 4, unsafe.Sizeof(p)), uintptr(unsafe.Pointer(&p))); err != nil {
		return tight(m), nil
	}
	return p.layout(m)
}

func (p videoFormat) layout(m mode) (layout, error) {
	u := p.union
	if webcam.PixelFormat(u.format) != pixelFormat(m.format) || u.width == 0 || u.height == 0 || u.width%2+u.height%2 != 0 {
		return layout{}, errFormat
	}
	m.width, m.height = int(u.width), int(u.height)
	l := tight(m)
	l.stride = max(l.stride, int(u.stride))
	return l, nil
}
