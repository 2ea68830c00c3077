package replay

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"sync"
	"testing"
	"time"

	"sightline/backend/ffmpeg"
	"sightline/backend/mp4"
)

// realFFmpeg is the one of this machine.
func realFFmpeg(t testing.TB) ffmpeg.Program {
	t.Helper()
	p, err := ffmpeg.Find("")
	if err != nil {
		t.Skipf("this test needs ffmpeg: %v", err)
	}
	return p
}

// clip is what a camera sends: H.264 of High profile in the limited range, of n pictures of the brightnesses that numberOf knows, with a white and a
// black corner, and a key each ten.
type clip struct {
	sps, pps []byte
	units    [][]byte // each slice behind its length
}

// shoot has x264 make it, of that many times 64×48 pixels.
func shoot(t testing.TB, n, times int, more ...string) clip {
	t.Helper()
	source := fmt.Sprintf("nullsrc=s=64x48:r=30,trim=end_frame=%d,format=yuv420p,geq=lum='if(lt(Y,16),if(lt(X,16),235,if(gt(X,W-17),16,100)),16+(20+7*mod(N,30))*219/255)':cb=128:cr=128,scale=iw*%d:-1", n, times)
	args := []string{"-nostdin", "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-profile:v", "high", "-qp", "4"}
	args = append(append(args, "-bf", "0", "-g", "10", "-sc_threshold", "0"), more...)
	stream, err := exec.Command(realFFmpeg(t).Path(), append(args, "-f", "h264", "pipe:1")...).Output()
	if err != nil {
		t.Fatalf("make a clip: %v", err)
	}
	var c clip
	for _, nal := range bytes.Split(stream, []byte{0, 0, 1})[1:] {
		nal = bytes.TrimRight(nal, "\x00")
		switch nal[0] & 31 {
		case 1, 5:
			c.units = append(c.units, append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...))
		case 7:
			c.sps = nal
		case 8:
			c.pps = nal
		}
	}
	if len(c.units) != n {
		t.Fatalf("%d pictures of %d", len(c.units), n)
	}
	return c
}

// madeUpClip is one that only a madeUp decoder can do something with.
func madeUpClip(n int) clip {
	c := clip{sps: []byte{0x67, 77, 0, 31, 0xff, 0xc0}, pps: []byte{0x68, 0xee, 0x3c, 0x80}}
	for i := range n {
		kind := byte(nalSlice)
		if i%10 == 0 {
			kind = nalKeySlice
		}
		c.units = append(c.units, []byte{0, 0, 0, 3, kind, 1, byte(i + 10)})
	}
	return c
}

// keep writes a segment of a clip as it is, each picture for as long.
func (r recording) keep(at time.Duration, c clip, each time.Duration) recording {
	r.t.Helper()
	file, err := r.Video(at, 64, 48, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	video, err := mp4.NewWriter(file, mp4.Shape{Width: 64, Height: 48, SPS: c.sps, PPS: c.pps})
	for i, u := range c.units {
		if err == nil {
			err = video.Fragment([]mp4.Sample{{Data: u, At: time.Duration(i) * each, Key: i%10 == 0}}, time.Duration(i+1)*each)
		}
	}
	if err == nil {
		err = errors.Join(video.Finish(), file.Close())
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.Length(at + time.Duration(len(c.units))*each)
	return r
}

// manner is how a decoder is made up.
type manner struct {
	holds int  // so many pictures back
	dies  byte // instead of giving this picture
	hangs byte // the same

	begins time.Duration // until the first picture
}

// madeUp is a decoder without a child: of each picture it is given, it gives one of that brightness, in its manner.
type madeUp struct {
	manner
	ready time.Time

	mu    sync.Mutex
	came  *sync.Cond
	given []byte // the numbers of the pictures
	seen  int    // how many it was given
	ended bool
	over  bool
}

// pipe is how many pictures wait in the pipe to a child.
const pipe = 30

func newMadeUp(manner manner) *madeUp {
	d := &madeUp{manner: manner, ready: time.Now().Add(manner.begins)}
	d.came = sync.NewCond(&d.mu)
	return d
}

func (d *madeUp) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.over && len(d.given) > d.holds+pipe {
		d.came.Wait()
	}
	if d.over {
		return 0, io.ErrClosedPipe
	}
	for _, nal := range bytes.Split(p, []byte{0, 0, 0, 1})[1:] {
		if kind := nal[0] & 31; kind == nalSlice || kind == nalKeySlice {
			d.given, d.seen = append(d.given, nal[2]-10), d.seen+1
		}
	}
	d.came.Broadcast()
	return len(p), nil
}

func (d *madeUp) Next() (*image.YCbCr, error) {
	time.Sleep(time.Until(d.ready))
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.over && !d.ended && len(d.given) <= d.holds {
		d.came.Wait()
	}
	switch {
	case d.over:
		return nil, errors.New("closed")
	case len(d.given) == 0:
		return nil, io.EOF
	}
	n := d.given[0]
	switch {
	case d.dies > 0 && n == d.dies:
		d.over = true
		return nil, errors.New("this one has died")
	case d.hangs > 0 && n == d.hangs:
		for !d.over {
			d.came.Wait()
		}
		return nil, errors.New("closed")
	}
	d.given = d.given[1:]
	d.came.Broadcast()
	return grey(64, 48, brightness(int(n))), nil
}

func (d *madeUp) End() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
	d.came.Broadcast()
	return nil
}

func (d *madeUp) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.over = true
	d.came.Broadcast()
}

// decodedBy is the recording as a source whose ffmpegs are made up, one manner after another; the last one stays.
func decodedBy(t testing.TB, uri string, starts *int, manners ...manner) *source {
	t.Helper()
	src := opened(t, uri).(*source)
	src.program = func() (starter, error) {
		return func(ctx context.Context, _ ffmpeg.Input) (decoder, error) {
			d := newMadeUp(manners[min(*starts, len(manners)-1)])
			*starts++
			context.AfterFunc(ctx, d.Close)
			return d, nil
		}, nil
	}
	return src
}
