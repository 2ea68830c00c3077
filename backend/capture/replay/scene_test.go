package replay

import (
	"bytes"
	"context"
	"errors"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/h264"
	"sightline/backend/jpeg"
	"sightline/backend/mp4"
	"sightline/backend/sight"
)

// frame is the time between two pictures of the recordings here.
const frame = time.Second / 30

// grey is a picture of one brightness, by which it is known again.
func grey(w, h int, luma byte) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = luma
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	return img
}

func jpegOf(t testing.TB, w, h int, luma byte) []byte {
	t.Helper()
	data, err := jpeg.Encode(grey(w, h, luma), 90)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// brightness of picture n: pictures 0 to 29 are told apart.
func brightness(n int) byte { return byte(20 + 7*(n%30)) }

// numberOf is which picture this is.
func numberOf(t testing.TB, p *sight.Picture) int {
	t.Helper()
	img, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	at := img.Rect.Max.Div(2)
	return (int(img.YCbCrAt(at.X, at.Y).Y) - 20 + 3) / 7
}

// recording is one in the making.
type recording struct {
	*archive.Writer
	t testing.TB
}

func record(t testing.TB) recording {
	t.Helper()
	w, err := archive.Create(archive.OS(), t.TempDir(), archive.Manifest{
		Started: time.Now(), Version: "test", Session: "s", Parts: archive.Parts{Video: true, Frames: true, Answers: true},
		About: archive.About{Source: archive.Source{URI: "pattern:", Name: "Test pattern", Kind: "pattern"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return recording{w, t}
}

// film writes a segment of n pictures, a frame apart, with a key each ten.
func (r recording) film(at time.Duration, w, h, n int) recording {
	r.t.Helper()
	encoder, err := h264.NewEncoder(h264.Config{Width: w, Height: h, FPS: 30, BitsPerSecond: 2_000_000})
	if err != nil {
		r.t.Fatal("this test needs the video codec, which is built in with cgo: ", err)
	}
	defer encoder.Close()
	file, err := r.Video(at, w, h, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	var video *mp4.Writer
	for i := range n {
		unit, err := encoder.Encode(grey(w, h, brightness(i)), time.Duration(i)*frame, i%10 == 0)
		if err == nil && video == nil {
			video, err = mp4.NewWriter(file, mp4.Shape{Width: w, Height: h, SPS: unit.SPS, PPS: unit.PPS})
		}
		if err == nil {
			err = video.Fragment([]mp4.Sample{{Data: unit.Data, At: time.Duration(i) * frame, Key: unit.Key}}, time.Duration(i+1)*frame)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	if err := errors.Join(video.Finish(), file.Close()); err != nil {
		r.t.Fatal(err)
	}
	r.Length(at + time.Duration(n)*frame)
	return r
}

// answer writes that a picture was asked about.
func (r recording) answer(seq uint64, at time.Duration, picture []byte) recording {
	r.t.Helper()
	line := sight.Line{Session: "s", Seq: seq, Frame: seq, Outcome: string(sight.Answered), Text: "a picture"}
	if err := r.Answer(archive.Entry{Line: line, AtMS: *sight.Milliseconds(at)}, picture); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// done closes the recording and gives its folder.
func (r recording) done() string {
	r.t.Helper()
	if err := r.Close(nil); err != nil {
		r.t.Fatal(err)
	}
	return r.Dir()
}

func opened(t testing.TB, uri string) capture.Source {
	t.Helper()
	src, err := capture.Table{Scheme(Config{})}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// shown is a frame as it came, and when that was, since the first one.
type shown struct {
	sight.Frame
	after time.Duration
}

// play runs src until it ends, or has given n frames (0: all).
func play(t testing.TB, src capture.Source, n int) ([]shown, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []shown
	err := src.Run(ctx, func(f sight.Frame) {
		s := shown{Frame: f}
		if len(got) > 0 {
			s.after = f.Captured.Sub(got[0].Captured)
		}
		if got = append(got, s); len(got) == n {
			cancel()
		}
	})
	return got, err
}

// damage makes one picture of the first segment undecodable.
func damage(t testing.TB, dir string, picture int) {
	t.Helper()
	manifest, err := archive.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	video, err := archive.OpenVideo(dir, manifest.Segments[0])
	if err != nil {
		t.Fatal(err)
	}
	bad := video.Samples[picture]
	if err := video.File.Close(); err != nil {
		t.Fatal(err)
	}
	rewrite(t, dir, manifest.Segments[0].File, func(b []byte) []byte {
		copy(b[bad.Offset+4:], bytes.Repeat([]byte{0xff}, bad.Size-4))
		return b
	})
}

func rewrite(t testing.TB, dir, name string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, change(data), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// captureLog is what the log is told during the test.
func captureLog(t testing.TB) *bytes.Buffer {
	t.Helper()
	before, log := slog.Default(), new(bytes.Buffer)
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return log
}
