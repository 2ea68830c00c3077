package camera

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/mediadevices/pkg/frame"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

const (
	yuyv = frame.Format(frame.FormatYUYV)
	mjpg = frame.Format(frame.FormatMJPEG)
)

func usualWebcam() []mode {
	return []mode{
		{1280, 720, 10, yuyv},
		{640, 480, 30, yuyv},
		{1920, 1080, 5, yuyv},
		{1920, 1080, 30, mjpg},
		{1280, 720, 30, mjpg},
		{640, 480, 30, mjpg},
		{1280, 720, 29.970001, mjpg},
		{1920, 1080, 1, yuyv},
	}
}

func devicesOf(t *testing.T, table capture.Table) []capture.Device {
	t.Helper()
	devices, err := table.Devices(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return devices
}

func TestModesAreOfferedBestFirstAndOnce(t *testing.T) {
	cam := &fakeCamera{name: "Web cam", serial: "A", offers: usualWebcam()}
	table := tableOf(cam)
	device := devicesOf(t, table)[0]
	var got []string
	for _, m := range device.Modes {
		got = append(got, fmt.Sprintf("%dx%d@%v", m.Width, m.Height, m.FPS))
	}
	first := []string{"1280x720@30", "1280x720@29.97", "640x480@30", "1920x1080@30"}
	if len(got) != 7 || !slices.Equal(got[:4], first) || got[6] != "1920x1080@1" {
		t.Errorf("got %v", got)
	}
	if uri := device.Modes[1].URI; uri != "camera:Web cam?fps=29.97&id=usb-A&size=1280x720" || device.Modes[1].Format != "MJPEG" {
		t.Errorf("got %+v", device.Modes[1])
	}
	for _, m := range device.Modes {
		if got, code := watched(t, table, m.URI, cam); got != cam {
			t.Fatalf("%s: %s", m.URI, code)
		}
		if in := cam.started(); in.width != m.Width || in.height != m.Height || roundRate(in.rate) != m.FPS || string(in.format) != m.Format {
			t.Errorf("%s opened %+v", m.URI, in)
		}
	}
	if got, _ := watched(t, table, device.URI, cam); got != cam || cam.started() != (mode{1280, 720, 30, mjpg}) {
		t.Errorf("by itself %+v", cam.started())
	}
}

func TestOfManyModesEachSizeKeepsItsBest(t *testing.T) {
	var many []mode
	for size := range 10 {
		for rate := 60; rate > 0; rate -= 5 {
			many = append(many, mode{320 + 160*size, 240 + 80*size, float64(rate), yuyv})
		}
	}
	got := offered(many)
	rates := map[image.Point]int{}
	for _, m := range got {
		rates[m.size()]++
	}
	if len(got) != mostModes || len(rates) != 10 || rates[image.Pt(1280, 720)] < 2 {
		t.Errorf("%d modes, of each size %v", len(got), rates)
	}
	if best, _ := choose(many); got[0] != best {
		t.Errorf("first is %v, by itself %v", got[0], best)
	}
}

func TestAModeThatIsNotThereGivesTheNearest(t *testing.T) {
	for uri, tc := range map[string]struct {
		offers []mode
		want   mode
	}{
		"camera:?size=1280x720&fps=30":  {[]mode{{1280, 720, 10, yuyv}, {640, 480, 30, yuyv}}, mode{1280, 720, 10, yuyv}},
		"camera:?size=1280x720&fps=25":  {[]mode{{1280, 720, 1, yuyv}, {1280, 720, 30, yuyv}}, mode{1280, 720, 30, yuyv}},
		"camera:?size=1920x1080&fps=30": {[]mode{{1280, 720, 30, yuyv}, {1920, 1080, 1, yuyv}}, mode{1280, 720, 30, yuyv}}, // never 1 fps by accident
		"camera:?size=1920x1080&fps=1":  {[]mode{{1280, 720, 30, yuyv}, {1920, 1080, 1, yuyv}}, mode{1920, 1080, 1, yuyv}}, // but on purpose
		"camera:?size=1920x1080":        {[]mode{{1280, 720, 30, yuyv}, {1920, 1080, 1, yuyv}}, mode{1920, 1080, 1, yuyv}},
		"camera:?size=1900x1000":        {[]mode{{1280, 720, 30, yuyv}, {1920, 1080, 1, yuyv}}, mode{1280, 720, 30, yuyv}},
		"camera:?size=800x600":          {[]mode{{1280, 720, 30, yuyv}, {640, 480, 30, yuyv}}, mode{640, 480, 30, yuyv}},
		"camera:?fps=60":                {[]mode{{1280, 720, 30, yuyv}, {640, 480, 60, yuyv}}, mode{640, 480, 60, yuyv}},
		"camera:?fps=12":                {[]mode{{1280, 720, 30, yuyv}, {1280, 720, 15, yuyv}, {640, 480, 15, yuyv}}, mode{1280, 720, 15, yuyv}},
	} {
		cam := &fakeCamera{name: "Webcam", offers: tc.offers}
		if got, code := watched(t, tableOf(cam), uri, cam); got != cam || cam.started() != tc.want {
			t.Errorf("%s: got %+v %s, want %+v", uri, cam.started(), code, tc.want)
		}
	}
}

func TestListingOpensACameraOnceForAsLongAsItIsAttached(t *testing.T) {
	cam := &fakeCamera{name: "Webcam", stamp: "1"}
	table := tableOf(cam)
	for range 3 {
		if len(devicesOf(t, table)[0].Modes) != 1 {
			t.Error("no modes")
		}
	}
	if opened, _ := cam.uses(); opened != 1 {
		t.Errorf("opened %d times", opened)
	}
	cam.stamp, cam.offers = "2", usualWebcam() // plugged in again, as another firmware
	if n := len(devicesOf(t, table)[0].Modes); n != 7 {
		t.Errorf("%d modes", n)
	}
}

func TestListingLeavesACameraInUseAlone(t *testing.T) {
	cam := &fakeCamera{name: "Webcam"}
	table := tableOf(cam)
	r := start(open(t, table, "camera:"))
	<-r.frames
	if len(devicesOf(t, table)[0].Modes) != 1 { // which opening it has told
		t.Error("no modes")
	}
	cam.stamp = "2"
	devicesOf(t, table)
	r.stop()
	if opened, most := cam.uses(); opened != 1 || most != 1 {
		t.Errorf("opened %d times, %d at once", opened, most)
	}
}

func TestACameraThatHangsWhenItIsListedHidesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hanging := make(chan struct{})
		b := &slowToOpen{bench: bench{cameras: []*fakeCamera{{name: "Webcam"}}}, until: hanging}
		table := capture.Table{scheme(b)}
		for range 3 {
			began := time.Now()
			if devices := devicesOf(t, table); len(devices) != 1 || devices[0].Modes != nil {
				t.Errorf("listed: %v", devices)
			}
			if took := time.Since(began); took > peekLimit {
				t.Errorf("listing took %v", took)
			}
		}
		if err := open(t, table, "camera:").Run(context.Background(), nil); fault.CodeOf(err) != codeHung {
			t.Errorf("opening it: %v", err)
		}
		close(hanging)
		synctest.Wait()
		if devices := devicesOf(t, table); len(devices[0].Modes) != 1 {
			t.Errorf("afterwards: %v", devices)
		}
	})
}

func TestOpeningWaitsForACameraThatIsBeingListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := make(chan struct{})
		b := &slowToOpen{bench: bench{cameras: []*fakeCamera{{name: "Webcam"}}}, until: slow}
		table := capture.Table{scheme(b)}
		go table.Devices(context.Background())
		synctest.Wait()
		r := start(open(t, table, "camera:"))
		synctest.Wait()
		close(slow)
		<-r.frames
		r.stop()
	})
}

func TestNamesThatAreSharedAreToldApartByTheirPlace(t *testing.T) {
	table := tableOf(&fakeCamera{name: "Webcam", port: "port 1"}, &fakeCamera{name: "Door"}, &fakeCamera{name: "webcam", port: "port 2"})
	var got []string
	for _, d := range devicesOf(t, table) {
		got = append(got, d.Name+"|"+d.Detail)
	}
	if want := "Webcam|port 1 Door| webcam|port 2"; strings.Join(got, " ") != want {
		t.Errorf("got %s", strings.Join(got, " "))
	}
	err := open(t, table, "camera:Garden").Run(context.Background(), nil)
	if want := "No camera is named Garden; attached: Webcam (port 1), Door, webcam (port 2)."; err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestTheSecondOfANameIsFoundByItsNumber(t *testing.T) {
	first, second := &fakeCamera{name: "Webcam", port: "1"}, &fakeCamera{name: "Webcam", port: "2"}
	if got, code := watched(t, tableOf(first, second), "camera:webcam (2)", first, second); got != second {
		t.Errorf("got %v %s", got, code)
	}
}
