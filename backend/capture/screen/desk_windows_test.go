package screen

import (
	"context"
	"errors"
	"image"
	"image/color"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/sight"
)

// fakeWindows is a desktop of one colour.
type fakeWindows struct {
	found atomic.Pointer[[]image.Rectangle]
	fails error
	hangs chan struct{} // where it is not nil, a picture comes when it is closed
	asked atomic.Int32
}

func newFakeWindows(monitors ...image.Rectangle) *fakeWindows {
	w := &fakeWindows{}
	w.found.Store(&monitors)
	return w
}

func (w *fakeWindows) desk() desk { return &gdi{turn: make(chan struct{}, 1), in: w} }

func (w *fakeWindows) monitors() []image.Rectangle { return *w.found.Load() }

func (w *fakeWindows) capture(r image.Rectangle) (*image.RGBA, error) {
	w.asked.Add(1)
	if w.hangs != nil {
		<-w.hangs
	}
	img := image.NewRGBA(image.Rectangle{Max: r.Size()})
	for i := range img.Pix {
		img.Pix[i] = [4]byte{255, 136, 0, 255}[i%4]
	}
	return img, w.fails
}

func TestScreenPassesTheSuite(t *testing.T) {
	w := newFakeWindows(image.Rect(0, 0, 64, 48))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return opened(t, w.desk(), "screen:?fps=30") }, FPS: 30, Width: 64, Height: 48,
	})
}

func TestColoursAreRight(t *testing.T) {
	img, err := firstFrame(t, newFakeWindows(image.Rect(0, 0, 64, 48), image.Rect(-40, 0, 0, 30)).desk(), "screen:2").Picture.Planes()
	if err != nil || img.Rect != image.Rect(0, 0, 40, 30) {
		t.Fatal(img.Rect, err)
	}
	wantColour(t, "the second", img, 20, 20, color.RGBA{255, 136, 0, 255})
}

func TestScreenThatIsNotThereIsTold(t *testing.T) {
	capturetest.Missing(t, opened(t, newFakeWindows().desk(), "screen:"), codeNone)
	capturetest.Missing(t, opened(t, newFakeWindows(image.Rect(0, 0, 9, 9)).desk(), "screen:2"), codeMissing)
	locked := newFakeWindows(image.Rect(0, 0, 9, 9))
	locked.fails = errors.New("BitBlt failed")
	capturetest.Missing(t, opened(t, locked.desk(), "screen:"), codeFailed)
	if got, err := scheme(newFakeWindows().desk()).Devices(t.Context()); len(got) > 0 || err != nil {
		t.Errorf("listed %v, %v", got, err)
	}
}

func TestScreenThatChangesUnderALookIsTold(t *testing.T) {
	for code, now := range map[string][]image.Rectangle{
		codeGone: {image.Rect(0, 0, 64, 48)}, codeChanged: {image.Rect(0, 0, 64, 48), image.Rect(0, 0, 64, 40)},
	} {
		w := newFakeWindows(image.Rect(0, 0, 64, 48), image.Rect(64, 0, 128, 48))
		err := opened(t, w.desk(), "screen:2?fps=30").Run(t.Context(), func(sight.Frame) { w.found.Store(&now) })
		if fault.CodeOf(err) != code {
			t.Errorf("%v, want %s", err, code)
		}
	}
}

func TestCallThatHangsIsLeftAndNoOtherIsMade(t *testing.T) {
	before := goleak.IgnoreCurrent()
	w := newFakeWindows(image.Rect(0, 0, 64, 48))
	w.hangs = make(chan struct{})
	d := w.desk()
	for range 2 {
		start := time.Now()
		err := opened(t, d, "screen:").Run(t.Context(), func(sight.Frame) { t.Error("a frame") })
		if took := time.Since(start); fault.CodeOf(err) != codeHung || took > patience+time.Second {
			t.Errorf("after %v: %v", took, err)
		}
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("%d calls hang", n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := opened(t, d, "screen:").Run(ctx, func(sight.Frame) {}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("who stopped waiting got %v", err)
	}
	close(w.hangs)
	if firstFrame(t, d, "screen:").Picture == nil {
		t.Error("no picture though it came back")
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// TestThisDesktopIsListedOrThereIsNone asks the system itself. What it has listed it shows, or it says why not: a service sees nothing.
func TestThisDesktopIsListedOrThereIsNone(t *testing.T) {
	found, err := Scheme().Devices(t.Context())
	t.Log(found, err)
	if err != nil {
		t.Error(err)
	}
	for _, d := range found {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		var seen []image.Point
		err := opened(t, newDesk(), d.URI).Run(ctx, func(f sight.Frame) {
			if _, err := f.Picture.PlanesWithin(100); err != nil {
				t.Error(err)
			}
			seen = append(seen, size(f))
			cancel()
		})
		cancel()
		t.Log(seen, err)
		if m := d.Modes[0]; fault.CodeOf(err) != codeFailed && (len(seen) == 0 || seen[0] != image.Pt(m.Width, m.Height)) {
			t.Errorf("listed %+v, seen %v, %v", d, seen, err)
		}
	}
}
