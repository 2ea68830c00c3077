package camera

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/pion/mediadevices/pkg/frame"
)

// rawFormats is every raw format a camera may have, by where a pixel's bytes are.
func rawFormats() []frame.Format {
	return []frame.Format{frame.FormatYUYV, frame.FormatUYVY, frame.FormatNV12, frame.FormatNV21, frame.FormatI420}
}

// raw is a picture of random bytes in that layout, and what its pixels are: looked up one by one, in the slowest and plainest way.
func raw(l layout) (data []byte, at func(x, y int) color.YCbCr) {
	data = make([]byte, l.size())
	random := rand.NewChaCha8([32]byte{1})
	random.Read(data)
	second := l.height * l.stride
	return data, func(x, y int) color.YCbCr {
		x2, y2 := x/2, y/2
		mean := func(i, j int) uint8 { return uint8((int(data[i]) + int(data[j]) + 1) / 2) }
		a, b := (y&^1)*l.stride+4*x2, (y|1)*l.stride+4*x2
		switch l.format {
		case frame.FormatYUYV:
			return color.YCbCr{Y: data[y*l.stride+2*x], Cb: mean(a+1, b+1), Cr: mean(a+3, b+3)}
		case frame.FormatUYVY:
			return color.YCbCr{Y: data[y*l.stride+2*x+1], Cb: mean(a, b), Cr: mean(a+2, b+2)}
		case frame.FormatNV12:
			return color.YCbCr{Y: data[y*l.stride+x], Cb: data[second+y2*l.stride+2*x2], Cr: data[second+y2*l.stride+2*x2+1]}
		case frame.FormatNV21:
			return color.YCbCr{Y: data[y*l.stride+x], Cr: data[second+y2*l.stride+2*x2], Cb: data[second+y2*l.stride+2*x2+1]}
		}
		third := second + l.height/2*(l.stride/2)
		return color.YCbCr{Y: data[y*l.stride+x], Cb: data[second+y2*(l.stride/2)+x2], Cr: data[third+y2*(l.stride/2)+x2]}
	}
}

func TestEveryRawFormatHasItsPixelsInTheirPlaces(t *testing.T) {
	for _, format := range rawFormats() {
		for _, size := range [][2]int{{64, 36}, {2, 2}, {6, 4}, {18, 2}, {34, 6}, {1280, 4}} {
			for _, gap := range []int{0, 16} {
				l := tight(mode{width: size[0], height: size[1], format: format})
				l.stride += gap
				name := fmt.Sprintf("%s %dx%d gap %d", format, l.width, l.height, gap)
				data, want := raw(l)
				img := l.planes(data)
				if img == nil {
					t.Errorf("%s: nothing", name)
					continue
				}
				wantPixels(t, name, l, img.YCbCrAt, want)
				if l.planes(data[:len(data)-1]) != nil {
					t.Errorf("%s: a picture that is cut short was taken", name)
				}
			}
		}
	}
}

func wantPixels(t *testing.T, name string, l layout, got, want func(x, y int) color.YCbCr) {
	t.Helper()
	for y := range l.height {
		for x := range l.width {
			if got(x, y) != want(x, y) {
				t.Errorf("%s: at %d,%d %v, want %v", name, x, y, got(x, y), want(x, y))
				return
			}
		}
	}
}

func TestAPictureIsOneAllocationOfItsOwn(t *testing.T) {
	for _, format := range rawFormats() {
		l := tight(mode{width: 64, height: 48, format: format})
		data, _ := raw(l)
		img := l.planes(data)
		before := img.YCbCrAt(3, 3)
		clear(data) // the driver's next picture
		if img.YCbCrAt(3, 3) != before {
			t.Errorf("%s: it changed with the driver's memory", format)
		}
		if n := testing.AllocsPerRun(20, func() { l.planes(data) }); n > 2 { // the pixels, and the image that tells where they are
			t.Errorf("%s: %v allocations", format, n)
		}
	}
}

func FuzzPlanes(f *testing.F) {
	f.Add([]byte("YUYV picture"), uint8(0), uint8(2), uint8(2), uint8(0))
	f.Fuzz(func(_ *testing.T, data []byte, format, width, height, gap uint8) {
		formats := rawFormats()
		l := tight(mode{width: 2 + int(width)&^1, height: 2 + int(height)&^1, format: formats[int(format)%len(formats)]})
		l.stride += int(gap)
		l.planes(data)
	})
}
