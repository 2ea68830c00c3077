package shared

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/local/localtest"
	"sightline/backend/sight"
)

func TestAllWindowsSeeTheSamePicturesInTheSameOrder(t *testing.T) {
	base := planes(1, 70, 50, image.YCbCrSubsampleRatio420)
	for name, picture := range map[string]func(n int) *sight.Picture{
		"JPEG":  nil,
		"4:2:0": func(n int) *sight.Picture { return sight.FromYCbCr(planes(n, 31, 23, image.YCbCrSubsampleRatio420)) },
		"4:2:2": func(n int) *sight.Picture { return sight.FromYCbCr(planes(n, 31, 23, image.YCbCrSubsampleRatio422)) },
		"4:4:4": func(n int) *sight.Picture { return sight.FromYCbCr(planes(n, 31, 23, image.YCbCrSubsampleRatio444)) },
		"drawn when looked at": func(n int) *sight.Picture {
			return sight.FromScalable(64, 48, func(w, h int) *image.YCbCr { return planes(n, w, h, image.YCbCrSubsampleRatio420) })
		},
		"rows with gaps": func(int) *sight.Picture {
			part, _ := base.SubImage(image.Rect(0, 0, 40, 30)).(*image.YCbCr)
			return sight.FromYCbCr(part)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCamera(t)
				c.picture = picture
				s := met(c)
				holder := opened(t, s, "camera:", nil)
				time.Sleep(1010 * time.Millisecond) // between two frames
				var viewers []*window
				for range 5 {
					viewers = append(viewers, opened(t, s, "camera:", nil))
				}
				time.Sleep(2 * time.Second)
				for _, w := range viewers {
					w.close()
				}
				holder.close()
				for i, w := range viewers {
					wantSameFrames(t, fmt.Sprint("viewer ", i), holder.seen(), w.seen())
				}
				if n := c.opened.Load(); n != 1 {
					t.Errorf("the camera was opened %d times", n)
				}
			})
		})
	}
}

// wantSameFrames wants every frame of the last two seconds, with its own time: fake time, so to the nanosecond.
func wantSameFrames(t *testing.T, who string, held, viewed []sight.Frame) {
	t.Helper()
	if len(viewed) < 59 {
		t.Errorf("%s saw %d frames in two seconds", who, len(viewed))
		return
	}
	held = held[len(held)-len(viewed):]
	for i := range viewed {
		if look(t, held[i].Picture) != look(t, viewed[i].Picture) || !held[i].Captured.Equal(viewed[i].Captured) {
			t.Errorf("%s: frame %d is another picture, or off by %v", who, i, viewed[i].Captured.Sub(held[i].Captured))
			return
		}
		if (held[i].Picture.Source() == nil) != (viewed[i].Picture.Source() == nil) {
			t.Errorf("%s: frame %d changed its form", who, i)
		}
	}
}

func TestHoldersFramesAreTheCamerasOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		synctest.Wait()
		opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		holder.close()
		for i, f := range holder.seen() {
			if c.made[f.Picture] != i+1 {
				t.Errorf("frame %d is the camera's picture %d", i+1, c.made[f.Picture])
			}
		}
	})
}

func TestNothingIsDrawnForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var drawn atomic.Int32
		c := newCamera(t)
		c.picture = func(n int) *sight.Picture {
			return sight.FromRender(32, 24, func() *image.YCbCr {
				drawn.Add(1)
				return planes(n, 32, 24, image.YCbCrSubsampleRatio420)
			})
		}
		s := met(c)
		opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		if n := drawn.Load(); n != 0 {
			t.Errorf("%d pictures were drawn while one window was open", n)
		}
		viewers := []*window{opened(t, s, "camera:", nil), opened(t, s, "camera:", nil)}
		time.Sleep(time.Second)
		if n := drawn.Load(); n < 29 || n > 32 {
			t.Errorf("%d pictures were drawn in a second for two more windows", n)
		}
		for _, w := range viewers {
			w.close()
		}
		time.Sleep(time.Second)
		before := drawn.Load()
		time.Sleep(time.Second)
		if n := drawn.Load(); n != before {
			t.Errorf("%d pictures were drawn after the others had closed", n-before)
		}
	})
}

func TestSlowViewerMissesFramesAndHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := met(newCamera(t))
		holder := opened(t, s, "camera:", nil)
		synctest.Wait()
		slow := opened(t, s, "camera:", func(int) { time.Sleep(490 * time.Millisecond) })
		quick := opened(t, s, "camera:", nil)
		time.Sleep(10 * time.Second)
		for name, w := range map[string]*window{"holder": holder, "quick viewer": quick} {
			if n, gap := len(w.seen()), w.gap(); n < 298 || gap > 34*time.Millisecond {
				t.Errorf("the %s saw %d frames in ten seconds, and none for %v", name, n, gap)
			}
		}
		frames := slow.seen()
		if len(frames) < 19 || len(frames) > 22 {
			t.Errorf("the slow viewer saw %d frames", len(frames))
		}
		slow.mu.Lock()
		for i, came := range slow.came {
			if age := came.Sub(frames[i].Captured); age > 34*time.Millisecond {
				t.Errorf("frame %d was %v old when it came: something queues", i, age)
			}
		}
		slow.mu.Unlock()
	})
}

func TestViewerThatHangsIsLetGoAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := met(newCamera(t))
		holder := opened(t, s, "camera:", nil)
		synctest.Wait()
		hanging := opened(t, s, "camera:", func(n int) {
			if n == 5 {
				time.Sleep(10 * time.Second)
			}
		})
		time.Sleep(15 * time.Second)
		hanging.wantOpen()
		if n := len(hanging.seen()); n < 100 {
			t.Errorf("it saw %d frames in all", n)
		}
		if gap := holder.gap(); gap > 34*time.Millisecond {
			t.Errorf("the holder had no frame for %v", gap)
		}
	})
}

func TestWhenTheHolderClosesTheOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		var others []*window
		for range 4 {
			others = append(others, opened(t, s, "camera:", nil))
		}
		time.Sleep(time.Second)
		for len(others) > 0 {
			if err := holder.close(); !errors.Is(err, context.Canceled) {
				t.Errorf("the holder ended with %v", err)
			}
			time.Sleep(time.Second)
			next := slices.IndexFunc(others, func(w *window) bool { return c.holds(w) })
			if next < 0 || c.inUse.Load() != 1 {
				t.Fatal("nobody took over")
			}
			for _, w := range others {
				w.wantOpen()
				if gap := w.gap(); gap > 150*time.Millisecond {
					t.Errorf("a window saw no frame for %v", gap)
				}
			}
			holder = others[next]
			others = slices.Delete(others, next, next+1)
		}
	})
}

// holds says that w's newest frame came straight from the camera.
func (c *camera) holds(w *window) bool {
	frames := w.seen()
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(frames) > 0 && c.made[frames[len(frames)-1].Picture] > 0
}

func TestCamerasFaultIsToldInEveryWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		windows := []*window{opened(t, s, "camera:", nil)}
		time.Sleep(time.Second)
		windows = append(windows, opened(t, s, "camera:", nil), opened(t, s, "camera:", nil))
		time.Sleep(time.Second)
		c.fail <- &fault.Error{Code: "camera.gone", Message: "It was unplugged.", Hint: "Plug it in.", Blame: fault.Source, Cause: io.EOF}
		for _, w := range windows {
			if f := w.wantFault("camera.gone"); f.Message != "It was unplugged." || f.Hint != "Plug it in." {
				t.Errorf("it reads %q, %q", f.Message, f.Hint)
			}
		}
		if n := c.opened.Load(); n != 1 {
			t.Errorf("the camera was opened %d times", n)
		}
		again := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		again.wantOpen()
	})
}

func TestSourceThatComesToItsEndEndsEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		windows := []*window{opened(t, s, "camera:", nil), opened(t, s, "camera:", nil)}
		time.Sleep(time.Second)
		c.fail <- nil
		for _, w := range windows {
			if <-w.ended; w.err != nil {
				t.Errorf("ended with %v", w.err)
			}
		}
	})
}

func TestHolderThatHangsIsToldAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		viewer := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		c.frozen.Store(true)
		began := time.Now()
		viewer.wantFault(CodeStalled)
		if waited := time.Since(began); waited < 1900*time.Millisecond || waited > 2100*time.Millisecond {
			t.Errorf("after %v", waited)
		}
		time.Sleep(time.Second)
		late := opened(t, s, "camera:", nil)
		late.wantFault(CodeStalled)
		if n := len(late.seen()); n > 0 {
			t.Errorf("a window that came later was shown %d old frames as new", n)
		}
		holder.wantOpen()
		if n := c.opened.Load(); n != 1 {
			t.Errorf("the camera was opened %d times", n)
		}
		c.frozen.Store(false)
		again := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		if n := len(again.seen()); n < 29 {
			t.Errorf("saw %d frames after it had come to life again", n)
		}
	})
}

func TestCameraThatOpensSlowlyIsWaitedForInEveryWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		c.warm = 9 * time.Second
		s := met(c)
		opened(t, s, "camera:", nil)
		synctest.Wait()
		viewer := opened(t, s, "camera:", nil)
		time.Sleep(10 * time.Second)
		viewer.wantOpen()
		if n := len(viewer.seen()); n < 28 {
			t.Errorf("saw %d frames", n)
		}
	})
}

func TestCameraNotYetFreeAfterACrashIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		viewer := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		c.busyFor(600 * time.Millisecond)
		holder.close()
		time.Sleep(2 * time.Second)
		viewer.wantOpen()
		if gap := viewer.gap(); gap < 600*time.Millisecond || gap > 750*time.Millisecond {
			t.Errorf("no frame for %v", gap)
		}
	})
}

func TestCameraThatStaysBusyIsTheReasonGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		viewer := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		c.busyFor(time.Hour)
		holder.close()
		began := time.Now()
		viewer.wantFault("camera.busy")
		if waited := time.Since(began); waited < 1900*time.Millisecond || waited > 2100*time.Millisecond {
			t.Errorf("after %v", waited)
		}
		first := opened(t, s, "camera:", nil) // which takes over from nobody
		began = time.Now()
		first.wantFault("camera.busy")
		if waited := time.Since(began); waited > 0 {
			t.Errorf("the first window tried for %v", waited)
		}
	})
}

func TestHolderOfAnotherVersionIsNamedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := &meeting{}, newCamera(t)
		pretend(t, m, "SIGHTLINE-CAM/99and something new")
		began := time.Now()
		w := opened(t, scheme(c.scheme(), func(string) place { return m }), "camera:", nil)
		w.wantFault(CodeVersion)
		if waited := time.Since(began); waited > 0 || c.opened.Load() > 0 {
			t.Errorf("after %v, the camera opened %d times", waited, c.opened.Load())
		}
	})
}

func TestHolderThatTalksNonsenseEndsTheConnectionNotTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := &meeting{}, newCamera(t)
		pretend(t, m, greeting+"this is a head of the wrong kind. And more.")
		began := time.Now()
		w := opened(t, scheme(c.scheme(), func(string) place { return m }), "camera:", nil)
		f := w.wantFault(CodeGarbled)
		if waited := time.Since(began); waited < 1900*time.Millisecond || waited > 2100*time.Millisecond {
			t.Errorf("after %v", waited)
		}
		if !errors.Is(f, errGarbled) {
			t.Errorf("the log gets %v", f.Cause)
		}
	})
}

func TestHolderThatSaysNothingIsToldAfterTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, c := &meeting{}, newCamera(t)
		pretend(t, m, "")
		began := time.Now()
		w := opened(t, scheme(c.scheme(), func(string) place { return m }), "camera:", nil)
		w.wantFault(CodeSilent)
		if waited := time.Since(began); waited < 1900*time.Millisecond || waited > 2100*time.Millisecond {
			t.Errorf("after %v", waited)
		}
	})
}

// pretend holds the place, and says one thing to each who comes. Who is told nothing is kept waiting.
func pretend(t *testing.T, m *meeting, say string) {
	release, _ := m.claim()
	door, _ := m.listen()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := door.Accept()
			if err != nil {
				return
			}
			go hold(conn, say)
		}
	}()
	t.Cleanup(func() { door.Close(); <-ended; release() })
}

// hold says its piece, and waits for the other side to leave where it has none.
func hold(conn net.Conn, say string) {
	defer conn.Close()
	io.WriteString(conn, say)
	if say == "" {
		io.Copy(io.Discard, conn)
	}
}

func TestThereIsAnEndToHowManyWindowsWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := met(newCamera(t))
		opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		var viewers []*window
		for range most {
			viewers = append(viewers, opened(t, s, "camera:", nil))
		}
		time.Sleep(time.Second)
		opened(t, s, "camera:", nil).wantFault(CodeFull)
		viewers[0].close()
		time.Sleep(time.Second)
		late := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		late.wantOpen()
		for _, w := range viewers[1:] {
			w.wantOpen()
		}
	})
}

func TestPictureTooLargeForTheWireIsAClearFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		huge := planes(1, 40000, 2, image.YCbCrSubsampleRatio420)
		c.picture = func(int) *sight.Picture { return sight.FromYCbCr(huge) }
		s := met(c)
		holder := opened(t, s, "camera:", nil)
		synctest.Wait()
		opened(t, s, "camera:", nil).wantFault(CodeLarge)
		holder.wantOpen()
	})
}

func TestUnreadablePictureIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		c.picture = func(n int) *sight.Picture {
			img := planes(n, 32, 24, image.YCbCrSubsampleRatio420)
			if n%2 == 0 {
				img.Cr = img.Cr[:3]
			}
			return sight.FromYCbCr(img)
		}
		s := met(c)
		opened(t, s, "camera:", nil)
		synctest.Wait()
		viewer := opened(t, s, "camera:", nil)
		time.Sleep(2 * time.Second)
		viewer.wantOpen()
		if n := len(viewer.seen()); n < 29 || n > 31 {
			t.Errorf("saw %d frames", n)
		}
	})
}

// TestOneDeviceHasOneKey: what a person typed does not matter, what they asked for does.
func TestOneDeviceHasOneKey(t *testing.T) {
	keys := func(s capture.Scheme, uris ...string) (keys []string) {
		for _, uri := range uris {
			src, err := capture.Table{scheme(s, func(device string) place { keys = append(keys, device); return &meeting{} })}.Open(uri)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			src.Run(ctx, func(sight.Frame) { cancel() })
			cancel()
		}
		return keys
	}
	listed := newCamera(t).scheme()
	if got := keys(listed, "camera:", "camera:First", "CAMERA: first "); len(slices.Compact(got)) != 1 || got[0] != "camera:first" {
		t.Errorf("one camera has the keys %q", got)
	}
	if got := keys(listed, "camera:", "camera:Other", "camera:?size=2", "camera:Unlisted"); len(got) != 4 || len(slices.Compact(slices.Sorted(slices.Values(got)))) != 4 {
		t.Errorf("four cameras have the keys %q", got)
	}
	plain := listed
	plain.Devices = nil
	if got := keys(plain, "camera://h/A?b=1&c=2", "camera://h/A?c=2&b=1", "camera://h/a?b=1&c=2"); len(got) != 3 || got[0] != got[1] || got[1] == got[2] {
		t.Errorf("addresses have the keys %q", got)
	}
}

// register is which camera is meant now, and by which URIs it was opened.
type register struct {
	mu    sync.Mutex
	key   string
	asked []string
}

func (r *register) set(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.key = key
}

func (r *register) uris() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.asked)
}

// keyed is a camera that is known by the key in r.
func keyed(c *camera, r *register) capture.Scheme {
	s := c.scheme()
	s.Key = func(context.Context, capture.URI) (string, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.key, nil
	}
	s.Open = func(u capture.URI) (capture.Source, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = append(r.asked, u.String())
		return c, nil
	}
	return s
}

func TestWhoeverAsksForTheCameraInAnotherModeGetsTheHoldersFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		var m meeting
		s := scheme(keyed(c, &register{key: "usb-1"}), func(device string) place {
			if device != "camera:?id=usb-1" {
				t.Errorf("they meet at %s", device)
			}
			return &m
		})
		opened(t, s, "camera:First?id=usb-1&size=1920x1080", nil)
		time.Sleep(time.Second)
		for _, uri := range []string{"camera:First?size=640x480", "camera:/dev/video0", "camera:", "camera:Renamed?id=serial"} {
			viewer := opened(t, s, uri, nil)
			time.Sleep(time.Second)
			viewer.wantOpen()
			if n := len(viewer.seen()); n < 29 {
				t.Errorf("%s saw %d frames", uri, n)
			}
		}
		if n := c.opened.Load(); n != 1 {
			t.Errorf("the camera was opened %d times", n)
		}
	})
}

func TestAWindowStaysWithItsCameraWhenAnotherBecomesTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCamera(t)
		r := &register{key: "usb-1"}
		var m meeting
		s := scheme(keyed(c, r), func(string) place { return &m })
		holder := opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		viewer := opened(t, s, "camera:?fps=15", nil)
		time.Sleep(time.Second)
		r.set("usb-2")
		holder.close()
		time.Sleep(time.Second)
		viewer.wantOpen()
		if asked := r.uris(); !slices.Contains(asked, "camera:?fps=15&id=usb-1") || slices.Contains(asked, "camera:?fps=15&id=usb-2") {
			t.Errorf("opened by %q", asked)
		}
	})
}

func TestACameraWithoutAKeyIsNotThere(t *testing.T) {
	inner := keyed(newCamera(t), &register{})
	inner.Open = func(capture.URI) (capture.Source, error) { return nobody{}, nil }
	src, err := Scheme(inner, t.TempDir()).Open(capture.URI{Scheme: "camera"})
	if err != nil {
		t.Fatal(err)
	}
	capturetest.Missing(t, src, "camera.none")
}

func TestNoCameraIsSaidInTheCamerasOwnWords(t *testing.T) {
	inner := newCamera(t).scheme()
	inner.Devices = func(context.Context) ([]capture.Device, error) { return nil, nil }
	inner.Open = func(capture.URI) (capture.Source, error) { return nobody{}, nil }
	src, err := Scheme(inner, t.TempDir()).Open(capture.URI{Scheme: "camera"})
	if err != nil {
		t.Fatal(err)
	}
	capturetest.Missing(t, src, "camera.none")
}

type nobody struct{}

func (nobody) Run(context.Context, func(sight.Frame)) error {
	return &fault.Error{Code: "camera.none", Message: "No camera is attached.", Hint: "Plug one in.", Blame: fault.Source}
}

func TestCameraThatAppearsInTheMeantimeIsSharedUnderItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lists atomic.Int32
		c := newCamera(t)
		inner := c.scheme()
		devices := inner.Devices
		inner.Devices = func(ctx context.Context) ([]capture.Device, error) {
			if lists.Add(1) == 1 {
				return nil, nil
			}
			return devices(ctx)
		}
		var m meeting
		s := scheme(inner, func(device string) place {
			if device != "camera:first" {
				t.Errorf("it is shared as %s", device)
			}
			return &m
		})
		opened(t, s, "camera:", nil)
		time.Sleep(time.Second)
		viewer := opened(t, s, "camera:First", nil)
		time.Sleep(time.Second)
		viewer.wantOpen()
		if n := len(viewer.seen()); n < 29 {
			t.Errorf("saw %d frames", n)
		}
	})
}

func TestMain(m *testing.M) {
	if !played() {
		goleak.VerifyTestMain(m, localtest.Lasting()...)
	}
}

func TestTimesNeverGoBackOnABusyMachine(t *testing.T) {
	var got []time.Time
	turn := newTurn(nil, nil, func(f sight.Frame) { got = append(got, f.Captured) })
	now := time.Now()
	for _, late := range []time.Duration{40 * time.Millisecond, 0, 0, time.Second} {
		turn.take(sight.Frame{Captured: now.Add(late - time.Minute)})
	}
	if !slices.IsSortedFunc(got, time.Time.Compare) || len(slices.CompactFunc(slices.Clone(got), time.Time.Equal)) != 4 || got[3] != now.Add(time.Second-time.Minute) {
		t.Errorf("got %v", got)
	}
}
