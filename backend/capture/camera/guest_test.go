//go:build camvm && linux

package camera

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/blackjack/webcam"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// These run in the guest of build/rigs/camvm.sh, where a real V4L2 camera is: TestVivid… with Linux's test camera, TestMotion… with an MJPEG
// webcam. backend/realtest builds and starts them.

// An emulated processor is slow; that Run ends within two seconds is tried with cameras that hang, and in fake time.
const (
	patience = 30 * time.Second
	leave    = 5 * time.Second
	soon     = 2 * time.Second // for what takes a second elsewhere
)

func TestVividKeepsThePromises(t *testing.T) {
	capturetest.Run(t, capturetest.Case{Open: attachedCamera(t), Width: 640, Height: 480, Patience: patience, Grace: leave})
}

func TestVividIsListedByName(t *testing.T) {
	if got := names(t); !slices.Equal(got, []string{"vivid"}) {
		t.Errorf("listed: %q", got)
	}
}

// TestVividInEveryFormat takes the test pattern in each format that the driver has of those we read: they show the same.
func TestVividInEveryFormat(t *testing.T) {
	other, err := webcam.Open(vivid)
	if err != nil {
		t.Fatal(err)
	}
	formats := other.GetSupportedFormats()
	other.Close()
	tried := 0
	var want []int
	for _, format := range rawFormats() {
		if _, has := formats[pixelFormat(format)]; !has {
			t.Logf("the driver has no %s", format)
			continue
		}
		tried++
		got := bars(t, mode{width: 640, height: 360, rate: 15, format: format})
		if want == nil {
			want = got
		}
		for i := range got {
			if away(got[i], want[i]) > 6 {
				t.Errorf("%s: the pattern is %v, in %s it was %v", format, got, rawFormats()[0], want)
				break
			}
		}
	}
	if tried < 4 {
		t.Errorf("only %d formats were tried", tried)
	}
}

// bars is the mean brightness and colours of eight upright bars of the upper quarter of a picture.
func bars(t *testing.T, m mode) []int {
	t.Helper()
	s, err := openV4L2(vivid, m)
	if err != nil {
		t.Fatalf("%s: %v", m.format, err)
	}
	defer s.close()
	got, err := s.read()
	if err != nil {
		t.Fatalf("%s: %v", m.format, err)
	}
	img, sums := got.planes, make([]int, 24)
	if img.Rect != image.Rect(0, 0, m.width, m.height) {
		t.Errorf("%s came in %v", m.format, img.Rect)
	}
	for bar := range 8 {
		const n = 20 * 20
		for y := range 20 {
			for x := range 20 {
				c := img.YCbCrAt(bar*80+30+x, 60+y)
				sums[3*bar] += int(c.Y)
				sums[3*bar+1] += int(c.Cb)
				sums[3*bar+2] += int(c.Cr)
			}
		}
		for i := range 3 {
			sums[3*bar+i] /= n
		}
	}
	return sums
}

func TestVividInAChosenMode(t *testing.T) {
	table := capture.Table{Scheme()}
	began := time.Now()
	device := devicesOf(t, table)[0]
	t.Logf("listed in %v: %s, %d modes, first %+v", time.Since(began), device.URI, len(device.Modes), device.Modes[0])
	if n := len(device.Modes); n < 3 || n > mostModes {
		t.Fatalf("%d modes", n)
	}
	small := slices.MinFunc(device.Modes, func(a, b capture.Mode) int { return a.Width*a.Height - b.Width*b.Height })
	r := start(open(t, table, small.URI))
	f := await(t, r, 2)
	if w, h := f.Picture.Size(); w != small.Width || h != small.Height {
		t.Errorf("%s delivers %dx%d", small.URI, w, h)
	}
	if again := devicesOf(t, table)[0]; len(again.Modes) != len(device.Modes) { // while it is in use
		t.Errorf("listed again: %+v", again)
	}
	await(t, r, 2)
	r.stop()
	if device.Modes[0].FPS < 24 {
		t.Errorf("first comes %+v", device.Modes[0])
	}
}

// TestVividUnpluggedAndPluggedInAgain keeps the old node open, so that the camera comes back under another number.
func TestVividUnpluggedAndPluggedInAgain(t *testing.T) {
	table := capture.Table{Scheme()}
	uri := devicesOf(t, table)[0].URI
	r := start(open(t, table, uri))
	await(t, r, 3)
	hold, err := os.Open(vivid)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Close()
	command(t, "unplug")
	at := time.Now()
	if err := r.end(t); fault.CodeOf(err) != codeGone || time.Since(at) > soon {
		t.Errorf("unplugged: %v (%v) after %v", err, fault.From(err).Cause, time.Since(at))
	}
	if got := names(t); len(got) != 0 {
		t.Errorf("still listed: %q", got)
	}
	for uri, code := range map[string]string{"camera:": codeNone, uri: codeGone} {
		if err := start(open(t, table, uri)).end(t); fault.CodeOf(err) != code {
			t.Errorf("%s opened without a camera: %v", uri, err)
		}
	}
	replug(t)
	nodes, _ := filepath.Glob("/dev/video*")
	if len(nodes) != 1 || nodes[0] == vivid {
		t.Errorf("it came back as %q", nodes)
	}
	if again := devicesOf(t, table)[0].URI; again != uri {
		t.Errorf("%s is now %s", uri, again)
	}
	r = start(open(t, table, uri))
	await(t, r, 3)
	r.stop()
	hold.Close()
	command(t, "unplug")
	replug(t)
}

// TestVividUnpluggedOverAndOver leaves neither files nor goroutines behind.
func TestVividUnpluggedOverAndOver(t *testing.T) {
	table := capture.Table{Scheme()}
	uri := devicesOf(t, table)[0].URI + "&size=320x180"
	cycle := func() {
		r := start(open(t, table, uri))
		await(t, r, 1)
		command(t, "unplug")
		if err := r.end(t); fault.CodeOf(err) != codeGone {
			t.Fatalf("unplugged: %v", err)
		}
		replug(t)
	}
	cycle()
	files, routines := openFiles(t), runtime.NumGoroutine()
	began, n := time.Now(), 0
	for ; n < 100 && time.Since(began) < 45*time.Second; n++ {
		cycle()
	}
	if now := openFiles(t); now > files || runtime.NumGoroutine() > routines+2 {
		t.Errorf("%d files and %d goroutines became %d and %d", files, routines, now, runtime.NumGoroutine())
	}
	t.Logf("%d times in %v", n, time.Since(began))
	if n < 10 {
		t.Errorf("only %d times in %v", n, time.Since(began))
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// TestVividDisconnected is a camera whose node stays while the camera itself is gone.
func TestVividDisconnected(t *testing.T) {
	r := start(attachedCamera(t)())
	await(t, r, 2)
	control(t, "Disconnect", 1)
	at := time.Now()
	if err := r.end(t); fault.CodeOf(err) != codeGone || time.Since(at) > soon {
		t.Errorf("got %v after %v", err, time.Since(at))
	}
	command(t, "unplug")
	replug(t)
	r = start(attachedCamera(t)())
	await(t, r, 1)
	r.stop()
}

// TestVividStalls drops every picture of a camera that delivers raw ones.
func TestVividStalls(t *testing.T) {
	r := start(attachedCamera(t)())
	last := await(t, r, 2)
	control(t, "Percentage of Dropped Buffers", 100)
	err := r.end(t)
	for len(r.frames) > 0 {
		last = <-r.frames
	}
	took := time.Since(last.Captured)
	control(t, "Percentage of Dropped Buffers", 0)
	if fault.CodeOf(err) != codeStalled || took > 3*time.Second { // a second for the emulated processor
		t.Errorf("%v after %v", err, took)
	}
	t.Logf("told after %v", took)
	r = start(attachedCamera(t)())
	await(t, r, 2)
	r.stop()
}

// control sets one of the test camera's own controls, which play tricks.
func control(t *testing.T, name string, value int32) {
	t.Helper()
	cam, err := webcam.Open(vivid)
	if err != nil {
		t.Fatal(err)
	}
	defer cam.Close()
	for id, c := range cam.GetControls() {
		if c.Name == name {
			if err := cam.SetControl(id, value); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return
		}
	}
	// A button is in no list that the library gives.
	if name != "Disconnect" || cam.SetControl(0x00f0f000+65, value) != nil {
		t.Fatalf("the driver has no %s", name)
	}
}

// TestVividInUseByAnotherProgram runs itself again, as the other one.
func TestVividInUseByAnotherProgram(t *testing.T) {
	if os.Getenv("HOLD") != "" {
		holdVivid(t)
		return
	}
	holder := exec.Command("/proc/self/exe", "-test.run=^TestVividInUseByAnotherProgram$")
	holder.Env = append(os.Environ(), "HOLD=1")
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if said, err := bufio.NewReader(out).ReadString('\n'); said != "holding\n" {
		t.Fatalf("%q, %v", said, err)
	}
	comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", holder.Process.Pid))
	want := fmt.Sprintf("The camera vivid is in use by %s (%d).", strings.TrimSpace(string(comm)), holder.Process.Pid)
	if err := start(attachedCamera(t)()).end(t); fault.CodeOf(err) != codeBusy || err.Error() != want {
		t.Errorf("got %v (%v), want %s", err, fault.From(err).Cause, want)
	}
	in.Close()
	_ = holder.Wait()
	r := start(attachedCamera(t)())
	await(t, r, 1)
	r.stop()
}

func holdVivid(t *testing.T) {
	other, err := webcam.Open(vivid)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, _, _, err := other.SetImageFormat(pixelFormat("YUYV"), 640, 480); err != nil {
		t.Fatal(err)
	}
	if err := other.StartStreaming(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("holding")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestVividForbidden runs itself again as a user who may not open the camera.
func TestVividForbidden(t *testing.T) {
	if os.Getuid() != 0 {
		err := start(attachedCamera(t)()).end(t)
		fmt.Println("code:", fault.CodeOf(err), "hint:", fault.From(err).Hint)
		return
	}
	if err := os.WriteFile("/etc/group", []byte("root:x:0:\nvideo:x:44:\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chown(vivid, 0, 44), os.Chmod(vivid, 0o660)); err != nil {
		t.Fatal(err)
	}
	again := exec.Command("/proc/self/exe", "-test.run=^TestVividForbidden$")
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000}}
	again.Dir = "/"
	out, err := again.CombinedOutput()
	if !strings.Contains(string(out), "code: "+codeDenied+" hint: Run: sudo usermod -aG video $USER,") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestMotionJPEGKeepsThePromises(t *testing.T) {
	capturetest.Run(t, capturetest.Case{Open: attachedCamera(t), Width: 1280, Height: 720, Patience: patience, Grace: leave})
}

// TestMotionJPEGStalls stops the program that plays the pictures.
func TestMotionJPEGStalls(t *testing.T) {
	r := start(attachedCamera(t)())
	last := await(t, r, 2)
	feed := processOf(t, "feed")
	if err := syscall.Kill(feed, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	err := r.end(t)
	for len(r.frames) > 0 {
		last = <-r.frames
	}
	took := time.Since(last.Captured)
	if fault.CodeOf(err) != codeStalled || took > 3*time.Second { // a second for the emulated processor
		t.Errorf("%v after %v", err, took)
	}
	t.Logf("told after %v", took)
	if err := syscall.Kill(feed, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	r = start(attachedCamera(t)())
	await(t, r, 2)
	r.stop()
}

func processOf(t *testing.T, name string) int {
	t.Helper()
	out, err := exec.Command("pidof", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.Fields(string(out))[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestMotionJPEGPassesThroughUntouched(t *testing.T) {
	if got := names(t); !slices.Equal(got, []string{"Loopback_webcam"}) {
		t.Errorf("listed: %q", got)
	}
	r := start(attachedCamera(t)())
	f := await(t, r, 3)
	r.stop()
	e, err := f.Picture.JPEG(1280, 50)
	if err != nil {
		t.Fatal(err)
	}
	if source := f.Picture.Source(); len(source) == 0 || &source[0] != &e.JPEG[0] {
		t.Errorf("a picture of %d bytes was encoded anew", len(source))
	}
}

// vivid is where the test camera is, as long as nobody holds an older one.
const vivid = "/dev/video0"

// replug waits until the camera is there again.
func replug(t *testing.T) {
	t.Helper()
	command(t, "replug")
	for began := time.Now(); len(names(t)) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("it does not come back")
		}
	}
}

func attachedCamera(t *testing.T) func() capture.Source {
	table := capture.Table{Scheme()}
	return func() capture.Source { return open(t, table, "camera:") }
}

func names(t *testing.T) []string {
	t.Helper()
	devices, err := Scheme().Devices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, len(devices))
	for i, d := range devices {
		got[i] = d.Name
	}
	return got
}

// await gives the nth frame from now.
func await(t *testing.T, r *running, n int) sight.Frame {
	t.Helper()
	timeout := time.After(patience)
	for i := 1; ; i++ {
		select {
		case f := <-r.frames:
			if i == n {
				return f
			}
		case err := <-r.ended:
			t.Fatalf("ended before frame %d: %v (%v)", i, err, fault.From(err).Cause)
		case <-timeout:
			t.Fatalf("no frame %d", i)
		}
	}
}

// end waits for a Run that ends by itself.
func (r *running) end(t *testing.T) error {
	t.Helper()
	defer r.cancel()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(patience):
		t.Fatal("it goes on and on")
		return nil
	}
}

// command is one of the guest's own.
func command(t *testing.T, name string) {
	t.Helper()
	if out, err := exec.Command(name).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
}
