// Package h264 encodes and decodes H.264 video, by openh264: the only video codec here.
//
// Planes are in JPEG's full range (BT.601), as everywhere in Sightline, and the stream says so, so that every player shows the right colours.
// Where openh264 is not built in (without cgo, or behind the build tag noh264), there is neither encoder nor decoder, and a fault says so.
package h264

import (
	"errors"
	"fmt"
	"image"
	"time"

	"sightline/backend/fault"
)

// Codes of the faults given here.
const (
	CodeUnsupported = "video.unsupported" // this build has no codec, or the stream is of a kind that is not decoded
	CodeTooLarge    = "video.too_large"   // more pixels than the codec takes
	CodeBroken      = "video.broken"      // damaged, or no picture that can be decoded here
)

// Config is the shape of a stream.
type Config struct {
	Width, Height int     // pixels; even, at least 16
	FPS           float64 // about what is to come; the real times go with each picture
	BitsPerSecond int
}

// Unit is one encoded picture (an access unit).
type Unit struct {
	Data     []byte // NAL units, each behind its length in four bytes, without parameter sets; the caller's own
	Key      bool   // decoding can start here (IDR)
	SPS, PPS []byte // the parameter sets, with each key: always the same ones
}

// KeyEvery is how long a stream goes on without a key, at most (give or take half a picture).
const KeyEvery = 2 * time.Second

// Limits of level 5.2, the highest that openh264 knows, which hold for both directions.
const (
	maxSide   = 4096
	maxPixels = 36864 * 256
)

// check refuses what the codec would, and what would cost more than a camera's pictures ever do.
func (c Config) check() error {
	switch {
	case c.Width < 16 || c.Height < 16 || c.Width%2 != 0 || c.Height%2 != 0:
		return fmt.Errorf("video of %d×%d pixels: sides are even, and at least 16", c.Width, c.Height)
	case c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels:
		return tooLarge(c.Width, c.Height)
	case !(c.FPS > 0) || c.BitsPerSecond <= 0:
		return fmt.Errorf("video of %v pictures and %d bits a second", c.FPS, c.BitsPerSecond)
	}
	return nil
}

// checkPicture makes sure that img has the stream's size and holds all of it, which C takes on trust.
func (c Config) checkPicture(img *image.YCbCr) error {
	if img.Rect.Dx() != c.Width || img.Rect.Dy() != c.Height {
		return fmt.Errorf("a picture of %v in a video of %d×%d", img.Rect.Size(), c.Width, c.Height)
	}
	if img.Rect.Min.X < 0 || img.Rect.Min.Y < 0 {
		return errors.New("a picture that begins before its planes")
	}
	last := img.Rect.Max.Sub(image.Pt(1, 1))
	y, chroma := img.YOffset(last.X, last.Y), img.COffset(last.X, last.Y)
	if y >= len(img.Y) || chroma >= len(img.Cb) || chroma >= len(img.Cr) || img.YStride < c.Width || img.CStride < 1 {
		return errors.New("the planes are too small for the picture")
	}
	return nil
}

func broken(cause error) error {
	return &fault.Error{
		Code: CodeBroken, Blame: fault.Source, Cause: cause,
		Message: "This part of the video is damaged.",
		Hint:    "Go on with a later part.",
	}
}

func tooLarge(w, h int) error {
	return &fault.Error{
		Code: CodeTooLarge, Blame: fault.Source, Cause: fmt.Errorf("%d×%d pixels", w, h),
		Message: "The pictures are too large for video.",
		Hint:    "Choose a smaller size for the camera, up to 3840×2160.",
	}
}

func unsupported(what string) error {
	return &fault.Error{
		Code: CodeUnsupported, Blame: fault.Us, Cause: errors.New(what),
		Message: "Sightline cannot make or read this kind of video here.",
		Hint:    "Pictures and answers can be recorded without video.",
	}
}
