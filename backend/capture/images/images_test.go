package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// jpegOf is a picture of one brightness.
func jpegOf(t testing.TB, w, h int, luma byte) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = luma
	}
	data, err := jpeg.Encode(img, 80)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// folderOf is a new folder with these files.
func folderOf(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func opened(t testing.TB, uri string) capture.Source {
	t.Helper()
	src, err := capture.Table{Scheme()}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// firstFrames runs src until it has given n frames, or ends by itself with the error given back.
func firstFrames(t testing.TB, src capture.Source, n int) ([]sight.Frame, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []sight.Frame
	err := src.Run(ctx, func(f sight.Frame) {
		if got = append(got, f); len(got) == n {
			cancel()
		}
	})
	if errors.Is(err, context.Canceled) && len(got) >= n {
		err = nil
	}
	return got, err
}

func TestImagesPassTheSuite(t *testing.T) {
	dir := folderOf(t, map[string][]byte{
		"1.jpg": jpegOf(t, 320, 180, 10), "2.JPEG": jpegOf(t, 320, 180, 90), "3.png": pngOf(t, image.NewNRGBA(image.Rect(0, 0, 320, 180))),
	})
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "images:"+dir) }, FPS: 30, Width: 320, Height: 180,
	})
}

func TestImagesKeepTheRateAskedFor(t *testing.T) {
	dir := folderOf(t, map[string][]byte{"1.jpg": jpegOf(t, 64, 36, 10)})
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "images:"+dir+"?fps=75") }, FPS: 75,
	})
}

func TestWhatIsMissingIsAClearFault(t *testing.T) {
	dir := folderOf(t, map[string][]byte{"notes.txt": nil, ".hidden.jpg": nil})
	if err := os.Mkdir(filepath.Join(dir, "folder.jpg"), 0o700); err != nil {
		t.Fatal(err)
	}
	broken := folderOf(t, map[string][]byte{"a.jpg": nil, "b.png": []byte("no picture")})
	for uri, code := range map[string]string{
		"images:" + filepath.Join(dir, "gone"):      "images.missing",
		"images:" + filepath.Join(dir, "notes.txt"): "images.file",
		"images:" + dir:    "images.empty",
		"images:" + broken: "images.broken",
	} {
		t.Run(code, func(t *testing.T) { capturetest.Missing(t, opened(t, uri), code) })
	}
}

func TestAFolderThatMayNotBeReadIsAClearFault(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		err := unreadable("/x", &os.PathError{Op: "open", Err: os.ErrPermission})
		if fault.CodeOf(err) != "images.denied" {
			t.Errorf("got %v", err)
		}
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0); err != nil {
		t.Fatal(err)
	}
	capturetest.Missing(t, opened(t, "images:"+dir), "images.denied")
}

func TestWrongURIsAreRefusedAtOnce(t *testing.T) {
	for uri, code := range map[string]string{
		"images:": "images.unnamed", "images:?fps=2": "images.unnamed", "images:/x?fps=0": "source.fps", "images:/x?loop=no": "source.option",
	} {
		if _, err := (capture.Table{Scheme()}).Open(uri); fault.CodeOf(err) != code || fault.From(err).Blame != fault.Question {
			t.Errorf("%s gave %v, want %s", uri, err, code)
		}
	}
}

func TestFoldersAreTakenAsTyped(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip("no home folder")
	}
	for typed, want := range map[string]string{
		`images:C:\pics?fps=5`: `C:\pics`,
		"images:/a/b c":        "/a/b c",
		"images:pics":          "pics",
		"images:~":             home,
		"images:~/pics":        filepath.Join(home, "pics"),
		"images:~tom/pics":     "~tom/pics",
		"images:/a/~/b":        "/a/~/b",
	} {
		if got := opened(t, typed).(*source).dir; got != want {
			t.Errorf("%s opens %s, want %s", typed, got, want)
		}
	}
}

func TestPicturesComeInNaturalOrderAndLoop(t *testing.T) {
	files := map[string][]byte{}
	for i, name := range []string{"frame1.jpg", "Frame2.jpg", "frame10.jpg"} {
		files[name] = jpegOf(t, 32, 18, byte(50*i))
	}
	got, err := firstFrames(t, opened(t, "images:"+folderOf(t, files)+"?fps=120"), 7)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		want := files[[]string{"frame1.jpg", "Frame2.jpg", "frame10.jpg"}[i%3]]
		if !bytes.Equal(f.Picture.Source(), want) {
			t.Errorf("frame %d is not the picture whose turn it is, byte for byte", i)
		}
		if sent, err := f.Picture.JPEG(0, 50); err != nil || !bytes.Equal(sent.JPEG, want) {
			t.Errorf("frame %d was encoded again: %v", i, err)
		}
	}
}

func TestEachFrameHasAPictureOfItsOwn(t *testing.T) {
	dir := folderOf(t, map[string][]byte{"a.jpg": jpegOf(t, 32, 18, 5)})
	got, err := firstFrames(t, opened(t, "images:"+dir+"?fps=120"), 2)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Picture == got[1].Picture {
		t.Error("two frames share a picture, and with it what was encoded")
	}
}

func TestABrokenPictureIsSkippedAndToldOnce(t *testing.T) {
	whole := jpegOf(t, 320, 180, 40)
	png := pngOf(t, image.NewGray(image.Rect(0, 0, 40, 30)))
	flipped := bytes.Clone(png)
	flipped[len(flipped)-20] ^= 1
	dir := folderOf(t, map[string][]byte{
		"1-empty.jpg": nil, "2-text.jpg": []byte("hello"), "3-cut.jpg": whole[:len(whole)-9], "4-good.jpg": whole,
		"5-cut.png": png[:len(png)-13], "6-flipped.png": flipped,
	})
	log := captureLog(t)
	got, err := firstFrames(t, opened(t, "images:"+dir+"?fps=120"), 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range got {
		if !bytes.Equal(f.Picture.Source(), whole) {
			t.Errorf("frame %d is not the good picture", i)
		}
	}
	if told := strings.Count(log.String(), "left out"); told != 5 {
		t.Errorf("told %d times of 5 broken pictures:\n%s", told, log)
	}
}

func TestAFolderThatVanishesEndsTheRun(t *testing.T) {
	captureLog(t)
	dir := folderOf(t, map[string][]byte{"a.jpg": jpegOf(t, 32, 18, 5), "b.jpg": jpegOf(t, 32, 18, 5)})
	err := opened(t, "images:"+dir+"?fps=120").Run(t.Context(), func(sight.Frame) {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if fault.CodeOf(err) != "images.missing" {
		t.Errorf("got %v", err)
	}
}

func TestPNGsOfEveryKindKeepTheirColours(t *testing.T) {
	orange := color.RGBA{255, 136, 0, 255}
	box := image.Rect(0, 0, 33, 17)
	palette := image.NewPaletted(box, color.Palette{color.Black, orange})
	for i := range palette.Pix {
		palette.Pix[i] = 1
	}
	for name, tc := range map[string]struct {
		img  image.Image
		want color.RGBA
	}{
		"true colour":  {painted(image.NewRGBA(box), orange), orange},
		"sixteen bits": {painted(image.NewRGBA64(box), orange), orange},
		"palette":      {palette, orange},
		"grey":         {painted(image.NewGray(box), color.Gray{77}), color.RGBA{77, 77, 77, 255}},
		"transparent":  {image.NewNRGBA(box), color.RGBA{255, 255, 255, 255}},
		"half clear":   {painted(image.NewNRGBA(box), color.NRGBA{0, 0, 0, 128}), color.RGBA{127, 127, 127, 255}},
	} {
		p, err := pictureOf(pngOf(t, tc.img))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		img, err := p.Planes()
		if err != nil || img.Rect != box {
			t.Fatalf("%s: %v, %v", name, img.Rect, err)
		}
		for _, at := range []image.Point{{0, 0}, {32, 16}, {15, 8}} {
			if got := color.RGBAModel.Convert(img.At(at.X, at.Y)).(color.RGBA); !near(got, tc.want) {
				t.Errorf("%s: %v at %v, want %v", name, got, at, tc.want)
			}
		}
	}
}

func TestContentCountsNotTheName(t *testing.T) {
	dir := folderOf(t, map[string][]byte{"really-a.png": jpegOf(t, 32, 18, 9), "really-b.jpg": pngOf(t, image.NewGray(image.Rect(0, 0, 32, 18)))})
	got, err := firstFrames(t, opened(t, "images:"+dir+"?fps=120"), 2)
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Picture.Source() == nil || got[1].Picture.Source() != nil {
		t.Error("a picture was taken for what its name says")
	}
}

func TestNamesSortAsAPersonWould(t *testing.T) {
	want := []string{"1.png", "02.png", "2.png", "9a.png", "10.png", "a.png", "A1b.png", "a1c.png", "a01d.png", "a2.png", "a18446744073709551616.png", "b", "ü.png"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, byName)
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func FuzzByName(f *testing.F) {
	f.Add("a1", "a01", "a10")
	f.Add("", "0", "00")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if byName(a, b) != -byName(b, a) || (byName(a, b) == 0) != (a == b) {
			t.Errorf("%q and %q have no clear order", a, b)
		}
		if byName(a, b) < 0 && byName(b, c) < 0 && byName(a, c) >= 0 {
			t.Errorf("%q < %q < %q goes round in a circle", a, b, c)
		}
	})
}

// FuzzPicture: whatever a file holds, it is refused or it is a picture with planes of the size it said.
func FuzzPicture(f *testing.F) {
	whole := pngOf(f, image.NewPaletted(image.Rect(0, 0, 9, 7), color.Palette{color.White, color.Transparent}))
	for _, seed := range [][]byte{nil, whole, whole[:20], pngSignature(), jpegOf(f, 16, 16, 3), unpackable(f)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := pictureOf(data)
		if err != nil {
			return
		}
		w, h := p.Size()
		if w*h > 1<<20 {
			return // large pictures are honest too, but slow to try
		}
		if img, err := p.Planes(); err == nil && img.Rect != image.Rect(0, 0, w, h) {
			t.Errorf("planes of %v for %dx%d", img.Rect, w, h)
		}
	})
}

func TestAPNGThatPassesItsChecksumsAndStillIsNoneShowsAsGrey(t *testing.T) {
	p, err := pictureOf(unpackable(t))
	if err != nil {
		t.Fatal(err)
	}
	img, err := p.Planes()
	if err != nil || img.Y[0] != 128 || img.Cb[0] != 128 {
		t.Errorf("got %v, %v", img, err)
	}
}

// unpackable is a PNG with good checksums and no pixels.
func unpackable(t testing.TB) []byte {
	t.Helper()
	whole := pngOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	at := bytes.Index(whole, []byte("IDAT")) - 4
	end := bytes.Index(whole, []byte("IEND")) - 4
	return slices.Concat(whole[:at], whole[end:])
}

func painted(img interface {
	image.Image
	Set(x, y int, c color.Color)
}, c color.Color,
) image.Image {
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			img.Set(x, y, c)
		}
	}
	return img
}

func near(a, b color.RGBA) bool {
	alike := func(x, y byte) bool { return max(x, y)-min(x, y) <= 3 }
	return alike(a.R, b.R) && alike(a.G, b.G) && alike(a.B, b.B)
}

// captureLog sends the log to the buffer until the test ends.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}

// BenchmarkNext is what a frame costs that nobody looks at.
func BenchmarkNext(b *testing.B) {
	files := map[string][]byte{}
	for i := range 30 {
		files[fmt.Sprintf("%d.jpg", i)] = jpegOf(b, 1280, 720, byte(i))
	}
	loop, err := list(folderOf(b, files))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := loop.next(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
