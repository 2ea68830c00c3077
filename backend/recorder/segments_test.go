package recorder

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/archive"
	"sightline/backend/h264"
	"sightline/backend/jpeg"
	"sightline/backend/local/winetest"
	"sightline/backend/sight"
)

func TestNewSegmentAtALengthLosesNoFrame(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.SegmentTime = 3 * time.Second })
		dir := s.start()
		s.shoot(300)
		s.stop()
		noFrameIsLost(t, dir, 300, 3)
	})
}

func TestNewSegmentAtASizeLosesNoFrame(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.SegmentBytes = 5_000 })
		dir := s.start()
		s.shoot(300)
		s.stop()
		noFrameIsLost(t, dir, 300, 3)
	})
}

// noFrameIsLost checks the whole of a recording of that many frames, with at least so many segments.
func noFrameIsLost(t *testing.T, dir string, frames, segments int) {
	t.Helper()
	shown := moments(t, dir)
	same(t, "pictures", frames, len(shown))
	for i := 1; i < len(shown); i++ {
		near(t, "next picture", frameTime, shown[i]-shown[i-1], time.Millisecond)
	}
	all := tracks(t, dir)
	if len(all) < segments {
		t.Errorf("only %d segments", len(all))
	}
	for _, track := range all {
		same(t, "first picture is a key", true, track.Samples[0].Key)
		same(t, "finished", true, track.Indexed)
	}
}

func TestAnotherSizeIsAnotherSegment(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(20)
		s.width, s.height = 97, 51
		s.shoot(20)
		s.stop()
		m := manifest(t, dir)
		same(t, "segments", 2, len(m.Segments))
		same(t, "odd columns are cut off", 96, m.Segments[1].Width)
		same(t, "odd rows are cut off", 50, m.Segments[1].Height)
		same(t, "pictures", 40, len(moments(t, dir)))
		same(t, "same source", true, m.Segments[1].Source == nil)
	})
}

func TestAnotherSourceIsAnotherSegment(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(20)
		s.r.Describe(archive.About{Source: camera("camera:back")})
		s.shoot(20)
		s.stop()
		m := manifest(t, dir)
		same(t, "segments", 2, len(m.Segments))
		same(t, "first", "camera:front", m.Source.URI)
		same(t, "second", "camera:back", m.Segments[1].Source.URI)
		same(t, "pictures", 40, len(moments(t, dir)))
	})
}

func TestCameraThatGoesAwayAndReturns(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(20)
		s.latest.Clear()
		time.Sleep(silence + time.Millisecond)
		synctest.Wait()
		same(t, "on disk half a second later", 20, len(moments(t, dir)))
		time.Sleep(10 * time.Second)
		s.shoot(20)
		s.stop()
		shown := moments(t, dir)
		same(t, "segments", 1, len(manifest(t, dir).Segments))
		same(t, "pictures", 40, len(shown))
		near(t, "gap", 10*time.Second+silence+frameTime, shown[20]-shown[19], 2*time.Millisecond)
	})
}

func TestClockThatIsSetBackIsNotBelieved(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(10)
		for range 10 {
			time.Sleep(frameTime)
			s.put(time.Now().Add(-time.Hour))
			synctest.Wait()
		}
		for range 10 {
			time.Sleep(frameTime)
			s.put(time.Now().Add(time.Hour))
			synctest.Wait()
		}
		s.stop()
		noFrameIsLost(t, dir, 30, 1)
	})
}

func TestFramesCapturedAtTheSameMomentFollowOneAnother(t *testing.T) {
	c, now := clock{}, time.Now()
	first := c.moment(now, now)
	same(t, "second", first.Add(time.Millisecond), c.moment(now, now))
}

func TestTinyPicturesAreRecordedWithoutVideo(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.width, s.height = 14, 40
		dir := s.start()
		s.shoot(20)
		s.observe(s.answer("a dot"))
		same(t, "told", 1, len(s.told()))
		same(t, "told", CodeTooSmall, s.told()[0])
		s.width, s.height = 16, 40
		s.shoot(20)
		s.stop()
		same(t, "answers", 1, len(entries(dir)))
		same(t, "pictures", 20, len(moments(t, dir)))
	})
}

func TestHugePicturesAreRecordedWithoutVideo(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.width, s.height = 4098, 16
		dir := s.start()
		s.shoot(5)
		s.observe(s.answer("a wall"))
		same(t, "told", fmt.Sprint([]string{h264.CodeTooLarge}), fmt.Sprint(s.told()))
		s.stop()
		same(t, "answers", 1, len(entries(dir)))
	})
}

func TestVideoAloneEndsWithPicturesItCannotTake(t *testing.T) {
	inStudio(t, func(s *studio) {
		s.set(func(o *Options) { o.Parts = archive.Parts{Video: true} })
		s.width, s.height = 8, 8
		dir := s.start()
		s.shoot(3)
		state := s.r.State()
		same(t, "on", false, state.On)
		same(t, "told", 1, len(s.told()))
		same(t, "told", CodeTooSmall, s.told()[0])
		same(t, "reason", CodeTooSmall, manifest(t, dir).Reason.Code)
	})
}

func TestFramesThatCameTooFastAreCounted(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(5)
		s.number += 7 // the slot held seven others meanwhile
		s.shoot(5)
		same(t, "missed", 7, s.r.State().Missed)
		s.stop()
		same(t, "pictures", 10, len(moments(t, dir)))
	})
}

func TestBrokenPictureIsMissedAndNoMore(t *testing.T) {
	inStudio(t, func(s *studio) {
		dir := s.start()
		s.shoot(5)
		time.Sleep(frameTime)
		whole, err := jpeg.Encode(scene(64, 48, 1), 80)
		if err != nil {
			t.Fatal(err)
		}
		torn, err := sight.FromJPEG(whole[:len(whole)/4])
		if err != nil {
			t.Fatal(err)
		}
		s.number++
		s.latest.Put(sight.Frame{Number: s.number, Captured: time.Now(), Picture: torn})
		synctest.Wait()
		s.shoot(5)
		same(t, "missed", 1, s.r.State().Missed)
		s.stop()
		same(t, "pictures", 10, len(moments(t, dir)))
	})
}

func TestOtherProgramsReadIt(t *testing.T) {
	if _, err := exec.LookPath("ffprobe"); err != nil && winetest.Here() {
		t.Skip("wine has no ffprobe to ask")
	} else if err != nil {
		t.Fatal("this test needs ffmpeg: ", err)
	}
	inStudio(t, func(s *studio) {
		s.width, s.height = 97, 65
		dir := s.start()
		s.shoot(75)
		s.latest.Clear()
		time.Sleep(3 * time.Second)
		s.shoot(75)
		s.stop()
		probe := exec.Command("ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0",
			filepath.Join(dir, "video.mp4"))
		out, err := probe.CombinedOutput()
		if err != nil {
			t.Fatalf("ffprobe: %v: %s", err, out)
		}
		same(t, "ffprobe", "h264,96,64,150", strings.TrimSpace(string(out)))
	})
}

func TestBitsGrowSlowerThanPixels(t *testing.T) {
	for _, c := range []struct {
		width, height int
		fps           float64
		least, most   int
	}{
		{1280, 720, 30, 2_400_000, 2_400_000},
		{1920, 1080, 30, 4_000_000, 5_000_000},
		{640, 480, 30, 800_000, 1_200_000},
		{1280, 720, 5, 900_000, 1_100_000},
		{64, 48, 30, fewestBits, fewestBits},
		{3840, 2160, 60, mostBits, mostBits},
	} {
		if got := bitsPerSecond(c.width, c.height, c.fps); got < c.least || got > c.most {
			t.Errorf("%d×%d at %v: %d", c.width, c.height, c.fps, got)
		}
	}
}
