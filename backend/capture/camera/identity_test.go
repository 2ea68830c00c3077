package camera

import (
	"context"
	"errors"
	"fmt"
	"image"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
)

// watched says which of the cameras a source opens; "" where it ends with a fault of that code.
func watched(t *testing.T, table capture.Table, uri string, cameras ...*fakeCamera) (opened *fakeCamera, code string) {
	t.Helper()
	before := make([]int, len(cameras))
	for i, c := range cameras {
		before[i], _ = c.uses()
	}
	r := start(open(t, table, uri))
	select {
	case <-r.frames:
		r.stop()
	case err := <-r.ended:
		r.cancel()
		return nil, fault.CodeOf(err)
	}
	for i, c := range cameras {
		if after, _ := c.uses(); after > before[i] {
			return c, ""
		}
	}
	return nil, "nothing was opened"
}

func TestACameraIsFoundAgainUnderAnotherNameAndNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mine := &fakeCamera{name: "Webcam", path: "/dev/video0", port: "1", serial: "MINE"}
		other := &fakeCamera{name: "Webcam", path: "/dev/video2", port: "2", serial: "OTHER"}
		b := &bench{cameras: []*fakeCamera{mine, other}}
		table := capture.Table{scheme(b)}
		const uri = "camera:Webcam?id=usb-MINE"
		if got, code := watched(t, table, uri, mine, other); got != mine {
			t.Fatalf("before: %v %s", got, code)
		}
		b.plugIn(other)
		if got, code := watched(t, table, uri, mine, other); got != nil || code != codeGone {
			t.Errorf("unplugged: %v %s", got, code)
		}
		mine.name, mine.path, mine.port = "Renamed", "/dev/video4", "3"
		b.plugIn(other, mine)
		if got, code := watched(t, table, uri, mine, other); got != mine {
			t.Errorf("plugged in elsewhere: %v %s", got, code)
		}
	})
}

func TestAnUnpluggedCameraNamesTheOthers(t *testing.T) {
	table := tableOf(&fakeCamera{name: "Front"}, &fakeCamera{name: "Back"})
	f := fault.From(open(t, table, "camera:Garden?id=usb-1").Run(context.Background(), nil))
	if f.Code != codeGone || f.Blame != fault.Source || f.Message != "The camera Garden is unplugged." || !strings.Contains(f.Hint, "Front, Back") {
		t.Errorf("got %+v", f)
	}
	f = fault.From(open(t, tableOf(), "camera:?id=usb-1").Run(context.Background(), nil))
	if f.Message != "The camera that was chosen is unplugged." || strings.Contains(f.Hint, "another") {
		t.Errorf("got %+v", f)
	}
}

func TestAnotherKindOfCameraInTheSameSocketIsAnotherCamera(t *testing.T) {
	a := usb{vendor: "046d", product: "0825", controller: "0000:00:14.0", port: "2"}.identity()
	b := usb{vendor: "1bcf", product: "2c99", controller: "0000:00:14.0", port: "2"}.identity()
	if a.key == b.key || a.answersTo(b.key) {
		t.Errorf("%s and %s", a.key, b.key)
	}
}

// Cheap cameras all have the same serial number.
func TestASerialThatSeveralHaveMeansTheOneThatHadItAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mine := &fakeCamera{name: "Cheap", port: "1", serial: "0001"}
		twin := &fakeCamera{name: "Cheap", port: "2", serial: "0001"}
		b := &bench{cameras: []*fakeCamera{mine}}
		table := capture.Table{scheme(b)}
		const uri = "camera:Cheap?id=usb-0001"
		devices, _ := table.Devices(context.Background())
		if uris(devices) != uri {
			t.Fatalf("alone it is %s", uris(devices))
		}
		b.plugIn(twin, mine)
		devices, _ = table.Devices(context.Background())
		if got := uris(devices); got != "camera:Cheap?id=at-2 camera:Cheap?id=at-1" {
			t.Errorf("together they are %s", got)
		}
		if devices[0].Detail != "2" || devices[1].Detail != "1" {
			t.Errorf("told apart by %q and %q", devices[0].Detail, devices[1].Detail)
		}
		if got, code := watched(t, table, uri, mine, twin); got != mine {
			t.Errorf("with its twin: %v %s", got, code)
		}
		b.plugIn(twin)
		if got, code := watched(t, table, uri, mine, twin); got != nil || code != codeTwins {
			t.Errorf("only the twin: %v %s", got, code)
		}
		b.plugIn(twin, mine)
		if got, code := watched(t, table, uri, mine, twin); got != mine {
			t.Errorf("back again: %v %s", got, code)
		}

		fresh := capture.Table{scheme(b)} // after a restart nobody knows which was meant
		if got, code := watched(t, fresh, uri, mine, twin); got != nil || code != codeTwins {
			t.Errorf("after a restart: %v %s", got, code)
		}
		if got, code := watched(t, fresh, "camera:Cheap?id=at-2", mine, twin); got != twin {
			t.Errorf("by its place: %v %s", got, code)
		}
	})
}

func TestOneCameraHasOneKeyHoweverItIsNamed(t *testing.T) {
	s := tableOf(&fakeCamera{name: "Front", path: "/dev/video0", port: "1", serial: "A"}, &fakeCamera{name: "Back", port: "2"})[0]
	for uri, want := range map[string]string{
		"camera:":                                  "at-1",
		"camera:front":                             "at-1",
		"camera:/dev/video0":                       "at-1",
		"camera:?id=usb-A":                         "at-1",
		"camera:Back?id=at-1&size=640x480":         "at-1",
		"camera:Front?id=usb-A&size=640x480&fps=5": "at-1",
		"camera:Back":                              "at-2",
		"camera:Front?id=usb-B":                    "",
		"camera:Garden":                            "",
	} {
		u, err := capture.ParseURI(uri)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Key(context.Background(), u); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", uri, got, err, want)
		}
	}
}

func TestIdsAreShortAndStandInAURIAsTheyAre(t *testing.T) {
	long := usb{vendor: "046d", product: "0892", serial: strings.Repeat("Ü9", 60), controller: "c", port: "1"}.identity()
	for got, want := range map[string]string{
		usb{vendor: "046d", product: "0892", serial: "ABCD1234", port: "1"}.identity().id():                                  "usb-046d-0892-ABCD1234",
		usb{vendor: "046d", product: "0892", serial: "A B/C", function: "02", port: "1"}.identity().id():                     "usb-046d-0892-A-B-C.2",
		usb{vendor: "046d", product: "0892", controller: "0000:00:14.0", port: "1.2", function: "00"}.identity().id():        "usb-046d-0892-at-0000-00-14.0-1.2",
		monikerIdentity(`@device:pnp:\\?\usb#vid_046d&pid_082d&mi_00#7&2A0b3c&0&0000#{65e8773d-8f70}\global`).id():           "usb-vid_046d-pid_082d-mi_00-7-2a0b3c-0-0000",
		monikerIdentity(`@device:sw:{860BB310-5D01-11D0-BD3B-00A0C911CE86}\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}`).key[:15]: "sw-860bb310-5d0",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if len(long.id()) > longestID || long.id() == (usb{vendor: "046d", product: "0892", serial: strings.Repeat("Ü9", 61), port: "1"}).identity().id() {
		t.Errorf("a long serial became %s", long.id())
	}
	cam := attached{identity: long, name: "Webcam: 100% | a?b=c"}
	u, err := capture.ParseURI(cam.uri().String())
	if err != nil || u.Name != cam.name || u.Options.Get("id") != cam.id() {
		t.Errorf("%s became %+v, %v", cam.uri(), u, err)
	}
}

func TestAHundredTimesUnpluggedAndPluggedInAgain(t *testing.T) {
	for _, way := range []struct {
		name string
		mute bool
		read func(closed <-chan struct{}) (shot, error)
	}{
		{"the driver tells", false, func(<-chan struct{}) (shot, error) { return shot{}, fmt.Errorf("dequeue: %w", syscall.ENODEV) }},
		{"the driver is silent", true, untilClosed},
	} {
		t.Run(way.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cam := &fakeCamera{name: "Webcam", serial: "A"}
				b := &bench{cameras: []*fakeCamera{cam}, mute: way.mute}
				pulled := make(chan struct{})
				cam.reads = func(_ int, closed <-chan struct{}) (shot, error) {
					select {
					case <-pulled:
						return way.read(closed)
					case <-time.After(10 * time.Millisecond):
						return grey(), nil
					}
				}
				table := capture.Table{scheme(b)}
				for i := range 100 {
					r := start(open(t, table, "camera:Webcam?id=usb-A"))
					<-r.frames
					b.plugIn()
					close(pulled)
					at := time.Now()
					if err := <-r.ended; fault.CodeOf(err) != codeGone || time.Since(at) > time.Second {
						t.Fatalf("unplugging %d: %v after %v", i, err, time.Since(at))
					}
					r.cancel()
					if _, code := watched(t, table, "camera:Webcam?id=usb-A", cam); code != codeGone {
						t.Fatalf("without it: %s", code)
					}
					cam.port, pulled = fmt.Sprint("port ", i), make(chan struct{})
					b.plugIn(cam)
				}
				synctest.Wait()
				if opened, most := cam.uses(); opened != 100 || most != 1 || cam.now != 0 {
					t.Errorf("opened %d times, %d at once, %d still", opened, most, cam.now)
				}
			})
		})
	}
}

func TestAStallIsToldWithinTwoSeconds(t *testing.T) {
	for name, mute := range map[string]bool{"Linux": false, "Windows": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bench{cameras: []*fakeCamera{{name: "Webcam", reads: greyUntil(5, untilClosed)}}, mute: mute}
				r := start(open(t, capture.Table{scheme(b)}, "camera:"))
				var last time.Time
				for range 5 {
					last = (<-r.frames).Captured
				}
				err := <-r.ended
				if took := time.Since(last); fault.CodeOf(err) != codeStalled || took > 2*time.Second {
					t.Errorf("%v after %v", err, took)
				}
			})
		})
	}
}

func TestASlowModeThatWasChosenIsNoStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := mode{width: 640, height: 480, rate: 0.5, format: "YUYV"}
		cam := &fakeCamera{name: "Webcam", offers: []mode{slow}, slow: map[image.Point]time.Duration{slow.size(): 2 * time.Second}}
		r := start(open(t, tableOf(cam), "camera:?size=640x480&fps=0.5"))
		time.Sleep(time.Minute)
		if _, err := r.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		if n := len(r.frames); n < 28 {
			t.Errorf("%d frames", n)
		}
	})
}
