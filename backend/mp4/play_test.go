package mp4_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"sightline/backend/fault"
	"sightline/backend/mp4"
)

func progressive(t testing.TB, track *mp4.Track, file []byte) []byte {
	t.Helper()
	r, err := mp4.Progressive(track, bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func clip(t testing.TB, track *mp4.Track, file []byte, from, to time.Duration) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := mp4.Clip(&out, track, bytes.NewReader(file), from, to); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestProgressiveShowsEveryPictureAtItsTime(t *testing.T) {
	times := uneven(150)
	shape, samples := film(t, times)
	file := recorded(t, shape, samples, 6*time.Second, true)
	path := saved(t, progressive(t, read(t, file), file))
	wantNumbers(t, numbers(t, path), 0, 150)
	wantTimes(t, seconds(t, path), times, 0)
	for _, n := range []int{0, 30, 77, 149} {
		at := fmt.Sprint(times[n].Seconds() - 0.001)
		if got := numbers(t, path, "-ss", at); len(got) == 0 || got[0] != n {
			t.Errorf("seeking to %s shows %v, want %d", at, got, n)
		}
	}
}

// TestKeysMayBeSeldom: from a camera they come every few seconds, so that most fragments begin with anything but a key.
func TestKeysMayBeSeldom(t *testing.T) {
	times := uneven(300)
	shape, samples := filmed(t, times, 4*time.Second)
	file := recorded(t, shape, samples, 11*time.Second, true)
	track := read(t, file)
	var keys []int
	for i, s := range track.Samples {
		if s.Key {
			keys = append(keys, i)
		}
	}
	if fmt.Sprint(keys) != "[0 120 240]" {
		t.Fatalf("keys %v", keys)
	}
	path := saved(t, progressive(t, track, file))
	wantNumbers(t, numbers(t, path), 0, 300)
	wantTimes(t, seconds(t, path), times, 0)
	for n, path := range map[int]string{77: path, 119: path, 121: saved(t, file), 290: saved(t, file)} {
		if got := numbers(t, path, "-ss", fmt.Sprint(times[n].Seconds()-0.001)); len(got) == 0 || got[0] != n {
			t.Errorf("seeking to picture %d shows %v", n, got)
		}
	}
	wantNumbers(t, numbers(t, saved(t, clip(t, track, file, times[70], times[200]-time.Millisecond))), 70, 200)
	end := ends(file)[13] // of the thirteenth fragment, which begins with picture 180
	torn := append([]byte(nil), file[:end+100]...)
	if track = read(t, torn); len(track.Samples) != 195 || track.Whole != int64(end) {
		t.Fatalf("torn: %d samples, whole up to %d", len(track.Samples), track.Whole)
	}
	wantNumbers(t, numbers(t, saved(t, torn[:end])), 0, 195)
	wantNumbers(t, numbers(t, saved(t, progressive(t, track, torn))), 0, 195)
}

func TestProgressiveKeepsItsSizeWhileTheFileGrows(t *testing.T) {
	shape, samples := film(t, uneven(60))
	file := recorded(t, shape, samples, 3*time.Second, false)
	short := recorded(t, shape, samples[:30], samples[30].At, false)
	r, err := mp4.Progressive(read(t, short), bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(io.NewSectionReader(bytes.NewReader(all), 0, int64(len(all))), all); err != nil {
		t.Error(err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(r, all); err != nil {
		t.Error(err)
	}
	wantNumbers(t, numbers(t, saved(t, all)), 0, 30)
}

func TestLateFirstPictureIsShownLate(t *testing.T) {
	times := uneven(40)
	for i := range times {
		times[i] += 2 * time.Second
	}
	shape, samples := film(t, times)
	file := recorded(t, shape, samples, 4*time.Second, false)
	wantTimes(t, seconds(t, saved(t, progressive(t, read(t, file), file))), times, 0)
	cut := saved(t, clip(t, read(t, file), file, time.Second, 4*time.Second))
	wantTimes(t, seconds(t, cut), times, time.Second)
}

func TestClipBeginsAndEndsWhereItWasAskedTo(t *testing.T) {
	times := uneven(150)
	shape, samples := film(t, times)
	file := recorded(t, shape, samples, 6*time.Second, true)
	track := read(t, file)
	for _, c := range []struct{ first, last int }{{0, 10}, {31, 64}, {45, 46}, {100, 149}} {
		t.Run(fmt.Sprint(c.first, "-", c.last), func(t *testing.T) {
			from, to := track.Samples[c.first].At, track.Samples[c.last].At+track.Samples[c.last].Duration
			path := saved(t, clip(t, track, file, from, to))
			wantNumbers(t, numbers(t, path), c.first, c.last+1)
			wantTimes(t, seconds(t, path), times[c.first:c.last+1], from)
			out := string(clean(t, "ffprobe", "-show_entries", "format=duration", "-of", "csv=p=0", path))
			if want := fmt.Sprintf("%.3f", (to - from).Seconds()); len(out) < len(want) || out[:4] != want[:4] {
				t.Errorf("lasts %s, want %s", out, want)
			}
		})
	}
}

func TestClipFromWithinAPictureBeginsWithIt(t *testing.T) {
	times := uneven(60)
	for i := 50; i < 60; i++ {
		times[i] += 10 * time.Second // the camera was gone
	}
	shape, samples := film(t, times)
	file := recorded(t, shape, samples, 13*time.Second, true)
	for _, n := range []int{40, 49} {
		from := (times[n] + times[n+1]) / 2
		path := saved(t, clip(t, read(t, file), file, from, 13*time.Second))
		wantNumbers(t, numbers(t, path), n, 60)
		wantTimes(t, seconds(t, path), append([]time.Duration{from}, times[n+1:]...), from)
	}
}

func TestClipOfNothingSaysSo(t *testing.T) {
	shape, samples := film(t, uneven(30))
	file := recorded(t, shape, samples, time.Second, true)
	track := read(t, file)
	for _, c := range []struct{ from, to time.Duration }{{2 * time.Second, 3 * time.Second}, {time.Second / 2, time.Second / 2}, {1, 0}} {
		if err := mp4.Clip(io.Discard, track, bytes.NewReader(file), c.from, c.to); !errors.Is(err, &fault.Error{Code: mp4.CodeEmpty}) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := mp4.Progressive(&mp4.Track{Shape: shape}, bytes.NewReader(file)); !errors.Is(err, &fault.Error{Code: mp4.CodeEmpty}) {
		t.Errorf("progressive of nothing: %v", err)
	}
}

func TestClipOfAFileThatWasCutMeanwhileFails(t *testing.T) {
	shape, samples := film(t, uneven(60))
	file := recorded(t, shape, samples, 2*time.Second, true)
	track := read(t, file)
	if err := mp4.Clip(io.Discard, track, bytes.NewReader(file[:len(file)/2]), 0, 2*time.Second); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}
