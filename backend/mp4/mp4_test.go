package mp4_test

import (
	"bytes"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"sightline/backend/mp4"
)

func wantNumbers(t testing.TB, got []int, from, to int) {
	t.Helper()
	if len(got) != to-from {
		t.Fatalf("%d pictures %v, want %d to %d", len(got), got, from, to-1)
	}
	for i, n := range got {
		if n != from+i {
			t.Fatalf("picture %d is number %d, want %d", i, n, from+i)
		}
	}
}

func wantTimes(t testing.TB, got []float64, times []time.Duration, from time.Duration) {
	t.Helper()
	if len(got) != len(times) {
		t.Fatalf("%d times, want %d", len(got), len(times))
	}
	for i, at := range times {
		if want := (at - from).Seconds(); math.Abs(got[i]-want) > 1e-4 {
			t.Fatalf("picture %d is shown at %v, want %v", i, got[i], want)
		}
	}
}

func TestPlayersReadAFileCleanly(t *testing.T) {
	times := uneven(75)
	shape, samples := film(t, times)
	for _, finish := range []bool{false, true} {
		path := saved(t, recorded(t, shape, samples, 2600*time.Millisecond, finish))
		wantNumbers(t, numbers(t, path), 0, 75)
		wantTimes(t, seconds(t, path), times, 0)
	}
}

func TestPlayersAreToldWhatTheColoursMean(t *testing.T) {
	shape, samples := film(t, uneven(3))
	path := saved(t, recorded(t, shape, samples, time.Second, true))
	out := string(clean(t, "ffprobe", "-show_streams", path))
	for _, want := range []string{"width=128", "height=32", "_range=pc", "_space=bt470bg", "_transfer=iec61966-2-1", "_primaries=bt709", "sample_aspect_ratio=1:1"} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
}

func TestReadFindsWhatWasWritten(t *testing.T) {
	shape, samples := film(t, uneven(75))
	for _, finish := range []bool{false, true} {
		file := recorded(t, shape, samples, 2600*time.Millisecond, finish)
		track := read(t, file)
		if track.Width != width || track.Height != height || !bytes.Equal(track.SPS, shape.SPS) || !bytes.Equal(track.PPS, shape.PPS) {
			t.Errorf("another shape: %+v", track.Shape)
		}
		if track.Indexed != finish || (track.Whole == int64(len(file))) == finish {
			t.Errorf("indexed %v, whole %d of %d", track.Indexed, track.Whole, len(file))
		}
		wantSamples(t, file, track, samples)
		if off := track.Length - 2600*time.Millisecond; off.Abs() > 10*time.Microsecond {
			t.Errorf("length %v", track.Length)
		}
	}
}

func wantSamples(t testing.TB, file []byte, track *mp4.Track, samples []mp4.Sample) {
	t.Helper()
	if len(track.Samples) != len(samples) {
		t.Fatalf("%d samples, want %d", len(track.Samples), len(samples))
	}
	for i, s := range track.Samples {
		want := samples[i]
		if !bytes.Equal(file[s.Offset:][:s.Size], want.Data) || s.Key != want.Key || (s.At-want.At).Abs() > 6*time.Microsecond {
			t.Fatalf("sample %d is %+v", i, s)
		}
	}
}

func TestTimesDoNotDriftWithinAnHour(t *testing.T) {
	file, times := hour(t)
	track := read(t, file)
	if len(track.Samples) != len(times) {
		t.Fatalf("%d samples, want %d", len(track.Samples), len(times))
	}
	for i, s := range track.Samples {
		if (s.At - times[i]).Abs() > 100*time.Microsecond {
			t.Fatalf("sample %d at %v, want %v", i, s.At, times[i])
		}
		if i > 0 && track.Samples[i-1].At+track.Samples[i-1].Duration != s.At {
			t.Fatalf("a hole before sample %d", i)
		}
	}
}

// hour is an hour of pictures that hold nothing.
func hour(t testing.TB) ([]byte, []time.Duration) {
	t.Helper()
	shape := mp4.Shape{Width: 1280, Height: 720, SPS: []byte{0x67, 66, 0, 31}, PPS: []byte{0x68, 1}}
	times := make([]time.Duration, 108_000)
	samples := make([]mp4.Sample, len(times))
	for i := range times {
		times[i] = time.Duration(i) * 33_333_333
		samples[i] = mp4.Sample{Data: []byte{0, 0, 0, 1, 65}, At: times[i], Key: i%60 == 0}
	}
	return recorded(t, shape, samples, time.Hour, true), times
}

func TestCameraThatWasGoneLeavesAGap(t *testing.T) {
	times := uneven(60)
	for i := 30; i < 60; i++ {
		times[i] += 10 * time.Second
	}
	shape, samples := film(t, times)
	var file bytes.Buffer
	w, err := mp4.NewWriter(&file, shape)
	if err != nil {
		t.Fatal(err)
	}
	fragments(t, w, samples[:30], 1100*time.Millisecond)
	fragments(t, w, samples[30:], 13*time.Second)

	track := read(t, file.Bytes())
	wantSamples(t, file.Bytes(), track, samples)
	if last := track.Samples[29]; (last.At + last.Duration - 1100*time.Millisecond).Abs() > 10*time.Microsecond {
		t.Errorf("the last picture before the gap ends at %v", last.At+last.Duration)
	}
	wantTimes(t, seconds(t, saved(t, file.Bytes())), times, 0)
	path := saved(t, progressive(t, track, file.Bytes()))
	wantNumbers(t, numbers(t, path), 0, 60)
	wantTimes(t, seconds(t, path), times, 0)
}

func TestTimesThatDoNotGrowAreMovedALittle(t *testing.T) {
	shape, samples := film(t, []time.Duration{0, 40 * time.Millisecond, 40 * time.Millisecond, 30 * time.Millisecond, 120 * time.Millisecond})
	track := read(t, recorded(t, shape, samples, 100*time.Millisecond, false))
	if len(track.Samples) != 5 || track.Samples[4].At != 120*time.Millisecond {
		t.Fatalf("got %+v", track.Samples)
	}
	for i, s := range track.Samples {
		if s.Duration <= 0 || (s.At-samples[i].At).Abs() > 11*time.Millisecond {
			t.Errorf("sample %d: %+v", i, s)
		}
	}
}

func TestKeyAtIsTheLastOneBefore(t *testing.T) {
	track := &mp4.Track{}
	for i := range 10 {
		track.Samples = append(track.Samples, mp4.Span{At: time.Duration(i) * time.Second, Duration: time.Second, Key: i%4 == 0})
	}
	for at, want := range map[time.Duration]int{0: 0, 3999 * time.Millisecond: 0, 4 * time.Second: 4, 7 * time.Second: 4, time.Hour: 8, -time.Second: 0} {
		if got := track.KeyAt(at); got != want {
			t.Errorf("key at %v: %d, want %d", at, got, want)
		}
	}
	if got := (&mp4.Track{}).KeyAt(time.Second); got != 0 {
		t.Errorf("key of an empty track: %d", got)
	}
}

func TestEachFragmentIsOneWriteAndNoneFollowsATornOne(t *testing.T) {
	shape, samples := film(t, uneven(45))
	disk := &fullDisk{left: 3}
	w, err := mp4.NewWriter(disk, shape)
	if err != nil {
		t.Fatal(err)
	}
	fragments(t, w, samples[:30], samples[30].At)
	if disk.left != 0 {
		t.Errorf("%d writes left, want 0", disk.left)
	}
	for range 2 {
		if err := w.Fragment(samples[30:], 2*time.Second); err == nil {
			t.Error("a full disk took a fragment")
		}
	}
	if err := w.Finish(); err == nil {
		t.Error("a torn file was finished")
	}
	if disk.refused != 1 {
		t.Errorf("%d writes after the disk was full, want 1", disk.refused)
	}
	track := read(t, disk.Bytes())
	wantSamples(t, disk.Bytes(), track, samples[:30])
}

// fullDisk takes some writes, half of the next one, and then none.
type fullDisk struct {
	bytes.Buffer
	left, refused int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left == 0 {
		d.refused++
		n, _ := d.Buffer.Write(b[:len(b)/2])
		return n, os.ErrDeadlineExceeded
	}
	d.left--
	return d.Buffer.Write(b)
}

func TestFinishedFileTakesNoMore(t *testing.T) {
	shape, samples := film(t, uneven(3))
	w, err := mp4.NewWriter(io.Discard, shape)
	if err != nil {
		t.Fatal(err)
	}
	fragments(t, w, samples, time.Second)
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := w.Fragment(samples, 2*time.Second); err == nil {
		t.Error("took a fragment behind the index")
	}
}

func TestVideoWithoutParameterSetsIsRefused(t *testing.T) {
	for _, s := range []mp4.Shape{{}, {Width: 16, Height: 16}, {Width: 1 << 16, Height: 16, SPS: make([]byte, 9), PPS: make([]byte, 4)}} {
		if _, err := mp4.NewWriter(io.Discard, s); err == nil {
			t.Errorf("took %+v", s)
		}
	}
}
