package screen

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

// What is spoken here is the X Window System Protocol, version 11 (X.Org, X11R7.7), in little endian: a handful of its requests.
const (
	opGetGeometry    = 14
	opGetImage       = 73
	opQueryExtension = 98

	xineramaQueryScreens = 5 // of the extension's own

	zPixmap = 2 // whole pixels, row by row
)

// What a server's answer begins with.
const (
	kindError    = 0
	kindReply    = 1
	kindGeneric  = 35 // an event of any length
	lengthOfHead = 32 // of each of them
)

const trueColour = 4 // a visual's class: its pixels hold their colours

// maxReply keeps a server that talks nonsense from taking all memory: 16384×8192 pixels of four bytes.
const maxReply = 512 << 20

// wireError is an answer that is an error, or makes no sense.
type wireError struct{ what string }

func (e *wireError) Error() string { return "X server: " + e.what }

// refusal is a server that lets nobody in without the right key.
type refusal struct{ reason string }

func (r *refusal) Error() string { return "X server: " + r.reason }

// pixelFormat is how a screen's pixels come.
type pixelFormat struct {
	layout layout
	bits   int // a pixel takes
	pad    int // bits to which each row is filled up
}

func (f pixelFormat) stride(width int) int { return (width*f.bits + f.pad - 1) / f.pad * f.pad / 8 }

// greet opens the conversation.
func (s *server) greet(place display, getenv func(string) string) error {
	if err := s.patient(); err != nil {
		return err
	}
	key := place.key(getenv)
	hello := []byte{'l', 0, 11, 0, 0, 0, byte(len(key.name)), 0, byte(len(key.data)), 0, 0, 0}
	hello = append(padded(append(hello, key.name...)), padded(key.data)...)
	if _, err := s.conn.Write(hello); err != nil {
		return err
	}
	var head [8]byte
	if _, err := io.ReadFull(s.conn, head[:]); err != nil {
		return err
	}
	body := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(s.conn, body); err != nil {
		return err
	}
	if head[0] != 1 {
		return &refusal{fmt.Sprintf("%.*q", min(int(head[1]), len(body)), body)}
	}
	if err := s.readSetup(body, place.screen); err != nil {
		return err
	}
	return s.readExtensions()
}

// padded fills up to four bytes.
func padded(b []byte) []byte { return append(b, make([]byte, -len(b)&3)...) }

// readExtensions asks for what is not in every server.
func (s *server) readExtensions() (err error) {
	under, err := s.extension("XWAYLAND")
	if err != nil {
		return err
	}
	if under != 0 {
		return wayland()
	}
	s.xinerama, err = s.extension("XINERAMA")
	return err
}

// extension is the opcode of an extension, 0 where the server has none of that name.
func (s *server) extension(name string) (opcode byte, err error) {
	body := append([]byte{byte(len(name)), 0, 0, 0}, name...)
	answer, _, err := s.ask(opQueryExtension, 0, body)
	if err != nil || answer[8] == 0 {
		return 0, err
	}
	return answer[9], nil
}

// monitors is where each monitor is on the screen.
func (s *server) monitors() ([]image.Rectangle, error) {
	if s.xinerama == 0 {
		return s.wholeScreen()
	}
	answer, list, err := s.ask(s.xinerama, xineramaQueryScreens, nil)
	if err != nil {
		return nil, err
	}
	count := int(binary.LittleEndian.Uint32(answer[8:]))
	if count == 0 {
		return s.wholeScreen()
	}
	if count > len(list)/8 {
		return nil, &wireError{"fewer monitors than it says"}
	}
	all := make([]image.Rectangle, count)
	for i := range all {
		all[i] = rectangle(list[8*i:])
	}
	return all, nil
}

func (s *server) wholeScreen() ([]image.Rectangle, error) {
	answer, _, err := s.ask(opGetGeometry, 0, binary.LittleEndian.AppendUint32(nil, s.root))
	if err != nil {
		return nil, err
	}
	return []image.Rectangle{rectangle(answer[12:])}, nil
}

// rectangle reads x, y, width and height.
func rectangle(b []byte) image.Rectangle {
	x, y := int(int16(binary.LittleEndian.Uint16(b))), int(int16(binary.LittleEndian.Uint16(b[2:])))
	return image.Rect(x, y, x+int(binary.LittleEndian.Uint16(b[4:])), y+int(binary.LittleEndian.Uint16(b[6:])))
}

// image is what a part of the screen shows.
func (s *server) image(r image.Rectangle) (*shot, error) {
	body := binary.LittleEndian.AppendUint32(nil, s.root)
	for _, n := range []int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} {
		body = binary.LittleEndian.AppendUint16(body, uint16(n))
	}
	body = binary.LittleEndian.AppendUint32(body, 0xffffffff) // all bits of a pixel
	_, pix, err := s.ask(opGetImage, zPixmap, body)
	if err != nil {
		return nil, err
	}
	stride := s.format.stride(r.Dx())
	if r.Empty() || len(pix) < stride*r.Dy() {
		return nil, &wireError{"a picture that is too small"}
	}
	return &shot{pix: pix, stride: stride, width: r.Dx(), height: r.Dy(), layout: s.format.layout}, nil
}

// ask sends a request and waits for its reply: the first 32 bytes, and what follows them in memory of its own.
func (s *server) ask(opcode, second byte, body []byte) (head, rest []byte, err error) {
	if err := s.patient(); err != nil {
		return nil, nil, err
	}
	body = padded(body)
	request := binary.LittleEndian.AppendUint16([]byte{opcode, second}, uint16(1+len(body)/4))
	if _, err := s.conn.Write(append(request, body...)); err != nil {
		return nil, nil, err
	}
	for {
		if head, rest, err = s.read(); err != nil {
			return nil, nil, err
		}
		switch head[0] {
		case kindError:
			return nil, nil, &wireError{fmt.Sprintf("error %d for request %d", head[1], opcode)}
		case kindReply:
			return head, rest, nil
		}
		// An event: some are told to everybody, such as a new keyboard.
	}
}

func (s *server) read() (head, rest []byte, err error) {
	head = make([]byte, lengthOfHead)
	if _, err := io.ReadFull(s.conn, head); err != nil {
		return nil, nil, err
	}
	if kind := head[0] & 0x7f; head[0] != kindReply && kind != kindGeneric {
		return head, nil, nil
	}
	more := 4 * int64(binary.LittleEndian.Uint32(head[4:]))
	if more > maxReply {
		return nil, nil, &wireError{"an answer that is too long"}
	}
	rest = make([]byte, more)
	_, err = io.ReadFull(s.conn, rest)
	return head, rest, err
}
