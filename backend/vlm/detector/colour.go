package detector

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
)

// share is how much of a picture has one colour's name.
type share struct {
	name string
	part float64 // 0–1
}

// The names a blank picture is known by.
const (
	black = "black"
	white = "white"
)

// tint is a pixel's YCbCr, rounded so that a picture has a few thousand of them: each is named once.
type tint struct{ y, cb, cr uint8 }

const (
	roundLuma   = 0xF8 // keeps five bits
	roundChroma = 0xFC // keeps six: greys are told from colours by little
)

// sharesOf names the colours of img, largest share first.
func sharesOf(img *image.YCbCr) []share {
	counts := make(map[string]int)
	all := 0
	for t, n := range countTints(img) {
		counts[t.name()] += n
		all += n
	}
	shares := make([]share, 0, len(counts))
	for name, n := range counts {
		shares = append(shares, share{name, float64(n) / float64(all)})
	}
	slices.SortFunc(shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.part, a.part), cmp.Compare(a.name, b.name))
	})
	return shares
}

func countTints(img *image.YCbCr) map[tint]int {
	tints := make(map[tint]int)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y += sampleEvery {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x += sampleEvery {
			c := img.COffset(x, y)
			tints[tint{img.Y[img.YOffset(x, y)] & roundLuma, img.Cb[c] & roundChroma, img.Cr[c] & roundChroma}]++
		}
	}
	return tints
}

// name is the everyday name of the tint, taken at the middle of what was rounded to it.
func (t tint) name() string {
	r, g, b := color.YCbCrToRGB(t.y|^uint8(roundLuma)>>1, t.cb|^uint8(roundChroma)>>1, t.cr|^uint8(roundChroma)>>1)
	return nameOf(oklchOf(r, g, b))
}

// oklch is a colour in Oklab's polar form (Ottosson 2020): equal steps look equal, so plain limits can name colours.
type oklch struct {
	light  float64 // 0 black – 1 white
	chroma float64 // 0 grey – about 0.32 for the strongest colours a screen can show
	hue    float64 // degrees: red 29, yellow 110, green 142, cyan 195, blue 264, magenta 328
}

func oklchOf(r, g, b uint8) oklch {
	red, green, blue := linear(r), linear(g), linear(b)
	l := math.Cbrt(0.4122214708*red + 0.5363325363*green + 0.0514459929*blue)
	m := math.Cbrt(0.2119034982*red + 0.6806995451*green + 0.1073969566*blue)
	s := math.Cbrt(0.0883024619*red + 0.2817188376*green + 0.6299787005*blue)
	x := 1.9779984951*l - 2.4285922050*m + 0.4505937099*s
	y := 0.0259040371*l + 0.7827717662*m - 0.8086757660*s
	hue := math.Atan2(y, x) * 180 / math.Pi
	if hue < 0 {
		hue += 360
	}
	return oklch{light: 0.2104542553*l + 0.7936177850*m - 0.0040720468*s, chroma: math.Hypot(x, y), hue: hue}
}

// linear undoes sRGB's curve (IEC 61966-2-1).
func linear(v uint8) float64 {
	c := float64(v) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

// nameOf is the everyday name of a colour. The limits lie between the CSS colours people know by these names, and put skin and wood where
// people put them: beige and brown.
func nameOf(c oklch) string {
	switch {
	case c.light < 0.20 || c.light < 0.33 && c.chroma < 0.045:
		return black
	case c.chroma < 0.035:
		return greyName(c)
	case c.hue >= 15 && c.hue < 45:
		return reddishName(c)
	case c.hue >= 45 && c.hue < 115:
		return yellowishName(c)
	case c.hue >= 115 && c.hue < 290:
		return coolName(c)
	}
	return rosyName(c)
}

func greyName(c oklch) string {
	if c.light > 0.90 {
		return white
	}
	return "grey"
}

// reddishName names hue 15–45, whose dark form is brown and whose pale form is pink.
func reddishName(c oklch) string {
	switch {
	case c.light >= 0.72 && c.chroma < 0.155:
		return "pink"
	case c.hue < 34 && c.chroma >= 0.115:
		return "red"
	case c.light >= 0.59 && c.chroma >= 0.12:
		return "orange"
	case c.chroma >= 0.13:
		return "red"
	}
	return "brown"
}

// yellowishName names hue 45–115, whose dark form is brown and whose pale form is beige.
func yellowishName(c oklch) string {
	switch {
	case c.light >= 0.74 && c.chroma < 0.09:
		return "beige"
	case c.hue < 77 && c.light >= 0.59 && c.chroma >= 0.12:
		return "orange"
	case c.hue >= 77 && c.light >= 0.68 && c.chroma >= 0.09:
		return "yellow"
	case c.hue >= 103:
		return "green" // olive
	}
	return "brown"
}

// coolName names greens to blues, hue 115–290.
func coolName(c oklch) string {
	switch {
	case c.hue < 170:
		return "green"
	case c.hue >= 218:
		return "blue"
	case c.light >= 0.72:
		return "cyan"
	}
	return "teal"
}

// rosyName names purples and pinks, and the reds that lean to them, hue 290–15.
func rosyName(c oklch) string {
	violet := c.hue >= 290 && c.hue < 320
	reddish := c.hue < 15
	switch {
	case violet:
		return "purple"
	case c.light >= 0.60:
		return "pink"
	case reddish:
		return "red"
	}
	return "purple"
}
