package mp4_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/mp4"
)

// ends is where the beginning and each fragment of a file end, found without the reader under test.
func ends(file []byte) []int {
	var ends []int
	for at := 0; at < len(file); {
		kind := string(file[at+4 : at+8])
		at += int(binary.BigEndian.Uint32(file[at:]))
		if kind == "moov" || kind == "mdat" {
			ends = append(ends, at)
		}
	}
	return ends
}

// whole is how many of these ends lie within size bytes.
func whole(ends []int, size int) int {
	n := 0
	for n < len(ends) && ends[n] <= size {
		n++
	}
	return n
}

func TestFileCutAnywhereIsReadUpToItsLastWholeFragment(t *testing.T) {
	shape, samples := film(t, uneven(90))
	file := recorded(t, shape, samples, 4*time.Second, true)
	ends := ends(file)
	for size := range file {
		track, err := mp4.Read(bytes.NewReader(file[:size]), int64(size))
		n := whole(ends, size)
		if n == 0 {
			if !errors.Is(err, &fault.Error{Code: mp4.CodeBroken}) {
				t.Fatalf("cut at %d, in the beginning: %v", size, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("cut at %d: %v", size, err)
		}
		if track.Whole != int64(ends[n-1]) || len(track.Samples) != 15*(n-1) || track.Indexed {
			t.Fatalf("cut at %d: %d samples, whole up to %d, indexed %v", size, len(track.Samples), track.Whole, track.Indexed)
		}
	}
}

func TestPlayersReadACutFileUpToWhereItIsWhole(t *testing.T) {
	shape, samples := film(t, uneven(90))
	file := recorded(t, shape, samples, 4*time.Second, true)
	ends := ends(file)
	for size := ends[1] + 1; size < len(file); size += 1000 {
		track := read(t, file[:size])
		wantNumbers(t, numbers(t, saved(t, file[:track.Whole])), 0, 15*(whole(ends, size)-1))
	}
}

// A system writes files page by page: a file whose writer was killed, or whose disk was full, ends with a page.
func TestPlayersReadAFileTornAtAPageWithoutHelp(t *testing.T) {
	shape, samples := film(t, uneven(600))
	file := recorded(t, shape, samples, 21*time.Second, true)
	ends := ends(file)
	for size := 4096; size < len(file); size += 4096 {
		out, complaints := run(t, "ffprobe", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", saved(t, file[:size]))
		n, err := strconv.Atoi(strings.TrimSpace(string(out)))
		if want := 15 * (whole(ends, size) - 1); err != nil || n < want || n > want+15 {
			t.Errorf("cut at %d: %d pictures, want %d or a few more: %s", size, n, want, complaints)
		}
	}
}

func TestFragmentWhoseDataNeverReachedTheDiskIsNotWhole(t *testing.T) {
	shape, samples := film(t, uneven(60))
	file := recorded(t, shape, samples, 2*time.Second, false)
	ends := ends(file)
	track := read(t, file)
	for _, from := range []int64{track.Samples[45].Offset, track.Samples[52].Offset, track.Samples[59].Offset} {
		hollow := bytes.Clone(file)
		clear(hollow[from:])
		got := read(t, hollow)
		if got.Whole != int64(ends[3]) || len(got.Samples) != 45 {
			t.Errorf("zeros from %d on: %d samples, whole up to %d", from, len(got.Samples), got.Whole)
		}
	}
	zeros := append(bytes.Clone(file), make([]byte, 5000)...)
	if got := read(t, zeros); got.Whole != int64(len(file)) || len(got.Samples) != 60 {
		t.Errorf("zeros behind the last fragment: %d samples, whole up to %d of %d", len(got.Samples), got.Whole, len(file))
	}
}

func TestDamagedFragmentIsLeftOutUpToTheNextKey(t *testing.T) {
	shape, samples := film(t, uneven(90))
	file := recorded(t, shape, samples, 4*time.Second, true)
	whole := read(t, file)
	trun := bytes.Index(file[ends(file)[2]:], []byte("trun")) + ends(file)[2]
	binary.BigEndian.PutUint32(file[trun+8:], 1<<31)
	track := read(t, file)
	key := whole.KeyAt(whole.Samples[65].At)
	if key < 45 || !track.Indexed {
		t.Fatalf("next key is %d; indexed %v", key, track.Indexed)
	}
	want := append(slices.Clone(whole.Samples[:30]), whole.Samples[key:]...)
	if !slices.Equal(track.Samples, want) {
		t.Errorf("%d samples, want %d", len(track.Samples), len(want))
	}
}

func TestDiskThatFailsIsAnError(t *testing.T) {
	shape, samples := film(t, uneven(30))
	file := recorded(t, shape, samples, 2*time.Second, true)
	for _, good := range []int64{0, 100, int64(ends(file)[1])} {
		if _, err := mp4.Read(badDisk{file, good}, int64(len(file))); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("bad from %d on: %v", good, err)
		}
	}
}

// badDisk can be read up to a place.
type badDisk struct {
	file []byte
	good int64
}

func (d badDisk) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) <= d.good {
		return copy(p, d.file[at:]), nil
	}
	return 0, io.ErrClosedPipe
}

// wantSound reads whatever file is and makes sure that the answer can be trusted.
func wantSound(t testing.TB, file []byte) {
	t.Helper()
	track, err := mp4.Read(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		if !errors.Is(err, &fault.Error{Code: mp4.CodeBroken}) {
			t.Errorf("unknown error: %v", err)
		}
		return
	}
	if track.Whole < 0 || track.Whole > int64(len(file)) || len(track.Samples) > len(file) {
		t.Fatalf("whole up to %d of %d, %d samples", track.Whole, len(file), len(track.Samples))
	}
	end := time.Duration(0)
	for i, s := range track.Samples {
		if s.Offset < 0 || s.Size < 1 || s.Offset+int64(s.Size) > track.Whole || s.At < end-time.Nanosecond || s.Duration < 0 {
			t.Fatalf("sample %d is %+v, the one before it ends at %v", i, s, end)
		}
		end = s.At + s.Duration
	}
	if track.Length != end {
		t.Errorf("length %v, the last one ends at %v", track.Length, end)
	}
	wantPlayable(t, track, file)
}

func wantPlayable(t testing.TB, track *mp4.Track, file []byte) {
	t.Helper()
	r, err := mp4.Progressive(track, bytes.NewReader(file))
	if (err == nil) != (len(track.Samples) > 0) {
		t.Fatalf("progressive of %d samples: %v", len(track.Samples), err)
	}
	if err != nil {
		return
	}
	if n, err := io.Copy(io.Discard, r); err != nil || n <= track.Whole {
		t.Errorf("progressive: %d bytes, %v", n, err)
	}
	middle := track.Samples[len(track.Samples)/2].At
	if err := mp4.Clip(io.Discard, track, bytes.NewReader(file), middle, track.Length+1); err != nil && !errors.Is(err, &fault.Error{Code: mp4.CodeEmpty}) {
		t.Errorf("clip: %v", err)
	}
}

func TestFlippedBytesAreNeverBelieved(t *testing.T) {
	shape, samples := film(t, uneven(31))
	file := recorded(t, shape, samples, 2*time.Second, true)
	for i := range file {
		if at := i - ends(file)[0]; at > 400 && at%90 != 0 {
			continue // of the pictures themselves, a few
		}
		for _, flip := range []byte{0x01, 0x80} {
			file[i] ^= flip
			wantSound(t, file)
			file[i] ^= flip
		}
	}
}

func FuzzRead(f *testing.F) {
	shape, samples := film(f, uneven(31))
	for _, finish := range []bool{false, true} {
		file := recorded(f, shape, samples, 2*time.Second, finish)
		f.Add(file)
		f.Add(file[:len(file)*2/3])
		f.Add(progressive(f, read(f, file), file))
		f.Add(clip(f, read(f, file), file, time.Second/2, time.Second))
	}
	f.Fuzz(func(t *testing.T, file []byte) { wantSound(t, file) })
}
