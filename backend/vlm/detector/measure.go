package detector

import (
	"image"

	"sightline/backend/sight"
)

// look is what is measured in one picture.
type look struct {
	size    image.Point // of the copy looked at, pixels
	level   float64     // mean luma, 0–255
	blank   blank
	colours []share // largest first
	grid    grid

	things []thing     // that were named
	texts  []sight.Box // that were quoted
}

// blank says that a picture shows nothing at all.
type blank int

const (
	notBlank blank = iota
	allBlack
	allWhite
)

// A picture is blank where all but one pixel in a hundred are beyond these lumas: sensor noise in the dark and hot pixels stay blank, a lit
// window at night does not.
const (
	blackBelow  = 32
	whiteFrom   = 240
	strayShare  = 0.01
	lumaLevels  = 256
	sampleEvery = 2 // pixels: colour is stored no finer in most pictures
)

func measure(img *image.YCbCr) *look {
	lumas, colours := countLumas(img), sharesOf(img)
	return &look{
		size:    img.Rect.Size(),
		level:   meanOf(lumas),
		blank:   blankOf(lumas, colours[0]),
		colours: colours,
		grid:    gridOf(img),
	}
}

func countLumas(img *image.YCbCr) (lumas [lumaLevels]int) {
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		from := img.YOffset(img.Rect.Min.X, y)
		for _, luma := range img.Y[from : from+img.Rect.Dx()] {
			lumas[luma]++
		}
	}
	return lumas
}

func meanOf(lumas [lumaLevels]int) float64 {
	sum, count := 0, 0
	for luma, n := range lumas {
		sum, count = sum+luma*n, count+n
	}
	return float64(sum) / float64(max(1, count))
}

// blankOf looks at the main colour too: pure blue is as dark as black is.
func blankOf(lumas [lumaLevels]int, main share) blank {
	dark, light, all := 0, 0, 0
	for luma, n := range lumas {
		all += n
		if luma < blackBelow {
			dark += n
		}
		if luma >= whiteFrom {
			light += n
		}
	}
	stray := int(strayShare * float64(all))
	switch {
	case all-dark <= stray && main.name == black:
		return allBlack
	case all-light <= stray && main.name == white:
		return allWhite
	}
	return notBlank
}
