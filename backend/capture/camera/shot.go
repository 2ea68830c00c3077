package camera

import (
	"errors"
	"image"
	"image/color"
	"image/draw"

	"sightline/backend/sight"
)

// shot is one picture as the driver hands it over: one of the three is set.
type shot struct {
	jpeg   []byte       // a copy of our own, whole
	planes *image.YCbCr // the same
	img    image.Image  // the driver's: it changes at the next read
}

var errEmpty = errors.New("the driver gave a picture without pixels")

// pictureOf takes what read gave; nothing of the picture is shared with the driver.
func pictureOf(s shot, err error) (*sight.Picture, error) {
	switch {
	case err != nil:
		return nil, err
	case s.jpeg != nil:
		return sight.FromJPEG(s.jpeg)
	case s.planes != nil:
		return sight.FromYCbCr(s.planes), nil
	case s.img == nil || s.img.Bounds().Empty():
		return nil, errEmpty
	}
	if img, ok := s.img.(*image.YCbCr); ok && img.Rect.Min == (image.Point{}) {
		own, err := copyPlanes(img)
		if err != nil {
			return nil, err
		}
		return sight.FromYCbCr(own), nil
	}
	return fromOther(s.img), nil
}

// copyPlanes keeps the camera's chroma sampling, 4:2:2 or 4:2:0 nearly always.
func copyPlanes(img *image.YCbCr) (*image.YCbCr, error) {
	own := image.NewYCbCr(img.Rect, img.SubsampleRatio)
	if !copyPlane(own.Y, own.YStride, img.Y, img.YStride) ||
		!copyPlane(own.Cb, own.CStride, img.Cb, img.CStride) || !copyPlane(own.Cr, own.CStride, img.Cr, img.CStride) {
		return nil, errEmpty
	}
	return own, nil
}

// copyPlane fills to, whose rows are width wide without a gap. It is false where from holds less than it should.
func copyPlane(to []byte, width int, from []byte, stride int) bool {
	rows := len(to) / width
	if stride < width || len(from) < (rows-1)*stride+width {
		return false
	}
	if stride == width {
		copy(to, from)
		return true
	}
	for y := range rows {
		copy(to[y*width:][:width], from[y*stride:])
	}
	return true
}

// fromOther is for the rare camera whose pictures are no planes, such as grey ones: copied now, converted when somebody looks.
func fromOther(img image.Image) *sight.Picture {
	size := img.Bounds().Size()
	own := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(own, own.Rect, img, img.Bounds().Min, draw.Src)
	return sight.FromRender(size.X, size.Y, func() *image.YCbCr { return planesOf(own) })
}

func planesOf(img *image.RGBA) *image.YCbCr {
	planes := image.NewYCbCr(img.Rect, image.YCbCrSubsampleRatio444)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			pixel, i := img.RGBAAt(x, y), planes.YOffset(x, y)
			planes.Y[i], planes.Cb[i], planes.Cr[i] = color.RGBToYCbCr(pixel.R, pixel.G, pixel.B)
		}
	}
	return planes
}
