package mp4_test

import (
	"bytes"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sightline/backend/h264"
	"sightline/backend/local/winetest"
	"sightline/backend/mp4"
)

// The pictures here are numbered: sixteen squares, black or white, are the bits of the number.
const (
	square = 16
	width  = 8 * square
	height = 2 * square
)

func numbered(n int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		x, y := i%width/square, i/width/square
		if n>>(y*8+x)&1 == 1 {
			img.Y[i] = 255
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	return img
}

// numberOf reads the number off a grey picture.
func numberOf(grey []byte) int {
	n := 0
	for bit := range 16 {
		x, y := bit%8*square+square/2, bit/8*square+square/2
		if grey[y*width+x] > 127 {
			n |= 1 << bit
		}
	}
	return n
}

// film is encoded pictures, numbered from 0, taken at the given times, a key each second.
func film(t testing.TB, times []time.Duration) (mp4.Shape, []mp4.Sample) {
	t.Helper()
	return filmed(t, times, time.Second)
}

// filmed is a film with a key that often.
func filmed(t testing.TB, times []time.Duration, every time.Duration) (mp4.Shape, []mp4.Sample) {
	t.Helper()
	e, err := h264.NewEncoder(h264.Config{Width: width, Height: height, FPS: 30, BitsPerSecond: 500_000})
	if err != nil {
		t.Fatal("this test needs the video codec, which is built in with cgo: ", err)
	}
	defer e.Close()
	shape := mp4.Shape{Width: width, Height: height}
	var samples []mp4.Sample
	key := -time.Hour
	for i, at := range times {
		due := at-key >= every
		if due {
			key = at
		}
		unit, err := e.Encode(numbered(i), pace(at, every), due)
		if err != nil {
			t.Fatal(err)
		}
		if unit.Key {
			shape.SPS, shape.PPS = unit.SPS, unit.PPS
		}
		samples = append(samples, mp4.Sample{Data: unit.Data, At: at, Key: unit.Key})
	}
	return shape, samples
}

// pace is the time for the encoder: it hurries where keys are seldom, so that the encoder adds none of its own.
func pace(at, every time.Duration) time.Duration {
	if every > h264.KeyEvery {
		return at / 100
	}
	return at
}

// uneven is the times of pictures as a camera takes them: about thirty a second, none quite when it is due.
func uneven(n int) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		times[i] = time.Duration(i)*33_333_333 + time.Duration(i*i*7919%9_000_000)
	}
	times[0] = 0
	return times
}

// fragments writes samples, fifteen a fragment; until is when the last one ends.
func fragments(t testing.TB, w *mp4.Writer, samples []mp4.Sample, until time.Duration) {
	t.Helper()
	for len(samples) > 0 {
		n := min(15, len(samples))
		end := until
		if n < len(samples) {
			end = samples[n].At
		}
		if err := w.Fragment(samples[:n], end); err != nil {
			t.Fatal(err)
		}
		samples = samples[n:]
	}
}

// recorded is a file of these samples.
func recorded(t testing.TB, shape mp4.Shape, samples []mp4.Sample, until time.Duration, finish bool) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := mp4.NewWriter(&file, shape)
	if err != nil {
		t.Fatal(err)
	}
	fragments(t, w, samples, until)
	if finish {
		if err := w.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

func read(t testing.TB, file []byte) *mp4.Track {
	t.Helper()
	track, err := mp4.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return track
}

func saved(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "video.mp4")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs ffmpeg or ffprobe and gives what it wrote, and what it complained about.
func run(t testing.TB, name string, args ...string) (out []byte, complaints string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && winetest.Here() {
		t.Skipf("wine has no %s to ask", name)
	}
	if err != nil {
		t.Fatalf("this test needs %s: %v", name, err)
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"-v", "error"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v: %s", name, strings.Join(args, " "), err, stderr.String())
	}
	return stdout.Bytes(), stderr.String()
}

// clean is run where nothing may be complained about.
func clean(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	out, complaints := run(t, name, args...)
	if complaints != "" {
		t.Errorf("%s %s: %s", name, strings.Join(args, " "), complaints)
	}
	return out
}

// numbers is the pictures that ffmpeg shows of a file. The arguments come before the file's name.
func numbers(t testing.TB, path string, args ...string) []int {
	t.Helper()
	raw := clean(t, "ffmpeg", append(args, "-i", path, "-fps_mode", "passthrough", "-enc_time_base", "1:90000", "-f", "rawvideo", "-pix_fmt", "gray", "-")...)
	var numbers []int
	for ; len(raw) >= width*height; raw = raw[width*height:] {
		numbers = append(numbers, numberOf(raw))
	}
	return numbers
}

// seconds is when ffprobe says that each picture is shown.
func seconds(t testing.TB, path string) []float64 {
	t.Helper()
	out := clean(t, "ffprobe", "-show_entries", "frame=pts_time", "-of", "csv=p=0", path)
	var times []float64
	for line := range strings.FieldsSeq(string(out)) {
		at, err := strconv.ParseFloat(strings.Trim(line, ","), 64)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, at)
	}
	return times
}
