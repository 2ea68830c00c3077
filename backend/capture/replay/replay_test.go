package replay

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/archive"
	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReplayPassesTheSuite(t *testing.T) {
	dir := record(t).film(0, 64, 48, 60).done()
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "recording:"+dir+"?loop=1") }, FPS: 30, Width: 64, Height: 48,
	})
}

func TestKeptPicturesPassTheSuite(t *testing.T) {
	r := record(t)
	for i := range 20 {
		r.answer(uint64(i+1), time.Duration(i)*50*time.Millisecond, jpegOf(t, 64, 48, brightness(i)))
	}
	dir := r.done()
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, "recording:"+dir+"?asked=1&loop=1") }, Width: 64, Height: 48,
	})
}

func TestVideoIsPlayedInOrderAndInItsOwnTime(t *testing.T) {
	r := record(t).film(300*time.Millisecond, 64, 48, 25)
	dir, id := r.done(), r.Manifest().ID
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		if len(got) != 25 {
			t.Fatalf("%d frames of 25", len(got))
		}
		for i, f := range got {
			if n := numberOf(t, f.Picture); n != i {
				t.Errorf("picture %d came as number %d", n, i)
			}
			near(t, "shown", f.after, time.Duration(i)*frame)
			near(t, "recorded", f.Origin.At, 300*time.Millisecond+time.Duration(i)*frame)
			if f.Origin.Recording != id || f.Origin.Dir != dir || f.Number != 0 {
				t.Errorf("frame %d is %d from %+v", i, f.Number, f.Origin)
			}
		}
	})
}

func TestFramesAreAsYoungAsTheyLook(t *testing.T) {
	dir := record(t).film(0, 64, 48, 5).done()
	synctest.Test(t, func(t *testing.T) {
		err := opened(t, "recording:"+dir).Run(t.Context(), func(f sight.Frame) {
			if age := time.Since(f.Captured); age < 0 || age > time.Millisecond {
				t.Errorf("a frame of age %v", age)
			}
		})
		wantEnd(t, err)
	})
}

func TestTheLastPictureHasItsTimeToo(t *testing.T) {
	dir := record(t).film(0, 64, 48, 3).done()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		near(t, "the end", time.Since(start), 3*frame)
	})
}

func TestALoopStartsOverInTime(t *testing.T) {
	dir := record(t).film(time.Minute, 64, 48, 4).done()
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir+"?loop=1"), 11)
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		for i, f := range got {
			near(t, "shown", f.after, time.Duration(i)*frame)
			near(t, "recorded", f.Origin.At, time.Minute+time.Duration(i%4)*frame)
		}
	})
}

func TestWhileTheCameraWasGoneNothingIsShown(t *testing.T) {
	dir := record(t).film(0, 64, 48, 3).film(time.Hour, 64, 48, 2).done()
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		if len(got) != 5 {
			t.Fatalf("%d frames of 5", len(got))
		}
		near(t, "back", got[3].after, time.Hour)
		near(t, "recorded", got[3].Origin.At, time.Hour)
	})
}

func TestPicturesMayChangeTheirSizeBetweenSegments(t *testing.T) {
	dir := record(t).film(0, 64, 48, 3).film(100*time.Millisecond, 128, 96, 3).film(200*time.Millisecond, 64, 48, 3).done()
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		var widths []int
		for i, f := range got {
			w, _ := f.Picture.Size()
			widths = append(widths, w)
			if n := numberOf(t, f.Picture); n != i%3 {
				t.Errorf("frame %d shows picture %d", i, n)
			}
		}
		if want := []int{64, 64, 64, 128, 128, 128, 64, 64, 64}; !slices.Equal(widths, want) {
			t.Errorf("widths %v", widths)
		}
	})
}

func TestAStallIsNotMadeUpFor(t *testing.T) {
	log := captureLog(t)
	dir := record(t).film(0, 64, 48, 29).done()
	damage(t, dir, 15) // which nobody notices
	synctest.Test(t, func(t *testing.T) {
		var numbers []int
		start := time.Time{}
		err := opened(t, "recording:"+dir).Run(t.Context(), func(f sight.Frame) {
			if start.IsZero() {
				start = f.Captured
			}
			n := numberOf(t, f.Picture)
			if late := f.Captured.Sub(start) - f.Origin.At; late > frame {
				t.Errorf("picture %d was shown %v late", n, late)
			}
			numbers = append(numbers, n)
			switch n {
			case 2:
				time.Sleep(220 * time.Millisecond) // until 287 ms
			case 10:
				time.Sleep(560 * time.Millisecond) // until 893 ms: so far behind that decoding goes on at the key 20
			}
		})
		wantEnd(t, err)
		if want := []int{0, 1, 2, 8, 9, 10, 26, 27, 28}; !slices.Equal(numbers, want) {
			t.Errorf("pictures %v, want %v", numbers, want)
		}
	})
	if log.Len() > 0 {
		t.Errorf("what nobody sees was decoded:\n%s", log)
	}
}

func TestAMachineThatIsNeverInTimeStillShowsSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, seen := player{}, 0
		for i := range 100 {
			time.Sleep(50 * time.Millisecond) // as long as decoding takes, while a picture lasts 33 ms
			visible, err := p.turn(t.Context(), time.Duration(i)*frame, time.Duration(i+1)*frame)
			if err != nil {
				t.Fatal(err)
			}
			if visible {
				seen++
			}
		}
		if seen < 15 || seen > 25 {
			t.Errorf("%d pictures in five seconds, want three or four a second", seen)
		}
	})
}

func TestWhatWasAskedAboutComesByteForByte(t *testing.T) {
	log := captureLog(t)
	r := record(t).film(0, 64, 48, 29)
	pictures := [][]byte{jpegOf(t, 64, 48, 30), jpegOf(t, 32, 24, 90), jpegOf(t, 64, 48, 150)}
	r.answer(1, 100*time.Millisecond, pictures[0]).answer(2, 700*time.Millisecond, pictures[1]).answer(3, 900*time.Millisecond, nil)
	r.answer(4, 1900*time.Millisecond, pictures[2])
	dir := r.done()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := play(t, opened(t, "recording:"+dir+"?asked=1"), 0)
		wantEnd(t, err)
		if len(got) != 3 {
			t.Fatalf("%d pictures of 3", len(got))
		}
		for i, at := range []time.Duration{100 * time.Millisecond, 700 * time.Millisecond, 1900 * time.Millisecond} {
			if !bytes.Equal(got[i].Picture.Source(), pictures[i]) {
				t.Errorf("picture %d is another one", i)
			}
			near(t, "recorded", got[i].Origin.At, at)
			near(t, "shown", got[i].after, at-100*time.Millisecond)
		}
		near(t, "the end", time.Since(start), 3*time.Second) // the last one stays as long as the one before it
	})
	if log.Len() > 0 {
		t.Errorf("the log says:\n%s", log)
	}
}

func TestComparedAskersSawOnePicture(t *testing.T) {
	r := record(t)
	picture := jpegOf(t, 64, 48, 30)
	for seq := range uint64(3) {
		line := sight.Line{Session: "s", Seq: seq + 1, Group: 1, Frame: 9, Outcome: string(sight.Answered)}
		if err := r.Answer(archive.Entry{Line: line, AtMS: 40}, picture); err != nil {
			t.Fatal(err)
		}
	}
	dir := r.done()
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir+"?asked=1"), 0)
		wantEnd(t, err)
		if len(got) != 1 {
			t.Errorf("%d pictures, want the one", len(got))
		}
	})
}

func TestWithoutVideoTheKeptPicturesAreShown(t *testing.T) {
	picture := jpegOf(t, 64, 48, 30)
	for name, spoil := range map[string]func(dir string) error{
		"none":    func(string) error { return nil },
		"missing": func(dir string) error { return os.Remove(filepath.Join(dir, "video.mp4")) },
		"empty":   func(dir string) error { return os.Truncate(filepath.Join(dir, "video.mp4"), 0) },
		"no MP4": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "video.mp4"), []byte("hello, world"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			log := captureLog(t)
			r := record(t)
			if name != "none" {
				r.film(0, 64, 48, 5)
			}
			dir := r.answer(1, 0, picture).answer(2, time.Second, jpegOf(t, 64, 48, 90)).done()
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				got, err := play(t, opened(t, "recording:"+dir), 0)
				wantEnd(t, err)
				if len(got) != 2 || !bytes.Equal(got[0].Picture.Source(), picture) {
					t.Errorf("%d frames", len(got))
				}
			})
			if told := strings.Count(log.String(), "left out"); (told == 1) != (name != "none") {
				t.Errorf("told %d times:\n%s", told, log)
			}
		})
	}
}

func TestAVideoThatWasCutShortIsPlayedAsFarAsItIsWhole(t *testing.T) {
	dir := record(t).film(0, 64, 48, 20).film(time.Second, 64, 48, 3).done()
	rewrite(t, dir, "video.mp4", func(b []byte) []byte { return b[:len(b)*6/10] })
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		if len(got) < 3+5 || len(got) > 3+15 {
			t.Fatalf("%d frames", len(got))
		}
		for i, f := range got[:len(got)-3] {
			if n := numberOf(t, f.Picture); n != i {
				t.Errorf("frame %d shows picture %d", i, n)
			}
		}
		near(t, "the next segment", got[len(got)-3].after, time.Second)
	})
}

func TestADamagedPictureCostsThoseThatBuildOnIt(t *testing.T) {
	log := captureLog(t)
	dir := record(t).film(0, 64, 48, 25).done()
	damage(t, dir, 4)
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+dir), 0)
		wantEnd(t, err)
		var numbers []int
		for _, f := range got {
			numbers = append(numbers, numberOf(t, f.Picture))
		}
		if len(numbers) != 19 || numbers[3] != 3 || numbers[4] != 10 {
			t.Errorf("pictures %v, want all but 4 to 9", numbers)
		}
	})
	if strings.Count(log.String(), "left out") != 1 {
		t.Errorf("the log says:\n%s", log)
	}
}

func TestARecordingInTheMakingIsPlayedAsFarAsItIs(t *testing.T) {
	r := record(t).film(0, 64, 48, 6)
	defer r.done()
	synctest.Test(t, func(t *testing.T) {
		got, err := play(t, opened(t, "recording:"+r.Dir()), 0)
		wantEnd(t, err)
		if len(got) != 6 {
			t.Errorf("%d frames of 6", len(got))
		}
	})
}

func TestWhatCannotBePlayedSaysWhy(t *testing.T) {
	captureLog(t)
	empty := record(t).done()
	broken := record(t).answer(1, 0, []byte("no picture")).done()
	newer := record(t).done()
	rewrite(t, newer, "recording.json", func(b []byte) []byte { return bytes.Replace(b, []byte(`"format": 1`), []byte(`"format": 99`), 1) })
	for uri, code := range map[string]string{
		"recording:" + t.TempDir():            archive.CodeNone,
		"recording:" + t.TempDir() + "/gone":  archive.CodeNone,
		"recording:" + newer:                  archive.CodeNewer,
		"recording:" + empty:                  codeUnplayed,
		"recording:" + empty + "?asked=1":     codeUnkept,
		"recording:" + broken + "?loop=1":     codeUnplayed,
		"recording:" + broken + "?asked=true": codeUnkept,
	} {
		synctest.Test(t, func(t *testing.T) {
			got, err := play(t, opened(t, uri), 0)
			wantQuestion(t, err, code)
			if len(got) > 0 {
				t.Errorf("%d frames of %s", len(got), uri)
			}
		})
	}
}

func TestWrongURIsAreRefusedAtOnce(t *testing.T) {
	for uri, code := range map[string]string{
		"recording:": codeUnnamed, "recording:?loop=1": codeUnnamed, "recording:/x?loop=often": codeOption, "recording:/x?asked=": codeOption,
		"recording:/x?speed=2": "source.option",
	} {
		_, err := capture.Table{Scheme(Config{})}.Open(uri)
		wantQuestion(t, err, code)
	}
}

func TestFoldersAreTakenAsTyped(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"recording:~/Videos/a?loop=1": filepath.Join(home, "Videos", "a"),
		"recording:~":                 home,
		"recording:x":                 filepath.Join(here, "x"),
		"recording:~tom/x":            filepath.Join(here, "~tom", "x"),
	} {
		if got := opened(t, typed).(*source).dir; got != want {
			t.Errorf("%s opens %s, want %s", typed, got, want)
		}
	}
}

func TestADiskThatHangsHoldsNobodyUp(t *testing.T) {
	dir := record(t).film(0, 64, 48, 5).done()
	table := capture.Table{Scheme(Config{})}
	open := func() *source {
		src, err := table.Open("recording:" + dir)
		if err != nil {
			t.Fatal(err)
		}
		return src.(*source)
	}
	synctest.Test(t, func(t *testing.T) {
		src, answers := open(), make(chan struct{})
		src.openVideo = func(dir string, s archive.Segment) (*archive.Video, error) {
			<-answers
			return archive.OpenVideo(dir, s)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		err := src.Run(ctx, func(sight.Frame) { t.Error("a frame after the end") })
		if took := time.Since(start) - time.Second; !errors.Is(err, context.Canceled) || took > 2*time.Second {
			t.Errorf("ended %v after its context, with %v", took, err)
		}
		err = open().Run(t.Context(), func(sight.Frame) {})
		if f := fault.From(err); f == nil || f.Code != codeHung || f.Blame != fault.Source {
			t.Errorf("meanwhile it gave %v", err)
		}
		close(answers)
		synctest.Wait()
		got, err := play(t, open(), 0)
		wantEnd(t, err)
		if len(got) != 5 {
			t.Errorf("%d frames once the disk had answered", len(got))
		}
	})
}

// near allows a frame either way; on a fake clock only the video's own ticks are in between.
func near(t testing.TB, what string, got, want time.Duration) {
	t.Helper()
	if off := got - want; off < -frame/2 || off > frame/2 {
		t.Errorf("%s at %v, want %v", what, got, want)
	}
}

func wantEnd(t testing.TB, err error) {
	t.Helper()
	wantQuestion(t, err, capture.CodeFinished)
}

// wantQuestion: a fault that is fit for a person, and that the session does not try to outlast.
func wantQuestion(t testing.TB, err error, code string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code || f.Blame != fault.Question {
		t.Fatalf("got %v (%s), want %s", err, fault.CodeOf(err), code)
	}
	if !strings.HasSuffix(f.Message, ".") || !strings.HasSuffix(f.Hint, ".") {
		t.Errorf("%s says %q / %q", code, f.Message, f.Hint)
	}
}

func TestRecordingIsCalledByItsTime(t *testing.T) {
	for uri, want := range map[string]string{
		"recording:/videos/2026-11-22_07-29-53_k3f9?asked=1": "Recording of 22 Nov 2026, 07:29",
		"recording:/videos/the big one":                      "Recording the big one",
	} {
		if got := (capture.Table{Scheme(Config{})}).Describe(uri).Name; got != want {
			t.Errorf("%s is called %q, want %q", uri, got, want)
		}
	}
}
