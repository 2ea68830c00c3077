package sight

import (
	"image"
	"math"

	"sightline/backend/jpeg"
)

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
	quarters := (rotate/90%4 + 4) % 4
	if quarters == 0 && !mirror {
		return p
	}
	a := p.aspect()
	if a.mirror { // what is turned after it was mirrored is turned the other way before
		quarters = 4 - quarters
	}
	a.quarters, a.mirror = (a.quarters+quarters)%4, a.mirror != mirror
	return a.picture()
}

// Part is the part of the picture that r names, at least one pixel, likewise.
func (p *Picture) Part(r Region) *Picture {
	part := r.pixels(p.width, p.height)
	if part == image.Rect(0, 0, p.width, p.height) {
		return p
	}
	a := p.aspect()
	a.part = a.before(part).Add(a.part.Min)
	return a.picture()
}

// pixels is the region in pixels, to the nearest, of a picture of that size.
func (r Region) pixels(width, height int) image.Rectangle {
	x0, x1 := stretch(r.X, r.W, width)
	y0, y1 := stretch(r.Y, r.H, height)
	return image.Rect(x0, y0, x1, y1)
}

// stretch is the pixels of a line of size that lie in a part of it: at least one, also where the part lies outside or is nonsense.
func stretch(start, length float64, size int) (from, to int) {
	from = nearest(start, size, 0, size-1)
	return from, nearest(start+length, size, from+1, size)
}

// nearest is a place on a line of size pixels, no less than low and no more than high.
func nearest(at float64, size, low, high int) int {
	at = math.Round(at * float64(size))
	if !(at > float64(low)) { // written so that what is no number is caught too
		return low
	}
	return int(min(at, float64(high)))
}

// aspect is how a picture is made of another one: a part of it, turned, and mirrored at last. The other one is what a source delivered, so
// however often a picture is turned and cut, its pixels are moved once.
type aspect struct {
	of       *Picture
	part     image.Rectangle // in pixels of the other one's full size
	quarters int             // clockwise
	mirror   bool
}

// aspect is how p is made, ready to be changed.
func (p *Picture) aspect() aspect {
	if p.of != nil {
		return *p.of
	}
	return aspect{of: p, part: image.Rect(0, 0, p.width, p.height)}
}

// picture is what is seen so; the other picture itself where that is all of it, as it came.
func (a aspect) picture() *Picture {
	if a == a.of.aspect() {
		return a.of
	}
	w, h := a.lain(a.part.Dx(), a.part.Dy())
	return &Picture{width: w, height: h, scalable: a.of.scalable, of: &a}
}

// lain exchanges width and height where the picture was turned by one or three quarters.
func (a aspect) lain(w, h int) (int, int) {
	if a.quarters%2 == 1 {
		return h, w
	}
	return w, h
}

// before is where the pixels r lie in the part as long as it is not turned.
func (a aspect) before(r image.Rectangle) image.Rectangle {
	w, h := a.lain(a.part.Dx(), a.part.Dy())
	if a.mirror {
		r.Min.X, r.Max.X = w-r.Max.X, w-r.Min.X
	}
	for range a.quarters { // a quarter back
		r = image.Rect(r.Min.Y, w-r.Max.X, r.Max.Y, w-r.Min.X)
		w, h = h, w
	}
	return r
}

// planesAt makes the picture at w×h: of the other one, it looks at no more than that takes.
func (a aspect) planesAt(w, h int) (*image.YCbCr, error) {
	w, h = a.lain(w, h)
	width, height := a.of.width, a.of.height
	lookW, lookH := a.of.quick(ceilDiv(width*w, a.part.Dx()), ceilDiv(height*h, a.part.Dy()))
	img, err := a.of.planesAt(lookW, lookH)
	if err != nil {
		return nil, err
	}
	x0, x1 := scaled(a.part.Min.X, a.part.Max.X, width, lookW)
	y0, y1 := scaled(a.part.Min.Y, a.part.Max.Y, height, lookH)
	return jpeg.Turn(jpeg.Cut(img, image.Rect(x0, y0, x1, y1), w, h), a.quarters, a.mirror), nil
}

// scaled is a stretch of a line, at least a pixel, once the line is to pixels long instead of from.
func scaled(low, high, from, to int) (scaledLow, scaledHigh int) {
	scaledLow = min((low*to+from/2)/from, to-1)
	return scaledLow, max((high*to+from/2)/from, scaledLow+1)
}

// quick is the size not below w×h at which the picture comes cheapest.
func (p *Picture) quick(w, h int) (quickW, quickH int) {
	switch {
	case p.scalable:
		return w, h
	case p.source != nil:
		return jpeg.Quick(p.width, p.height, w, h)
	}
	return p.width, p.height
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
