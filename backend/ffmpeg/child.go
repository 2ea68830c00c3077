package ffmpeg

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"sightline/backend/fault"
)

// child is one ffmpeg that runs.
type child struct {
	cmd      *exec.Cmd
	leash    leash    // ends it where this process ends without a word
	stdin    *os.File // nil where it reads a file
	stdout   *os.File
	pictures *y4m
	said     said
	hardware bool          // it decodes by hardware
	watch    *time.Timer   // hardware that hangs; nil elsewhere
	fed      chan struct{} // closed when what another child was given before has been written
	reaped   chan struct{} // closed when it has ended, all it said is there, and exit is set
	exit     error

	mu   sync.Mutex
	gone bool // its number may be another's
}

// How long a child may take for what is not decoding.
const (
	lastWords = 200 * time.Millisecond // between its end and the end of what it says, where somebody else holds its stderr
	goodbye   = 900 * time.Millisecond // from SIGKILL to its end: more only where a disk or a driver hangs
)

// launch starts a child, fed or with its input named in args. Of what it says, the last room bytes are kept.
func (p Program) launch(args []string, fed bool, room int) (*child, error) {
	c := &child{fed: make(chan struct{}), reaped: make(chan struct{}), said: said{room: room}}
	c.cmd = exec.Command(p.path, args...) //nolint:noctx // its Decoder ends it, group and all
	c.cmd.Env = environment(os.Environ())
	theirs, err := c.pipes(fed)
	if err != nil {
		return nil, unstarted(p.path, err)
	}
	started := make(chan error)
	go c.mind(started, theirs[len(theirs)-1])
	err = <-started
	for _, f := range theirs[:len(theirs)-1] {
		_ = f.Close() // the child has its own
	}
	if err != nil {
		c.closePipes()
		return nil, unstarted(p.path, err)
	}
	c.pictures = newY4M(c.stdout)
	return c, nil
}

// pipes lays the pipes between us and the child, and gives the ends that are to be closed once it has started; the last one is ours: what it says.
func (c *child) pipes(fed bool) (theirs []*os.File, err error) {
	defer func() {
		if err != nil {
			closeAll(append(theirs, c.stdin, c.stdout))
		}
	}()
	if fed {
		in, out, err := os.Pipe()
		if err != nil {
			return theirs, err
		}
		c.stdin, c.cmd.Stdin, theirs = out, in, append(theirs, in)
	}
	in, out, err := os.Pipe()
	if err != nil {
		return theirs, err
	}
	c.stdout, c.cmd.Stdout, theirs = in, out, append(theirs, out)
	if in, out, err = os.Pipe(); err != nil {
		return theirs, err
	}
	c.cmd.Stderr = out
	return append(theirs, out, in), nil
}

// mind starts the child, hears it out and reaps it. It keeps its thread all the while: Linux ends a child with the thread that started it.
func (c *child) mind(started chan<- error, words *os.File) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := c.leash.start(c.cmd)
	started <- err
	if err != nil {
		_ = words.Close() // nobody will say anything
		return
	}
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		_, _ = io.Copy(&c.said, words) // an error ends it as the end does
	}()
	c.exit = c.cmd.Wait()
	c.mu.Lock()
	c.gone = true
	c.leash.kill(c.cmd) // what it may have started
	c.mu.Unlock()
	patience := time.AfterFunc(lastWords, func() { _ = words.Close() })
	<-heard
	if patience.Stop() {
		_ = words.Close() // it has been read to its end
	}
	close(c.reaped)
}

// kill ends the child and all it started. It does not wait.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gone {
		c.leash.kill(c.cmd)
	}
}

// bury kills the child, waits for its end and lets go of its pipes, which ends whoever reads or writes. A child that does not end even so is left to the
// system: a second is all there is.
func (c *child) bury() {
	c.kill()
	c.unwatch()
	patience := time.NewTimer(goodbye)
	defer patience.Stop()
	select {
	case <-c.reaped:
	case <-patience.C:
	}
	c.closePipes()
}

// settle sees to it that a child ends whose pictures have ended. Where they came to a proper end it does so by itself, and that tells why.
func (c *child) settle(proper bool) {
	if proper {
		patience := time.NewTimer(goodbye)
		defer patience.Stop()
		select {
		case <-c.reaped:
		case <-patience.C:
		}
	}
	c.bury()
}

func (c *child) closePipes() { closeAll([]*os.File{c.stdin, c.stdout}) }

func (c *child) unwatch() {
	if c.watch != nil {
		c.watch.Stop()
	}
}

// rouse starts the watch over hardware that may hang, once there is something to decode.
func (c *child) rouse() {
	if c.watch != nil {
		c.watch.Reset(hardwarePatience)
	}
}

// ready waits until what an earlier child was given has been written; false where the child has ended before.
func (c *child) ready() bool {
	select {
	case <-c.fed:
		return true
	case <-c.reaped:
		return false
	}
}

func (c *child) write(p []byte) (int, error) {
	if !c.ready() {
		return 0, io.ErrClosedPipe
	}
	return c.stdin.Write(p)
}

// ending says how the child ended; nil for a proper end.
func (c *child) ending() error {
	select {
	case <-c.reaped:
		return c.exit
	default:
		return errors.New("no end at all")
	}
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close() // it may be closed already, and nothing more is written
		}
	}
}

// environment leaves out what is ours, keys among it, and what would have ffmpeg write a log with the names of what it decodes.
func environment(all []string) []string {
	left := make([]string, 0, len(all))
	for _, v := range all {
		name := strings.ToUpper(v)
		if !strings.HasPrefix(name, "SIGHTLINE_") && !strings.HasPrefix(name, "FFREPORT=") {
			left = append(left, v)
		}
	}
	return left
}

func unstarted(path string, err error) error {
	return &fault.Error{
		Code: CodeStart, Message: fmt.Sprintf("The program %s cannot be started.", path), Blame: fault.Us,
		Hint: "Check that it is ffmpeg and made for this machine.", Cause: err,
	}
}
