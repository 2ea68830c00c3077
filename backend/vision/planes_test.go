package vision

import (
	"image"
	"image/color"
	"math"
	"testing"

	"sightline/backend/sight"
)

// asItIs leaves values as they are, 0–255.
func asItIs() inks { return inks{{0, 1}, {0, 1}, {0, 1}} }

func TestColoursComeAsBlueGreenRed(t *testing.T) {
	for name, c := range map[string]color.RGBA{
		"red": {R: 255, A: 255}, "green": {G: 255, A: 255}, "blue": {B: 255, A: 255}, "skin": {R: 224, G: 172, B: 105, A: 255}, "white": {255, 255, 255, 255},
	} {
		values := make([]float32, channels*4*4)
		fill(values, 4, 4, plain(9, 7, c), sight.Region{W: 1, H: 1}, asItIs())
		for i, want := range []uint8{c.B, c.G, c.R} {
			if got := float64(values[i*16+5]); math.Abs(got-float64(want)) > 2 {
				t.Errorf("%s: channel %d is %v, want %d", name, i, got, want)
			}
		}
	}
}

func TestValuesAreWhatTheNetworkWasTrainedOn(t *testing.T) {
	values := make([]float32, channels)
	fill(values, 1, 1, plain(2, 2, color.Gray{Y: 128}), sight.Region{W: 1, H: 1}, thingInks())
	for i, want := range []float64{(128 - 103.53) / 57.375, (128 - 116.28) / 57.12, (128 - 123.675) / 58.395} {
		if math.Abs(float64(values[i])-want) > 0.02 {
			t.Errorf("channel %d is %v, want %v", i, values[i], want)
		}
	}
}

// slope is brighter to the right and to the bottom, by one a pixel.
func slope(width, height int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), ratio)
	for y := range height {
		for x := range width {
			img.Y[img.YOffset(x, y)] = uint8(x + y)
		}
	}
	fillWith(img.Cb, 128)
	fillWith(img.Cr, 128)
	return img
}

func TestPictureIsSampledEvenly(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440,
		image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		img := slope(101, 61, ratio)
		values := make([]float32, channels*50*30)
		fill(values, 50, 30, img, sight.Region{W: 1, H: 1}, asItIs())
		for _, at := range []image.Point{{0, 0}, {25, 15}, {49, 29}, {10, 20}} {
			want := (float64(at.X)+0.5)*101/50 - 0.5 + (float64(at.Y)+0.5)*61/30 - 0.5
			if got := float64(values[at.Y*50+at.X]); math.Abs(got-want) > 0.1 {
				t.Errorf("%v: at %v there is %v, want %v", ratio, at, got, want)
			}
		}
	}
}

func TestPartOfAPictureIsSampledAlone(t *testing.T) {
	img := slope(100, 60, image.YCbCrSubsampleRatio420)
	values := make([]float32, channels*10*10)
	fill(values, 10, 10, img, sight.Region{X: 0.5, Y: 0.5, W: 0.1, H: 10.0 / 60}, asItIs())
	if first, last := values[0], values[99]; math.Abs(float64(first)-80) > 0.1 || math.Abs(float64(last)-98) > 0.1 {
		t.Errorf("it goes from %v to %v", first, last)
	}
}

func TestPictureCutOutOfAnotherIsSampledWhereItLies(t *testing.T) {
	cut, ok := slope(100, 60, image.YCbCrSubsampleRatio420).SubImage(image.Rect(40, 20, 60, 40)).(*image.YCbCr)
	if !ok {
		t.Fatal("no cut")
	}
	values := make([]float32, channels*20*20)
	fill(values, 20, 20, cut, sight.Region{W: 1, H: 1}, asItIs())
	if values[0] != 60 || values[399] != 98 {
		t.Errorf("it goes from %v to %v", values[0], values[399])
	}
}
