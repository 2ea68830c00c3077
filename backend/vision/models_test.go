package vision

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"sightline/backend/sight"
)

// withModels is an engine with the real networks. A test without them is skipped, and says what is missing.
func withModels(t testing.TB) *Engine {
	t.Helper()
	dir := os.Getenv(Variable)
	if dir == "" {
		dir = filepath.Join("..", "..", "build", "bin", "models")
	}
	for _, file := range allFiles() {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Skipf("%s is missing in %s (make build)", file, dir)
		}
	}
	if opener() == nil {
		t.Skip("without cgo there is no runtime")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := New(Config{Dir: dir})
	t.Cleanup(e.Close)
	return e
}

// photograph is one of the detector's.
func photograph(t testing.TB, name string) *sight.Picture {
	t.Helper()
	p, err := sight.FromJPEG(read(t, filepath.Join("..", "vlm", "detector", "testdata", name+".jpg")))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sign is a board with a word on it.
func sign(t testing.TB, word string, size float64) *image.YCbCr {
	t.Helper()
	parsed, err := opentype.Parse(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	board := image.NewGray(image.Rect(0, 0, 640, 360))
	fillWith(board.Pix, 225)
	pen := font.Drawer{Dst: board, Src: image.NewUniform(color.Gray{Y: 25}), Face: face}
	pen.Dot = fixed.Point26_6{X: (fixed.I(640) - pen.MeasureString(word)) / 2, Y: fixed.I(180 + int(size/3))}
	pen.DrawString(word)
	img := plain(640, 360, color.Gray{Y: 128})
	for y := range 360 {
		copy(img.Y[y*img.YStride:], board.Pix[y*board.Stride:y*board.Stride+640])
	}
	return img
}

func TestSignIsReadWhereItStands(t *testing.T) {
	e := withModels(t)
	for _, thorough := range []bool{false, true} {
		found, err := e.Text(t.Context(), sight.FromYCbCr(sign(t, "EXIT", 80)), thorough)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 1 || found[0].Label != "EXIT" || found[0].Score < 0.9 {
			t.Fatalf("read %+v", found)
		}
		b := found[0]
		if b.X > 0.38 || b.Y > 0.44 || b.X+b.W < 0.62 || b.Y+b.H < 0.56 || b.W > 0.4 || b.H > 0.3 {
			t.Errorf("it stands in %+v", b)
		}
	}
}

func TestPhotographsHoldWhatTheyHold(t *testing.T) {
	e := withModels(t)
	for name, want := range map[string]string{"astronaut": "person", "chelsea": "cat", "coffee": "cup"} {
		found, err := e.Things(t.Context(), photograph(t, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 || found[0].Label != want || found[0].Score < 0.5 {
			t.Errorf("%s holds %+v", name, found)
		}
		if text, err := e.Text(t.Context(), photograph(t, name), true); err != nil || len(text) != 0 {
			t.Errorf("in %s stands %+v, %v", name, text, err)
		}
	}
}

func TestInferenceEndsWhenNobodyWaitsForItAnyMore(t *testing.T) {
	e := withModels(t)
	ended := 0
	for wait := time.Millisecond; wait < 40*time.Millisecond; wait += 4 * time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		if _, err := e.Text(ctx, photograph(t, "coffee"), true); errors.Is(err, context.DeadlineExceeded) {
			ended++
		} else if err != nil {
			t.Error(err)
		}
		cancel()
	}
	if ended == 0 {
		t.Error("none ended early")
	}
	if found, err := e.Things(t.Context(), photograph(t, "astronaut")); err != nil || len(found) == 0 {
		t.Errorf("and then: %+v, %v", found, err)
	}
}

// TestNothingIsWrittenIntoAPersonsHome guards against runtimes that tell their maker of each use: those of 1.29 and later keep an ID there.
func TestNothingIsWrittenIntoAPersonsHome(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, home)
	}
	e := withModels(t)
	work(t, e)
	e.Close()
	if written, err := os.ReadDir(home); err != nil || len(written) > 0 {
		t.Errorf("there are %v, %v", written, err)
	}
}

func TestSecondEngineOfAProcessIsRefused(t *testing.T) {
	first := withModels(t)
	if _, err := first.Things(t.Context(), grey()); err != nil {
		t.Fatal(err)
	}
	second := New(Config{Dir: first.dir})
	defer second.Close()
	_, err := second.Things(t.Context(), grey())
	wantFault(t, err, CodeBroken)
	if _, err := first.Things(t.Context(), grey()); err != nil {
		t.Errorf("and the first: %v", err)
	}
}

func TestModelsThatAreBrokenAreToldByTheRuntime(t *testing.T) {
	whole := withModels(t)
	for _, file := range allFiles() {
		dir := t.TempDir()
		for _, other := range allFiles() {
			if err := os.Symlink(filepath.Join(whole.dir, other), filepath.Join(dir, other)); err != nil {
				t.Skip("no links here: ", err)
			}
		}
		data := read(t, filepath.Join(whole.dir, file))
		write(t, dir, file, data[:len(data)/3])
		e := New(Config{Dir: dir})
		t.Cleanup(e.Close)
		_, err := e.Things(t.Context(), grey())
		if err == nil {
			_, err = e.Text(t.Context(), sight.FromYCbCr(sign(t, "EXIT", 80)), true)
		}
		if f := wantFault(t, err, CodeBroken); !strings.Contains(f.Message, file) && file != signsFile {
			t.Errorf("%s: it says %q", file, f.Message)
		}
		e.Close()
	}
}

// resident is how much memory of this process is its own, in bytes.
func resident(t testing.TB) int64 {
	t.Helper()
	for line := range strings.Lines(string(read(t, "/proc/self/status"))) {
		if words := strings.Fields(line); words[0] == "RssAnon:" {
			kilobytes, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kilobytes << 10
		}
	}
	t.Fatal("the system does not tell")
	return 0
}

func TestMemoryComesBackWhenNetworksAreLetGo(t *testing.T) {
	if goruntime.GOOS != "linux" {
		t.Skip("only Linux tells how much memory is in use")
	}
	e := withModels(t)
	var kept []int64
	for range 3 {
		work(t, e)
		e.turn <- struct{}{}
		e.letGo()
		<-e.turn
		kept = append(kept, resident(t))
	}
	if more := kept[len(kept)-1] - kept[0]; more > 20<<20 {
		t.Errorf("%d MB more after three times: %v", more>>20, kept)
	}
}

// work has all three networks do something.
func work(t testing.TB, e *Engine) {
	t.Helper()
	if _, err := e.Things(t.Context(), photograph(t, "coffee")); err != nil {
		t.Fatal(err)
	}
	if text, err := e.Text(t.Context(), sight.FromYCbCr(sign(t, "EXIT", 80)), true); err != nil || len(text) != 1 {
		t.Fatalf("read %+v, %v", text, err)
	}
}

func BenchmarkThings(b *testing.B) {
	e := withModels(b)
	for _, name := range []string{"coffee", "chelsea"} { // the second is a close-up: it is looked at three times
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Things(b.Context(), photograph(b, name)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkThingsAndText(b *testing.B) {
	e := withModels(b)
	board, none := sign(b, "EXIT", 80), photograph(b, "coffee")
	for name, c := range map[string]struct {
		picture  func() *sight.Picture
		thorough bool
	}{
		"with text":          {func() *sight.Picture { return sight.FromYCbCr(board) }, false},
		"without":            {func() *sight.Picture { return photograph(b, "coffee") }, false},
		"without, asked for": {func() *sight.Picture { return none }, true},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := e.Things(b.Context(), c.picture())
				if err == nil {
					_, err = e.Text(b.Context(), c.picture(), c.thorough)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLoading loads all networks, uses and lets go of them; it reports what is in use while they are there, and what stays.
func BenchmarkLoading(b *testing.B) {
	e := withModels(b)
	var most, least int64
	var loading time.Duration
	for b.Loop() {
		begin := time.Now()
		work(b, e)
		loading += time.Since(begin)
		most = max(most, resident(b))
		e.turn <- struct{}{}
		e.letGo()
		<-e.turn
		least = resident(b)
	}
	b.ReportMetric(float64(loading.Milliseconds())/float64(b.N), "ms-load-and-first")
	b.ReportMetric(float64(most>>20), "MB-loaded")
	b.ReportMetric(float64(least>>20), "MB-left")
	b.ReportMetric(0, "ns/op")
}
