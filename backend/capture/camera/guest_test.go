//go:build camvm && linux

package camera

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
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
)

func TestVividKeepsThePromises(t *testing.T) {
	capturetest.Run(t, capturetest.Case{Open: attachedCamera(t), Width: 640, Height: 480, Patience: patience, Grace: leave})
}

func TestVividIsListedByName(t *testing.T) {
	if got := names(t); !slices.Equal(got, []string{"vivid"}) {
		t.Errorf("listed: %q", got)
	}
}

func TestVividUnpluggedAndPluggedInAgain(t *testing.T) {
	r := start(attachedCamera(t)())
	await(t, r, 3)
	command(t, "unplug")
	if err := r.end(t); fault.CodeOf(err) != codeGone {
		t.Errorf("unplugged: %v (%v)", err, fault.From(err).Cause)
	}
	if got := names(t); len(got) != 0 {
		t.Errorf("still listed: %q", got)
	}
	if err := start(attachedCamera(t)()).end(t); fault.CodeOf(err) != codeNone {
		t.Errorf("opened without a camera: %v", err)
	}
	command(t, "replug")
	for began := time.Now(); len(names(t)) == 0 && time.Since(began) < patience; {
		time.Sleep(100 * time.Millisecond)
	}
	r = start(attachedCamera(t)())
	await(t, r, 3)
	r.stop()
}

func TestVividInUseByAnotherProgram(t *testing.T) {
	other, err := webcam.Open("/dev/video0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, _, _, err := other.SetImageFormat(webcam.PixelFormat('Y'|'U'<<8|'Y'<<16|'V'<<24), 640, 480); err != nil {
		t.Fatal(err)
	}
	if err := other.StartStreaming(); err != nil {
		t.Fatal(err)
	}
	if err := start(attachedCamera(t)()).end(t); fault.CodeOf(err) != codeBusy {
		t.Errorf("got %v (%v)", err, fault.From(err).Cause)
	}
}

// TestVividForbidden runs itself again as a user who may not open the camera.
func TestVividForbidden(t *testing.T) {
	if os.Getuid() != 0 {
		fmt.Println("code:", fault.CodeOf(start(attachedCamera(t)()).end(t)))
		return
	}
	again := exec.Command("/proc/self/exe", "-test.run=^TestVividForbidden$")
	again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 1000, Gid: 1000}}
	again.Dir = "/"
	out, err := again.CombinedOutput()
	if !strings.Contains(string(out), "code: "+codeDenied) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestMotionJPEGKeepsThePromises(t *testing.T) {
	capturetest.Run(t, capturetest.Case{Open: attachedCamera(t), Width: 1280, Height: 720, Patience: patience, Grace: leave})
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
