package screen

import (
	"context"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

func opened(t *testing.T, d desk, uri string) capture.Source {
	t.Helper()
	src, err := capture.Table{scheme(d)}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// firstFrame is the first frame of a source that delivers.
func firstFrame(t *testing.T, d desk, uri string) sight.Frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var first sight.Frame
	err := opened(t, d, uri).Run(ctx, func(f sight.Frame) {
		if first.Picture == nil {
			first = f
		}
		cancel()
	})
	if first.Picture == nil {
		t.Fatal("no frame: ", err)
	}
	return first
}

func size(f sight.Frame) image.Point {
	w, h := f.Picture.Size()
	return image.Pt(w, h)
}

func TestWhatIsNoScreenIsAClearFault(t *testing.T) {
	for uri, code := range map[string]string{
		"screen:left": codeNumber, "screen:0": codeNumber, "screen:-1": codeNumber, "screen:2?size=1x1": "source.option",
		"screen:?fps=31": "source.fps", "screen:?fps=0": "source.fps", "screen:?fps=often": "source.fps",
	} {
		_, err := capture.Table{Scheme()}.Open(uri)
		if f := fault.From(err); f == nil || f.Code != code || f.Hint == "" || f.Blame != fault.Question {
			t.Errorf("%s gave %v, want %s", uri, err, code)
		}
	}
}

func TestScreenIsKnownByItsNumber(t *testing.T) {
	table := capture.Table{Scheme()}
	for uri, name := range map[string]string{"screen:": "Screen 1", "screen:1": "Screen 1", "screen:2?fps=5": "Screen 2"} {
		if got := table.Describe(uri).Name; got != name {
			t.Errorf("%s is %q", uri, got)
		}
		if _, err := table.Open(uri); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// noise is a shot of 0x00RRGGBB pixels, with bytes beyond each row that nobody sees.
func noise(w, h int) *shot {
	s := &shot{pix: make([]byte, (4*w+12)*h), stride: 4*w + 12, width: w, height: h, layout: usual()}
	random := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	for i := range s.pix {
		s.pix[i] = byte(random.Uint32())
	}
	return s
}

func (s *shot) at(x, y int) color.RGBA {
	p := s.pix[y*s.stride+4*x:]
	return color.RGBA{p[2], p[1], p[0], 255}
}

// TestShotHasTheColoursOfTheScreen compares brightness pixel by pixel and colours by two by two, both as image/color makes them.
func TestShotHasTheColoursOfTheScreen(t *testing.T) {
	for _, of := range []image.Point{{64, 48}, {65, 47}, {1, 1}, {1, 9}, {9, 1}, {2, 2}} {
		s := noise(of.X, of.Y)
		img := s.draw(of.X, of.Y)
		if img.Rect != (image.Rectangle{Max: of}) {
			t.Fatalf("%v became %v", of, img.Rect)
		}
		for y := range of.Y {
			for x := range of.X {
				c := s.at(x, y)
				if want, _, _ := color.RGBToYCbCr(c.R, c.G, c.B); img.Y[img.YOffset(x, y)] != want {
					t.Fatalf("%v: luma at (%d, %d) is %d, want %d", of, x, y, img.Y[img.YOffset(x, y)], want)
				}
				cb, cr := s.chroma(x&^1, y&^1)
				at := img.COffset(x, y)
				if off := max(cb-float64(img.Cb[at]), float64(img.Cb[at])-cb, cr-float64(img.Cr[at]), float64(img.Cr[at])-cr); off > 1 {
					t.Fatalf("%v: chroma at (%d, %d) is %d %d, want %.1f %.1f", of, x, y, img.Cb[at], img.Cr[at], cb, cr)
				}
			}
		}
	}
}

// chroma is the average of the two by two pixels from (x, y).
func (s *shot) chroma(x, y int) (cb, cr float64) {
	for _, d := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		c := s.at(min(x+d.X, s.width-1), min(y+d.Y, s.height-1))
		r, g, b := float64(c.R), float64(c.G), float64(c.B)
		cb += (128 - 0.168736*r - 0.331264*g + 0.5*b) / 4
		cr += (128 + 0.5*r - 0.418688*g - 0.081312*b) / 4
	}
	return min(cb, 255), min(cr, 255)
}

func TestSmallLookIsTheAverageOfWhatItCovers(t *testing.T) {
	s := noise(96, 64)
	for _, of := range []image.Point{{48, 32}, {32, 21}, {13, 9}, {6, 4}, {1, 1}} {
		img := s.draw(of.X, of.Y)
		if img.Rect != (image.Rectangle{Max: of}) {
			t.Fatalf("it is %v, want %v", img.Rect, of)
		}
		whole := s.draw(96, 64)
		if of == image.Pt(48, 32) || of == image.Pt(6, 4) { // whole squares: each can be told
			by := 96 / of.X
			for y := range of.Y {
				for x := range of.X {
					if want, got := mean(whole, x*by, y*by, by), float64(img.Y[img.YOffset(x, y)]); got-want > 1.5 || want-got > 1.5 {
						t.Fatalf("%v: (%d, %d) is %v, want %.1f", of, x, y, got, want)
					}
				}
			}
		}
	}
}

func mean(img *image.YCbCr, x, y, by int) float64 {
	sum := 0
	for j := range by {
		for i := range by {
			sum += int(img.Y[img.YOffset(x+i, y+j)])
		}
	}
	return float64(sum) / float64(by*by)
}

func TestPlainScreenStaysPlainAtEverySize(t *testing.T) {
	for _, c := range []color.RGBA{{255, 255, 255, 255}, {0, 0, 0, 255}, {255, 0, 0, 255}, {0, 0, 255, 255}, {1, 2, 254, 255}} {
		s := noise(131, 97)
		for y := range s.height {
			for x := range s.width {
				copy(s.pix[y*s.stride+4*x:], []byte{c.B, c.G, c.R})
			}
		}
		for w := 1; w <= s.width; w += 5 {
			img := s.draw(w, 1+w*96/131)
			wantColour(t, "plain", img, w/2, img.Rect.Dy()/2, c)
		}
	}
}

func wantColour(t *testing.T, what string, img *image.YCbCr, x, y int, want color.RGBA) {
	t.Helper()
	r, g, b, _ := img.YCbCrAt(x, y).RGBA()
	for _, off := range []int{int(r>>8) - int(want.R), int(g>>8) - int(want.G), int(b>>8) - int(want.B)} {
		if off < -3 || off > 3 {
			t.Fatalf("%s: at (%d, %d) of %v is %d %d %d, want %v", what, x, y, img.Rect, r>>8, g>>8, b>>8, want)
		}
	}
}

func BenchmarkLookAt1080p(b *testing.B) {
	s := noise(1920, 1080)
	for name, w := range map[string]int{"Whole": 1920, "1280": 1280, "640": 640} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.draw(w, w*9/16)
			}
		})
	}
}
