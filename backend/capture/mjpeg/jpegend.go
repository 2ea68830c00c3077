package mjpeg

import (
	"bufio"
	"encoding/binary"
	"errors"
)

// Markers of ITU-T T.81, table B.1, as far as they matter here.
const (
	markerTEM  = 0x01
	markerRST0 = 0xd0
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
)

var errNotJPEG = errors.New("no JPEG")

// readJPEG reads one JPEG up to its own end, without waiting for what follows. It is nil where what begins like one turns out to be none.
func readJPEG(r *bufio.Reader) ([]byte, error) {
	w := walker{r: r, data: make([]byte, 0, 128<<10)}
	err := w.walk()
	if errors.Is(err, errNotJPEG) {
		return nil, nil
	}
	return w.data, err
}

// walker goes through a JPEG segment by segment, since a thumbnail within it has an end of its own.
type walker struct {
	r    *bufio.Reader
	data []byte
}

func (w *walker) walk() error {
	if err := w.take(2); err != nil { // its beginning, which was seen already
		return err
	}
	marker, err := w.marker()
	for err == nil {
		switch {
		case marker == markerEOI:
			return nil
		case marker == 0 || marker == markerSOI:
			return errNotJPEG
		case marker == markerTEM || marker >= markerRST0 && marker < markerSOI:
			marker, err = w.marker()
		default:
			marker, err = w.segment(marker == markerSOS)
		}
	}
	return err
}

// segment takes a segment, and the picture's bits where they follow it; then the next marker.
func (w *walker) segment(scan bool) (byte, error) {
	at := len(w.data)
	if err := w.take(2); err != nil {
		return 0, err
	}
	n := int(binary.BigEndian.Uint16(w.data[at:]))
	if n < 2 {
		return 0, errNotJPEG
	}
	if err := w.take(n - 2); err != nil {
		return 0, err
	}
	if scan {
		return w.bits()
	}
	return w.marker()
}

// marker takes the next marker, which follows at once.
func (w *walker) marker() (byte, error) {
	if err := w.take(1); err != nil {
		return 0, err
	}
	if w.data[len(w.data)-1] != 0xff {
		return 0, errNotJPEG
	}
	return w.afterFF()
}

// afterFF takes what follows a 0xff, of which there may be any number.
func (w *walker) afterFF() (byte, error) {
	for {
		if err := w.take(1); err != nil {
			return 0, err
		}
		if b := w.data[len(w.data)-1]; b != 0xff {
			return b, nil
		}
	}
}

// bits takes the entropy-coded bytes up to the next marker that ends them, and that.
func (w *walker) bits() (byte, error) {
	for {
		chunk, err := w.r.ReadSlice(0xff)
		if len(w.data)+len(chunk) > maxPicture {
			return 0, errTooLarge
		}
		w.data = append(w.data, chunk...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return 0, err
		}
		marker, err := w.afterFF()
		if err != nil || marker != 0 && (marker < markerRST0 || marker >= markerSOI) {
			return marker, err
		}
	}
}

func (w *walker) take(n int) error {
	if len(w.data)+n > maxPicture {
		return errTooLarge
	}
	for n > 0 {
		chunk, err := w.r.Peek(min(n, w.r.Size()))
		w.data = append(w.data, chunk...)
		n -= len(chunk)
		_, _ = w.r.Discard(len(chunk)) // it was there a moment ago
		if err != nil && n > 0 {
			return err
		}
	}
	return nil
}
