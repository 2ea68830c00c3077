package mjpeg

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// TestWhatCamerasSendIsUnderstood: two pictures come out, however they are wrapped.
func TestWhatCamerasSendIsUnderstood(t *testing.T) {
	a, b := thumbnailed(shot(t, 1)), shot(t, 2)
	la, lb := len(a), len(b)
	f := fmt.Sprintf
	for name, stream := range map[string]string{
		"as it should be":       f("--x\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n--x\r\nContent-Length: %d\r\n\r\n%s\r\n", la, a, lb, b),
		"no lengths":            f("--x\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n--x\r\n\r\n%s\r\n--x\r\n", a, b),
		"no heads":              f("--x\r\n\r\n%s--x\r\n\r\n%s", a, b),
		"no empty line":         f("--x\r\nContent-Type: image/jpeg\r\n%s\r\n--x\r\nContent-Type: image/jpeg\r\n%s", a, b),
		"no boundaries":         string(a) + string(b),
		"only line feeds":       f("--x\nContent-length:%d\n\n%s\n--x\ncontent-LENGTH:   %d\n\n%s\n", la, a, lb, b),
		"no dashes":             f("x\r\nContent-Length: %d\r\n\r\n%s\r\nx\r\nContent-Length: %d\r\n\r\n%s\r\n", la, a, lb, b),
		"more dashes":           f("----x\r\nContent-Length: %d\r\n\r\n%s\r\n----x\r\nContent-Length: %d\r\n\r\n%s\r\n", la, a, lb, b),
		"another boundary":      f("--other\r\nContent-Length: %d\r\n\r\n%s\r\n--other\r\nContent-Length: %d\r\n\r\n%s\r\n", la, a, lb, b),
		"empty lines":           f("\r\n\r\n--x\r\nContent-Length: %d\r\n\r\n\r\n%s\r\n\r\n\r\n--x\r\nContent-Length: %d\r\n\r\n%s", la, a, lb, b),
		"stray heads":           f("--x\r\nnonsense\r\n: \r\nContent-Length: many\r\n\r\n%s\r\n--x\r\nX-Time: 1\r\n\r\n%s", a, b),
		"a length too short":    f("--x\r\nContent-Length: %d\r\n\r\n%s\r\n--x\r\nContent-Length: %d\r\n\r\n%s\r\n--x\r\n\r\n%s", la, a, 9, b, b),
		"other parts":           f("--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x\r\n\r\n%s\r\n--x\r\nContent-Length: 2\r\n\r\nhi\r\n--x\r\n\r\n%s", a, b),
		"something before":      f("hello\r\nthere\r\n--x\r\n\r\n%s\r\n--x--\r\n--x\r\n\r\n%s", a, b),
		"a broken one":          f("--x\r\n\r\n%s\r\n--x\r\n\r\n\xff\xd8\xff\xff\x00\r\n--x\r\n\r\n%s", a, b),
		"one that is cut short": f("--x\r\n\r\n%s\r\n--x\r\n\r\n%s\r\n--x\r\n\r\n%s\r\n--x\r\n\r\n%s", a, b[:lb/2], b, b),
	} {
		for way, r := range map[string]io.Reader{"at once": strings.NewReader(stream), "byte by byte": iotest.OneByteReader(strings.NewReader(stream))} {
			got, err := allOf(&parts{r: bufio.NewReaderSize(r, 4<<10), boundary: "x"})
			got = slices.DeleteFunc(got, func(data []byte) bool { return len(data) < 20 })
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 2 || !bytes.Equal(got[0], a) || !bytes.Equal(got[1], b) {
				t.Errorf("%s, %s: %d pictures, %v", name, way, len(got), err)
			}
		}
	}
}

func allOf(p *parts) (all [][]byte, err error) {
	for {
		data, _, err := p.next()
		if err != nil {
			return all, err
		}
		all = append(all, data)
	}
}

// thumbnailed puts a small JPEG into a JPEG, as cameras do.
func thumbnailed(data []byte) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(2+len(data)))
	segment = append(segment, data...)
	return slices.Concat(data[:2], segment, data[2:])
}

// FuzzParts: whatever a camera sends, pictures or an error come out, in bounded memory, and without waiting for ever.
func FuzzParts(f *testing.F) {
	data := shot(f, 1)
	f.Add(fmt.Appendf(nil, "--x\r\nContent-Length: %d\r\n\r\n%s\r\n--x\r\n\r\n%s", len(data), data, data), "x")
	f.Add([]byte("--\r\n--\r\n\r\n\xff\xd8\xff\xda\x00\x02\xff\x00\xff\xd9"), "")
	f.Add([]byte("\xff\xd8\xff\xff\xff\xe0\x00\x04ab\xff\xd0\xff\xd9\xff\xd8\xff\xe0\x00\x00"), "--")
	f.Fuzz(func(t *testing.T, stream []byte, boundary string) {
		got, err := allOf(&parts{r: bufio.NewReaderSize(bytes.NewReader(stream), 16), boundary: boundary})
		if err == nil {
			t.Fatal("it never ends")
		}
		total := 0
		for _, data := range got {
			total += len(data)
			if len(data) == 0 || !bytes.Contains(stream, data) {
				t.Errorf("%.40q is not in the stream", data)
			}
		}
		if total > len(stream) {
			t.Errorf("%d bytes of pictures in %d bytes", total, len(stream))
		}
	})
}
