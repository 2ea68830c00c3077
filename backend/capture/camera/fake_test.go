package camera

import (
	"cmp"
	"context"
	"errors"
	"image"
	"io"
	"sync"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/sight"

	"github.com/pion/mediadevices/pkg/frame"
)

// bench is a machine with cameras that do as a test says.
type bench struct {
	mu      sync.Mutex
	cameras []*fakeCamera
	listed  int
	stuck   chan struct{} // a list waits until it is closed; nil: it does not
	mute    bool          // a camera that is unplugged goes silent, as on Windows
}

func (b *bench) tells() bool { return !b.mute }

func (b *bench) list() ([]attached, error) {
	b.mu.Lock()
	b.listed++
	stuck := b.stuck
	b.mu.Unlock()
	if stuck != nil {
		<-stuck
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []attached
	for _, c := range b.cameras {
		found = append(found, c.attached())
	}
	return found, nil
}

// plugIn makes those the cameras that are attached.
func (b *bench) plugIn(cameras ...*fakeCamera) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cameras = cameras
}

func (b *bench) lists() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.listed
}

// fakeCamera is a camera between its uses. The zero value of each field is a camera that behaves.
type fakeCamera struct {
	name, path string
	port       string // where it is plugged in; empty: a place of its own
	serial     string
	stamp      string
	offers     []mode
	opening    error
	starting   error

	// reads gives the nth picture, counted over all uses from 0; nil: grey ones, drawn into the same memory, 100 a second. closed is closed
	// when the camera is.
	reads func(n int, closed <-chan struct{}) (shot, error)

	// deaf, where not nil, is a driver that hangs: close then waits for it too.
	deaf chan struct{}

	// slow is the time between two pictures of a size, where it is not 10 ms.
	slow map[image.Point]time.Duration

	mu     sync.Mutex
	n      int
	opened int
	in     mode // the one started last
	now    int  // uses under way
	most   int
}

func (c *fakeCamera) attached() attached {
	key := cmp.Or(c.port, c.name)
	a := attached{
		identity: identity{key: cleanID("at-" + key), place: key}, name: c.name, stamp: c.stamp,
		device: func() device { return &fakeDevice{camera: c, closed: make(chan struct{})} },
	}
	if c.serial != "" {
		a.serial = cleanID("usb-" + c.serial)
	}
	if c.path != "" {
		a.paths = []string{c.path}
	}
	return a
}

// fakeDevice is one use of a fakeCamera.
type fakeDevice struct {
	camera *fakeCamera
	closed chan struct{}
	ticker *time.Ticker
	img    *image.YCbCr
}

func (d *fakeDevice) modes() ([]mode, error) {
	c := d.camera
	c.mu.Lock()
	defer c.mu.Unlock()
	c.opened++
	c.now++
	c.most = max(c.most, c.now)
	if c.offers == nil {
		return []mode{{width: 64, height: 36, rate: 100, format: frame.FormatYUYV}}, c.opening
	}
	return c.offers, c.opening
}

func (d *fakeDevice) start(m mode) (stream, error) {
	if d.camera.starting != nil {
		return nil, d.camera.starting
	}
	d.camera.mu.Lock()
	d.camera.in = m
	d.camera.mu.Unlock()
	d.ticker = time.NewTicker(cmp.Or(d.camera.slow[m.size()], 10*time.Millisecond))
	d.img = image.NewYCbCr(image.Rect(0, 0, m.width, m.height), image.YCbCrSubsampleRatio422)
	return d, nil
}

func (d *fakeDevice) read() (shot, error) {
	c := d.camera
	c.mu.Lock()
	n := c.n
	c.n++
	c.mu.Unlock()
	if c.reads != nil {
		return c.reads(n, d.closed)
	}
	return d.redraw(n)
}

func (d *fakeDevice) redraw(n int) (shot, error) {
	select {
	case <-d.ticker.C:
	case <-d.closed:
		return shot{}, io.EOF
	}
	for _, plane := range [][]byte{d.img.Y, d.img.Cb, d.img.Cr} {
		for i := range plane[:min(len(plane), 64*36)] { // all of a small one: a large one costs too much to draw
			plane[i] = byte(n + i)
		}
	}
	return shot{img: d.img}, nil
}

func (d *fakeDevice) close() {
	if d.ticker != nil {
		d.ticker.Stop()
	}
	close(d.closed)
	if d.camera.deaf != nil {
		<-d.camera.deaf
	}
	d.camera.mu.Lock()
	defer d.camera.mu.Unlock()
	d.camera.now--
}

func (c *fakeCamera) uses() (opened, most int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened, c.most
}

// open is the source that uri names on that bench; the sources of one table share what they know.
func open(t testing.TB, table capture.Table, uri string) capture.Source {
	t.Helper()
	src, err := table.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (c *fakeCamera) started() mode {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.in
}

func tableOf(cameras ...*fakeCamera) capture.Table {
	return capture.Table{scheme(&bench{cameras: cameras})}
}

// running is one Run under way.
type running struct {
	cancel context.CancelFunc
	frames chan sight.Frame // buffered: the newest wins
	ended  chan error
}

func start(src capture.Source) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel: cancel, frames: make(chan sight.Frame, 1000), ended: make(chan error, 1)}
	go func() {
		r.ended <- src.Run(ctx, func(f sight.Frame) {
			select {
			case r.frames <- f:
			default:
			}
		})
	}()
	return r
}

// stop cancels Run and says how it ended and how long that took.
func (r *running) stop() (time.Duration, error) {
	began := time.Now()
	r.cancel()
	err := <-r.ended
	return time.Since(began), err
}

var errTorn = errors.New("torn picture")
