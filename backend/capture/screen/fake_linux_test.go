package screen

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

const (
	fakeRoot     = 0x123
	fakeVisual   = 0x21
	fakeXinerama = 141
)

// fakeX is an X server whose screen is of one colour, and who can be made to misbehave.
type fakeX struct {
	t       *testing.T
	listens net.Listener
	calls   sync.WaitGroup

	mu       sync.Mutex
	monitors []image.Rectangle
	pixel    uint32
	masks    [3]uint32
	depth    byte
	bits     byte
	order    binary.ByteOrder
	xwayland bool
	refuses  string
	key      []byte // what came with the greeting
	silentAt byte   // the request that is never answered; 1: the greeting
	errorAt  byte   // the request that is answered by an error
	chatty   bool   // an event comes before each reply
}

// newFakeX is a server with one monitor of 64×48, as most are.
func newFakeX(t *testing.T) *fakeX {
	t.Helper()
	listens, err := net.Listen("unix", filepath.Join(t.TempDir(), "X"))
	if err != nil {
		t.Fatal(err)
	}
	x := &fakeX{
		t: t, listens: listens, monitors: []image.Rectangle{image.Rect(0, 0, 64, 48)}, pixel: 0x00ff8800,
		masks: [3]uint32{0xff0000, 0xff00, 0xff}, depth: 24, bits: 32, order: binary.LittleEndian,
	}
	x.calls.Go(x.serve)
	t.Cleanup(func() {
		_ = listens.Close()
		x.calls.Wait()
	})
	return x
}

// desk is what a person has whose DISPLAY is this server.
func (x *fakeX) desk(more ...string) desk {
	env := map[string]string{"DISPLAY": x.listens.Addr().String() + ":0", "HOME": x.t.TempDir()}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return x11{func(name string) string { return env[name] }}
}

// change changes how the server behaves from now on.
func (x *fakeX) change(how func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	how()
}

func (x *fakeX) serve() {
	for {
		conn, err := x.listens.Accept()
		if err != nil {
			return
		}
		x.calls.Go(func() {
			defer conn.Close()
			if x.greet(conn) {
				for x.answer(conn) {
				}
			}
		})
	}
}

func (x *fakeX) greet(conn net.Conn) bool {
	hello := make([]byte, 12)
	if _, err := io.ReadFull(conn, hello); err != nil {
		return false
	}
	lengths := []int{int(binary.LittleEndian.Uint16(hello[6:])), int(binary.LittleEndian.Uint16(hello[8:]))}
	auth := make([]byte, (lengths[0]+3)&^3+(lengths[1]+3)&^3)
	if _, err := io.ReadFull(conn, auth); err != nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.key = auth[(lengths[0]+3)&^3:][:lengths[1]]
	if x.silentAt == 1 {
		return true
	}
	body, accepts := x.setup(), byte(1)
	if x.refuses != "" {
		body, accepts = padded([]byte(x.refuses)), 0
	}
	head := []byte{accepts, byte(len(x.refuses)), 11, 0, 0, 0, 0, 0}
	binary.LittleEndian.PutUint16(head[6:], uint16(len(body)/4))
	_, err := conn.Write(append(head, body...))
	return err == nil && accepts == 1
}

// setup is the answer to a greeting: two formats, one screen of two depths.
func (x *fakeX) setup() []byte {
	vendor := "A fake"
	first := make([]byte, 32)
	binary.LittleEndian.PutUint16(first[16:], uint16(len(vendor)))
	first[20], first[21] = 1, 2
	if x.order == binary.BigEndian {
		first[22] = 1
	}
	formats := []byte{1, 1, 32, 0, 0, 0, 0, 0, x.depth, x.bits, 32, 0, 0, 0, 0, 0}
	screen := make([]byte, 40)
	binary.LittleEndian.PutUint32(screen, fakeRoot)
	binary.LittleEndian.PutUint32(screen[32:], fakeVisual)
	screen[38], screen[39] = x.depth, 2
	b := slices.Concat(first, padded([]byte(vendor)), formats, screen)
	b = append(b, 1, 0, 0, 0, 0, 0, 0, 0)       // a depth without visuals
	b = append(b, x.depth, 0, 2, 0, 0, 0, 0, 0) // one with two
	for _, id := range []uint32{fakeVisual + 1, fakeVisual} {
		visual := make([]byte, 24)
		binary.LittleEndian.PutUint32(visual, id)
		visual[4] = trueColour
		for i, mask := range x.masks {
			binary.LittleEndian.PutUint32(visual[8+4*i:], mask)
		}
		b = append(b, visual...)
	}
	return b
}

// answer answers one request; false when there are no more.
func (x *fakeX) answer(conn net.Conn) bool {
	head := make([]byte, 4)
	if _, err := io.ReadFull(conn, head); err != nil {
		return false
	}
	body := make([]byte, 4*int(binary.LittleEndian.Uint16(head[2:]))-4)
	if _, err := io.ReadFull(conn, body); err != nil {
		return false
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.silentAt == head[0] {
		return true
	}
	reply := make([]byte, 32)
	if x.chatty {
		event := make([]byte, 32)
		event[0] = 34 // MappingNotify
		_, _ = conn.Write(event)
		event[0] = kindGeneric
		binary.LittleEndian.PutUint32(event[4:], 2)
		_, _ = conn.Write(slices.Concat(event, make([]byte, 8)))
	}
	if x.errorAt == head[0] {
		reply[1] = 8 // BadMatch
		_, err := conn.Write(reply)
		return err == nil
	}
	reply[0] = kindReply
	rest := x.reply(reply, head, body)
	binary.LittleEndian.PutUint32(reply[4:], uint32(len(rest)/4))
	_, err := conn.Write(slices.Concat(reply, rest))
	return err == nil
}

func (x *fakeX) reply(reply, head, body []byte) (rest []byte) {
	switch head[0] {
	case opQueryExtension:
		switch string(body[4:][:body[0]]) {
		case "XINERAMA":
			reply[8], reply[9] = min(1, byte(len(x.monitors))), fakeXinerama
		case "XWAYLAND":
			if x.xwayland {
				reply[8], reply[9] = 1, 150
			}
		}
	case fakeXinerama:
		reply[8] = byte(len(x.monitors))
		for _, r := range x.monitors {
			rest = append(rest, rect16(r)...)
		}
	case opGetGeometry:
		copy(reply[12:], rect16(image.Rect(0, 0, 40, 30)))
	case opGetImage:
		w, h := int(binary.LittleEndian.Uint16(body[8:])), int(binary.LittleEndian.Uint16(body[10:]))
		rest = x.picture(w, h)
	}
	return rest
}

func rect16(r image.Rectangle) (b []byte) {
	for _, n := range []int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()} {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

func (x *fakeX) picture(w, h int) []byte {
	size := int(x.bits) / 8
	pixel := make([]byte, 4)
	if x.order.PutUint32(pixel, x.pixel); x.order == binary.BigEndian {
		pixel = pixel[4-size:]
	}
	return bytes.Repeat(padded(bytes.Repeat(pixel[:size], w)), h)
}
