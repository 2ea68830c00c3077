package shared

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// On the wire the holder greets, and then sends one message after the other, each a head and a body; the viewer answers each with one byte
// once it has taken it. Numbers are little-endian. The greeting's form, 16 bytes, never changes: it is what tells versions apart.
const (
	greeting = "SIGHTLINE-CAM/01"
	headSize = 32
	largest  = 64 << 20 // bytes of a frame
	wordy    = 64 << 10 // bytes of a fault
	longest  = 1 << 15  // pixels of an edge
	oldest   = time.Hour
	taken    = 6 // the viewer's answer
)

// kind is what a message is.
type kind uint8

const (
	kindFrame   kind = 1 + iota
	kindOpening      // the device is being opened
	kindQuiet        // there is no new frame, and the holder lives
	kindEnd          // the source has ended; the body says why
)

// form is what a frame's body is: a JPEG as the camera gave it, or planes without gaps, Y then Cb then Cr.
type form uint8

const (
	formJPEG   form = 1
	formPlanes form = 2
)

// head goes before each body. What a kind does not need is 0.
type head struct {
	Kind   kind
	Form   form
	Ratio  uint8 // of planes: an image.YCbCrSubsampleRatio
	_      uint8
	Size   uint32 // bytes of the body
	Number uint64 // the holder's count of frames, from 1
	Age    int64  // from the capture to the moment the head was sent, in nanoseconds
	Width  uint32 // of planes, in pixels
	Height uint32
}

// ending is the body of a kindEnd; empty where the source has simply come to its end.
type ending struct {
	Code    string      `json:"code,omitempty"`
	Message string      `json:"message,omitempty"`
	Hint    string      `json:"hint,omitempty"`
	Blame   fault.Blame `json:"blame,omitempty"`
}

var errGarbled = errors.New("what the holder sent cannot be read")

func garbled(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errGarbled}, args...)...)
}

// readGreeting hears whether the holder speaks as we do.
func readGreeting(from io.Reader) error {
	var heard [len(greeting)]byte
	if _, err := io.ReadFull(from, heard[:]); err != nil {
		return err
	}
	if string(heard[:]) != greeting {
		return foreign(fmt.Sprintf("%q", heard))
	}
	return nil
}

// message is what came: a frame, or for a kindEnd the reason in err.
type message struct {
	kind  kind
	frame sight.Frame
	err   error
}

// reader takes a holder's messages apart. It trusts none of them.
type reader struct {
	from   io.Reader
	number uint64 // of the newest frame
}

func (r *reader) next() (message, error) {
	var raw [headSize]byte
	if _, err := io.ReadFull(r.from, raw[:]); err != nil {
		return message{}, err
	}
	came := time.Now()
	var h head
	if _, err := binary.Decode(raw[:], binary.LittleEndian, &h); err != nil {
		return message{}, err
	}
	if err := h.check(); err != nil {
		return message{}, err
	}
	body := make([]byte, h.Size)
	if _, err := io.ReadFull(r.from, body); err != nil {
		return message{}, err
	}
	switch h.Kind {
	case kindFrame:
		return r.frame(h, body, came)
	case kindEnd:
		return h.end(body)
	}
	return message{kind: h.Kind}, nil
}

// frame leaves Number to the session; its Captured keeps a monotonic reading.
func (r *reader) frame(h head, body []byte, came time.Time) (message, error) {
	if h.Number <= r.number {
		return message{}, garbled("frame %d after frame %d", h.Number, r.number)
	}
	r.number = h.Number
	f := sight.Frame{Captured: came.Add(-time.Duration(h.Age))}
	if h.Form == formPlanes {
		f.Picture = sight.FromYCbCr(h.planes(body))
		return message{kind: kindFrame, frame: f}, nil
	}
	picture, err := sight.FromJPEG(body)
	if err != nil {
		return message{}, garbled("%w", err)
	}
	f.Picture = picture
	return message{kind: kindFrame, frame: f}, nil
}

func (h head) end(body []byte) (message, error) {
	m := message{kind: kindEnd}
	if len(body) == 0 {
		return m, nil
	}
	var e ending
	if err := json.Unmarshal(body, &e); err != nil {
		return message{}, garbled("%w", err)
	}
	if e.Code == "" || e.Message == "" {
		return message{}, garbled("an end without a reason")
	}
	m.err = &fault.Error{Code: e.Code, Message: e.Message, Hint: e.Hint, Blame: e.Blame}
	return m, nil
}

// check refuses what no holder of this version sends, before anything is made of its size.
func (h head) check() error {
	switch {
	case h.Kind < kindFrame || h.Kind > kindEnd:
		return garbled("a message of kind %d", h.Kind)
	case h.Kind == kindEnd && h.Size > wordy, (h.Kind == kindOpening || h.Kind == kindQuiet) && h.Size > 0:
		return garbled("%d bytes in a message of kind %d", h.Size, h.Kind)
	case h.Kind == kindFrame:
		return h.checkFrame()
	}
	return nil
}

func (h head) checkFrame() error {
	switch {
	case h.Size == 0 || h.Size > largest:
		return garbled("a frame of %d bytes", h.Size)
	case h.Age < 0 || h.Age > int64(oldest):
		return garbled("a frame of age %v", time.Duration(h.Age))
	case h.Form == formJPEG:
		return nil
	case h.Form != formPlanes || h.Ratio > uint8(image.YCbCrSubsampleRatio410):
		return garbled("a frame of form %d.%d", h.Form, h.Ratio)
	case h.Width == 0 || h.Width > longest || h.Height == 0 || h.Height > longest:
		return garbled("a frame of %d×%d pixels", h.Width, h.Height)
	}
	luma, chroma := h.planeSizes()
	if area(luma)+2*area(chroma) != int(h.Size) {
		return garbled("%d bytes for %d×%d pixels", h.Size, h.Width, h.Height)
	}
	return nil
}

// planes cuts a body into planes, without copying it.
func (h head) planes(body []byte) *image.YCbCr {
	luma, chroma := h.planeSizes()
	y, c := area(luma), area(chroma)
	return &image.YCbCr{
		Y: body[:y:y], Cb: body[y : y+c : y+c], Cr: body[y+c:],
		YStride: luma.X, CStride: chroma.X,
		SubsampleRatio: image.YCbCrSubsampleRatio(h.Ratio), Rect: image.Rectangle{Max: luma},
	}
}

// planeSizes is the width and height of the planes.
func (h head) planeSizes() (luma, chroma image.Point) {
	w, ht := int(h.Width), int(h.Height)
	luma, chroma = image.Pt(w, ht), image.Pt(w, ht)
	switch image.YCbCrSubsampleRatio(h.Ratio) {
	case image.YCbCrSubsampleRatio422:
		chroma = image.Pt((w+1)/2, ht)
	case image.YCbCrSubsampleRatio420:
		chroma = image.Pt((w+1)/2, (ht+1)/2)
	case image.YCbCrSubsampleRatio440:
		chroma = image.Pt(w, (ht+1)/2)
	case image.YCbCrSubsampleRatio411:
		chroma = image.Pt((w+3)/4, ht)
	case image.YCbCrSubsampleRatio410:
		chroma = image.Pt((w+3)/4, (ht+1)/2)
	}
	return luma, chroma
}

func area(p image.Point) int { return p.X * p.Y }
