package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"

	"github.com/pion/mediadevices/pkg/frame"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEverySourcesPromises(t *testing.T) {
	table := tableOf(&fakeCamera{name: "Webcam"})
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return open(t, table, "camera:") }, Width: 64, Height: 36,
	})
}

func TestEverySourcesPromisesWithJPEG(t *testing.T) {
	picture := jpegOf(t, 64, 36)
	table := tableOf(&fakeCamera{name: "Webcam", reads: func(n int, closed <-chan struct{}) (shot, error) {
		select {
		case <-time.After(10 * time.Millisecond):
			return shot{jpeg: bytes.Clone(picture)}, nil
		case <-closed:
			return shot{}, io.EOF
		}
	}})
	capturetest.Run(t, capturetest.Case{Open: func() capture.Source { return open(t, table, "camera:") }, Width: 64, Height: 36})
}

func TestWhatIsMissingIsAClearFault(t *testing.T) {
	depth := []mode{{width: 640, height: 480, rate: 30, format: frame.FormatZ16}}
	cut := func(int, <-chan struct{}) (shot, error) { return shot{}, errTorn }
	for code, tc := range map[string]struct {
		uri     string
		cameras []*fakeCamera
	}{
		"camera.none":     {"camera:", nil},
		"camera.missing":  {"camera:Other", []*fakeCamera{{name: "Webcam"}}},
		"camera.busy":     {"camera:", []*fakeCamera{{name: "Webcam", starting: syscall.EBUSY}}},
		"camera.denied":   {"camera:", []*fakeCamera{{name: "Webcam", opening: syscall.EACCES}}},
		"camera.gone":     {"camera:", []*fakeCamera{{name: "Webcam", opening: syscall.ENODEV}}},
		"camera.crowded":  {"camera:", []*fakeCamera{{name: "Webcam", starting: errors.New("Failed to start streaming: " + syscall.ENOSPC.Error())}}},
		"camera.unusable": {"camera:", []*fakeCamera{{name: "Webcam", offers: depth}}},
		"camera.failed":   {"camera:", []*fakeCamera{{name: "Webcam", reads: cut}}},
	} {
		t.Run(code, func(t *testing.T) {
			capturetest.Missing(t, open(t, tableOf(tc.cameras...), tc.uri), code)
		})
	}
}

func TestAMissingCameraSaysWhatIsThere(t *testing.T) {
	src := open(t, tableOf(&fakeCamera{name: "Front"}, &fakeCamera{name: "Back door"}), "camera:Garden")
	err := src.Run(context.Background(), nil)
	if want := "No camera is named Garden; attached: Front, Back door."; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestACameraIsFoundByNameOrPath(t *testing.T) {
	front, back := &fakeCamera{name: "Front", path: "/dev/video0"}, &fakeCamera{name: "Back", path: "/dev/video2"}
	for uri, want := range map[string]*fakeCamera{
		"camera:": front, "camera:Front": front, "camera: back ": back, "camera:/dev/video2": back,
	} {
		before, _ := want.uses()
		r := start(open(t, tableOf(front, back), uri))
		<-r.frames
		if _, err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s ended with %v", uri, err)
		}
		if after, _ := want.uses(); after != before+1 {
			t.Errorf("%s opened another camera", uri)
		}
	}
}

func TestDevicesAreListedWhenAskedFor(t *testing.T) {
	b := &bench{cameras: []*fakeCamera{{name: "Front"}, {name: "Back"}}}
	table := capture.Table{scheme(b)}
	open(t, table, "camera:Front")
	if b.lists() != 0 {
		t.Error("cameras were listed before anybody asked")
	}
	devices, err := table.Devices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := uris(devices), "camera:Front?id=at-Front camera:Back?id=at-Back"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOptionsThatMeanNothingAreRefused(t *testing.T) {
	for uri, code := range map[string]string{
		"camera:Front?rate=30":          "source.option",
		"camera:Front?size=large":       "source.size",
		"camera:Front?size=1280x0":      "source.size",
		"camera:Front?size=1280x99999":  "source.size",
		"camera:Front?fps=NaN":          "source.fps",
		"camera:Front?fps=-1":           "source.fps",
		"camera:?id=x&size=4x4&fps=0.5": "",
	} {
		if _, err := tableOf().Open(uri); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %s", uri, err, code)
		}
	}
}

func TestACameraInUseIsBusy(t *testing.T) {
	cam := &fakeCamera{name: "Webcam"}
	table := tableOf(cam)
	first := start(open(t, table, "camera:"))
	<-first.frames
	if err := open(t, table, "camera:Webcam").Run(context.Background(), nil); fault.CodeOf(err) != codeBusy {
		t.Errorf("the second got %v", err)
	}
	first.stop()
	again := start(open(t, table, "camera:Webcam"))
	<-again.frames
	again.stop()
	if _, most := cam.uses(); most != 1 {
		t.Errorf("opened %d times at once", most)
	}
}

func TestUnpluggedCameraIsGone(t *testing.T) {
	src := open(t, tableOf(&fakeCamera{name: "Webcam", reads: greyUntil(5, func(<-chan struct{}) (shot, error) {
		return shot{}, fmt.Errorf("dequeue: %w", syscall.ENODEV)
	})}), "camera:")
	r := start(src)
	if err := <-r.ended; fault.CodeOf(err) != codeGone {
		t.Errorf("got %v", err)
	}
	if len(r.frames) != 5 {
		t.Errorf("%d frames, want 5", len(r.frames))
	}
}

func TestABrokenPictureIsPassedOver(t *testing.T) {
	src := open(t, tableOf(&fakeCamera{name: "Webcam", reads: func(n int, _ <-chan struct{}) (shot, error) {
		time.Sleep(time.Millisecond)
		switch n % 4 {
		case 0:
			return shot{}, errTorn
		case 1:
			return shot{jpeg: []byte("no picture")}, nil
		case 2:
			return shot{img: &image.YCbCr{Rect: image.Rect(0, 0, 640, 480)}}, nil
		}
		return grey(), nil
	}}), "camera:")
	r := start(src)
	for range 40 {
		<-r.frames
	}
	if _, err := r.stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestASilentCameraIsStalledAndLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := tableOf(&fakeCamera{name: "Webcam", reads: greyUntil(3, untilClosed)})
		for range 2 { // the second time it is silent from the start
			r := start(open(t, table, "camera:"))
			if err := <-r.ended; fault.CodeOf(err) != codeStalled {
				t.Errorf("got %v", err)
			}
		}
	})
}

// The rate is the camera's own: all there is to promise is that every picture is handed on.
func TestEveryPictureIsHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(open(t, tableOf(&fakeCamera{name: "Webcam"}), "camera:"))
		time.Sleep(2*time.Second + time.Millisecond)
		r.stop()
		if n := len(r.frames); n < 200 || n > 201 {
			t.Errorf("%d frames in two seconds of a camera with 100 a second", n)
		}
	})
}

func TestSilenceIsNoticedAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(open(t, tableOf(&fakeCamera{name: "Webcam", reads: greyUntil(1, untilClosed)}), "camera:"))
		last := (<-r.frames).Captured
		<-r.ended
		if waited := time.Since(last); waited < nextFrame || waited > 2*time.Second {
			t.Errorf("noticed after %v", waited)
		}
	})
}

func TestASilentCameraThatIsNotListedAnyMoreIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{cameras: []*fakeCamera{{name: "Webcam", reads: greyUntil(3, untilClosed)}}}
		r := start(open(t, capture.Table{scheme(b)}, "camera:"))
		<-r.frames
		b.plugIn()
		if err := <-r.ended; fault.CodeOf(err) != codeGone {
			t.Errorf("got %v", err)
		}
	})
}

func TestAHungDriverHoldsUpNobodyAndIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := make(chan struct{})
		hang := func(<-chan struct{}) (shot, error) { <-hanging; return shot{}, io.EOF }
		cam := &fakeCamera{name: "Webcam", reads: greyUntil(3, hang), deaf: hanging}
		table := tableOf(cam, &fakeCamera{name: "Other"})

		r := start(open(t, table, "camera:"))
		for range 3 {
			<-r.frames
		}
		synctest.Wait()
		if took, err := r.stop(); !errors.Is(err, context.Canceled) || took > 2*time.Second {
			t.Errorf("ended with %v after %v", err, took)
		}
		for range 3 {
			err := open(t, table, "camera:").Run(context.Background(), nil)
			if fault.CodeOf(err) != codeHung || !strings.HasSuffix(fault.From(err).Cause.Error(), ": 1") {
				t.Errorf("opened again: %v (%v)", err, errors.Unwrap(err))
			}
		}
		if opened, _ := cam.uses(); opened != 1 {
			t.Errorf("opened %d times, want once", opened)
		}
		other := start(open(t, table, "camera:Other"))
		<-other.frames
		other.stop()

		close(hanging)
		synctest.Wait()
		cam.reads = nil
		again := start(open(t, table, "camera:"))
		<-again.frames
		again.stop()
	})
}

func TestAHungOpenIsNotClosedUnderTheDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := make(chan struct{})
		b := &slowToOpen{bench: bench{cameras: []*fakeCamera{{name: "Webcam"}}}, until: hanging}
		r := start(open(t, capture.Table{scheme(b)}, "camera:"))
		if err := <-r.ended; fault.CodeOf(err) != codeStalled {
			t.Errorf("got %v", err)
		}
		if b.closed {
			t.Error("closed while it was being opened")
		}
		close(hanging)
		synctest.Wait()
		if !b.closed {
			t.Error("not closed after it was opened")
		}
	})
}

func TestAListThatHangsIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{cameras: []*fakeCamera{{name: "Webcam"}}, stuck: make(chan struct{})}
		table := capture.Table{scheme(b)}
		for range 3 {
			if _, err := table.Devices(context.Background()); fault.CodeOf(err) != codeHung {
				t.Errorf("got %v", err)
			}
		}
		r := start(open(t, table, "camera:"))
		if err := <-r.ended; fault.CodeOf(err) != codeHung {
			t.Errorf("got %v", err)
		}
		if b.lists() != 1 {
			t.Errorf("asked %d times", b.lists())
		}
		close(b.stuck)
		synctest.Wait()
		b.stuck = nil
		if devices, err := table.Devices(context.Background()); err != nil || len(devices) != 1 {
			t.Errorf("afterwards: %v, %v", devices, err)
		}
	})
}

func TestCancelDoesNotWaitForAListThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{stuck: make(chan struct{})}
		r := start(open(t, capture.Table{scheme(b)}, "camera:"))
		synctest.Wait()
		if took, err := r.stop(); !errors.Is(err, context.Canceled) || took > 2*time.Second {
			t.Errorf("ended with %v after %v", err, took)
		}
		close(b.stuck)
	})
}

func TestErrorsAreExplained(t *testing.T) {
	for _, tc := range []struct {
		err  error
		code string
	}{
		{io.EOF, codeGone},
		{syscall.ENXIO, codeGone},
		{syscall.ENOENT, codeGone},
		{fmt.Errorf("open: %w", syscall.EPERM), codeDenied},
		{errors.New("Failed to start streaming: " + syscall.EBUSY.Error()), codeBusy},
		{errors.New("Failed to map request buffers: " + syscall.ENODEV.Error()), codeGone},
		{syscall.EIO, codeFailed},
		{errors.New("read timeout"), codeFailed},
		{none(), codeNone},
	} {
		if got := fault.CodeOf(explain(attached{name: "Webcam"}, tc.err)); got != tc.code {
			t.Errorf("%v: got %s, want %s", tc.err, got, tc.code)
		}
	}
	if explain(attached{}, nil) != nil {
		t.Error("nothing was explained")
	}
}

// slowToOpen is a bench whose camera hangs while it is opened.
type slowToOpen struct {
	bench
	until  chan struct{}
	closed bool
}

func (b *slowToOpen) list() ([]attached, error) {
	found, err := b.bench.list()
	for i := range found {
		open := found[i].device
		found[i].device = func() device { return &slowDevice{open(), b} }
	}
	return found, err
}

type slowDevice struct {
	device
	bench *slowToOpen
}

func (d *slowDevice) modes() ([]mode, error) { <-d.bench.until; return d.device.modes() }
func (d *slowDevice) close()                 { d.bench.closed = true; d.device.close() }

// greyUntil gives n grey pictures, one each 10 ms, and then what then says.
func greyUntil(n int, then func(closed <-chan struct{}) (shot, error)) func(int, <-chan struct{}) (shot, error) {
	return func(i int, closed <-chan struct{}) (shot, error) {
		if i >= n {
			return then(closed)
		}
		time.Sleep(10 * time.Millisecond)
		return grey(), nil
	}
}

func untilClosed(closed <-chan struct{}) (shot, error) { <-closed; return shot{}, io.EOF }

func grey() shot {
	return shot{img: image.NewYCbCr(image.Rect(0, 0, 64, 36), image.YCbCrSubsampleRatio420)}
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = byte(i * 7)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func uris(devices []capture.Device) string {
	all := make([]string, len(devices))
	for i, d := range devices {
		all[i] = d.URI
	}
	return strings.Join(all, " ")
}
