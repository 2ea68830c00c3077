package camera

import (
	"image"
	"image/color"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlanesAreCopiedAsTheyCame(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio444} {
		wide := image.NewYCbCr(image.Rect(0, 0, 32, 8), ratio)
		for i := range wide.Y {
			wide.Y[i] = byte(i)
		}
		for i := range wide.Cb {
			wide.Cb[i], wide.Cr[i] = byte(2*i), byte(3*i)
		}
		part := wide.SubImage(image.Rect(0, 0, 17, 7)).(*image.YCbCr) // rows with a gap, and odd edges
		p, err := pictureOf(shot{img: part}, nil)
		if err != nil {
			t.Fatal(ratio, err)
		}
		got, err := p.Planes()
		if err != nil {
			t.Fatal(ratio, err)
		}
		if got.SubsampleRatio != ratio || got.Rect != part.Rect {
			t.Errorf("%v became %v, %v", ratio, got.SubsampleRatio, got.Rect)
		}
		if diff := cmp.Diff(pixels(part), pixels(got)); diff != "" {
			t.Errorf("%v: %s", ratio, diff)
		}
	}
}

func TestGreyPicturesAreConvertedFromACopy(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 4, 2))
	for i := range grey.Pix {
		grey.Pix[i] = 200
	}
	p, err := pictureOf(shot{img: grey}, nil)
	if err != nil {
		t.Fatal(err)
	}
	clear(grey.Pix) // the driver's next picture
	img, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.YCbCrAt(3, 1), (color.YCbCr{Y: 200, Cb: 128, Cr: 128}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPlanesShorterThanThePictureAreNoPicture(t *testing.T) {
	for _, cut := range []func(*image.YCbCr){
		func(img *image.YCbCr) { img.Y = img.Y[1:] },
		func(img *image.YCbCr) { img.Cr = nil },
		func(img *image.YCbCr) { img.CStride = 3 },
		func(img *image.YCbCr) { img.Rect = image.Rectangle{} },
	} {
		img := image.NewYCbCr(image.Rect(0, 0, 16, 16), image.YCbCrSubsampleRatio422)
		cut(img)
		if _, err := pictureOf(shot{img: img}, nil); err == nil {
			t.Error("taken")
		}
	}
	if _, err := pictureOf(shot{}, nil); err == nil {
		t.Error("nothing was taken for a picture")
	}
}

func pixels(img *image.YCbCr) []color.YCbCr {
	var all []color.YCbCr
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			all = append(all, img.YCbCrAt(x, y))
		}
	}
	return all
}
