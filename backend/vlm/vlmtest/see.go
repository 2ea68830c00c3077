package vlmtest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
)

// See is the text of a model that sees: the colour of the picture, as JSON or in one word where that was asked for, else with a few
// sentences around it.
func See(c Call) string {
	colour := Colour(c)
	switch {
	case strings.Contains(c.Prompt, "JSON"):
		return fmt.Sprintf(`{"colour": %q}`, colour)
	case strings.Contains(c.Prompt, "one word"):
		return strings.ToUpper(colour[:1]) + colour[1:] + "."
	}
	return fmt.Sprintf("It is %s from edge to edge, with nothing on it, and every part of it is as %s as any other. That is all there is to say.", colour, colour)
}

// Colour names the mean colour of the call's picture: one of red, green, blue, yellow, black, grey and white, or none without a picture.
func Colour(c Call) string {
	img, err := jpeg.Decode(bytes.NewReader(c.Picture))
	if err != nil {
		return "none"
	}
	mean := meanOf(img)
	name, nearest := "", 1<<31
	for _, known := range []struct {
		name    string
		r, g, b int
	}{
		{"red", 255, 0, 0}, {"green", 0, 160, 0}, {"blue", 0, 0, 255}, {"yellow", 255, 255, 0}, {"black", 0, 0, 0}, {"grey", 128, 128, 128}, {"white", 255, 255, 255},
	} {
		r, g, b := int(mean.R)-known.r, int(mean.G)-known.g, int(mean.B)-known.b
		if d := r*r + g*g + b*b; d < nearest {
			name, nearest = known.name, d
		}
	}
	return name
}

func meanOf(img image.Image) color.RGBA {
	var r, g, b, n uint64
	box := img.Bounds()
	for y := box.Min.Y; y < box.Max.Y; y += 4 {
		for x := box.Min.X; x < box.Max.X; x += 4 {
			pr, pg, pb, _ := img.At(x, y).RGBA()
			r, g, b, n = r+uint64(pr>>8), g+uint64(pg>>8), b+uint64(pb>>8), n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}
