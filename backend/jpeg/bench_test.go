package jpeg

import (
	"image"
	"math/rand/v2"
	"testing"
)

// lifelike is a 1280×720 picture that costs about what a webcam's does: soft shapes, edges, a little noise.
func lifelike() *image.YCbCr {
	img := scene(1280, 720, image.YCbCrSubsampleRatio420)
	random := rand.New(rand.NewPCG(3, 4))
	for y := range 720 {
		for x := range 1280 {
			v := int(img.Y[img.YOffset(x, y)]) + random.IntN(9) - 4
			if (x/40+y/60)%5 == 0 {
				v = v/2 + 30
			}
			img.Y[img.YOffset(x, y)] = byte(v)
		}
	}
	return img
}

func BenchmarkEncode720pQuality75(b *testing.B) {
	img := lifelike()
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(encoded(b, img, 75))))
	}
}

func BenchmarkEncode360pQuality80(b *testing.B) {
	img := Scale(lifelike(), 640, 360)
	b.ReportAllocs()
	for b.Loop() {
		encoded(b, img, 80)
	}
}

func BenchmarkDecode720p(b *testing.B)       { benchmarkDecode(b, 1280, 720) }
func BenchmarkDecode720pTo360p(b *testing.B) { benchmarkDecode(b, 640, 360) }
func BenchmarkDecode720pTo448(b *testing.B)  { benchmarkDecode(b, 448, 252) }
func BenchmarkDecode720pTo1024(b *testing.B) { benchmarkDecode(b, 1024, 576) }

func benchmarkDecode(b *testing.B, w, h int) {
	data := encoded(b, lifelike(), 75)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data, w, h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScale720pToHalf(b *testing.B) { benchmarkScale(b, 640, 360) }
func BenchmarkScale720pTo1024(b *testing.B) { benchmarkScale(b, 1024, 576) }
func BenchmarkScale720pTo448(b *testing.B)  { benchmarkScale(b, 448, 252) }

func benchmarkScale(b *testing.B, w, h int) {
	img := lifelike()
	b.ReportAllocs()
	for b.Loop() {
		Scale(img, w, h)
	}
}

func BenchmarkSize(b *testing.B) {
	data := encoded(b, lifelike(), 75)
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = Size(data)
	}
}

// BenchmarkTinyPicture shows what a call costs beyond the pixels.
func BenchmarkTinyPicture(b *testing.B) {
	data := encoded(b, scene(8, 8, image.YCbCrSubsampleRatio420), 75)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(data, 8, 8); err != nil {
			b.Fatal(err)
		}
	}
}
