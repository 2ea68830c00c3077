// Package jpeg decodes, scales and encodes pictures as planes: libjpeg-turbo by cgo, linked statically, or the standard library behind the
// build tag stdjpeg (and wherever cgo is off, or the system is neither Linux nor Windows).
//
// Planes are always Y, Cb and Cr as JPEG itself means them: BT.601 in full range. Nothing here remembers anything between calls, so every
// function may be called by many goroutines at once.
package jpeg

import (
	"errors"
	"fmt"
	"image"

	"sightline/backend/fault"
)

// Codes of the faults given here. The source of the picture is to blame for each.
const (
	CodeBroken      = "picture.broken"      // not a JPEG, damaged, or cut short
	CodeUnsupported = "picture.unsupported" // a kind of JPEG that is not read: CMYK, RGB, lossless, 12 bits, odd sampling
	CodeTooLarge    = "picture.too_large"   // above MaxPixels
)

// MaxPixels is the largest picture that is decoded or encoded: what its planes cost must never surprise anyone.
const MaxPixels = 100_000_000

// maxSide is what JPEG's own 16 bits allow.
const maxSide = 65535

// Size is the width and height that a JPEG states, in pixels. It reads the header only and allocates nothing, so it also says yes to a
// picture that turns out to be cut short; what it refuses, Decode refuses with the same fault.
func Size(data []byte) (w, h int, err error) {
	hd, err := readHeader(data)
	if err != nil {
		return 0, 0, err
	}
	return hd.width, hd.height, nil
}

// Decode is the picture at exactly w×h, whatever its own shape, as new planes with their origin at (0, 0) that belong to the caller. It
// decodes straight to one to four eighths where that is enough, which is faster than decoding all of it, and scales the rest. A grey picture
// comes as 4:2:0 with neutral colours. A picture that is cut short is a fault, never a half grey picture.
func Decode(data []byte, w, h int) (*image.YCbCr, error) {
	hd, err := readHeader(data)
	if err != nil {
		return nil, err
	}
	if hd.implausible(len(data)) {
		return nil, broken(errors.New("fewer bits than blocks"))
	}
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	img, err := decode(data, hd, w, h)
	if err != nil {
		return nil, err
	}
	return Scale(img, w, h), nil
}

// Encode is img as a JPEG of the given quality, 1–100 (what lies outside is taken as the nearest). The picture may be a part of another, with
// any origin and strides. The bytes are the caller's own.
func Encode(img *image.YCbCr, quality int) ([]byte, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	if max(w, h) > maxSide {
		return nil, tooLarge(w, h)
	}
	if err := checkPlanes(img); err != nil {
		return nil, err
	}
	return encode(img, min(max(quality, 1), 100))
}

// checkSize keeps sizes that somebody asks for within reason.
func checkSize(w, h int) error {
	if w < 1 || h < 1 {
		return fmt.Errorf("a picture of %d×%d pixels", w, h)
	}
	if w > MaxPixels/h {
		return tooLarge(w, h)
	}
	return nil
}

func broken(cause error) error {
	return &fault.Error{
		Code: CodeBroken, Blame: fault.Source, Cause: cause,
		Message: "The picture is damaged or cut short.",
		Hint:    "If it keeps happening, check the cable of the camera, or the file.",
	}
}

func unsupported(what string) error {
	return &fault.Error{
		Code: CodeUnsupported, Blame: fault.Source, Cause: errors.New(what),
		Message: "The picture is a kind of JPEG that Sightline does not read.",
		Hint:    "Save it as an ordinary JPEG: colour or grey, 8 bits, not CMYK.",
	}
}

func tooLarge(w, h int) error {
	return &fault.Error{
		Code: CodeTooLarge, Blame: fault.Source, Cause: fmt.Errorf("%d×%d pixels", w, h),
		Message: "The picture has more than 100 megapixels.",
		Hint:    "Make it smaller first.",
	}
}
