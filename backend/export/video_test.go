package export_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sightline/backend/export"
	"sightline/backend/local/winetest"
)

// wantStreams checks what a player finds in a file.
func wantStreams(t *testing.T, path string, want ...string) {
	t.Helper()
	if winetest.Here() {
		decoded(t, path)
		return
	}
	got := strings.Fields(program(t, "ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path))
	if !slices.Equal(got, want) {
		t.Errorf("%s holds %v, want %v", path, got, want)
	}
}

// subtitleTexts are the texts of the subtitles within a video as they are stored, without the invisible signs in them.
func subtitleTexts(t *testing.T, path string) []string {
	t.Helper()
	data := program(t, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-map", "0:s", "-c", "copy", "-f", "data", "-")
	var all []string
	for _, cell := range strings.Fields(program(t, "ffprobe", "-v", "error", "-select_streams", "s", "-show_entries", "packet=size", "-of", "csv=p=0", path)) {
		size, err := strconv.Atoi(strings.TrimSuffix(cell, ","))
		if err != nil || size > len(data) {
			t.Fatalf("%s: a subtitle of size %q", path, cell)
		}
		if length := int(data[0])<<8 | int(data[1]); length > 0 { // an empty one is a pause
			all = append(all, strings.ReplaceAll(data[2:2+length], "\u2060", ""))
		}
		data = data[size:]
	}
	return all
}

// asSubtitles is what a player reads of the subtitles in a file, or within a video.
func asSubtitles(t *testing.T, path string) string {
	t.Helper()
	if winetest.Here() {
		return strings.ReplaceAll(read(t, path), "00:00:0", "00:0") // ffmpeg leaves out the hours
	}
	return program(t, "ffmpeg", "-v", "error", "-nostdin", "-i", path, "-f", "webvtt", "-")
}

func TestVideoHasItsAnswersAsSubtitles(t *testing.T) {
	needFFmpeg(t)
	w := begin(t)
	s := film(t, "320x180", 4*time.Second)
	source := s.path
	s.show(t, w, 0)
	said := []string{"A cup <b>.", `{"linear_x": 0.2}`, `{\an8}Two\Nlines --> <i>and</i> {y:i}`, "a &lt; b & c", "Two\nlines."}
	for i, text := range said {
		tell(t, w, answer(uint64(i+1), time.Duration(i)*500*time.Millisecond, text))
	}
	result := run(t, export.Job{Dir: end(t, w), Format: export.MP4})
	if len(result.Files) != 1 || result.Note != "" {
		t.Errorf("%+v", result)
	}
	wantStreams(t, result.Files[0], "h264", "mov_text")
	for i, want := range said {
		if got := subtitleTexts(t, result.Files[0]); len(got) != len(said) || got[i] != want {
			t.Errorf("subtitle %d is %q, want %q", i, got, want)
		}
	}
	if got, want := pictures(t, result.Files[0]), pictures(t, source); !slices.Equal(got, want) {
		t.Errorf("%d pictures, want the %d that were recorded: %v, %v", len(got), len(want), got, want)
	}
}

func TestClipBeginsAndEndsAtItsMoments(t *testing.T) {
	w := begin(t)
	s := film(t, "320x180", 4*time.Second)
	whole := pictures(t, s.path)
	s.show(t, w, 500*time.Millisecond) // the camera came half a second after the recording's start
	tell(t, w, answer(1, time.Second, "Too early."), answer(2, 2500*time.Millisecond, "Now."), answer(3, 3800*time.Millisecond, "Too late."))
	dir := end(t, w)
	for _, ffmpeg := range withAndWithout() {
		result := run(t, export.Job{Dir: dir, Format: export.MP4, From: 2200 * time.Millisecond, Up: 3700 * time.Millisecond, FFmpeg: ffmpeg})
		got := pictures(t, result.Files[0])
		want := whole[17:32] // 1.7 s to 3.2 s of the video
		if len(got) != len(want) || got[0].hash != want[0].hash || got[len(got)-1].hash != want[len(want)-1].hash || got[0].at != 0 {
			t.Errorf("ffmpeg %q: %d pictures from %v on, want %d from 0 on", ffmpeg, len(got), got[0].at, len(want))
		}
		subtitles := result.Files[0]
		if ffmpeg != "" {
			subtitles = result.Files[1]
		}
		text := asSubtitles(t, subtitles)
		if !strings.Contains(text, "00:00.300 --> ") || strings.Count(text, "-->") != 1 || !strings.Contains(text, "Now.") {
			t.Errorf("ffmpeg %q: the subtitles are\n%s", ffmpeg, text)
		}
	}
}

func TestSegmentsOfOneShapeBecomeOneVideoInWhichTimePassesAsItDid(t *testing.T) {
	w := begin(t)
	first, second := film(t, "320x180", 2*time.Second), film(t, "320x180", 2*time.Second)
	whole := pictures(t, first.path)
	first.show(t, w, 0)
	second.show(t, w, 5*time.Second) // the camera was away for three seconds
	tell(t, w, answer(1, 5500*time.Millisecond, "It is back."))
	dir := end(t, w)
	for _, ffmpeg := range withAndWithout() {
		result := run(t, export.Job{Dir: dir, Format: export.MP4, From: 500 * time.Millisecond, FFmpeg: ffmpeg})
		got := pictures(t, result.Files[0])
		if len(got) != 35 || got[15].at != 4500*time.Millisecond || got[15].hash != whole[0].hash || got[0].hash != whole[5].hash {
			t.Fatalf("ffmpeg %q: %d pictures: %v", ffmpeg, len(got), got)
		}
		if !strings.Contains(result.Note, "its last picture stands") {
			t.Errorf("ffmpeg %q: it says %q", ffmpeg, result.Note)
		}
		text := asSubtitles(t, result.Files[len(result.Files)-1])
		if !strings.Contains(text, "00:05.000 --> ") {
			t.Errorf("ffmpeg %q: the subtitles are\n%s", ffmpeg, text)
		}
	}
}

func TestChangeOfSizeGivesAFileForEachAndSaysSo(t *testing.T) {
	needFFmpeg(t)
	to := filepath.Join(t.TempDir(), "door.mp4")
	result := run(t, export.Job{Dir: twoSizes(t), Format: export.MP4, To: to})
	if got := names(result.Files); !slices.Equal(got, []string{"door-part1.mp4", "door-part2.mp4"}) || !strings.Contains(result.Note, "2 files") {
		t.Fatalf("%v: %q", got, result.Note)
	}
	for i, want := range []string{"Small.", "Large."} {
		wantStreams(t, result.Files[i], "h264", "mov_text")
		wantOneSubtitle(t, result.Files[i], want)
	}
}

func TestChangeOfSizeWithoutFFmpegGivesSubtitlesForEach(t *testing.T) {
	result := run(t, export.Job{Dir: twoSizes(t), Format: export.MP4, FFmpeg: "/nowhere/ffmpeg"})
	if got := names(result.Files); !slices.Equal(got, []string{"out-part1.mp4", "out-part1.vtt", "out-part2.mp4", "out-part2.vtt"}) {
		t.Fatalf("it wrote %v", got)
	}
	wantOneSubtitle(t, result.Files[1], "Small.")
	wantOneSubtitle(t, result.Files[3], "Large.")
}

// twoSizes is a recording whose pictures change their size after two seconds.
func twoSizes(t *testing.T) string {
	t.Helper()
	w := begin(t)
	film(t, "320x180", 2*time.Second).show(t, w, 0)
	film(t, "640x360", 2*time.Second).show(t, w, 2*time.Second)
	tell(t, w, answer(1, time.Second, "Small."), answer(2, 3*time.Second, "Large."))
	return end(t, w)
}

// wantOneSubtitle checks that there is one, from the first second on.
func wantOneSubtitle(t *testing.T, path, want string) {
	t.Helper()
	text := asSubtitles(t, path)
	if !strings.Contains(text, "00:01.000 --> ") || strings.Count(text, "-->") != 1 || !strings.Contains(text, want) {
		t.Errorf("the subtitles of %s are\n%s", filepath.Base(path), text)
	}
}

func names(files []string) []string {
	var all []string
	for _, f := range files {
		all = append(all, filepath.Base(f))
	}
	return all
}

func TestWithoutFFmpegTheSubtitlesLieBesideTheVideo(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	dir := end(t, w)
	t.Run("named", func(t *testing.T) { wantBeside(t, export.Job{Dir: dir, Format: export.MP4, FFmpeg: "/nowhere/ffmpeg"}) })
	t.Run("looked for", func(t *testing.T) {
		job := export.Job{Dir: dir, Format: export.MP4, To: filepath.Join(t.TempDir(), "out.mp4")}
		path := os.Getenv("PATH")
		t.Setenv("PATH", "")
		result, err := export.Run(t.Context(), job)
		t.Setenv("PATH", path)
		if err != nil || len(result.Files) != 2 {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

func wantBeside(t *testing.T, j export.Job) {
	t.Helper()
	result := run(t, j)
	if got := names(result.Files); !slices.Equal(got, []string{"out.mp4", "out.vtt"}) {
		t.Fatalf("it wrote %v", got)
	}
	if !strings.Contains(result.Note, "ffmpeg") {
		t.Errorf("it says %q", result.Note)
	}
	wantStreams(t, result.Files[0], "h264")
	if text := read(t, result.Files[1]); !strings.Contains(text, "A cup.") {
		t.Errorf("the subtitles are\n%s", text)
	}
}

func TestVideoWithoutAnswersNeedsNoFFmpeg(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	result := run(t, export.Job{Dir: end(t, w), Format: export.MP4, FFmpeg: "/nowhere/ffmpeg"})
	if len(result.Files) != 1 || result.Note != "" {
		t.Errorf("%+v", result)
	}
	wantStreams(t, result.Files[0], "h264")
}

func TestWithoutVideoThereIsNoMP4(t *testing.T) {
	w := begin(t)
	tell(t, w, answer(1, time.Second, "One."))
	to := filepath.Join(t.TempDir(), "out.mp4")
	_, err := export.Run(t.Context(), export.Job{Dir: end(t, w), Format: export.MP4, To: to})
	wantFault(t, err, "export.no_video")
	wantOnly(t, filepath.Dir(to), nil)
}
