//go:build real

package realtest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
	"sightline/backend/vision"
	"sightline/backend/vlm/detector"
	"sightline/backend/vlm/vlmtest"
)

// The networks are real, and so are the photographs (build/rigs/photos.sh). docs/detector.md tells how they do on more of them.

// builtModels are those that "make build" has put beside the program. That they are not there is a failure, never a skip.
const builtModels = "../../build/bin/models"

// networks is an engine with the real networks.
func networks(t *testing.T) *vision.Engine {
	t.Helper()
	dir, err := filepath.Abs(builtModels)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("make build brings %v", err)
	}
	e := vision.New(vision.Config{Dir: dir})
	t.Cleanup(e.Close)
	return e
}

// album is the folder of photographs.
func album(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(output(t, exec.Command("../../build/rigs/photos.sh", "test")))
}

// photo is a photograph of the album, changed by ImageMagick.
func photo(t *testing.T, folder, name string, change ...string) *sight.Picture {
	t.Helper()
	path := filepath.Join(folder, name+".jpg")
	data, err := os.ReadFile(path)
	if len(change) > 0 {
		data = []byte(output(t, exec.Command("convert", append(append([]string{path}, change...), "jpg:-")...)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return fromJPEG(t, data)
}

func fromJPEG(t *testing.T, data []byte) *sight.Picture {
	t.Helper()
	p, err := sight.FromJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// saidOf is the answer of a detector that sees its first picture.
func saidOf(t *testing.T, e *vision.Engine, p *sight.Picture) sight.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	d := detector.New(detector.Config{Engine: e})
	a, err := d.Ask(ctx, sight.Question{Seq: 1, Prompt: "What do you see?", Frame: sight.Frame{Number: 1, Picture: p}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDetectorKeepsItsPromisesWithRealNetworks(t *testing.T) {
	vlmtest.Suite(t, detector.New(detector.Config{Engine: networks(t)}))
}

// creatures are what none of the photographs without any may be said to hold.
var creatures = []string{"person", "people", "cat", "dog", "bird", "bear", "horse", "cow", "sheep"}

func TestPhotographsAreToldAsTheyAre(t *testing.T) {
	e, folder := networks(t), album(t)
	without := func(allowed ...string) []string {
		return slices.DeleteFunc(slices.Clone(creatures), func(w string) bool { return slices.Contains(allowed, w) })
	}
	for _, c := range []struct {
		name      string
		change    []string
		says, not []string
	}{
		{"astronaut", nil, []string{"A person close up"}, append(without("person"), "cup")},
		{"camera", nil, []string{"A person"}, without("person")},
		{"chelsea", nil, []string{"A cat close up", "mostly brown"}, without("cat")},
		{"coffee", nil, []string{"A cup"}, append(without(), "the text")},
		{"rocket", nil, []string{"Nothing I know", "mostly blue"}, append(without(), "the text")},
		{"sign", nil, []string{"people and a car", "the text “NOTICE”, “DOUBLE”, “PARKING”, “PROHIBITED” and more"}, without("people")},
		{"people01", nil, []string{"Three people"}, append(without("people"), "the text")},
		{"people12", nil, []string{"even people"}, without("people")}, // seven, perhaps eleven
		{"astronaut", []string{"-rotate", "180"}, nil, without("person")},
		{"astronaut", []string{"-crop", "160x160+150+30", "+repage"}, []string{"A person close up"}, without("person")},
		{"chelsea", []string{"-crop", "400x225+40+30", "+repage"}, nil, without("cat")}, // nearer and nearer to its eyes
		{"chelsea", []string{"-crop", "350x197+60+50", "+repage"}, nil, without("cat")},
		{"chelsea", []string{"-crop", "300x169+100+60", "+repage"}, nil, without("cat")},
		{"chelsea", []string{"-crop", "250x250+120+20", "+repage"}, []string{"A cat close up"}, without("cat")},
		{"chelsea", []string{"-crop", "200x200+150+50", "+repage"}, []string{"A cat close up"}, without("cat")},
		{"chelsea", []string{"-rotate", "90"}, nil, without("cat", "dog", "person")},
		{"sign", []string{"-rotate", "180"}, nil, []string{"NOTICE", "cat", "dog"}},
		{"coffee", []string{"-modulate", "12"}, []string{"dark"}, without()},
		{"chelsea", []string{"-blur", "0x25"}, nil, without("cat")},
		{"coffee", []string{"-resize", "1x1!"}, []string{"Nothing I know"}, without()},
		{"coffee", []string{"-resize", "1x4000!"}, []string{"Nothing I know"}, without()},
	} {
		a := saidOf(t, e, photo(t, folder, c.name, c.change...))
		t.Logf("%s %s: %s", c.name, strings.Join(c.change, " "), a.Text)
		for _, w := range c.says {
			if !strings.Contains(a.Text, w) {
				t.Errorf("%s %q: %q does not say %q", c.name, c.change, a.Text, w)
			}
		}
		for _, w := range c.not {
			if strings.Contains(a.Text, w) {
				t.Errorf("%s %q: %q says %q", c.name, c.change, a.Text, w)
			}
		}
		for _, b := range a.Boxes {
			if b.X < 0 || b.Y < 0 || b.W <= 0 || b.H <= 0 || b.X+b.W > 1.001 || b.Y+b.H > 1.001 {
				t.Errorf("%s %q: a box is not in the picture: %+v", c.name, c.change, b)
			}
		}
	}
}

func TestPeopleWhoWalkPastAreCounted(t *testing.T) {
	e, folder := networks(t), album(t)
	const there = 136 // counted by eye, those half hidden too
	found, wrong := 0, 0
	for n := range 24 {
		name := "people" + strconv.Itoa((n+1)/10) + strconv.Itoa((n+1)%10)
		for _, b := range saidOf(t, e, photo(t, folder, name)).Boxes {
			switch b.Label {
			case "person":
				found++
			case "truck", "car": // two are parked at the back
			default:
				wrong++
			}
		}
	}
	t.Logf("%d people of %d, %d false alarms", found, there, wrong)
	if found < 115 || found > there || wrong > 2 {
		t.Errorf("%d people of %d, %d false alarms", found, there, wrong)
	}
}

func TestHugePictureIsAPictureLikeAnyOther(t *testing.T) {
	e := networks(t)
	small, err := photo(t, album(t), "astronaut").Planes()
	if err != nil {
		t.Fatal(err)
	}
	const times = 8192 / 512
	huge := image.NewYCbCr(image.Rect(0, 0, 8192, 8192), image.YCbCrSubsampleRatio420)
	for y := range 8192 {
		for x := range 8192 {
			huge.Y[y*huge.YStride+x] = small.Y[small.YOffset(x/times, y/times)]
		}
	}
	for y := range 4096 {
		for x := range 4096 {
			from := small.COffset(x*2/times, y*2/times)
			huge.Cb[y*huge.CStride+x], huge.Cr[y*huge.CStride+x] = small.Cb[from], small.Cr[from]
		}
	}
	if a := saidOf(t, e, sight.FromYCbCr(huge)); !strings.HasPrefix(a.Text, "A person close up") {
		t.Errorf("it says %q", a.Text)
	}
}

func TestCutOffPictureIsTheSourcesFault(t *testing.T) {
	e, folder := networks(t), album(t)
	data, err := os.ReadFile(filepath.Join(folder, "sign.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	cut := fromJPEG(t, data[:len(data)/2])
	_, err = detector.New(detector.Config{Engine: e}).Ask(t.Context(), sight.Question{Frame: sight.Frame{Picture: cut}}, nil)
	if !errors.Is(err, &fault.Error{Code: jpeg.CodeBroken}) || fault.From(err).Blame != fault.Source {
		t.Errorf("got %v", err)
	}
}

// TestMemoryIsFlatOverTwentyLoads closes twenty engines one after another: it is the same as letting go after two idle minutes.
func TestMemoryIsFlatOverTwentyLoads(t *testing.T) {
	folder := album(t)
	var kept []int64
	for range 20 {
		e := networks(t)
		if a := saidOf(t, e, photo(t, folder, "sign")); !strings.Contains(a.Text, "NOTICE") {
			t.Fatalf("it says %q", a.Text)
		}
		e.Close()
		kept = append(kept, ownMemory(t)>>20)
	}
	t.Logf("MB after each: %v", kept)
	if more := kept[len(kept)-1] - kept[0]; more > 20 {
		t.Errorf("%d MB more after twenty times", more)
	}
}

// ownMemory is what this process has for itself, in bytes.
func ownMemory(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := bytes.Cut(status, []byte("RssAnon:"))
	fields := strings.Fields(string(after))
	kilobytes, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// TestMissingModelsAreToldAndTheAppGoesOn has a folder that lacks one, and then gets it.
func TestMissingModelsAreToldAndTheAppGoesOn(t *testing.T) {
	whole, err := filepath.Abs(builtModels)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link := func(name string) {
		t.Helper()
		if err := os.Symlink(filepath.Join(whole, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"libonnxruntime.so", "text-find.onnx", "text-read.onnx", "text-signs.txt"} {
		link(name)
	}
	e := vision.New(vision.Config{Dir: dir})
	defer e.Close()
	d := detector.New(detector.Config{Engine: e})
	picture := sight.FromYCbCr(vlmtest.TestCard(320, 240))
	ask := func() error {
		_, err := d.Ask(t.Context(), sight.Question{Frame: sight.Frame{Picture: picture}}, nil)
		return err
	}
	begin := time.Now()
	for range 100 {
		if f := fault.From(ask()); f == nil || f.Code != vision.CodeMissing || !strings.Contains(f.Message, "things.onnx") || !strings.Contains(f.Hint, "make build") {
			t.Fatalf("got %+v", f)
		}
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("a hundred questions took %v", took)
	}
	link("things.onnx")
	if err := ask(); err != nil {
		t.Errorf("with the file: %v", err)
	}
}
