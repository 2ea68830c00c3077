package sight

// View is how a person wants to see a camera's picture, and models with them. The zero value is as it comes.
type View struct {
	Rotate int     `json:"rotate,omitempty"` // degrees clockwise: 0, 90, 180 or 270
	Mirror bool    `json:"mirror,omitempty"` // left and right are exchanged, after it was rotated
	Crop   *Region `json:"crop,omitempty"`   // the part that is asked about, of the picture as it is seen; nil: all of it
}

// Region is a part of a picture, in fractions of its width and height from its upper left corner.
type Region struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// Turned is the picture rotated clockwise by rotate degrees, a multiple of 90, and then mirrored where wanted. Nothing is done until somebody
// looks; where nothing is to be done it is p itself.
func (p *Picture) Turned(rotate int, mirror bool) *Picture {
	if rotate == 0 && !mirror {
		return p
	}
	panic("not built yet")
}

// Part is the part of the picture that r names, at least one pixel, likewise.
func (p *Picture) Part(r Region) *Picture {
	panic("not built yet")
}
