//go:build !cgo || (!linux && !windows) || noh264

package h264

import (
	"image"
	"time"
)

// Encoder encodes one stream. It belongs to one goroutine.
type Encoder struct{ _ int }

// NewEncoder is a fault: this build has no codec.
func NewEncoder(c Config) (*Encoder, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return nil, unsupported("built without openh264")
}

// Encode is a fault.
func (*Encoder) Encode(*image.YCbCr, time.Duration, bool) (Unit, error) {
	return Unit{}, unsupported("built without openh264")
}

// Close does nothing.
func (*Encoder) Close() {}

// Decoder decodes one stream. It belongs to one goroutine.
type Decoder struct{ _ int }

// NewDecoder is a fault: this build has no codec.
func NewDecoder(_, _ []byte) (*Decoder, error) { return nil, unsupported("built without openh264") }

// Decode is a fault.
func (*Decoder) Decode([]byte) (*image.YCbCr, error) {
	return nil, unsupported("built without openh264")
}

// Close does nothing.
func (*Decoder) Close() {}
