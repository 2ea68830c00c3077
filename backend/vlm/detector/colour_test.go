package detector

import (
	"image"
	"image/color"
	"testing"
)

func TestColoursHaveTheNamesPeopleUse(t *testing.T) {
	for name, colours := range map[string][]color.RGBA{
		"black":  {{0, 0, 0, 255}, {30, 30, 30, 255}, {12, 10, 20, 255}},
		"white":  {{255, 255, 255, 255}, {240, 240, 235, 255}},
		"grey":   {{128, 128, 128, 255}, {90, 90, 92, 255}, {200, 200, 200, 255}, {112, 128, 144, 255}},
		"red":    {{255, 0, 0, 255}, {139, 0, 0, 255}, {220, 20, 60, 255}, {178, 34, 34, 255}, {150, 45, 25, 255}},
		"orange": {{255, 165, 0, 255}, {255, 140, 0, 255}, {255, 127, 80, 255}, {224, 80, 40, 255}},
		"brown":  {{139, 69, 19, 255}, {160, 82, 45, 255}, {101, 67, 33, 255}, {150, 100, 75, 255}},
		"beige":  {{225, 205, 170, 255}, {210, 180, 140, 255}, {240, 200, 170, 255}},
		"yellow": {{255, 255, 0, 255}, {255, 215, 0, 255}, {240, 230, 140, 255}, {218, 165, 32, 255}},
		"green":  {{0, 255, 0, 255}, {0, 100, 0, 255}, {85, 107, 47, 255}, {128, 128, 0, 255}, {144, 238, 144, 255}},
		"teal":   {{0, 128, 128, 255}, {0, 110, 115, 255}},
		"cyan":   {{0, 255, 255, 255}, {64, 224, 208, 255}},
		"blue":   {{0, 0, 255, 255}, {0, 0, 128, 255}, {135, 206, 235, 255}, {70, 130, 180, 255}, {30, 45, 85, 255}},
		"purple": {{128, 0, 128, 255}, {75, 0, 130, 255}, {138, 43, 226, 255}},
		"pink":   {{255, 192, 203, 255}, {255, 105, 180, 255}, {255, 20, 147, 255}, {250, 128, 114, 255}},
	} {
		for _, c := range colours {
			mustSay(t, list(namesIn(plain(16, 16, c))), name)
		}
	}
}

func TestSharesAreOfTheWholePicture(t *testing.T) {
	flag := plain(300, 200, color.White)
	paint(flag, image.Rect(0, 0, 300, 100), color.RGBA{R: 220, A: 255})
	paint(flag, image.Rect(0, 170, 300, 200), color.RGBA{B: 220, A: 255})
	mustSay(t, answer(t, New(Config{}), flag), ", mostly red and white, some blue.")
}

func TestManyColoursAreSaidToBeMany(t *testing.T) {
	strips := plain(320, 160, color.White)
	for i, c := range []color.RGBA{{255, 0, 0, 255}, {0, 200, 0, 255}, {0, 0, 255, 255}, {255, 255, 0, 255}, {128, 0, 128, 255}, {255, 150, 0, 255}} {
		paint(strips, image.Rect(i*54, 0, i*54+54, 160), c)
	}
	mustSay(t, answer(t, New(Config{}), strips), ", of many colours, most of all ")
}

func TestBrightnessIsInPlainWords(t *testing.T) {
	for words, luma := range map[string]uint8{
		"A very dark picture": 22, "A dark picture": 45, "A dim picture": 75, "A picture of medium brightness": 120,
		"A bright picture": 180, "A very bright picture": 225,
	} {
		mustSay(t, answer(t, New(Config{}), with(plain(320, 180, color.Gray{Y: luma}), image.Rect(0, 0, 80, 80), color.Gray{Y: luma + 14})), words)
	}
}

func namesIn(img *image.YCbCr) []string {
	var names []string
	for _, s := range sharesOf(img) {
		names = append(names, s.name)
	}
	return names
}
