//go:build real

package realtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sightline/backend/sight"
)

// The camera is real where it counts: Linux's V4L2 in a virtual machine (build/rigs/camvm.sh), as Linux's test camera vivid and as an MJPEG
// webcam. A rig that cannot be had fails these tests; nothing skips.

// guestLimit is for one boot and what runs there, on an emulated processor and a busy machine.
const guestLimit = 4 * time.Minute

// TestCamera runs backend/capture/camera's own tests of real cameras: the promises, formats and modes, busy, forbidden, disconnected, stalled,
// unplugged and plugged in again, once under another number and then over and over.
func TestCamera(t *testing.T) {
	bin := goBuild(t, "camera.test", "test", "-c", "-tags", "camvm", "./backend/capture/camera")
	for camera, g := range map[string]guest{
		"Vivid":      {},
		"MotionJPEG": {play: webcamPictures(t)},
	} {
		t.Run(camera, func(t *testing.T) {
			g.binary = bin
			out := g.run(t, "camera.test -test.v -test.timeout 150s -test.run ^Test"+camera+" >$OUT/tests 2>&1")
			if said := read(t, out, "tests"); !strings.Contains(said, "--- PASS: Test"+camera+"KeepsThePromises") {
				t.Errorf("the suite did not run: %s", said)
			}
		})
	}
}

func TestWatchAnswersFromACamera(t *testing.T) {
	g := guest{binary: sightlineCLI(t)}
	out := g.run(t, watch("--answers 3 --for 40s"))
	account(t, out, 3, 4.0/3)
}

func TestWatchAnswersFromAnMJPEGWebcam(t *testing.T) {
	g := guest{binary: sightlineCLI(t), play: webcamPictures(t)}
	out := g.run(t, watch("--answers 3 --for 40s"))
	for _, line := range account(t, out, 3, 16.0/9) {
		if !strings.Contains(line.Text, "blue") {
			t.Errorf("of a blue picture it says: %s", line.Text)
		}
	}
}

// TestWatchGoesOnAfterTheCameraIsPluggedInAgain pulls the plug after the first answer.
func TestWatchGoesOnAfterTheCameraIsPluggedInAgain(t *testing.T) {
	g := guest{binary: sightlineCLI(t)}
	out := g.run(t, watch("--answers 6 --for 60s")+` &
watch=$!
until grep -q answered $OUT/stdout; do sleep 0.1; done
unplug
until grep -q unplugged $OUT/stderr; do sleep 0.1; done
replug
wait $watch`)
	lines := account(t, out, 6, 4.0/3)
	for i := 1; i < len(lines); i++ {
		if lines[i].Frame <= lines[i-1].Frame {
			t.Errorf("frame %d came after %d: the count went back", lines[i].Frame, lines[i-1].Frame)
		}
	}
}

// watch asks about colours alone: networks would take seconds on the emulated processor.
func watch(options string) string {
	return "SIGHTLINE_MODELS=off sightline-cli watch --source camera: --backend builtin: --every 1s --json " + options + " >$OUT/stdout 2>$OUT/stderr"
}

// account checks what watch --json wrote: at least answers answered ones with a picture of that shape (width/height), and a summary that adds
// up. It gives the answered lines.
func account(t *testing.T, out string, answers int, shape float64) []sight.Line {
	t.Helper()
	rows := bytes.Split(bytes.TrimSpace([]byte(read(t, out, "stdout"))), []byte("\n"))
	outcomes := map[sight.Outcome]uint64{}
	var answered []sight.Line
	for _, row := range rows[:len(rows)-1] {
		var line sight.Line
		if err := json.Unmarshal(row, &line); err != nil {
			t.Fatalf("%s: %v", row, err)
		}
		outcomes[sight.Outcome(line.Outcome)]++
		if line.Outcome == string(sight.Answered) {
			answered = append(answered, line)
			checkAnswer(t, line, shape)
		}
	}
	if len(answered) < answers {
		t.Errorf("%d answers, want %d", len(answered), answers)
	}
	checkSummary(t, rows[len(rows)-1], outcomes)
	return answered
}

// checkAnswer leaves the size to the built-in detector, which looks at less than the 640 pixels a server gets.
func checkAnswer(t *testing.T, line sight.Line, shape float64) {
	t.Helper()
	if line.Text == "" || line.AgeMS == nil || *line.AgeMS < 0 {
		t.Errorf("an answer without text or age: %+v", line)
	}
	i := line.Image
	if i == nil || i.Width < 160 || i.Width > 640 || math.Abs(float64(i.Width)-shape*float64(i.Height)) > 2 {
		t.Errorf("the picture was %+v, want up to 640 pixels wide and %.2f times as wide as high", i, shape)
	}
}

func checkSummary(t *testing.T, row []byte, outcomes map[sight.Outcome]uint64) {
	t.Helper()
	var last struct {
		Summary *struct {
			sight.Counts
			FPS     float64 `json:"fps"`
			Seconds float64 `json:"seconds"`
		} `json:"summary"`
	}
	if err := json.Unmarshal(row, &last); err != nil || last.Summary == nil {
		t.Fatalf("the last line is no summary: %s (%v)", row, err)
	}
	s := last.Summary
	if s.Captured < s.Answered || s.Sampled != s.Settled() || s.FPS <= 0 || s.Seconds <= 0 {
		t.Errorf("the summary does not add up: %s", row)
	}
	for outcome, n := range map[sight.Outcome]uint64{
		sight.Answered: s.Answered, sight.Superseded: s.Superseded, sight.Failed: s.Failed, sight.Cancelled: s.Cancelled,
	} {
		if outcomes[outcome] != n {
			t.Errorf("%d lines say %s, the summary %d", outcomes[outcome], outcome, n)
		}
	}
	t.Logf("%s", row)
}

// guest is a virtual machine with a camera.
type guest struct {
	binary string // comes along
	play   string // a folder of pictures: an MJPEG webcam that shows them; empty: the test camera
}

// run runs a line of shell there and gives the folder with what it left under $OUT. It fails the test unless the line ended well.
func (g guest) run(t *testing.T, line string) string {
	t.Helper()
	out := t.TempDir()
	args := []string{"run", "-b", g.binary, "-o", out, "-t", fmt.Sprint(int(guestLimit.Seconds()))}
	if g.play != "" {
		args = append(args, "-m", g.play)
	}
	rig := exec.Command("../../build/rigs/camvm.sh", append(args, line)...)
	said, err := rig.CombinedOutput()
	if err != nil || testing.Verbose() {
		t.Logf("%s%s", said, contents(out))
	}
	if err != nil {
		t.Fatalf("camvm.sh: %v", err)
	}
	return out
}

// read is one file of what came back.
func read(t *testing.T, folder, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// contents is what came back, for the log.
func contents(folder string) string {
	var all strings.Builder
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, name := range files {
		data, _ := os.ReadFile(name)
		fmt.Fprintf(&all, "--- %s\n%s", filepath.Base(name), data)
	}
	return all.String()
}

// sightlineCLI is the program under test: the one SIGHTLINE_CLI names, else one built now.
func sightlineCLI(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("SIGHTLINE_CLI"); path != "" {
		return path
	}
	return goBuild(t, "sightline-cli", "build", "./backend/cmd/sightline-cli")
}

// goBuild runs go VERB -o FILE ARGS... in the project and gives the file.
func goBuild(t *testing.T, name, verb string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	build := exec.Command("go", append([]string{verb, "-o", file}, args...)...)
	build.Dir = "../.."
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, said)
	}
	return file
}

// webcamPictures is a folder of a few JPEGs of 1280x720: a bright square that moves.
func webcamPictures(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for i := range 5 {
		img := image.NewRGBA(image.Rect(0, 0, 1280, 720))
		draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{R: 20, G: 60, B: 120, A: 255}), image.Point{}, draw.Src)
		square := image.Rect(0, 0, 200, 200).Add(image.Pt(150+200*i, 260))
		draw.Draw(img, square, image.NewUniform(color.RGBA{R: 250, G: 200, B: 40, A: 255}), image.Point{}, draw.Src)
		var data bytes.Buffer
		if err := jpeg.Encode(&data, img, nil); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%d.jpg", i)), data.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
