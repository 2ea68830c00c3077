//go:build real

package realtest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/capture/pattern"
	"sightline/backend/jpeg"
	"sightline/backend/recorder"
	"sightline/backend/sight"
)

// Recordings are made by the program itself, and judged by ffmpeg and ffprobe, which know nothing of it.

// kills is how often a recording program is killed unless SIGHTLINE_KILLS says otherwise ("make soak" does).
const kills = 10

// mostLost is how much a crash may cost.
const mostLost = 2 * time.Second

// record starts `watch` on the test card, with recordings in parent.
func record(t *testing.T, bin, parent string, args ...string) *exec.Cmd {
	t.Helper()
	all := append([]string{
		"watch", "--source", "pattern:?fps=30&size=640x360", "--every", "200ms", "--json", "--record", parent,
	}, args...)
	cmd := exec.Command(bin, all...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "SIGHTLINE_MODELS=off") // answers come at once
	return cmd
}

// TestKilledWhileRecording kills the program at random moments. What was there two seconds before must still be there, be closed by the next
// command that looks, and be clean for ffmpeg.
func TestKilledWhileRecording(t *testing.T) {
	bin := sightlineCLI(t)
	n := kills
	if s := os.Getenv("SIGHTLINE_KILLS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		parent := t.TempDir()
		cmd := record(t, bin, parent)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := make(chan time.Time, 1000) // when each answered frame was captured
		go func() { defer close(lines); capturedTimes(out, lines) }()
		first := <-lines
		time.Sleep(2500*time.Millisecond + rand.N(2500*time.Millisecond))
		killed := time.Now()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		asked := []time.Time{first}
		for at := range lines {
			asked = append(asked, at)
		}
		judgeCrash(t, bin, parent, i, killed, asked)
	}
}

func capturedTimes(r io.Reader, to chan<- time.Time) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var l struct {
			Outcome  string
			Captured time.Time
		}
		if json.Unmarshal(lines.Bytes(), &l) == nil && l.Outcome == "answered" {
			to <- l.Captured
		}
	}
}

func judgeCrash(t *testing.T, bin, parent string, i int, killed time.Time, asked []time.Time) {
	t.Helper()
	if said, err := exec.Command(bin, "recordings", "--folder", parent).CombinedOutput(); err != nil || !strings.Contains(string(said), "cut short") {
		t.Fatalf("kill %d: recordings says %q, %v", i, said, err)
	}
	dir := theRecording(t, parent)
	m, err := archive.Read(dir)
	if err != nil || m.State != archive.CutShort {
		t.Fatalf("kill %d: %+v, %v", i, m, err)
	}
	there := map[string]bool{}
	for e := range archive.Entries(dir, 0) {
		there[e.Captured] = true
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(e.Picture))); e.Picture == "" || err != nil {
			t.Errorf("kill %d: the picture of %d is missing: %v", i, e.Seq, err)
		}
	}
	for _, at := range asked {
		if killed.Sub(at) > mostLost && !there[at.Format(time.RFC3339Nano)] {
			t.Errorf("kill %d: the answer of %v before is lost", i, killed.Sub(at))
		}
	}
	video := filepath.Join(dir, "video.mp4")
	cleanly(t, video)
	if kept := m.Started.Add(lengthOf(t, video)); killed.Sub(kept) > mostLost {
		t.Errorf("kill %d: %v of video are lost", i, killed.Sub(kept))
	}
}

// theRecording is the one recording in a folder.
func theRecording(t *testing.T, parent string) string {
	t.Helper()
	dirs, err := archive.List(parent)
	if err != nil || len(dirs) != 1 {
		t.Fatalf("recordings in %s: %q, %v", parent, dirs, err)
	}
	return dirs[0]
}

// cleanly has ffprobe and ffmpeg read a whole file without a word of complaint.
func cleanly(t *testing.T, path string) {
	t.Helper()
	for _, c := range [][]string{
		{"ffprobe", "-v", "error", "-show_packets", "-of", "compact", path},
		{"ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "-y", os.DevNull},
	} {
		var complaints bytes.Buffer
		cmd := exec.Command(c[0], c[1:]...)
		cmd.Stderr = &complaints
		if err := cmd.Run(); err != nil || complaints.Len() > 0 {
			t.Errorf("%s on %s: %v %s", c[0], filepath.Base(path), err, complaints.String())
		}
	}
}

func lengthOf(t *testing.T, path string) time.Duration {
	t.Helper()
	times := timesOf(t, path)
	return time.Duration(times[len(times)-1] * float64(time.Second))
}

// timesOf is when each picture of a video is shown, in seconds.
func timesOf(t *testing.T, path string) []float64 {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var times []float64
	for field := range strings.FieldsSeq(string(out)) {
		s, err := strconv.ParseFloat(strings.Trim(field, ","), 64)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, s)
	}
	if len(times) == 0 {
		t.Fatalf("%s has no pictures", path)
	}
	slices.Sort(times)
	return times
}

// TestAnswersAndVideoAreAligned reads the test card's counter off the pictures that were asked about, and off the video at the time the
// record gives for them.
func TestAnswersAndVideoAreAligned(t *testing.T) {
	bin := sightlineCLI(t)
	parent := t.TempDir()
	if out, err := record(t, bin, parent, "--for", "10s").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := theRecording(t, parent)
	video := filepath.Join(dir, "video.mp4")
	times, counters := timesOf(t, video), countersOf(t, video)
	if len(times) != len(counters) {
		t.Fatalf("%d times for %d pictures", len(times), len(counters))
	}
	judged, most := 0, int64(0)
	for e := range archive.Entries(dir, 0) {
		if e.Picture == "" {
			continue
		}
		asked, ok := counterIn(t, filepath.Join(dir, filepath.FromSlash(e.Picture)))
		if !ok {
			t.Fatalf("no counter in %s", e.Picture)
		}
		i, _ := slices.BinarySearch(times, e.At().Seconds()+0.017) // the picture shown then: the last one that has begun
		shown := counters[max(0, i-1)]
		if apart := int64(shown) - int64(asked); apart < -3 || apart > 3 {
			t.Errorf("at %.3f s picture %d was asked about; the video shows %d", e.At().Seconds(), asked, shown)
		}
		judged++
		most = max(most, int64(shown)-int64(asked), int64(asked)-int64(shown))
	}
	if judged < 20 {
		t.Errorf("%d pictures prove too little", judged)
	}
	t.Logf("%d pictures, %d in the video; at most %d frames apart", judged, len(counters), most)
}

func counterIn(t *testing.T, path string) (uint32, bool) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, h, err := jpeg.Size(data)
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(data, w, h)
	if err != nil {
		t.Fatal(err)
	}
	return pattern.ReadCounter(img)
}

// countersOf decodes a video of 640x360 with ffmpeg and reads the counter off each picture.
func countersOf(t *testing.T, path string) []uint32 {
	t.Helper()
	const w, h = 640, 360
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	var all []uint32
	for {
		if _, err := io.ReadFull(out, img.Y); err != nil {
			break // the end
		}
		n, ok := pattern.ReadCounter(img)
		if !ok {
			t.Fatalf("picture %d of the video has no counter", len(all))
		}
		all = append(all, n)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCamerasOwnVideoIsKeptAsItIs records what a network camera might send, high profile and seldom keys, and compares what ffmpeg sees in the
// recording with what it sees in the camera's stream.
func TestCamerasOwnVideoIsKeptAsItIs(t *testing.T) {
	const every, pressed, stopped = 120, 150, 290
	stream := filepath.Join(t.TempDir(), "camera.h264")
	encode := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=636x358:rate=30", "-frames:v", "300",
		"-c:v", "libx264", "-profile:v", "high", "-bf", "0", "-x264-params", "keyint=120:min-keyint=120:scenecut=0:aud=1", "-f", "h264", stream)
	if said, err := encode.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v %s", err, said)
	}
	raw, err := os.ReadFile(stream)
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	var latest sight.Latest
	r := recorder.New(recorder.Config{Files: archive.OS(), Latest: &latest})
	r.Set(recorder.Options{Folder: parent, Parts: archive.Parts{Video: true}})
	ctx, cancel := context.WithCancel(t.Context())
	var run sync.WaitGroup
	run.Go(func() { _ = r.Run(ctx) }) // it ends when its context does
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var captured []time.Time
	for i, c := range chained(raw)[:stopped] {
		<-tick.C
		switch {
		case i == pressed:
			r.Start()
		case c.Key:
			time.Sleep(100 * time.Millisecond) // so that the one before, to which nothing leads from here, has been looked at
		}
		c.Captured = time.Now()
		captured = append(captured, c.Captured)
		latest.Put(sight.Frame{Number: uint64(i + 1), Captured: c.Captured, Coded: c, Picture: sight.FromRender(636, 358, nil)}) // which nobody may look at
	}
	time.Sleep(100 * time.Millisecond) // the last one is looked at, too
	cancel()
	run.Wait()
	video := filepath.Join(theRecording(t, parent), "video.mp4")
	cleanly(t, video)
	if want, got := picturesOf(t, stream)[every:stopped], picturesOf(t, video); !slices.Equal(want, got) {
		t.Errorf("%d pictures, not the %d of the camera's: missed %d", len(got), len(want), r.State().Missed)
	}
	for i, at := range timesOf(t, video) {
		if want := captured[every+i].Sub(captured[every]).Seconds(); math.Abs(at-want) > 0.002 {
			t.Fatalf("picture %d is shown at %.3f s, and was captured at %.3f s", i, at, want)
		}
	}
}

// chained is a stream's pictures, each of which begins with a delimiter, as a network camera hands them on.
func chained(stream []byte) (all []*sight.Coded) {
	var sps, pps []byte
	var last *sight.Coded
	for _, picture := range bytes.Split(stream, []byte{0, 0, 0, 1, 9})[1:] {
		c := &sight.Coded{Before: last}
		for _, nal := range bytes.Split(bytes.ReplaceAll(picture, []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1})[1:] {
			switch nal[0] & 31 {
			case 7:
				sps = nal
			case 8:
				pps = nal
			case 5:
				c.Key, c.Before = true, nil
				fallthrough
			default:
				c.Data = append(binary.BigEndian.AppendUint32(c.Data, uint32(len(nal))), nal...)
			}
		}
		c.SPS, c.PPS = sps, pps
		all, last = append(all, c), c
	}
	return all
}

// picturesOf is the checksum of each picture ffmpeg decodes.
func picturesOf(t *testing.T, path string) (all []string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, strings.TrimSpace(line[strings.LastIndex(line, ",")+1:]))
		}
	}
	return all
}

// TestDiskFullWhileRecording fills a disk under the recorder. The watch goes on, and what was recorded is whole.
func TestDiskFullWhileRecording(t *testing.T) {
	bin := sightlineCLI(t)
	home := t.TempDir()
	// A disk of its own, in a namespace of its own; what is on it in the end is copied out.
	script := `mount -t tmpfs -o size=300m none "$DISK" &&
("$BIN" watch --source 'pattern:?fps=30&size=640x360' --every 200ms --json --for 9s --record "$DISK" >"$OUT/lines" 2>"$OUT/errors"; echo $? >"$OUT/status") &
sleep 3; dd if=/dev/zero of="$DISK/filler" bs=1M 2>/dev/null; wait
rm "$DISK/filler"; cp -r "$DISK"/. "$OUT/recordings"`
	disk, out := filepath.Join(home, "disk"), filepath.Join(home, "out")
	for _, dir := range []string{disk, filepath.Join(out, "recordings")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("unshare", "-r", "-m", "sh", "-c", script)
	cmd.Env = append(os.Environ(), "SIGHTLINE_MODELS=off", "HOME="+home, "DISK="+disk, "OUT="+out, "BIN="+bin)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("a disk of its own (unshare, mount): %v %s", err, said)
	}
	if status := strings.TrimSpace(read(t, out, "status")); status != "0" {
		t.Errorf("the watch ended with %s: %s", status, read(t, out, "errors"))
	}
	if said := read(t, out, "errors"); !strings.Contains(strings.ToLower(said), "disk") && !strings.Contains(said, "room") {
		t.Errorf("nobody was told: %s", said)
	}
	if answers := strings.Count(read(t, out, "lines"), `"answered"`); answers < 30 {
		t.Errorf("%d answers: the watch did not go on", answers)
	}
	dir := theRecording(t, filepath.Join(out, "recordings"))
	if _, err := archive.Mend(archive.OS(), dir); err != nil {
		t.Fatal(err)
	}
	m, err := archive.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	video := filepath.Join(dir, "video.mp4")
	cleanly(t, video)
	if kept := lengthOf(t, video); kept < time.Second {
		t.Errorf("%v of video are left, of three seconds", kept)
	}
	t.Logf("%s, %+v, %.1f s", m.State, m.Reason, m.Seconds)
}

// TestTwoRecordAtOnce records in two processes to the same folder.
func TestTwoRecordAtOnce(t *testing.T) {
	bin := sightlineCLI(t)
	parent := t.TempDir()
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if out, err := record(t, bin, parent, "--for", "5s").CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	both.Wait()
	dirs, err := archive.List(parent)
	if err != nil || len(dirs) != 2 {
		t.Fatalf("%q, %v", dirs, err)
	}
	for _, dir := range dirs {
		m, err := archive.Read(dir)
		if err != nil || m.State != archive.Complete || m.Outcomes.Answered < 10 {
			t.Errorf("%s: %+v, %v", dir, m, err)
		}
		cleanly(t, filepath.Join(dir, "video.mp4"))
	}
}

// TestCutAnywhere cuts a recording's video at many places (backend/mp4 tries every thousandth byte): what was whole before the cut is still
// played.
func TestCutAnywhere(t *testing.T) {
	bin := sightlineCLI(t)
	parent := t.TempDir()
	if out, err := record(t, bin, parent, "--for", "4s").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dir := theRecording(t, parent)
	m, err := archive.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "video.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "video.mp4")
	played := 0
	for size := 1000; size < len(data); size += len(data) / 30 {
		if err := os.WriteFile(cut, data[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := archive.OpenVideo(filepath.Dir(cut), m.Segments[0])
		if err != nil || len(v.Samples) == 0 {
			continue // nothing is whole yet
		}
		whole := v.Whole
		_ = v.File.Close()
		if err := os.Truncate(cut, whole); err != nil {
			t.Fatal(err)
		}
		cleanly(t, cut)
		if got := len(timesOf(t, cut)); got != len(v.Samples) {
			t.Errorf("cut at %d: ffprobe finds %d pictures, Sightline %d", size, got, len(v.Samples))
		}
		played++
	}
	if played < 20 {
		t.Errorf("%d cuts prove too little", played)
	}
	t.Logf("%d cuts of %d bytes", played, len(data))
}
