package h264

import (
	"image"
	"math"
	"math/rand/v2"
)

// camera draws what a webcam might show: a still room with texture, something that moves through it, and noise in every picture.
type camera struct {
	room   *image.YCbCr
	noise  []int8
	random *rand.Rand
}

func newCamera(w, h int) *camera {
	c := &camera{room: image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), random: rand.New(rand.NewPCG(1, 2))}
	for y := range h {
		for x := range w {
			v := 110 + 60*math.Sin(float64(x)/97)*math.Cos(float64(y)/61) + 20*math.Sin(float64(x*y)/9000)
			if (x/40+y/60)%5 == 0 {
				v = v/2 + 30
			}
			c.room.Y[c.room.YOffset(x, y)] = byte(v)
			c.room.Cb[c.room.COffset(x, y)] = byte(128 + 40*math.Sin(float64(x)/200))
			c.room.Cr[c.room.COffset(x, y)] = byte(128 + 40*math.Cos(float64(y)/150))
		}
	}
	c.noise = make([]int8, w*h+4096)
	for i := range c.noise {
		c.noise[i] = int8(math.Round(c.random.NormFloat64() * 1.5))
	}
	return c
}

// picture is the n-th one.
func (c *camera) picture(n int) *image.YCbCr {
	img := image.NewYCbCr(c.room.Rect, c.room.SubsampleRatio)
	copy(img.Cb, c.room.Cb)
	copy(img.Cr, c.room.Cr)
	shift := c.random.IntN(4096)
	for i, v := range c.room.Y {
		img.Y[i] = byte(min(max(int(v)+int(c.noise[i+shift]), 0), 255))
	}
	c.walker(img, n)
	return img
}

// walker is somebody who walks through the room.
func (c *camera) walker(img *image.YCbCr, n int) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	left := n * w / 240 % w
	for y := h / 4; y < h; y++ {
		for x := left; x < min(left+w/6, w); x++ {
			i := img.YOffset(x, y)
			img.Y[i] = byte(int(c.noise[i])*2 + 60 + (x-left)*(y%32)/16%120)
			img.Cb[img.COffset(x, y)] = 100
			img.Cr[img.COffset(x, y)] = 160
		}
	}
}
