package images

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

func pngSignature() []byte { return []byte("\x89PNG\r\n\x1a\n") }

// fromPNG is a picture that decodes data when somebody looks at it. Damage has to be found before: a picture that was published cannot fail
// any more. The checksums find all that happens to files; what passes them and is still wrong shows as grey.
func fromPNG(data []byte) (*sight.Picture, error) {
	if err := checkPNG(data); err != nil {
		return nil, err
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if c.Width < 1 || c.Height < 1 || c.Width > jpeg.MaxPixels/c.Height {
		return nil, fmt.Errorf("%dx%d pixels", c.Width, c.Height)
	}
	return sight.FromRender(c.Width, c.Height, func() *image.YCbCr { return decodePNG(data, c.Width, c.Height) }), nil
}

// checkPNG walks the chunks, each length, type, body and CRC of type and body (PNG specification, section 5.3), up to the end.
func checkPNG(data []byte) error {
	const frame = 12 // a chunk without its body
	for rest := data[len(pngSignature()):]; len(rest) >= frame; {
		size := int64(binary.BigEndian.Uint32(rest))
		if size > int64(len(rest)-frame) {
			break
		}
		kind, checked, sum := rest[4:8], rest[4:8+size], rest[8+size:frame+size]
		if crc32.ChecksumIEEE(checked) != binary.BigEndian.Uint32(sum) {
			return fmt.Errorf("PNG chunk %q is damaged", kind)
		}
		if string(kind) == "IEND" {
			return nil
		}
		rest = rest[frame+size:]
	}
	return errors.New("PNG is cut short")
}

func decodePNG(data []byte, w, h int) *image.YCbCr {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		img = image.NewUniform(color.Gray{128})
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src) // what is transparent shows as white paper
	draw.Draw(flat, flat.Rect, img, image.Point{}, draw.Over)
	return toPlanes(flat)
}

// toPlanes gives every pixel its luma, and every four pixels the mean of their colours.
func toPlanes(src *image.RGBA) *image.YCbCr {
	dst := image.NewYCbCr(src.Rect, image.YCbCrSubsampleRatio420)
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for y := 0; y < h; y += 2 {
		top := src.Pix[y*src.Stride:]
		below := src.Pix[min(y+1, h-1)*src.Stride:]
		lumaRow(dst.Y[y*dst.YStride:][:w], top)
		lumaRow(dst.Y[min(y+1, h-1)*dst.YStride:][:w], below)
		colourRow(dst.Cb[y/2*dst.CStride:], dst.Cr[y/2*dst.CStride:], top, below, w)
	}
	return dst
}

func lumaRow(dst, rgba []byte) {
	for x := range dst {
		p := rgba[4*x : 4*x+3 : 4*x+3]
		dst[x], _, _ = color.RGBToYCbCr(p[0], p[1], p[2])
	}
}

func colourRow(cb, cr, top, below []byte, w int) {
	for x := 0; x < w; x += 2 {
		left, right := 4*x, 4*min(x+1, w-1)
		mean := func(channel int) byte {
			sum := uint32(top[left+channel]) + uint32(top[right+channel]) + uint32(below[left+channel]) + uint32(below[right+channel])
			return byte((sum + 2) / 4)
		}
		_, cb[x/2], cr[x/2] = color.RGBToYCbCr(mean(0), mean(1), mean(2))
	}
}
