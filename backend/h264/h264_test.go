//go:build cgo && (linux || windows) && !noh264

package h264

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
)

func encoder(t testing.TB, c Config) *Encoder {
	t.Helper()
	e, err := NewEncoder(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func encoded(t testing.TB, e *Encoder, img *image.YCbCr, at time.Duration, key bool) Unit {
	t.Helper()
	unit, err := e.Encode(img, at, key)
	if err != nil {
		t.Fatal(err)
	}
	return unit
}

func decoder(t testing.TB, key Unit) *Decoder {
	t.Helper()
	d, err := NewDecoder(key.SPS, key.PPS)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// film is n encoded pictures of a camera, 30 a second, and the pictures themselves.
func film(t testing.TB, w, h, n int) (units []Unit, pictures []*image.YCbCr) {
	t.Helper()
	e := encoder(t, Config{Width: w, Height: h, FPS: 30, BitsPerSecond: w * h * 4})
	c := newCamera(w, h)
	for i := range n {
		pictures = append(pictures, c.picture(i))
		units = append(units, encoded(t, e, pictures[i], time.Duration(i)*time.Second/30, false))
	}
	return units, pictures
}

// likeness is the signal to noise ratio of two pictures' three planes, in decibels.
func likeness(a, b *image.YCbCr) float64 {
	sum, n := 0.0, 0
	for y := 0; y < a.Rect.Dy(); y += 3 { // enough to tell
		for x := y % 2; x < a.Rect.Dx(); x += 2 {
			p, q := a.YCbCrAt(a.Rect.Min.X+x, a.Rect.Min.Y+y), b.YCbCrAt(b.Rect.Min.X+x, b.Rect.Min.Y+y)
			for _, d := range []int{int(p.Y) - int(q.Y), int(p.Cb) - int(q.Cb), int(p.Cr) - int(q.Cr)} {
				sum += float64(d * d)
				n++
			}
		}
	}
	return 10 * math.Log10(255*255/(sum/float64(n)+1e-9))
}

func TestEachPictureComesBackAsItWas(t *testing.T) {
	units, pictures := film(t, 160, 90, 40)
	d := decoder(t, units[0])
	for i, unit := range units {
		img, err := d.Decode(unit.Data)
		if err != nil {
			t.Fatalf("picture %d: %v", i, err)
		}
		if img.Rect != image.Rect(0, 0, 160, 90) {
			t.Fatalf("picture %d is %v", i, img.Rect)
		}
		if db := likeness(img, pictures[i]); db < 36 {
			t.Errorf("picture %d: %.1f dB", i, db)
		}
		if i > 2 && likeness(img, pictures[i-2]) >= likeness(img, pictures[i]) {
			t.Errorf("picture %d looks more like an earlier one", i)
		}
	}
}

func TestEverySubsamplingAndAnyPartOfAPictureIsTaken(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		for _, at := range []image.Point{{}, {16, 8}, {5, 2}, {2, 7}, {3, 3}} {
			t.Run(fmt.Sprint(ratio, at), func(t *testing.T) {
				whole := waves(251, 133, ratio)
				part, ok := whole.SubImage(image.Rectangle{at, at.Add(image.Pt(194, 106))}).(*image.YCbCr)
				if !ok {
					t.Fatal("no part")
				}
				e := encoder(t, Config{Width: 194, Height: 106, FPS: 30, BitsPerSecond: 20_000_000})
				unit := encoded(t, e, part, 0, false)
				img, err := decoder(t, unit).Decode(unit.Data)
				if err != nil {
					t.Fatal(err)
				}
				if db := likeness(img, part); db < 35 {
					t.Errorf("%.1f dB", db)
				}
			})
		}
	}
}

// waves is a picture whose colours change slowly, so that any subsampling shows nearly the same.
func waves(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
	for y := range h {
		for x := range w {
			img.Y[img.YOffset(x, y)] = byte(128 + 100*math.Sin(float64(x)/20)*math.Cos(float64(y)/30))
			img.Cb[img.COffset(x, y)] = byte(128 + 90*math.Sin(float64(x)/40))
			img.Cr[img.COffset(x, y)] = byte(128 + 90*math.Cos(float64(y)/25))
		}
	}
	return img
}

// A byte beyond the planes would be a crash here: the memory ends with them.
func TestNothingIsReadBeyondThePlanes(t *testing.T) {
	for _, size := range []image.Point{{16, 16}, {194, 106}, {640, 360}} {
		img := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
		img.Y, img.Cb, img.Cr = atTheEdge(t, len(img.Y)), atTheEdge(t, len(img.Cb)), atTheEdge(t, len(img.Cr))
		e := encoder(t, Config{Width: size.X, Height: size.Y, FPS: 30, BitsPerSecond: 1_000_000})
		for i := range 3 {
			encoded(t, e, img, time.Duration(i)*time.Second, false)
		}
	}
}

func TestKeysComeFirstWhenAskedForAndEveryTwoSeconds(t *testing.T) {
	e := encoder(t, Config{Width: 64, Height: 48, FPS: 30, BitsPerSecond: 200_000})
	c := newCamera(64, 48)
	at, lastKey := time.Duration(0), time.Duration(0)
	var sps, pps []byte
	for i := range 300 {
		asked := i == 17 || i == 18 || i == 100
		unit := encoded(t, e, c.picture(i), at, asked)
		if (asked || i == 0) && !unit.Key {
			t.Errorf("picture %d is no key", i)
		}
		if unit.Key {
			if sps == nil {
				sps, pps = unit.SPS, unit.PPS
			}
			if !bytes.Equal(unit.SPS, sps) || !bytes.Equal(unit.PPS, pps) || len(sps) == 0 || len(pps) == 0 {
				t.Errorf("key %d has parameter sets %x %x", i, unit.SPS, unit.PPS)
			}
			lastKey = at
		}
		if at-lastKey > KeyEvery+20*time.Millisecond {
			t.Errorf("no key at %v, the last one was at %v", at, lastKey)
		}
		at += 25*time.Millisecond + time.Duration(i%4)*10*time.Millisecond
	}
}

func TestUnitsAreSlicesBehindTheirLengths(t *testing.T) {
	units, _ := film(t, 64, 48, 3)
	for i, unit := range units {
		rest, slices := unit.Data, 0
		for len(rest) > 0 {
			n := binary.BigEndian.Uint32(rest)
			if kind := rest[4] & 31; kind != nalSlice && kind != nalKeySlice || (kind == nalKeySlice) != unit.Key {
				t.Errorf("unit %d holds a NAL unit of kind %d", i, kind)
			}
			rest = rest[4+n:]
			slices++
		}
		if slices != 1 {
			t.Errorf("unit %d has %d slices", i, slices)
		}
	}
}

// hardFilm is pictures that nothing can be predicted in.
func hardFilm(w, h, n int) []*image.YCbCr {
	c := newCamera(w, h)
	pictures := make([]*image.YCbCr, n)
	for i := range pictures {
		pictures[i] = c.picture(i)
		for j := range pictures[i].Y {
			pictures[i].Y[j] += byte(c.random.IntN(60))
		}
	}
	return pictures
}

func TestBitRateHoldsAtAnyRateOfPictures(t *testing.T) {
	pictures := hardFilm(160, 90, 30)
	for fps, keyEach := range map[float64]int{8: 1000, 15: 14, 30: 1000, 50: 25} { // keys that are asked for
		e := encoder(t, Config{Width: 160, Height: 90, FPS: 30, BitsPerSecond: 250_000})
		size, n := 0, int(14*fps)
		for i := range n {
			at := time.Duration(float64(i) / fps * float64(time.Second))
			unit := encoded(t, e, pictures[i%len(pictures)], at, i%keyEach == 0)
			if at >= 4*time.Second { // the rate is known by then
				size += len(unit.Data)
			}
		}
		if rate := float64(size) * 8 / 10; rate < 175_000 || rate > 300_000 {
			t.Errorf("%v pictures a second: %.0f bits a second", fps, rate)
		}
	}
}

func TestNoPictureIsEverLeftOut(t *testing.T) {
	e := encoder(t, Config{Width: 160, Height: 90, FPS: 30, BitsPerSecond: 12_000}) // far too few
	for i, img := range hardFilm(160, 90, 60) {
		if unit := encoded(t, e, img, time.Duration(i)*time.Second/30, false); len(unit.Data) < 8 {
			t.Errorf("picture %d is %d bytes", i, len(unit.Data))
		}
	}
}

// card is the colours that a wrong range or matrix would shift.
var card = []color.RGBA{
	{255, 0, 0, 255},
	{0, 255, 0, 255},
	{0, 0, 255, 255},
	{255, 255, 0, 255},
	{0, 255, 255, 255},
	{255, 0, 255, 255},
	{0, 0, 0, 255},
	{255, 255, 255, 255},
	{128, 128, 128, 255},
	{16, 16, 16, 255},
	{200, 150, 120, 255},
	{40, 90, 60, 255},
}

func TestPlayersShowTheRightColours(t *testing.T) {
	const side = 32
	img := image.NewYCbCr(image.Rect(0, 0, side*len(card), side), image.YCbCrSubsampleRatio420)
	for y := range side {
		for x := range side * len(card) {
			c := card[x/side]
			img.Y[img.YOffset(x, y)], img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = color.RGBToYCbCr(c.R, c.G, c.B)
		}
	}
	e := encoder(t, Config{Width: side * len(card), Height: side, FPS: 30, BitsPerSecond: 5_000_000})
	unit := encoded(t, e, img, 0, true)
	stream := withStart(withStart(withStart(nil, unit.SPS), unit.PPS), unit.Data[4:])

	about := string(ff(t, stream, "ffprobe", "-show_streams", "-f", "h264", "-"))
	if !strings.Contains(about, "_range=pc\n") || !strings.Contains(about, "_space=bt470bg\n") {
		t.Errorf("the stream says\n%s", about)
	}
	rgb := ff(t, stream, "ffmpeg", "-f", "h264", "-i", "-", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
	for i, want := range card {
		got := rgb[(side/2*side*len(card)+i*side+side/2)*3:][:3]
		for c, w := range []byte{want.R, want.G, want.B} {
			if math.Abs(float64(got[c])-float64(w)) > 4 {
				t.Errorf("%v is shown as %v", want, got)
				break
			}
		}
	}
}

// ff runs ffmpeg or ffprobe on a stream and gives what it writes.
func ff(t *testing.T, stream []byte, name string, args ...string) []byte {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && runtime.GOOS == "windows" && os.Getenv("WINEUSERNAME") != "" {
		t.Skipf("wine has no %s to ask", name)
	}
	if err != nil {
		t.Fatalf("this test needs %s: %v", name, err)
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"-v", "error"}, args...)...)
	var complaints strings.Builder
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stream), &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, complaints.String())
	}
	return out
}

func TestClosedCodecRefusesAndMayBeClosedAgain(t *testing.T) {
	units, pictures := film(t, 64, 48, 1)
	e, d := encoder(t, Config{Width: 64, Height: 48, FPS: 30, BitsPerSecond: 100_000}), decoder(t, units[0])
	e.Close()
	d.Close()
	e.Close()
	d.Close()
	if _, err := e.Encode(pictures[0], 0, false); err == nil {
		t.Error("a closed encoder encodes")
	}
	if _, err := d.Decode(units[0].Data); err == nil {
		t.Error("a closed decoder decodes")
	}
}

func TestImpossibleStreamsAreRefused(t *testing.T) {
	for _, c := range []Config{
		{}, {Width: 15, Height: 16}, {Width: 16, Height: 14}, {Width: 641, Height: 480}, {Width: -16, Height: -16}, {Width: 1 << 30, Height: 1 << 30},
	} {
		c.FPS, c.BitsPerSecond = 30, 1000
		if _, err := NewEncoder(c); err == nil {
			t.Errorf("took %+v", c)
		}
	}
	for _, c := range []Config{{640, 480, 0, 1}, {640, 480, math.NaN(), 1}, {640, 480, 30, 0}} {
		if _, err := NewEncoder(c); err == nil {
			t.Errorf("took %+v", c)
		}
	}
	if _, err := NewEncoder(Config{4096, 4096, 30, 1000}); !errors.Is(err, &fault.Error{Code: CodeTooLarge}) {
		t.Errorf("16 megapixels: %v", err)
	}
}

func TestPicturesThatDoNotFitAreRefused(t *testing.T) {
	e := encoder(t, Config{Width: 64, Height: 48, FPS: 30, BitsPerSecond: 100_000})
	short := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
	short.Cr = short.Cr[:len(short.Cr)-1]
	narrow := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420)
	narrow.YStride = 60
	for _, img := range []*image.YCbCr{
		image.NewYCbCr(image.Rect(0, 0, 64, 50), image.YCbCrSubsampleRatio420), image.NewYCbCr(image.Rect(-2, -2, 62, 46), image.YCbCrSubsampleRatio444),
		short, narrow,
		{Rect: image.Rect(0, 0, 64, 48)},
	} {
		if _, err := e.Encode(img, 0, false); err == nil {
			t.Errorf("took %v with strides %d, %d", img.Rect, img.YStride, img.CStride)
		}
	}
}
