package shared

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

func TestWhatNoHolderSendsIsRefused(t *testing.T) {
	good := head{Kind: kindFrame, Form: formPlanes, Ratio: uint8(image.YCbCrSubsampleRatio420), Size: 4*4 + 2*2*2, Number: 1, Width: 4, Height: 4}
	if m, err := read(good, make([]byte, good.Size)); err != nil || m.frame.Picture == nil {
		t.Fatalf("the good one: %v", err)
	}
	for name, spoil := range map[string]func(h *head){
		"kind 0":               func(h *head) { h.Kind = 0 },
		"an unknown kind":      func(h *head) { h.Kind = kindEnd + 1 },
		"an unknown form":      func(h *head) { h.Form = 3 },
		"an unknown ratio":     func(h *head) { h.Ratio = 6 },
		"no bytes":             func(h *head) { h.Size = 0 },
		"too few bytes":        func(h *head) { h.Size-- },
		"too many bytes":       func(h *head) { h.Size++ },
		"number 0":             func(h *head) { h.Number = 0 },
		"from the future":      func(h *head) { h.Age = -1 },
		"from yesterday":       func(h *head) { h.Age = int64(24 * time.Hour) },
		"no width":             func(h *head) { h.Width = 0 },
		"an absurd width":      func(h *head) { h.Width = 1 << 31 },
		"an absurd height":     func(h *head) { h.Height = 1<<32 - 1 },
		"sizes that overflow":  func(h *head) { h.Width, h.Height, h.Size = 1<<16, 1<<16, 0 },
		"a huge JPEG":          func(h *head) { h.Form, h.Size = formJPEG, largest+1 },
		"a JPEG that is none":  func(h *head) { h.Form = formJPEG },
		"a note with a body":   func(h *head) { h.Kind = kindQuiet },
		"an endless end":       func(h *head) { h.Kind, h.Size = kindEnd, wordy+1 },
		"an end without sense": func(h *head) { h.Kind = kindEnd },
	} {
		h := good
		spoil(&h)
		if _, err := read(h, make([]byte, min(h.Size, 1<<20))); !errors.Is(err, errGarbled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFramesThatGoBackAreRefused(t *testing.T) {
	body := photo(t, 1).Source()
	var wire bytes.Buffer
	for _, n := range []uint64{3, 7, 7} {
		wire.Write(raw(head{Kind: kindFrame, Form: formJPEG, Number: n, Size: uint32(len(body))}, body))
	}
	r := reader{from: &wire}
	for range 2 {
		if _, err := r.next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.next(); !errors.Is(err, errGarbled) {
		t.Errorf("got %v", err)
	}
}

func TestFrameThatIsCutOffIsNoFrame(t *testing.T) {
	body := photo(t, 1).Source()
	whole := raw(head{Kind: kindFrame, Form: formJPEG, Number: 1, Size: uint32(len(body))}, body)
	for _, n := range []int{0, 1, headSize - 1, headSize, headSize + 1, len(whole) - 1} {
		if _, err := (&reader{from: bytes.NewReader(whole[:n])}).next(); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes of %d: %v", n, len(whole), err)
		}
	}
}

func TestEveryReasonArrivesWhole(t *testing.T) {
	for _, why := range []error{
		nil,
		&fault.Error{Code: "camera.gone", Message: "Die Kamera »Ü« ist fort.", Hint: "Plug it in.", Blame: fault.Source},
		&fault.Error{Code: "x", Message: strings.Repeat("long ", 2000) + "."},
		io.ErrUnexpectedEOF,
	} {
		ours, theirs := net.Pipe()
		sent := make(chan error, 1)
		go func() { sent <- (&writer{conn: theirs}).end(why) }()
		m, err := (&reader{from: ours}).next()
		if err != nil || <-sent != nil || m.kind != kindEnd {
			t.Fatalf("%v: %v", why, err)
		}
		want, got := fault.From(why), fault.From(m.err)
		if (want == nil) != (got == nil) || want != nil && (got.Code != want.Code || got.Message != want.Message || got.Hint != want.Hint || got.Blame != want.Blame) {
			t.Errorf("sent %+v, got %+v", want, got)
		}
		ours.Close()
		theirs.Close()
	}
}

// FuzzReader: whatever a holder sends, the outcome is an error or pictures that can be looked at.
func FuzzReader(f *testing.F) {
	body := photo(f, 1).Source()
	jpeg := raw(head{Kind: kindFrame, Form: formJPEG, Number: 1, Size: uint32(len(body))}, body)
	small := raw(head{Kind: kindFrame, Form: formPlanes, Ratio: 2, Number: 2, Size: 15 + 2*6, Width: 5, Height: 3}, make([]byte, 27))
	f.Add(append(append(jpeg, small...), raw(head{Kind: kindEnd, Size: 30}, []byte(`{"code":"a.b","message":"It."}`))...))
	f.Add(raw(head{Kind: kindFrame, Form: formPlanes, Ratio: 5, Number: 2, Size: 1, Width: 1 << 15, Height: 1 << 15}, nil))
	f.Add(raw(head{Kind: kindOpening}, raw(head{Kind: kindQuiet}, nil)))
	f.Fuzz(func(t *testing.T, wire []byte) {
		r := reader{from: bytes.NewReader(wire)}
		for {
			m, err := r.next()
			if err != nil {
				return
			}
			if m.kind != kindFrame {
				continue
			}
			if m.frame.Captured.After(time.Now()) {
				t.Error("captured in the future")
			}
			if m.frame.Picture.Source() == nil {
				lookAtCorners(t, m.frame.Picture)
			}
		}
	})
}

func lookAtCorners(t *testing.T, p *sight.Picture) {
	img, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{}, {X: img.Rect.Dx() - 1}, {Y: img.Rect.Dy() - 1}, img.Rect.Max.Sub(image.Pt(1, 1))} {
		img.YCbCrAt(at.X, at.Y) // must be within its planes
	}
}

func read(h head, body []byte) (message, error) {
	return (&reader{from: bytes.NewReader(raw(h, body))}).next()
}

func raw(h head, body []byte) []byte {
	wire, err := binary.Append(nil, binary.LittleEndian, h)
	if err != nil || len(wire) != headSize {
		panic("the head is not what it should be")
	}
	return append(wire, body...)
}
