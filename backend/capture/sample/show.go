package sample

import (
	"embed"
	"fmt"
	"image"
	"math"
	"time"

	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

//go:embed photos/*.jpg
var photos embed.FS

// Each scene is shown for turn; during its last fade it melts into the next one.
const (
	turn = 9 * time.Second
	fade = 700 * time.Millisecond
)

// scene is a photograph, and the way the eye takes over it.
type scene struct {
	file     string
	photo    *sight.Picture // decoded once, when first shown
	from, to look
}

// look is what is seen of a photograph: the middle, in parts of its width and height, and how much it is enlarged, where 1 shows as much as
// fits into a frame. A look that would leave the photograph is moved back inside.
type look struct{ x, y, zoom float64 }

// show is the scenes, over and over. It never changes, and many goroutines may draw from it at once.
type show []scene

// newShow reads only the photographs' headers.
func newShow() (show, error) {
	s := show{
		{file: "coffee", from: look{0.52, 0.47, 1.02}, to: look{0.46, 0.44, 1.16}},
		{file: "chelsea", from: look{0.58, 0.44, 1.12}, to: look{0.54, 0.55, 1.02}},
		{file: "rocket", from: look{0.50, 0.72, 1.30}, to: look{0.50, 0.45, 1.02}},
		{file: "camera", from: look{0.40, 0.45, 1.02}, to: look{0.48, 0.28, 1.20}},
	}
	for i := range s {
		data, err := photos.ReadFile("photos/" + s[i].file + ".jpg")
		if err != nil {
			return nil, err
		}
		if s[i].photo, err = sight.FromJPEG(data); err != nil {
			return nil, fmt.Errorf("sample photograph %s: %w", s[i].file, err)
		}
	}
	return s, nil
}

// at draws the show as it is after t, w×h pixels, into memory of its own. What is less than half the full size is drawn larger and halved: to
// pick samples so far apart would let edges crawl.
func (s show) at(t time.Duration, w, h int) *image.YCbCr {
	if 2*w <= Width {
		return jpeg.Scale(s.at(t, 2*w, 2*h), w, h)
	}
	turns := int(t / turn)
	since := t % turn
	img := s.scene(turns).draw(part(since+fade, turn+fade), w, h)
	if left := turn - since; left < fade {
		next := s.scene(turns+1).draw(part(fade-left, turn+fade), w, h)
		blend(img, next, part(fade-left, fade))
	}
	return img
}

func (s show) scene(turns int) scene { return s[turns%len(s)] }

// draw shows the scene at a moment from 0, when it first appears, to 1, when it is gone. A photograph that cannot be decoded shows as grey.
func (s scene) draw(moment float64, w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	photo, err := s.photo.Planes()
	if err != nil {
		photo = grey()
	}
	crop(img, photo, between(s.from, s.to, moment).window(photo.Rect.Dx(), photo.Rect.Dy()))
	return img
}

// grey is the smallest picture that can be drawn from.
func grey() *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, 4, 4), image.YCbCrSubsampleRatio420)
	for _, pix := range [][]byte{img.Y, img.Cb, img.Cr} {
		for i := range pix {
			pix[i] = 128
		}
	}
	return img
}

// between is the look on the way from a to b. The enlargement grows by the same factor in the same time, which the eye takes for an even
// speed.
func between(a, b look, moment float64) look {
	return look{
		x:    a.x + (b.x-a.x)*moment,
		y:    a.y + (b.y-a.y)*moment,
		zoom: a.zoom * math.Pow(b.zoom/a.zoom, moment),
	}
}

// window is the part of a w×h photograph that the look shows, in parts of its width and height.
func (l look) window(w, h int) window {
	fit := min(float64(w)/Width, float64(h)/Height) / l.zoom
	width, height := fit*Width/float64(w), fit*Height/float64(h)
	return window{
		x: inside(l.x-width/2, width), w: width,
		y: inside(l.y-height/2, height), h: height,
	}
}

// inside moves what starts at start and is size long between 0 and 1.
func inside(start, size float64) float64 { return max(0, min(start, 1-size)) }

func part(of, whole time.Duration) float64 { return float64(of) / float64(whole) }
