package screen

import (
	"context"
	"errors"
	"image"
	"runtime"
	"time"

	"github.com/kbinani/screenshot"
	"golang.org/x/sys/windows"
)

// grace is how long a call that nobody waits for any more gets to come back.
const grace = time.Second

// gdi is the monitors of a Windows desktop. A call into Windows that hangs is left behind: at most one of them is, since nobody else gets a turn
// until it has come back.
type gdi struct {
	turn chan struct{} // holds a token while a call is under way
	in   inWindows
}

// inWindows is what is asked of Windows. Any call may hang.
type inWindows interface {
	monitors() []image.Rectangle
	capture(r image.Rectangle) (*image.RGBA, error)
}

func newDesk() desk { return &gdi{turn: make(chan struct{}, 1), in: user32{}} }

func (d *gdi) monitors(ctx context.Context) ([]image.Point, error) {
	found, err := d.all(ctx)
	if err != nil {
		return nil, err
	}
	sizes := make([]image.Point, len(found))
	for i, r := range found {
		sizes[i] = r.Size()
	}
	return sizes, nil
}

// all is where each monitor is; a desktop without one, as of a service, is a fault.
func (d *gdi) all(ctx context.Context) ([]image.Rectangle, error) {
	found, err := call(ctx, d.turn, func() ([]image.Rectangle, error) { return d.in.monitors(), nil })
	if err == nil && len(found) == 0 {
		err = none(nil)
	}
	return found, err
}

func (d *gdi) open(ctx context.Context, number int) (monitor, error) {
	found, err := d.all(ctx)
	switch {
	case err != nil:
		return nil, err
	case number >= len(found):
		return nil, missing(number, len(found))
	}
	return &pane{gdi: d, ctx: ctx, number: number, size: found[number].Size()}, nil
}

// pane is a monitor of a Windows desktop.
type pane struct {
	*gdi
	ctx    context.Context
	number int
	size   image.Point
}

func (p *pane) look() (*shot, error) {
	return call(p.ctx, p.turn, func() (*shot, error) {
		found := p.in.monitors()
		switch {
		case p.number >= len(found):
			return nil, gone(errors.New("it is not among the monitors any more"))
		case found[p.number].Size() != p.size:
			return nil, changed(p.size, found[p.number].Size())
		}
		img, err := p.in.capture(found[p.number])
		if err != nil { // a locked desktop, or that of another person
			return nil, failed(err)
		}
		return &shot{
			pix: img.Pix, stride: img.Stride, width: p.size.X, height: p.size.Y,
			layout: layout{bytes: 4, r: field{0, 8}, g: field{8, 8}, b: field{16, 8}},
		}, nil
	})
}

func (p *pane) close() {}

// call asks Windows, in its turn and no longer than patience. Where it gives no answer in that time, the call is left behind.
func call[T any](ctx context.Context, turn chan struct{}, work func() (T, error)) (answer T, err error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return answer, ctx.Err()
	case <-limit.C:
		return answer, hung(errors.New("another call has not come back"))
	}
	done := make(chan error, 1)
	var got T
	go func() {
		worked, err := work()
		got = worked
		<-turn
		done <- err
	}()
	for {
		select {
		case err = <-done:
			return got, err
		case <-limit.C:
			return answer, hung(errors.New("it has not come back"))
		case <-ctx.Done():
			limit.Reset(grace)
			ctx = context.WithoutCancel(ctx)
		}
	}
}

// user32 asks Windows.
type user32 struct{}

func (user32) monitors() []image.Rectangle {
	var found []image.Rectangle
	inPixels(func() {
		for i := range screenshot.NumActiveDisplays() {
			found = append(found, screenshot.GetDisplayBounds(i))
		}
	})
	return found
}

func (user32) capture(r image.Rectangle) (img *image.RGBA, err error) {
	inPixels(func() { img, err = screenshot.CaptureRect(r) })
	return img, err
}

// perMonitor is DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, minus four as a pointer.
const perMonitor = ^uintptr(3)

// inPixels lets Windows tell of its monitors in their own pixels. To a program that has not said so it tells smaller sizes than there are, and what
// is taken of the screen is then a part of it. Before Windows 10 1703 there is no such thing for a thread.
func inPixels(work func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if set := windows.NewLazySystemDLL("user32.dll").NewProc("SetThreadDpiAwarenessContext"); set.Find() == nil {
		if before, _, _ := set.Call(perMonitor); before != 0 {
			defer func() { _, _, _ = set.Call(before) }()
		}
	}
	work()
}
