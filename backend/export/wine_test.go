package export_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"image"
	"os"
	"testing"
	"time"

	"sightline/backend/h264"
	"sightline/backend/local/winetest"
	"sightline/backend/mp4"
	"sightline/backend/mp4/mp4test"
)

// needFFmpeg is for what ffmpeg alone can show. Wine has none: its films are drawn here, and looked at with our own eyes.
func needFFmpeg(t *testing.T) {
	t.Helper()
	if winetest.Here() {
		t.Skip("wine has no ffmpeg")
	}
}

// withAndWithout is what to take for ffmpeg: the one that is there, and none.
func withAndWithout() []string {
	if winetest.Here() {
		return []string{"/nowhere/ffmpeg"}
	}
	return []string{"", "/nowhere/ffmpeg"}
}

// draw is the test card that ffmpeg draws elsewhere: ten pictures a second, each another one, a key each second.
func draw(t *testing.T, path, size string, length time.Duration) {
	t.Helper()
	var width, height int
	if _, err := fmt.Sscanf(size, "%dx%d", &width, &height); err != nil {
		t.Fatal(err)
	}
	codec, err := h264.NewEncoder(h264.Config{Width: width, Height: height, FPS: 10, BitsPerSecond: 500_000})
	if err != nil {
		t.Fatal("this test needs the video codec, which is built in with cgo: ", err)
	}
	defer codec.Close()
	s := source{length: length, shape: mp4.Shape{Width: width, Height: height}}
	for n := range int(length / (100 * time.Millisecond)) {
		at := time.Duration(n) * 100 * time.Millisecond
		unit, err := codec.Encode(card(width, height, n), at, n%10 == 0)
		if err != nil {
			t.Fatal(err)
		}
		if unit.Key {
			s.shape.SPS, s.shape.PPS = unit.SPS, unit.PPS
		}
		s.samples = append(s.samples, mp4.Sample{Data: unit.Data, At: at, Key: unit.Key})
	}
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := s.write(file); err != nil {
		t.Fatal(err)
	}
}

// card is picture n: a slope that moves.
func card(width, height, n int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8(i%width/2 + 5*n)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 128
	}
	return img
}

// decoded is what our own player shows of a video.
func decoded(t *testing.T, path string) []shown {
	t.Helper()
	film := threaded(t, []byte(read(t, path)))
	codec, err := h264.NewDecoder(film.SPS, film.PPS)
	if err != nil {
		t.Fatal(err)
	}
	defer codec.Close()
	var all []shown
	for _, s := range film.Samples {
		img, err := codec.Decode(s.Data)
		if err != nil {
			t.Fatal(err)
		}
		if s.At >= 0 {
			all = append(all, shown{s.At, fmt.Sprintf("%08x", crc32.ChecksumIEEE(img.Y))})
		}
	}
	return all
}

// threaded takes files in fragments, as they are recorded, and ordinary ones.
func threaded(t *testing.T, file []byte) mp4test.Film {
	t.Helper()
	track, err := mp4.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if len(track.Samples) == 0 {
		return mp4test.Play(t, file)
	}
	film := mp4test.Film{SPS: track.SPS, PPS: track.PPS, Length: track.Length}
	for _, s := range track.Samples {
		film.Samples = append(film.Samples, mp4test.Sample{Data: file[s.Offset : s.Offset+int64(s.Size)], At: s.At.Round(time.Millisecond), Key: s.Key})
	}
	return film
}
