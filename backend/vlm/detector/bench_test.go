package detector

import (
	"context"
	"image"
	"testing"

	"sightline/backend/sight"
)

// BenchmarkAsk is a question each about a new 1280x720 picture: from a JPEG, as from most cameras, and from planes.
func BenchmarkAsk(b *testing.B) {
	img := tiled(planes(b, "coffee"), 1280, 720)
	encoded, err := sight.FromYCbCr(img).JPEG(0, 80)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("jpeg", func(b *testing.B) {
		ask(b, func() *sight.Picture {
			p, err := sight.FromJPEG(encoded.JPEG)
			if err != nil {
				b.Fatal(err)
			}
			return p
		})
	})
	b.Run("planes", func(b *testing.B) {
		ask(b, func() *sight.Picture { return sight.FromYCbCr(img) })
	})
}

func ask(b *testing.B, picture func() *sight.Picture) {
	d := New(Config{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Ask(context.Background(), about(picture()), func(sight.Event) {}); err != nil {
			b.Fatal(err)
		}
	}
}

func tiled(img *image.YCbCr, width, height int) *image.YCbCr {
	size := img.Rect.Size()
	large := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for y := range height {
		for x := range width {
			c := img.YCbCrAt(x%size.X, y%size.Y)
			large.Y[large.YOffset(x, y)] = c.Y
			large.Cb[large.COffset(x, y)], large.Cr[large.COffset(x, y)] = c.Cb, c.Cr
		}
	}
	return large
}
