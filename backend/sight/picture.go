package sight

import (
	"image"
	"sync"

	"sightline/backend/jpeg"
)

// Picture is what a source delivered, and converts only when somebody asks: it is rendered at most once, decoded at most once a size, and
// encoded at most once for each (edge, quality). Results are kept while the picture lives; a second caller waits for the first. All methods
// may be called by many goroutines at once. What they return is shared: nobody changes it.
type Picture struct {
	width, height int
	source        []byte // the JPEG as delivered; nil for pictures made of planes
	render        func(width, height int) *image.YCbCr
	scalable      bool    // render draws at any size; otherwise only at the full one
	of            *aspect // which part of another picture this one is, and which way round; nil for what a source delivered

	mu      sync.Mutex // guards the maps, not the work
	planes  map[image.Point]*once[*image.YCbCr]
	encoded map[encoding]*once[Encoded]
}

// Encoded is a picture as JPEG.
type Encoded struct {
	JPEG          []byte
	Width, Height int // pixels
}

type encoding struct{ edge, quality int }

// once runs its work for the first caller and hands the result to all.
type once[T any] struct {
	sync.Once
	value T
	err   error
}

func (o *once[T]) get(work func() (T, error)) (T, error) {
	o.Do(func() { o.value, o.err = work() })
	return o.value, o.err
}

// FromJPEG is a picture of JPEG bytes, of which it reads only the header. It keeps data, which must not change any more.
func FromJPEG(data []byte) (*Picture, error) {
	w, h, err := jpeg.Size(data)
	if err != nil {
		return nil, err
	}
	return &Picture{width: w, height: h, source: data}, nil
}

// FromYCbCr is a picture of planes in JPEG's full range (BT.601), with its origin at (0, 0). It keeps img, which must not change any more.
func FromYCbCr(img *image.YCbCr) *Picture {
	return FromRender(img.Rect.Dx(), img.Rect.Dy(), func() *image.YCbCr { return img })
}

// FromRender is a picture that render makes when it is first looked at, width×height pixels, in the same form as FromYCbCr's. render is
// called at most once, by whichever goroutine asks first.
func FromRender(width, height int, render func() *image.YCbCr) *Picture {
	return &Picture{width: width, height: height, render: func(int, int) *image.YCbCr { return render() }}
}

// FromScalable is a picture that render draws at whatever size is looked at, up to width×height pixels: a smaller look costs less. render is
// called at most once a size, and draws the same moment each time.
func FromScalable(width, height int, render func(width, height int) *image.YCbCr) *Picture {
	return &Picture{width: width, height: height, render: render, scalable: true}
}

// Size is the full size in pixels; it costs nothing.
func (p *Picture) Size() (width, height int) { return p.width, p.height }

// Source is the JPEG as the source delivered it, nil where it delivered none, or the picture is a turned one or a part.
func (p *Picture) Source() []byte { return p.source }

// EdgeFor is the long edge, in pixels, in which the picture best goes to a place of edge pixels: large enough for it, and cheap. A picture
// that is drawn at any size is drawn for its place. Any other is halved as often as it still fills the place: to meet it exactly would cost
// more than the bytes it saves, and would re-encode a JPEG that can pass untouched.
func (p *Picture) EdgeFor(edge int) int {
	long := max(p.width, p.height)
	if p.scalable {
		return min(long, edge)
	}
	for long/2 >= edge {
		long /= 2
	}
	return long
}

// Planes is the picture at full size as planes.
func (p *Picture) Planes() (*image.YCbCr, error) { return p.planesAt(p.width, p.height) }

// PlanesWithin is the picture as planes with its long edge at most edge pixels (0: full size), never enlarged. From a JPEG it is decoded
// straight to about that size, which is far cheaper than decoding all of it.
func (p *Picture) PlanesWithin(edge int) (*image.YCbCr, error) {
	return p.planesAt(Fit(p.width, p.height, edge))
}

// JPEG is the picture with its long edge at most edge pixels (0: full size), never enlarged. Where the source delivered a JPEG that fits,
// its bytes are returned untouched, whatever the quality (1–100).
func (p *Picture) JPEG(edge, quality int) (Encoded, error) {
	w, h := Fit(p.width, p.height, edge)
	if p.source != nil && w == p.width && h == p.height {
		return Encoded{JPEG: p.source, Width: w, Height: h}, nil
	}
	return p.encodingOf(encoding{max(w, h), quality}).get(func() (Encoded, error) {
		img, err := p.planesAt(w, h)
		if err != nil {
			return Encoded{}, err
		}
		data, err := jpeg.Encode(img, quality)
		return Encoded{JPEG: data, Width: w, Height: h}, err
	})
}

// Fit is the size of a width×height picture once its long edge is at most edge pixels; edge 0 leaves it as it is.
func Fit(width, height, edge int) (w, h int) {
	long := max(width, height)
	if edge <= 0 || long <= edge {
		return width, height
	}
	return max(1, (width*edge+long/2)/long), max(1, (height*edge+long/2)/long)
}

func (p *Picture) planesAt(w, h int) (*image.YCbCr, error) {
	return p.planesOf(image.Pt(w, h)).get(func() (*image.YCbCr, error) {
		full := w == p.width && h == p.height
		switch {
		case p.of != nil:
			return p.of.planesAt(w, h)
		case p.source != nil:
			return jpeg.Decode(p.source, w, h)
		case full || p.scalable:
			return p.render(w, h), nil
		}
		img, err := p.Planes()
		if err != nil {
			return nil, err
		}
		return jpeg.Scale(img, w, h), nil
	})
}

func (p *Picture) planesOf(size image.Point) *once[*image.YCbCr] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.planes == nil {
		p.planes = make(map[image.Point]*once[*image.YCbCr])
	}
	return entry(p.planes, size)
}

func (p *Picture) encodingOf(e encoding) *once[Encoded] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.encoded == nil {
		p.encoded = make(map[encoding]*once[Encoded])
	}
	return entry(p.encoded, e)
}

func entry[K comparable, T any](m map[K]*once[T], key K) *once[T] {
	o := m[key]
	if o == nil {
		o = new(once[T])
		m[key] = o
	}
	return o
}
