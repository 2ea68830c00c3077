package shared

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// Why a frame cannot be sent.
var (
	errLarge      = errors.New("the picture is too large to be sent")
	errUnreadable = errors.New("the picture cannot be read")
)

// writer sends a holder's messages to one viewer. It copies no picture: a body goes out from where the picture lies.
type writer struct {
	conn  net.Conn
	head  [headSize]byte
	parts [][]byte // of the message being sent: its head and its body's pieces
}

func (w *writer) greet() error {
	_, err := io.WriteString(w.conn, greeting)
	return err
}

// note sends a message without a body.
func (w *writer) note(k kind) error { return w.send(head{Kind: k}) }

// end says why the source has ended, with what a person reads about it; the detail stays in the holder's log.
func (w *writer) end(why error) error {
	if why == nil {
		return w.note(kindEnd)
	}
	f := fault.From(why)
	body, err := json.Marshal(ending{Code: f.Code, Message: f.Message, Hint: f.Hint, Blame: f.Blame})
	if err != nil {
		return err
	}
	return w.send(head{Kind: kindEnd, Size: uint32(len(body))}, body)
}

// frame sends a JPEG's bytes untouched, and of any other picture the planes. A picture that is drawn when somebody looks is drawn now.
func (w *writer) frame(f sight.Frame) error {
	h := head{Kind: kindFrame, Form: formJPEG, Number: f.Number}
	body := [][]byte{f.Picture.Source()}
	if body[0] == nil {
		img, err := f.Picture.Planes()
		if err != nil {
			return fmt.Errorf("%w: %w", errUnreadable, err)
		}
		if img == nil || img.Rect.Empty() {
			return errUnreadable
		}
		h.Form, h.Ratio = formPlanes, uint8(img.SubsampleRatio)
		h.Width, h.Height = uint32(img.Rect.Dx()), uint32(img.Rect.Dy())
		if body, err = planePieces(h, img); err != nil {
			return err
		}
	}
	size := 0
	for _, piece := range body {
		size += len(piece)
	}
	if size > largest {
		return errLarge
	}
	h.Size, h.Age = uint32(size), int64(max(0, time.Since(f.Captured)))
	return w.send(h, body...)
}

// send writes all at once where the system can do that.
func (w *writer) send(h head, body ...[]byte) error {
	if _, err := binary.Encode(w.head[:], binary.LittleEndian, h); err != nil {
		return err
	}
	w.parts = append(append(w.parts[:0], w.head[:]), body...)
	all := net.Buffers(w.parts)
	_, err := all.WriteTo(w.conn)
	return err
}

// wait waits until the viewer has taken what was sent.
func (w *writer) wait() error {
	var answer [1]byte
	if _, err := io.ReadFull(w.conn, answer[:]); err != nil {
		return err
	}
	if answer[0] != taken {
		return fmt.Errorf("the viewer answered %d", answer[0])
	}
	return nil
}

// planePieces is the planes without what lies between their rows.
func planePieces(h head, img *image.YCbCr) ([][]byte, error) {
	if h.Width > longest || h.Height > longest {
		return nil, errLarge
	}
	luma, chroma := h.planeSizes()
	pieces := make([][]byte, 0, 3)
	for _, plane := range []struct {
		pixels []byte
		stride int
		size   image.Point
	}{{img.Y, img.YStride, luma}, {img.Cb, img.CStride, chroma}, {img.Cr, img.CStride, chroma}} {
		if plane.stride < plane.size.X || len(plane.pixels) < (plane.size.Y-1)*plane.stride+plane.size.X {
			return nil, fmt.Errorf("%w: %d bytes for %v pixels", errUnreadable, len(plane.pixels), plane.size)
		}
		pieces = appendRows(pieces, plane.pixels, plane.stride, plane.size)
	}
	return pieces, nil
}

// appendRows keeps a plane whole where its rows follow one another.
func appendRows(pieces [][]byte, pixels []byte, stride int, size image.Point) [][]byte {
	if stride == size.X {
		return append(pieces, pixels[:area(size)])
	}
	for y := range size.Y {
		pieces = append(pieces, pixels[y*stride:][:size.X])
	}
	return pieces
}
