package mjpeg

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

const (
	maxPicture   = 16 << 20   // bytes
	maxBetween   = maxPicture // bytes without a picture: the rest of one whose length was told wrong
	maxHeads     = 64         // lines
	startOfImage = "\xff\xd8"
)

var errNoPicture = errors.New("no picture in what came")

// parts reads the pictures of a multipart stream. It takes what cameras send, not just what they should: lengths that are missing or wrong, boundaries that
// differ from the one announced, parts that are no pictures.
type parts struct {
	r        *bufio.Reader
	boundary string // as announced; empty: not at all
	met      bool   // the boundary is what stands between the parts
}

// next is the next picture, the caller's own, and when its first byte came.
func (p *parts) next() (data []byte, arrived time.Time, err error) {
	for passed := 0; passed <= maxBetween; {
		n, err := p.skip(maxBetween - passed)
		if err != nil {
			return nil, time.Time{}, err
		}
		head, err := p.head()
		if err != nil {
			return nil, time.Time{}, err
		}
		passed += n + 1
		if !p.atPicture() {
			continue
		}
		arrived = time.Now()
		data, err = p.picture(head)
		if err != nil || data != nil {
			return data, arrived, err
		}
	}
	return nil, time.Time{}, errNoPicture
}

// skip passes everything up to the next boundary, and over it, or up to a picture that begins without one.
func (p *parts) skip(most int) (passed int, err error) {
	for passed <= most {
		if p.atPicture() {
			return passed, nil
		}
		line, err := p.r.ReadSlice('\n')
		passed += len(line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return passed, err
		}
		if err == nil && p.isBoundary(string(bytes.TrimSpace(line))) {
			return passed, nil
		}
	}
	return passed, errNoPicture
}

// isBoundary compares without the dashes, with which cameras are generous. The first line that begins with some is one, whatever was announced.
func (p *parts) isBoundary(line string) bool {
	bare := strings.Trim(line, "-")
	if bare == "" {
		return false
	}
	if !p.met && (strings.HasPrefix(line, "--") || bare == strings.Trim(p.boundary, "-")) {
		p.boundary, p.met = bare, true
	}
	return p.met && bare == strings.Trim(p.boundary, "-")
}

// atPicture waits for the next bytes to say whether a JPEG begins.
func (p *parts) atPicture() bool {
	first, err := p.r.Peek(2)
	return err == nil && string(first) == startOfImage
}

// head reads the lines that describe a part, and gives its length; 0 where none is told. Empty lines behind them are passed too.
func (p *parts) head() (length int64, err error) {
	for range maxHeads {
		if p.atPicture() {
			return length, nil
		}
		line, err := p.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
		text := string(bytes.TrimSpace(line))
		if text == "" {
			return length, p.passEmpty()
		}
		name, value, _ := strings.Cut(text, ":")
		if strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n > 0 {
				length = n
			}
		}
	}
	return 0, nil
}

// passEmpty passes line ends before a picture, of which some cameras send one too many.
func (p *parts) passEmpty() error {
	for range 4 {
		next, err := p.r.Peek(1)
		if err != nil {
			return err
		}
		if next[0] != '\r' && next[0] != '\n' {
			return nil
		}
		_, _ = p.r.Discard(1) // it was there a moment ago
	}
	return nil
}

// picture reads a JPEG of a length that is told, or up to its own end.
func (p *parts) picture(length int64) ([]byte, error) {
	switch {
	case length > maxPicture:
		return nil, errTooLarge
	case length > 0:
		return readUpTo(io.LimitReader(p.r, length), length)
	}
	return readJPEG(p.r)
}

// readUpTo reads all of r, of which size is what is told of its length, 0 where nothing is. Memory is taken as the bytes come, not as they are promised.
func readUpTo(r io.Reader, size int64) ([]byte, error) {
	const believed = 1 << 20
	data := make([]byte, 0, min(max(size, 4<<10), believed)+1) // one more, so that the end is seen without growing
	for len(data) <= maxPicture {
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		switch {
		case errors.Is(err, io.EOF) && int64(len(data)) < size:
			return nil, io.ErrUnexpectedEOF
		case errors.Is(err, io.EOF):
			return data, nil
		case err != nil:
			return nil, err
		}
	}
	return nil, errTooLarge
}
