package replay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// slow is how long pictures last that a real ffmpeg decodes, so that a busy machine is in time for each.
const slow = 100 * time.Millisecond

func TestCamerasOwnVideoPassesTheSuite(t *testing.T) {
	realFFmpeg(t)
	dir := record(t).keep(0, shoot(t, 60, 1), frame).done()
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "recording:"+dir+"?loop=1") }, Width: 64, Height: 48,
	})
}

// TestCamerasOwnVideoIsPlayedInItsOwnTimeAndColours has three kinds of it follow each other without a gap.
func TestCamerasOwnVideoIsPlayedInItsOwnTimeAndColours(t *testing.T) {
	t.Parallel()
	realFFmpeg(t)
	const begin, each = 300 * time.Millisecond, 12
	r := record(t)
	for i, more := range [][]string{nil, {"-colorspace", "bt709"}, {"-profile:v", "baseline"}} {
		r.keep(begin+time.Duration(i)*each*slow, shoot(t, each, 1, more...), slow)
	}
	got, err := play(t, opened(t, "recording:"+r.done()), 0)
	wantEnd(t, err)
	if len(got) < 2*each { // a busy machine leaves some out
		t.Errorf("%d frames of %d", len(got), 3*each)
	}
	last := -1
	for _, f := range got {
		i := int((f.Origin.At - begin + slow/2) / slow)
		if n := numberOf(t, f.Picture); n != i%each || i <= last {
			t.Errorf("picture %d came as number %d, behind %d", n, i, last)
		}
		last = i
		if early := f.Origin.At - got[0].Origin.At - f.after; early > slow/2 {
			t.Errorf("picture %d was shown %v early", i, early)
		}
		wantCorners(t, f.Picture)
	}
}

func TestAnFFmpegThatTakesItsTimeToBeginCostsNoPicture(t *testing.T) {
	r := record(t)
	for i := range 3 {
		r.keep(time.Duration(i)*30*frame, madeUpClip(30), frame)
	}
	dir := r.film(3*30*frame, 64, 48, 30).keep(4*30*frame, madeUpClip(30), frame).done()
	synctest.Test(t, func(t *testing.T) {
		starts := 0
		got, err := play(t, decodedBy(t, "recording:"+dir, &starts, manner{begins: 800 * time.Millisecond}), 0)
		wantEnd(t, err)
		if len(got) != 150 || starts != 4 {
			t.Fatalf("%d frames of 150, by %d children", len(got), starts)
		}
		for i, f := range got {
			if n := numberOf(t, f.Picture); n != i%30 {
				t.Errorf("picture %d came as number %d", n, i)
			}
			near(t, "shown", f.after, time.Duration(i)*frame)
		}
	})
}

func TestCamerasFullRangeStaysAsItIs(t *testing.T) {
	t.Parallel()
	realFFmpeg(t)
	dir := record(t).keep(0, shoot(t, 2, 1, "-x264-params", "fullrange=on"), slow).done()
	got, err := play(t, opened(t, "recording:"+dir), 0)
	wantEnd(t, err)
	img, err := got[0].Picture.Planes()
	if err != nil {
		t.Fatal(err)
	}
	if white, black := img.YCbCrAt(5, 5).Y, img.YCbCrAt(58, 5).Y; white < 233 || white > 237 || black < 14 || black > 18 {
		t.Errorf("235 is %d, 16 is %d", white, black)
	}
}

// wantCorners: the white one is white, and the black one black.
func wantCorners(t *testing.T, p *sight.Picture) {
	t.Helper()
	img, err := p.Planes()
	if err != nil {
		t.Fatal(err)
	}
	white, black := img.YCbCrAt(5, 5), img.YCbCrAt(img.Rect.Max.X-5, 5)
	if white.Y < 252 || black.Y > 3 || black.Cb < 126 || black.Cb > 130 || white.Cr < 126 || white.Cr > 130 {
		t.Errorf("white is %v, black is %v", white, black)
	}
}

func TestOwnRecordingsNeedNoFFmpeg(t *testing.T) {
	dir := record(t).film(0, 64, 48, 5).film(time.Second, 32, 32, 5).done()
	src, err := capture.Table{Scheme(Config{Program: func() (ffmpeg.Program, error) {
		t.Error("ffmpeg was asked for")
		return ffmpeg.Program{}, errors.New("none")
	}})}.Open("recording:" + dir)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, src, 0)
		wantEnd(t, err)
		if len(got) != 10 {
			t.Errorf("%d frames of 10", len(got))
		}
	})
}

func TestWithoutFFmpegTheKeptPicturesAreShownOrItIsMissing(t *testing.T) {
	captureLog(t)
	bare := record(t).keep(0, madeUpClip(20), frame).done()
	kept := record(t).keep(0, madeUpClip(20), frame).answer(1, 0, jpegOf(t, 64, 48, 30)).done()
	t.Setenv(ffmpeg.Variable, "/nowhere/ffmpeg")
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+kept), 0)
		wantEnd(t, err)
		if len(got) != 1 {
			t.Errorf("%d pictures, want the kept one", len(got))
		}
		got, err = play(t, opened(t, "recording:"+bare), 0)
		if f := fault.From(err); len(got) > 0 || f == nil || f.Code != ffmpeg.CodeMissing || f.Hint == "" {
			t.Errorf("%d pictures, %v", len(got), err)
		}
		_, err = play(t, opened(t, "recording:"+bare+"?asked=1"), 0)
		wantQuestion(t, err, codeUnkept)
	})
}

func TestPicturesThatAreHeldBackKeepTheirTimes(t *testing.T) {
	dir := record(t).keep(0, madeUpClip(100), frame).done()
	for _, held := range []int{0, 1, 16} {
		synctest.Test(t, func(t *testing.T) {
			starts := 0
			got, err := play(t, decodedBy(t, "recording:"+dir, &starts, manner{holds: held}), 0)
			wantEnd(t, err)
			if len(got) != 100 || starts != 1 {
				t.Fatalf("%d frames of 100, by %d children", len(got), starts)
			}
			for i, f := range got {
				if n := numberOf(t, f.Picture); n != i%30 {
					t.Errorf("picture %d came as number %d", n, i)
				}
				near(t, "shown", f.after, time.Duration(i)*frame)
				near(t, "recorded", f.Origin.At, time.Duration(i)*frame)
			}
		})
	}
}

func TestFFmpegThatEndsOrHangsIsReplacedAtTheNextKey(t *testing.T) {
	for name, c := range map[string]struct {
		manner
		from int // where it goes on: what hangs takes ten seconds
	}{"ends": {manner{dies: 14}, 20}, "hangs": {manner{hangs: 14}, 23}} {
		t.Run(name, func(t *testing.T) {
			log := captureLog(t)
			dir := record(t).keep(0, madeUpClip(30), time.Second).done()
			synctest.Test(t, func(t *testing.T) {
				starts := 0
				got, err := play(t, decodedBy(t, "recording:"+dir, &starts, c.manner, manner{}), 0)
				wantEnd(t, err)
				wantNumbers(t, got, slices.Concat(through(0, 13), through(c.from, 29)))
				near(t, "the last one", got[len(got)-1].after, 29*time.Second)
				if starts != 2 {
					t.Errorf("%d children", starts)
				}
			})
			if strings.Count(log.String(), "left out") != 1 {
				t.Errorf("the log says:\n%s", log)
			}
		})
	}
}

// wantNumbers wants these pictures, each at its time.
func wantNumbers(t *testing.T, got []shown, want []int) {
	t.Helper()
	var numbers []int
	for _, f := range got {
		numbers = append(numbers, numberOf(t, f.Picture))
	}
	if !slices.Equal(numbers, want) {
		t.Errorf("pictures %v, want %v", numbers, want)
	}
	for i, f := range got[1:] {
		if each := f.Origin.At / time.Duration(numbers[i+1]); each != got[1].Origin.At {
			t.Errorf("picture %d is of %v", numbers[i+1], f.Origin.At)
		}
	}
}

func TestFFmpegThatOnlyEndsIsGivenUp(t *testing.T) {
	captureLog(t)
	c := madeUpClip(100)
	for i := range c.units {
		c.units[i][6] = 15
	}
	dir := record(t).keep(0, c, frame).done()
	synctest.Test(t, func(t *testing.T) {
		starts := 0
		_, err := play(t, decodedBy(t, "recording:"+dir, &starts, manner{dies: 5}), 0)
		wantQuestion(t, err, codeUnplayed)
		if starts != mostBarren {
			t.Errorf("%d children", starts)
		}
	})
}

func TestAStallOfCamerasOwnVideoIsNotMadeUpFor(t *testing.T) {
	dir := record(t).keep(0, madeUpClip(200), frame).done()
	synctest.Test(t, func(t *testing.T) {
		starts, given := 0, new(madeUp)
		src := decodedBy(t, "recording:"+dir, &starts, manner{})
		program := src.program
		src.program = func() (starter, error) {
			start, err := program()
			return func(ctx context.Context, in ffmpeg.Input) (decoder, error) {
				d, err := start(ctx, in)
				given = d.(*madeUp)
				return d, err
			}, err
		}
		var at []time.Duration
		err := src.Run(t.Context(), func(f sight.Frame) {
			at = append(at, f.Origin.At)
			if len(at) == 5 {
				time.Sleep(3 * time.Second) // until 3.133 s: the key at 3 s is due
			}
		})
		wantEnd(t, err)
		near(t, "the next one", at[5], 3133*time.Millisecond)
		if len(at) != 5+200-94 || given.seen > 200-50 {
			t.Errorf("%d pictures were shown, %d decoded", len(at), given.seen)
		}
	})
}

func TestAPictureThatIsNoneIsNotGivenToFFmpeg(t *testing.T) {
	for name, unit := range map[string][]byte{"too long": {0, 0, 1, 3, 1, 1, 14}, "cut": {0, 0, 0}, "no slice": {0, 0, 0, 2, 6, 0}, "endless": {0xff, 0xff, 0xff, 0xff, 1, 1, 14}} {
		t.Run(name, func(t *testing.T) {
			log := captureLog(t)
			c := madeUpClip(25)
			c.units[4] = unit
			dir := record(t).keep(0, c, frame).done()
			synctest.Test(t, func(t *testing.T) {
				starts := 0
				got, err := play(t, decodedBy(t, "recording:"+dir, &starts, manner{}), 0)
				wantEnd(t, err)
				wantNumbers(t, got, slices.Concat(through(0, 3), through(10, 24)))
				if starts != 1 {
					t.Errorf("%d children", starts)
				}
			})
			if strings.Count(log.String(), "left out") != 1 {
				t.Errorf("the log says:\n%s", log)
			}
		})
	}
}

// TestEveryPictureBelongsToItsSampleUpToADamagedOne goes without the clock: a busy machine leaves pictures out.
func TestEveryPictureBelongsToItsSampleUpToADamagedOne(t *testing.T) {
	t.Parallel()
	for _, damaged := range []int{60, 37} { // the first is none
		c := shoot(t, 60, 1)
		if damaged < 60 {
			copy(c.units[damaged][8:], bytes.Repeat([]byte{0xff}, 1<<10))
		}
		video := videoOf(t, record(t).keep(0, c, frame).done())
		film, err := expose(t.Context(), starterOf(t), video, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; ; i++ {
			sample, picture, err := film.next(0)
			if err != nil {
				left, wrong := film.close()
				if i != damaged || left != damaged || wrong != nil || errors.Is(err, io.EOF) != (damaged == 60) {
					t.Errorf("%d pictures, %d is the first that is left: %v, %v", i, left, err, wrong)
				}
				break
			}
			if n := numberOf(t, sight.FromYCbCr(picture)); sample != i || n != i%30 {
				t.Errorf("picture %d is number %d, of sample %d", i, n, sample)
			}
		}
	}
}

// videoOf is the first segment of a recording.
func videoOf(t *testing.T, dir string) *archive.Video {
	t.Helper()
	manifest, err := archive.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	video, err := archive.OpenVideo(dir, manifest.Segments[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = video.File.Close() })
	return video
}

func starterOf(t *testing.T) starter {
	t.Helper()
	start, err := Config{}.starter()
	if err != nil {
		t.Skipf("this test needs ffmpeg: %v", err)
	}
	return start
}

// through is the numbers from one to another.
func through(first, last int) (all []int) {
	for n := first; n <= last; n++ {
		all = append(all, n)
	}
	return all
}
