package pattern

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"sync"
	"time"
)

// card draws the test card. It never changes, and many goroutines may draw at once.
type card struct {
	size  image.Point
	ink   color.YCbCr
	still func() *image.YCbCr // what never moves, drawn once
	text  func() *glyphs
}

// moment is what differs from frame to frame.
type moment struct {
	counter  uint32
	since    time.Duration // the start, for what moves
	captured time.Time
}

// Where things are, in parts of the height: bars above a grey ramp above the numbers above the strip for machines.
const (
	rampTop   = 0.46
	panelTop  = 0.56
	ballSize  = 0.085 // its radius
	textSize  = 0.165
	lineShare = 1.08 // of the text size, from line to line
)

// A ball crosses the bars once in these times, to the right and down.
const (
	acrossTime = 3100 * time.Millisecond
	downTime   = 1900 * time.Millisecond
)

// The colours of the card.
func black() color.YCbCr { return yuv(0, 0, 0) }
func white() color.YCbCr { return yuv(255, 255, 255) }
func panel() color.YCbCr { return yuv(20, 20, 20) }

// bars are three quarters bright, lightest first.
func bars() []color.YCbCr {
	return []color.YCbCr{
		yuv(191, 191, 191), yuv(191, 191, 0), yuv(0, 191, 191), yuv(0, 191, 0),
		yuv(191, 0, 191), yuv(191, 0, 0), yuv(0, 0, 191),
	}
}

// newCard is a card of bars, or of one colour where that is not nil.
func newCard(size image.Point, colour *color.YCbCr) (*card, error) {
	const columns = 13 // twelve characters of the clock, and a margin
	em := min(textSize*float64(size.Y), float64(size.X)/columns/charWidth)
	face, err := newFace(em)
	if err != nil {
		return nil, err
	}
	c := &card{size: size, ink: white(), text: sync.OnceValue(func() *glyphs { return rasterise(face, em) })}
	if colour == nil {
		c.still = sync.OnceValue(func() *image.YCbCr { return drawBars(size) })
		return c, nil
	}
	if colour.Y > 140 {
		c.ink = black()
	}
	c.still = sync.OnceValue(func() *image.YCbCr { return plain(size, *colour) })
	return c, nil
}

// at draws the card as it is in one moment, into memory of its own.
func (c *card) at(m moment) *image.YCbCr {
	img := clone(c.still())
	c.drawBall(img, m.since)
	text := c.text()
	x, y := int(text.em)/2, int((panelTop+0.01)*float64(c.size.Y))
	text.write(img, x, y, fmt.Sprintf("%07d", m.counter), c.ink)
	text.write(img, x, y+int(lineShare*text.em), m.captured.Format("15:04:05.000"), c.ink)
	drawCounter(img, m.counter)
	return img
}

// drawBall draws a white ball with a black rim, which shows on every colour.
func (c *card) drawBall(img *image.YCbCr, since time.Duration) {
	w, h := float64(c.size.X), float64(c.size.Y)
	r := ballSize * h
	x := r + (w-2*r)*bounce(since, acrossTime)
	y := r + (rampTop*h-2*r)*bounce(since, downTime)
	disc(img, x, y, r, black())
	disc(img, x, y, 0.8*r, white())
}

// bounce goes evenly from 0 to 1 in one crossing, and back in the next.
func bounce(since, crossing time.Duration) float64 {
	at := math.Mod(float64(since)/float64(crossing), 2)
	return 1 - math.Abs(1-at)
}

func drawBars(size image.Point) *image.YCbCr {
	img := plain(size, panel())
	ramp, numbers := int(rampTop*float64(size.Y)), int(panelTop*float64(size.Y))
	all := bars()
	for i, c := range all {
		fill(img, image.Rect(i*size.X/len(all), 0, (i+1)*size.X/len(all), ramp), c)
	}
	const steps = 16
	for i := range steps {
		grey := byte(i * 255 / (steps - 1))
		fill(img, image.Rect(i*size.X/steps, ramp, (i+1)*size.X/steps, numbers), yuv(grey, grey, grey))
	}
	neutralStrip(img)
	return img
}
