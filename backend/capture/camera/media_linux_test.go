//go:build cgo

package camera

import (
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"

	"github.com/pion/mediadevices/pkg/driver"
	"github.com/pion/mediadevices/pkg/frame"
	"github.com/pion/mediadevices/pkg/io/video"
	"github.com/pion/mediadevices/pkg/prop"
)

// fakeNode is a driver as mediadevices lists it.
type fakeNode struct {
	info    driver.Info
	opening error
	offers  []prop.Media
	opens   int
}

func (f *fakeNode) Open() error                                  { f.opens++; return f.opening }
func (f *fakeNode) Close() error                                 { f.opens--; return nil }
func (f *fakeNode) Properties() []prop.Media                     { return f.offers }
func (f *fakeNode) ID() string                                   { return "" }
func (f *fakeNode) Info() driver.Info                            { return f.info }
func (f *fakeNode) Status() driver.State                         { return driver.StateClosed }
func (f *fakeNode) VideoRecord(prop.Media) (video.Reader, error) { return nil, syscall.EBUSY }
func named(label, name string) *fakeNode {
	return &fakeNode{info: driver.Info{Label: label, Name: name}}
}

func (f *fakeNode) offering(w, h int, fps float32) *fakeNode {
	f.offers = append(f.offers, prop.Media{Video: prop.Video{Width: w, Height: h, FrameRate: fps, FrameFormat: frame.FormatYUYV}})
	return f
}

func listed(nodes ...*fakeNode) []attached {
	all := make([]node, len(nodes))
	for i, n := range nodes {
		all[i] = nodeIn(tree("/nonexistent"), n)
	}
	return cameras(all)
}

func TestOneCameraWithSeveralNodesAppearsOnce(t *testing.T) {
	found := listed(
		named("usb-Logi_C920-video-index1;video3", "HD Pro Webcam C920;usb-0000:00:14.0-2"),
		named("usb-Chicony-video-index0;video0", "Integrated Camera: Integrated C;usb-0000:00:14.0-8"),
		named("usb-Chicony-video-index1;video1", "Integrated Camera: Integrated I;usb-0000:00:14.0-8"),
		named("usb-Logi_C920-video-index0;video2", "HD Pro Webcam C920;usb-0000:00:14.0-2"),
		named("pci-usb-3-video-index0;video10", "HD Pro Webcam C920;usb-0000:00:14.0-3"),
		named("video4;video4", "OBS Virtual Camera;platform:v4l2loopback-000"),
	)
	var got []string
	for _, cam := range found {
		got = append(got, fmt.Sprintf("%s %s %s", cam.name, cam.paths, cam.id()))
	}
	want := "Integrated Camera [/dev/video0 /dev/video1] at-usb-0000-00-14.0-8, HD Pro Webcam C920 [/dev/video2 /dev/video3] at-usb-0000-00-14.0-2, " +
		"OBS Virtual Camera [/dev/video4] at-platform-v4l2loopback-000, HD Pro Webcam C920 [/dev/video10] at-usb-0000-00-14.0-3"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

func TestANodeThatCannotBeOpenedIsACameraOnlyWhenTheSystemForbidsIt(t *testing.T) {
	denied := named("usb-046d_C920-video-index0;video0", ";")
	denied.opening = syscall.EACCES
	decoder := named("video10;video10", ";")
	decoder.opening = fmt.Errorf("Not a video capture device")
	if n := nodeIn("/nonexistent", denied); !n.doubted || !n.mayBeCamera() || n.name != "usb-046d_C920" {
		t.Errorf("a forbidden camera: %+v", n)
	}
	if n := nodeIn("/nonexistent", decoder); !n.doubted || n.mayBeCamera() {
		t.Errorf("a decoder: %+v", n)
	}
	if _, err := listed(denied)[0].device().modes(); err != syscall.EACCES {
		t.Errorf("opening the forbidden one: %v", err)
	}
}

func TestTheNodeWithPicturesIsUsed(t *testing.T) {
	metadata, pictures := named("a;video0", "C;usb-1"), named("b;video1", "C;usb-1").offering(640, 480, float32(math.Inf(1)))
	device := listed(metadata, pictures)[0].device()
	modes, err := device.modes()
	if err != nil || len(modes) != 1 || modes[0] != (mode{640, 480, 0, frame.FormatYUYV}) {
		t.Errorf("got %v, %v", modes, err)
	}
	if metadata.opens != 0 || pictures.opens != 1 {
		t.Errorf("%d and %d open", metadata.opens, pictures.opens)
	}
	device.close()
	device.close()
	if pictures.opens != 0 {
		t.Errorf("closed too often: %d", pictures.opens)
	}
}

// BenchmarkList is what importing mediadevices' driver costs where there is no camera, since it lists once at import.
func BenchmarkList(b *testing.B) {
	for b.Loop() {
		if _, err := (media{}).list(); err != nil {
			b.Fatal(err)
		}
	}
}
