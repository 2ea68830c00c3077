package ffmpeg

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"sightline/backend/fault"
)

func TestY4MHeaders(t *testing.T) {
	for text, ok := range map[string]bool{
		"YUV4MPEG2 W2 H2 F30:1 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2 XCOLORRANGE=FULL\nFRAME\nabcdef": true,
		"YUV4MPEG2 W2 H2\nFRAME Ixyz\nabcdef":                                                     true, // 4:2:0 where it says nothing, and parameters of a picture
		"YUV4MPEG2 W1 H1 F0:0 C420jpeg\nFRAME\nabc":                                               true,
		"YUV4MPEG2 W2 H2 C444\nFRAME\nabcdef":                                                     false,
		"YUV4MPEG2 W2 H2 C420p10\nFRAME\nabcdef":                                                  false,
		"YUV4MPEG2 W0 H2\nFRAME\n":                                                                false,
		"YUV4MPEG2 W-2 H2\nFRAME\n":                                                               false,
		"YUV4MPEG2 Wx H2\nFRAME\n":                                                                false,
		"YUV4MPEG2\nFRAME\n":                                                                      false,
		"\nFRAME\n":                                                                               false,
		"YUV4MPEG2 W2 H2\nNONE\nabcdef":                                                           false,
		"YUV4MPEG2 W2 H2\nFRAME\nabc":                                                             false,
		"YUV4MPEG2 W2 H2\nFRA":                                                                    false,
		"YUV4MPEG2 W2 ":                                                                           false,
		"YUV4MPEG2 " + strings.Repeat("X", 5000):                                                  false,
	} {
		_, err := newY4M(strings.NewReader(text)).next()
		if (err == nil) != ok || errors.Is(err, io.EOF) {
			t.Errorf("%.60q gave %v", text, err)
		}
	}
	y := newY4M(strings.NewReader("YUV4MPEG2 W8192 H8193\n"))
	if _, err := y.next(); fault.CodeOf(err) != codeSize || fault.From(err).Hint == "" {
		t.Errorf("too large gave %v", err)
	}
	y = newY4M(strings.NewReader("YUV4MPEG2 W1 H1 F30000:1001\n"))
	if _, err := y.next(); err != io.EOF || y.fps < 29.96 || y.fps > 29.98 {
		t.Errorf("no picture gave %v at %v a second", err, y.fps)
	}
}

// FuzzY4M: whatever comes, the outcome is pictures of the size that was announced, within the limits, or an error.
func FuzzY4M(f *testing.F) {
	f.Add([]byte("YUV4MPEG2 W2 H2 F30:1 C420jpeg\nFRAME\nabcdefFRAME\nghijkl"))
	f.Add([]byte("YUV4MPEG2 W3 H3 F30:0\nFRAME x\nabcdefghijklmnopq"))
	f.Add([]byte("YUV4MPEG2 W8192 H8192\nFRAME\n"))
	f.Add([]byte("YUV4MPEG2  \nFRAME"))
	f.Fuzz(func(t *testing.T, data []byte) {
		y := newY4M(bytes.NewReader(data))
		if _ = y.header(); y.width*y.height > 1<<16 {
			return // it is not worth the memory
		}
		y = newY4M(bytes.NewReader(data))
		for {
			picture, err := y.next()
			if err != nil {
				return
			}
			w, h := picture.Rect.Dx(), picture.Rect.Dy()
			if w != y.width || h != y.height || w > MaxSide || h > MaxSide || len(picture.Y) != w*h || len(picture.Cr) != (w+1)/2*((h+1)/2) {
				t.Fatalf("%v of %d×%d", picture.Rect, y.width, y.height)
			}
		}
	})
}
