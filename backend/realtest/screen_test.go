//go:build real

package realtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/capture/screen"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// The screen is real where it counts: Xvfb is an X server like any other, but for the glass.

const glassWidth, glassHeight = 1280, 720

// glass is an X server with a screen that nobody sees.
type glass struct{ *exec.Cmd }

// newGlass starts one of so many bits a pixel, and makes it the one that this process sees.
func newGlass(t *testing.T, depth int) glass {
	t.Helper()
	said, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	server := exec.Command("Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset", "-screen", "0", fmt.Sprintf("%dx%dx%d", glassWidth, glassHeight, depth))
	server.ExtraFiles = []*os.File{tell}
	if err := server.Start(); err != nil {
		t.Fatal("Xvfb (apt: xvfb):", err)
	}
	tell.Close()
	g := glass{server}
	t.Cleanup(g.shatter)
	number, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal("Xvfb did not start: ", err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("XDG_SESSION_TYPE", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	return g
}

// shatter ends the server; a second time it does nothing.
func (g glass) shatter() {
	_ = g.Process.Kill()
	_ = g.Wait()
}

func screenNamed(t *testing.T, uri string) capture.Source {
	t.Helper()
	src, err := capture.Table{screen.Scheme()}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestScreenKeepsTheSourcesPromises(t *testing.T) {
	newGlass(t, 24)
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return screenNamed(t, "screen:") }, FPS: screen.DefaultFPS, Width: glassWidth, Height: glassHeight,
	})
}

// TestScreenShowsWhatIsOnIt looks at four colours, each in its corner, at full size, in a small look and as the JPEG a model gets.
func TestScreenShowsWhatIsOnIt(t *testing.T) {
	for _, depth := range []int{24, 16} {
		t.Run(fmt.Sprint(depth, " bits"), func(t *testing.T) {
			newGlass(t, depth)
			hangCorners(t)
			p := frameOf(t, "screen:").Picture
			whole, err := p.Planes()
			if err != nil {
				t.Fatal(err)
			}
			small, err := p.PlanesWithin(200)
			if err != nil {
				t.Fatal(err)
			}
			coded, err := p.JPEG(640, 90)
			if err != nil {
				t.Fatal(err)
			}
			again, err := sight.FromJPEG(coded.JPEG)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := again.Planes()
			if err != nil {
				t.Fatal(err)
			}
			for _, img := range []*image.YCbCr{whole, small, decoded} {
				wantCorners(t, img)
			}
		})
	}
}

func cornerColours() map[image.Point]color.RGBA {
	return map[image.Point]color.RGBA{
		{0, 0}: {255, 0, 0, 255}, {1, 0}: {0, 255, 0, 255}, {0, 1}: {0, 0, 255, 255}, {1, 1}: {255, 255, 255, 255},
	}
}

// hangCorners puts a picture of the four colours on the screen. ImageMagick ends with 1 whether it could or not: the test sees.
func hangCorners(t *testing.T) {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, glassWidth, glassHeight))
	half := image.Pt(glassWidth/2, glassHeight/2)
	for at, c := range cornerColours() {
		from := image.Pt(at.X*half.X, at.Y*half.Y)
		draw.Draw(img, image.Rectangle{Min: from, Max: from.Add(half)}, image.NewUniform(c), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	hang := exec.Command("display", "-window", "root", "png:-")
	hang.Stdin = &b
	if err := hang.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal("display (apt: imagemagick): ", err)
	}
}

func wantCorners(t *testing.T, img *image.YCbCr) {
	t.Helper()
	for at, want := range cornerColours() {
		x, y := img.Rect.Dx()*(1+2*at.X)/4, img.Rect.Dy()*(1+2*at.Y)/4
		r, g, b, _ := img.YCbCrAt(x, y).RGBA()
		for _, off := range []int{int(r>>8) - int(want.R), int(g>>8) - int(want.G), int(b>>8) - int(want.B)} {
			if off < -6 || off > 6 {
				t.Errorf("%v at (%d, %d) is %d %d %d, want %v", img.Rect, x, y, r>>8, g>>8, b>>8, want)
			}
		}
	}
}

// frameOf is the first frame of a source.
func frameOf(t *testing.T, uri string) sight.Frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var first sight.Frame
	err := screenNamed(t, uri).Run(ctx, func(f sight.Frame) {
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

func TestEachMonitorIsASourceOfItsOwn(t *testing.T) {
	newGlass(t, 24)
	hangCorners(t)
	output(t, exec.Command("xrandr", "--setmonitor", "left", "640/170x720/190+0+0", "screen"))
	output(t, exec.Command("xrandr", "--setmonitor", "right", "640/170x720/190+640+0", "none"))
	devices, err := capture.Table{screen.Scheme()}.Devices(t.Context())
	if err != nil || len(devices) != 2 || devices[1].URI != "screen:2" || devices[1].Detail != "640×720" {
		t.Fatalf("listed %+v, %v", devices, err)
	}
	img, err := frameOf(t, "screen:2").Picture.Planes()
	if err != nil || img.Rect != image.Rect(0, 0, 640, 720) {
		t.Fatalf("%v, %v", img.Rect, err)
	}
	if got := img.YCbCrAt(320, 180); got.Y < 140 || got.Cr > 60 {
		t.Errorf("the upper half of the right one is %v, want green", got)
	}
	ended := watched(t, "screen:2")
	output(t, exec.Command("xrandr", "--delmonitor", "right"))
	wantEnd(t, ended, "screen.gone")
}

// TestScreenThatIsGoneIsTold kills the X server under a source that looks at it.
func TestScreenThatIsGoneIsTold(t *testing.T) {
	before := goleak.IgnoreCurrent()
	g := newGlass(t, 24)
	ended := watched(t, "screen:")
	g.shatter()
	wantEnd(t, ended, "screen.gone")
	capturetest.Missing(t, screenNamed(t, "screen:"), "screen.none")
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// watched is a screen that somebody looks at: it gives how that ends.
func watched(t *testing.T, uri string) <-chan error {
	t.Helper()
	ended, seen := make(chan error, 1), make(chan struct{}, 1)
	src := screenNamed(t, uri)
	go func() {
		ended <- src.Run(t.Context(), func(sight.Frame) {
			select {
			case seen <- struct{}{}:
			default:
			}
		})
	}()
	select {
	case <-seen:
	case err := <-ended:
		t.Fatal("it cannot be looked at: ", err)
	case <-time.After(10 * time.Second):
		t.Fatal("no frame")
	}
	return ended
}

func wantEnd(t *testing.T, ended <-chan error, code string) {
	t.Helper()
	select {
	case err := <-ended:
		if fault.CodeOf(err) != code {
			t.Errorf("it ended with %v (%s), want %s", err, fault.CodeOf(err), code)
		}
	case <-time.After(2 * time.Second):
		t.Errorf("after two seconds nobody was told of %s", code)
	}
}
