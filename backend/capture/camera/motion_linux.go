//go:build cgo

package camera

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"sync"
	"sync/atomic"

	"github.com/blackjack/webcam"
)

// jpegStream reads a Motion JPEG camera by V4L2 and leaves its pictures as they are: preview and model get the camera's own bytes.
type jpegStream struct {
	closed atomic.Bool

	mu  sync.Mutex // held by a read, for a second at most where nothing comes, and by close
	cam *webcam.Webcam
}

const (
	motionJPEG = webcam.PixelFormat('M' | 'J'<<8 | 'P'<<16 | 'G'<<24)
	buffers    = 3 // one being filled, one full, one being read
)

var errCut = errors.New("the camera's JPEG is cut short")

func openJPEG(path string, m mode) (*jpegStream, error) {
	cam, err := webcam.Open(path)
	if err != nil {
		return nil, err
	}
	if err := startJPEG(cam, m); err != nil {
		_ = cam.Close()
		return nil, err
	}
	return &jpegStream{cam: cam}, nil
}

func startJPEG(cam *webcam.Webcam, m mode) error {
	if err := cam.SetBufferCount(buffers); err != nil {
		return err
	}
	if _, _, _, err := cam.SetImageFormat(motionJPEG, uint32(m.width), uint32(m.height)); err != nil {
		return err
	}
	if m.rate > 0 {
		_ = cam.SetFramerate(float32(m.rate)) // a camera that cannot be told keeps its own
	}
	return cam.StartStreaming()
}

func (s *jpegStream) read() (shot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed.Load() {
		err := s.cam.WaitForFrame(1)
		if nothing := new(webcam.Timeout); errors.As(err, &nothing) {
			continue // whether that was too long is the watch's to say
		}
		if err != nil {
			return shot{}, err
		}
		return s.takeLocked()
	}
	return shot{}, io.EOF
}

// takeLocked copies the picture before its buffer goes back to the camera, and only then gives it back.
func (s *jpegStream) takeLocked() (shot, error) {
	data, buffer, err := s.cam.GetFrame()
	if err != nil {
		return shot{}, err
	}
	own, whole := copyJPEG(data)
	if err := s.cam.ReleaseFrame(buffer); err != nil {
		return shot{}, err
	}
	if !whole {
		return shot{}, errCut
	}
	return shot{jpeg: own}, nil
}

func (s *jpegStream) close() error {
	s.closed.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cam.Close()
}

const (
	markerDHT = 0xC4
	markerSOI = 0xD8
	markerSOS = 0xDA
)

const endOfImage = "\xFF\xD9"

// copyJPEG copies a camera's JPEG without what some cameras leave behind its end. Motion JPEG may leave out the Huffman tables, for everyone
// knows them; not everyone does, so they are put in. It is false for a picture that is cut short.
func copyJPEG(data []byte) ([]byte, bool) {
	scan, tables, ok := survey(data)
	end := bytes.LastIndex(data, []byte(endOfImage)) + len(endOfImage)
	if !ok || end <= scan {
		return nil, false
	}
	if tables > 0 {
		return bytes.Clone(data[:end]), true
	}
	return bytes.Join([][]byte{data[:scan], standardTables(), data[scan:end]}, nil), true
}

// survey finds where a JPEG's scan starts, and its first Huffman tables before that, 0 where there are none (ITU-T T.81, annex B).
func survey(data []byte) (scan, tables int, ok bool) {
	if len(data) < 2 || data[0] != 0xFF || data[1] != markerSOI {
		return 0, 0, false
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		switch data[at+1] {
		case markerSOS:
			return at, tables, true
		case markerDHT:
			if tables == 0 {
				tables = at
			}
		case 0xFF: // padding
			at++
			continue
		}
		at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
	}
	return 0, 0, false
}

// standardTables is the segment with the Huffman tables of annex K.3, which are those the standard library writes (20 µs).
func standardTables() []byte {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio420), nil); err != nil {
		panic(err) // a buffer takes everything
	}
	data := buf.Bytes()
	_, at, _ := survey(data)
	return data[at : at+2+int(binary.BigEndian.Uint16(data[at+2:]))]
}
