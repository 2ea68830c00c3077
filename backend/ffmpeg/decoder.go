package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"sync"
	"time"

	"sightline/backend/fault"
)

// Decoder is a running ffmpeg. One goroutine may write while another takes pictures; Close may come from any.
type Decoder struct {
	program Program
	in      Input
	ctx     context.Context // of Start
	forget  func() bool     // ctx matters no more

	mu      sync.Mutex
	child   *child
	soft    bool  // hardware has failed here, and software is tried
	shown   bool  // a first picture has come
	over    error // what Next gives from now on
	closed  bool
	fps     float64
	ended   bool   // nothing more will be written
	early   []byte // what was written before the first picture: another child may need it
	tooLate bool   // that has become too much to keep
}

// earlyRoom is how much is kept for another child, in bytes: more than a camera sends before a picture comes.
const earlyRoom = 8 << 20

// hardwarePatience is how long a first picture by hardware may take from when there is something to decode; then software is tried.
const hardwarePatience = 2 * time.Second

// errClosed is what Next and Write give after Close.
var errClosed = fmt.Errorf("decode video: %w", os.ErrClosed)

// launch starts a child that does what is known to work.
func (d *Decoder) launch() (*child, error) {
	known := d.program.learned.now()
	hardware := d.program.hardware
	d.mu.Lock()
	if d.soft || known.noHardware {
		hardware = ""
	}
	d.mu.Unlock()
	c, err := d.program.launch(command(d.in, known, hardware), d.in.Name == "", saidRoom)
	if err != nil || hardware == "" {
		return c, err
	}
	c.hardware, c.watch = true, time.AfterFunc(hardwarePatience, c.kill)
	if c.stdin != nil {
		c.watch.Stop() // until there is something to decode
	}
	return c, nil
}

// Next is the next picture, the caller's own, in JPEG's full range with 4:2:0 planes; io.EOF at the end. It blocks until there is one, or Close.
// The first one may take a second child, since what an ffmpeg can do is found out by trying.
func (d *Decoder) Next() (*image.YCbCr, error) {
	for {
		c, err := d.now()
		if err != nil {
			return nil, err
		}
		picture, err := c.pictures.next()
		if err == nil {
			d.show(c)
			return picture, nil
		}
		c.settle(errors.Is(err, io.EOF))
		if !d.again(c) {
			return nil, d.finish(c, err)
		}
	}
}

func (d *Decoder) now() (*child, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, d.reasonLocked()
	}
	return d.child, d.over
}

// reasonLocked is why there is nothing more, once it is closed.
func (d *Decoder) reasonLocked() error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	return errClosed
}

// show notes the first picture.
func (d *Decoder) show(c *child) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shown {
		return
	}
	d.shown, d.early, d.fps = true, nil, c.pictures.fps
	c.unwatch()
	if d.soft {
		d.program.learned.hardwareFails() // and not the video
	}
}

// again has another child take the place of one that ended without a picture, if that one showed how to do better.
func (d *Decoder) again(c *child) bool {
	learned := d.program.learned.learn(c.said.String())
	d.mu.Lock()
	d.soft = d.soft || (c.hardware && !learned)
	hopeless := d.closed || d.shown || d.tooLate || (!learned && !c.hardware)
	d.mu.Unlock()
	if hopeless {
		return false
	}
	next, err := d.launch()
	if err != nil {
		return false // the first one's reason stands
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		go next.bury()
		return false
	}
	d.adoptLocked(next)
	return true
}

// adoptLocked makes a child the one that decodes, and gives it what was written so far.
func (d *Decoder) adoptLocked(c *child) {
	d.child = c
	if c.stdin == nil || (len(d.early) == 0 && !d.ended) {
		close(c.fed)
		return
	}
	early := d.early // what is appended from now on is written by who appends it
	go func() {
		defer close(c.fed)
		c.rouse()
		_, _ = c.stdin.Write(early) // a child that has ended is noticed by its pictures
		d.mu.Lock()
		ended := d.ended
		d.mu.Unlock()
		if ended {
			_ = c.stdin.Close() // all is written, or it has ended
		}
	}()
}

// finish says why there are no more pictures.
func (d *Decoder) finish(c *child, err error) error {
	exit := c.ending()
	d.mu.Lock()
	defer d.mu.Unlock()
	var known *fault.Error
	switch {
	case d.closed:
		return d.reasonLocked()
	case errors.Is(err, io.EOF) && exit == nil:
		d.over = io.EOF
	case errors.As(err, &known):
		d.over = known
	default:
		d.over = &fault.Error{
			Code: CodeFailed, Message: "ffmpeg could not decode the video.", Hint: "The log has what it said.", Blame: fault.Source,
			Cause: fmt.Errorf("%w; it ended with %s: %s", whole(err), fmt.Sprint(exit), discreet(c.said.String())),
		}
	}
	return d.over
}

// Write hands over what is to be decoded, where the input has no name. It blocks while ffmpeg is busy.
func (d *Decoder) Write(p []byte) (int, error) {
	c, err := d.accept(p)
	if err != nil {
		return 0, err
	}
	n, err := c.write(p)
	if err == nil {
		return n, nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return n, d.reasonLocked()
	case d.over == nil && !d.shown && !d.tooLate:
		return len(p), nil // it is kept for the child that takes the place of this one
	}
	return n, fmt.Errorf("hand over video: %w", err)
}

// accept keeps what is written for as long as another child may need it, and gives the child that is to have it.
func (d *Decoder) accept(p []byte) (*child, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.closed:
		return nil, d.reasonLocked()
	case d.child.stdin == nil || d.ended:
		return nil, fmt.Errorf("hand over video: %w", io.ErrClosedPipe)
	case d.over != nil:
		return nil, fmt.Errorf("hand over video: %w", d.over)
	case d.shown || d.tooLate:
	case len(d.early)+len(p) > earlyRoom:
		d.early, d.tooLate = nil, true
	default:
		if len(d.early) == 0 {
			d.child.rouse()
		}
		d.early = append(d.early, p...)
	}
	return d.child, nil
}

// End says that nothing more will be written.
func (d *Decoder) End() error {
	d.mu.Lock()
	c := d.child
	d.ended = true
	d.mu.Unlock()
	if c.stdin != nil && c.ready() {
		_ = c.stdin.Close() // a child that has ended is noticed by its pictures
	}
	return nil
}

// FPS is the rate ffmpeg says the video has; 0 before the first picture, or where it is not known.
func (d *Decoder) FPS() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fps
}

// Said is the last lines ffmpeg wrote about what went wrong, without addresses; for a log.
func (d *Decoder) Said() string {
	d.mu.Lock()
	c := d.child
	d.mu.Unlock()
	return discreet(c.said.String())
}

// Close ends the child, which never outlives it, and waits for that: a second at most.
func (d *Decoder) Close() {
	d.forget()
	d.quit()
}

func (d *Decoder) quit() {
	d.mu.Lock()
	d.closed = true
	c := d.child
	d.mu.Unlock()
	c.bury()
}
