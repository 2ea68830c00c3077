package shared

import (
	"context"
	"errors"
	"hash/fnv"
	"image"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sightline/backend/capture"
	"sightline/backend/fault"
	"sightline/backend/jpeg"
	"sightline/backend/sight"
)

// camera is a source whose pictures are all different, and which objects to being opened twice.
type camera struct {
	t       *testing.T
	picture func(n int) *sight.Picture // nil: a JPEG
	warm    time.Duration              // from opening to the first frame
	busy    atomic.Pointer[time.Time]  // until then it does not open; nil: it does

	inUse, opened, taken atomic.Int32
	frozen               atomic.Bool
	fail                 chan error // ends the run that takes it

	mu   sync.Mutex
	made map[*sight.Picture]int // which picture was the how manieth
}

func newCamera(t *testing.T) *camera {
	return &camera{t: t, fail: make(chan error, 1), made: make(map[*sight.Picture]int)}
}

func (c *camera) Run(ctx context.Context, put func(sight.Frame)) error {
	if c.inUse.Add(1) > 1 {
		c.t.Error("the camera was opened twice at once")
	}
	defer c.inUse.Add(-1)
	c.opened.Add(1)
	if until := c.busy.Load(); until != nil && time.Now().Before(*until) {
		return &fault.Error{Code: "camera.busy", Message: "It is in use.", Hint: "Close the other program.", Blame: fault.Source}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(c.warm):
	}
	var failed ended
	err := capture.Ticks(30).Run(ctx, func(int) error {
		select {
		case err := <-c.fail:
			return ended{err}
		default:
		}
		if !c.frozen.Load() {
			put(c.frame())
		}
		return nil
	})
	if errors.As(err, &failed) {
		return failed.err
	}
	return err
}

func (c *camera) busyFor(d time.Duration) {
	until := time.Now().Add(d)
	c.busy.Store(&until)
}

func (c *camera) frame() sight.Frame {
	n := int(c.taken.Add(1))
	picture := c.picture
	if picture == nil {
		picture = func(n int) *sight.Picture { return photo(c.t, n) }
	}
	f := sight.Frame{Captured: time.Now(), Picture: picture(n)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made[f.Picture] = n
	return f
}

// scheme is this camera as the first of two.
func (c *camera) scheme() capture.Scheme {
	return capture.Scheme{
		Name: "camera", Title: "Camera",
		Open: func(capture.URI) (capture.Source, error) { return c, nil },
		Devices: func(context.Context) ([]capture.Device, error) {
			return []capture.Device{{URI: "camera:First"}, {URI: "camera:Other"}}, nil
		},
	}
}

// planes are n's, with a number that no other picture has in their pixels.
func planes(n, w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
	for i := range img.Y {
		img.Y[i] = byte(i*7 + n*13)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(i+n), byte(i*3+n>>8)
	}
	return img
}

func photo(t testing.TB, n int) *sight.Picture {
	data, err := jpeg.Encode(planes(n, 32, 24, image.YCbCrSubsampleRatio420), 90)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := sight.FromJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// look sums what a picture is: its JPEG where it came as one, else its pixels row by row.
func look(t testing.TB, p *sight.Picture) uint64 {
	t.Helper()
	sum := fnv.New64a()
	if data := p.Source(); data != nil {
		sum.Write(data)
		return sum.Sum64()
	}
	img, err := p.Planes()
	if err != nil {
		t.Error(err)
		return 0
	}
	pixels := make([]byte, 0, 3*img.Rect.Dx()*img.Rect.Dy())
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			pixels = append(pixels, img.Y[img.YOffset(x, y)], img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)])
		}
	}
	sum.Write(pixels)
	return sum.Sum64()
}

// window is one window's view of a source.
type window struct {
	t      *testing.T
	cancel context.CancelFunc
	ended  chan struct{}
	err    error
	block  func(n int) // called in put; nil: put returns at once

	mu     sync.Mutex
	frames []sight.Frame
	came   []time.Time
}

// opened runs uri in a new window, which is closed at the test's end.
func opened(t *testing.T, s capture.Scheme, uri string, block func(n int)) *window {
	t.Helper()
	src, err := capture.Table{s}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &window{t: t, cancel: cancel, ended: make(chan struct{}), block: block}
	go func() {
		defer close(w.ended)
		w.err = src.Run(ctx, w.put)
	}()
	t.Cleanup(func() { w.close() })
	return w
}

func (w *window) put(f sight.Frame) {
	if f.Number != 0 || f.Captured.After(time.Now()) {
		w.t.Errorf("frame %d, captured %v from now", f.Number, time.Until(f.Captured))
	}
	w.mu.Lock()
	if n := len(w.frames); n > 0 && !f.Captured.After(w.frames[n-1].Captured) {
		w.t.Errorf("captured %v after the frame before", f.Captured.Sub(w.frames[n-1].Captured))
	}
	w.frames, w.came = append(w.frames, f), append(w.came, time.Now())
	n := len(w.frames)
	w.mu.Unlock()
	if w.block != nil {
		w.block(n)
	}
}

// close ends the window as a person does, and gives what Run gave.
func (w *window) close() error {
	w.cancel()
	<-w.ended
	return w.err
}

func (w *window) seen() []sight.Frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frames
}

// gap is the longest time without a frame since the first.
func (w *window) gap() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	longest := time.Duration(0)
	for i := range w.came[1:] {
		longest = max(longest, w.came[i+1].Sub(w.came[i]))
	}
	return longest
}

func (w *window) wantOpen() {
	w.t.Helper()
	synctest.Wait()
	select {
	case <-w.ended:
		w.t.Errorf("Run has returned: %v", w.err)
	default:
	}
}

// wantFault waits for Run to end by itself.
func (w *window) wantFault(code string) *fault.Error {
	w.t.Helper()
	<-w.ended
	f := fault.From(w.err)
	if f == nil || f.Code != code || f.Message == "" || f.Hint == "" || f.Blame != fault.Source {
		w.t.Errorf("Run ended with %+v; want a fault %s of the source", f, code)
	}
	return f
}

// meeting is a place in memory, for tests in fake time.
type meeting struct {
	mu   sync.Mutex
	held bool
	door *door
}

func (m *meeting) claim() (func(), error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held {
		return nil, nil
	}
	m.held = true
	return sync.OnceFunc(func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.held = false
	}), nil
}

func (m *meeting) listen() (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.door = &door{conns: make(chan net.Conn), closed: make(chan struct{})}
	return m.door, nil
}

func (m *meeting) dial(ctx context.Context) (net.Conn, error) {
	m.mu.Lock()
	door := m.door
	m.mu.Unlock()
	if door == nil {
		return nil, errors.New("nobody listens")
	}
	ours, theirs := net.Pipe()
	select {
	case door.conns <- theirs:
		return ours, nil
	case <-door.closed:
		return nil, errors.New("nobody listens any more")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type door struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case conn := <-d.conns:
		return conn, nil
	case <-d.closed:
		return nil, net.ErrClosed
	}
}

func (d *door) Close() error   { d.once.Do(func() { close(d.closed) }); return nil }
func (d *door) Addr() net.Addr { return &net.UnixAddr{} }

// met is c for several windows of one test.
func met(c *camera) capture.Scheme {
	var m meeting
	return scheme(c.scheme(), func(string) place { return &m })
}
