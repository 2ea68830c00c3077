//go:build (!linux && !windows) || !cgo || stdjpeg

package jpeg

import (
	"bytes"
	"errors"
	"image"
	stdjpeg "image/jpeg"
	"io"
)

// decode gives the whole picture: the standard library knows no smaller sizes.
func decode(data []byte, hd header, _, _ int) (*image.YCbCr, error) {
	img, err := stdjpeg.Decode(withTables(data))
	var unknown stdjpeg.UnsupportedError
	switch {
	case errors.As(err, &unknown):
		return nil, unsupported(err.Error())
	case err != nil:
		return nil, broken(err)
	}
	switch img := img.(type) {
	case *image.YCbCr:
		return img, nil
	case *image.Gray:
		return coloured(img), nil
	}
	return nil, unsupported("RGB components")
}

// Quick is the nearest size not below w×h to which a JPEG of width×height is decoded without being scaled as well: here always all of it.
func Quick(width, height, _, _ int) (quickW, quickH int) { return width, height }

// withTables is the JPEG with the Huffman tables of T.81, annex K, before all others. Motion JPEG from webcams often leaves them out and
// means these; libjpeg-turbo knows that, the standard library does not. Tables that do follow replace them.
func withTables(data []byte) io.Reader {
	start := []byte{0xff, markerSOI}
	for s := newSegments(anyPicture()); s.next(); {
		if s.marker == markerDHT {
			start = append(start, 0xff, markerDHT, byte((len(s.body)+2)>>8), byte(len(s.body)+2))
			start = append(start, s.body...)
		}
	}
	return io.MultiReader(bytes.NewReader(start), bytes.NewReader(data[2:]))
}

// anyPicture is one pixel as the standard library encodes it: with exactly the tables wanted. It takes microseconds.
func anyPicture() []byte {
	data, _ := encode(newPlanes(1, 1, image.YCbCrSubsampleRatio420), 50)
	return data
}

// coloured is a grey picture as planes.
func coloured(grey *image.Gray) *image.YCbCr {
	img := newPlanes(grey.Rect.Dx(), grey.Rect.Dy(), image.YCbCrSubsampleRatio420)
	for y := range img.Rect.Dy() {
		copy(img.Y[y*img.YStride:][:img.YStride], grey.Pix[y*grey.Stride:][:grey.Rect.Dx()])
	}
	neutral(img)
	return img
}

func encode(img *image.YCbCr, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, img, &stdjpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return bytes.Clone(b.Bytes()), nil
}
