package mp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// box is one box of a file: what it says about itself, which the walk has made sure lies within the file.
type box struct {
	kind       string
	start, end int64 // in the file
	header     int64 // bytes before its payload
}

func (b box) payload() int64 { return b.end - b.start - b.header }

// walk steps through the boxes of a file, of which it reads only the pieces it is asked for.
type walk struct {
	r    io.ReaderAt
	size int64
	err  error // of the disk; the end of the file is none

	// The last piece read: a header, and with it most often the header behind it.
	buf  []byte
	from int64
}

// piece is as many bytes as are read at once: a fragment's whole header, as a rule.
const piece = 2048

// bytes is n bytes of the file from a place on, valid until the next call. It gives false where the file has no such bytes.
func (w *walk) bytes(from int64, n int) ([]byte, bool) {
	if from < 0 || int64(n) > w.size-from {
		return nil, false
	}
	if from < w.from || from+int64(n) > w.from+int64(len(w.buf)) {
		w.load(from, n)
	}
	at := int(from - w.from)
	if at < 0 || at+n > len(w.buf) {
		return nil, false
	}
	return w.buf[at : at+n], true
}

func (w *walk) load(from int64, n int) {
	n = int(min(max(int64(n), piece), w.size-from))
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	got, err := w.r.ReadAt(w.buf[:n], from)
	w.buf, w.from = w.buf[:got], from
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = fmt.Errorf("read video: %w", err)
	}
}

// box is the box at a place of the file; false where none is whole there.
func (w *walk) box(at int64) (box, bool) {
	h, ok := w.bytes(at, 8)
	if !ok {
		return box{}, false
	}
	b := box{kind: string(h[4:8]), start: at, header: 8}
	size := uint64(binary.BigEndian.Uint32(h))
	if size == 1 {
		if h, ok = w.bytes(at, largeHeader); !ok {
			return box{}, false
		}
		b.header, size = largeHeader, binary.BigEndian.Uint64(h[8:])
	}
	if size < uint64(b.header) || size > uint64(w.size-at) {
		return box{}, false
	}
	b.end = at + int64(size)
	return b, true
}

// content is a box's payload, valid until the next call; false for one larger than a header of ours can be.
func (w *walk) content(b box) ([]byte, bool) {
	const most = 1 << 20
	if b.payload() > most {
		return nil, false
	}
	return w.bytes(b.start+b.header, int(b.payload()))
}

// fields reads the fields of a box one behind the other. What is not there reads as zero, and short says so.
type fields struct {
	rest  []byte
	short bool
}

func (f *fields) skip(n int) []byte {
	if n > len(f.rest) {
		f.rest, f.short = nil, true
		return nil
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

func (f *fields) u8() byte {
	if b := f.skip(1); b != nil {
		return b[0]
	}
	return 0
}

func (f *fields) u16() int {
	if b := f.skip(2); b != nil {
		return int(binary.BigEndian.Uint16(b))
	}
	return 0
}

func (f *fields) u32() uint32 {
	if b := f.skip(4); b != nil {
		return binary.BigEndian.Uint32(b)
	}
	return 0
}

// child takes the next box out of a payload; false at its end, or where no whole one follows.
func (f *fields) child() (kind []byte, payload fields, ok bool) {
	if len(f.rest) < 8 {
		return nil, fields{}, false
	}
	size := binary.BigEndian.Uint32(f.rest)
	if size < 8 || uint64(size) > uint64(len(f.rest)) {
		return nil, fields{}, false
	}
	b := f.skip(int(size))
	return b[4:8], fields{rest: b[8:]}, true
}

// find is the payload of the first box on a path of kinds, empty where there is none.
func (f fields) find(path ...string) fields {
	for len(path) > 0 {
		kind, payload, ok := f.child()
		if !ok {
			return fields{short: true}
		}
		if string(kind) == path[0] {
			f, path = payload, path[1:]
		}
	}
	return f
}
