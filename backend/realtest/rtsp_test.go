//go:build real

package realtest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/rtsp"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/h264"
	"sightline/backend/sight"
)

// The network camera is gst-rtsp-server (build/rigs/rtsp.sh).

// networkCamera is one that runs.
type networkCamera struct {
	t    testing.TB
	port string
	args []string
	url  string
	pid  int
}

// startCamera starts a camera that sends h264 or mjpeg, behind a login where one is given: way, user, password.
func startCamera(t testing.TB, kind, size string, login ...string) *networkCamera {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	c := &networkCamera{t: t, port: port, args: append([]string{kind, size}, login...)}
	c.start()
	t.Cleanup(c.stop)
	return c
}

func (c *networkCamera) start() {
	c.t.Helper()
	said, err := exec.Command("../../build/rigs/rtsp.sh", append([]string{"serve", c.port}, c.args...)...).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		c.t.Fatalf("rtsp.sh: %v\n%s", err, failed.Stderr)
	}
	if _, err = fmt.Sscan(string(said), &c.url, &c.pid); err != nil {
		c.t.Fatalf("rtsp.sh said %q: %v", said, err)
	}
}

func (c *networkCamera) signal(s syscall.Signal) {
	if c.pid != 0 {
		_ = syscall.Kill(c.pid, s) // it may be gone
	}
}

// stop has it go as one does that is unplugged.
func (c *networkCamera) stop() {
	c.signal(syscall.SIGKILL)
	c.pid = 0
}

// source is what watches the camera; ffmpeg empty: the one of this machine.
func (c *networkCamera) source(program, user, password string) capture.Source {
	c.t.Helper()
	find := sync.OnceValues(func() (ffmpeg.Program, error) { return ffmpeg.Find(program) })
	home := strings.TrimSuffix(c.url, "/live")
	login := func(_ context.Context, origin string) (string, string, error) {
		if origin != home {
			c.t.Errorf("a login for %s was looked up", origin)
		}
		return user, password, nil
	}
	source, err := capture.Table(rtsp.Schemes(rtsp.Config{Login: login, Program: find})).Open(c.url)
	if err != nil {
		c.t.Fatal(err)
	}
	return source
}

// supervised runs a source again whenever it has ended, as a session does, and tells of its frames and faults.
func supervised(t *testing.T, source capture.Source) (frames chan sight.Frame, faults chan string) {
	frames, faults = make(chan sight.Frame, 1000), make(chan string, 100)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		for ctx.Err() == nil {
			err := source.Run(ctx, func(f sight.Frame) {
				select {
				case frames <- f:
				default: // the test has seen enough
				}
			})
			if ctx.Err() == nil {
				faults <- fault.CodeOf(err)
				time.Sleep(250 * time.Millisecond) // the session waits between tries, too
			}
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return frames, faults
}

// some waits for n frames.
func some(t *testing.T, frames chan sight.Frame, n int, patience time.Duration) (all []sight.Frame) {
	t.Helper()
	late := time.After(patience)
	for len(all) < n {
		select {
		case f := <-frames:
			all = append(all, f)
		case <-late:
			t.Fatalf("%d frames of %d came in %v", len(all), n, patience)
		}
	}
	return all
}

// told waits for a fault, and gives the time it took.
func told(t *testing.T, faults chan string, code string, patience time.Duration) time.Duration {
	t.Helper()
	start := time.Now()
	select {
	case got := <-faults:
		if got != code {
			t.Errorf("it ended with %s, want %s", got, code)
		}
	case <-time.After(patience):
		t.Fatalf("no %s in %v", code, patience)
	}
	return time.Since(start)
}

// drain forgets what has come so far.
func drain[T any](c chan T) {
	for {
		select {
		case <-c:
		default:
			return
		}
	}
}

func TestRealRTSPCameraShowsH264AndKeepsItsVideo(t *testing.T) {
	c := startCamera(t, "h264", "640x360@15", "digest", "me", "p@ss:word")
	frames, _ := supervised(t, c.source("", "me", "p@ss:word"))
	all := some(t, frames, 40, 20*time.Second)
	last := all[len(all)-1]
	var chain []*sight.Coded
	for v := last.Coded; v != nil; v = v.Before {
		chain = append(chain, v)
	}
	if w, h := last.Picture.Size(); w != 640 || h != 360 || len(chain) == 0 || len(chain) > 15 || !chain[len(chain)-1].Key {
		t.Fatalf("a picture of %dx%d on a chain of %d", w, h, len(chain))
	}
	d, err := h264.NewDecoder(last.Coded.SPS, last.Coded.PPS)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var decoded *image.YCbCr
	for i := len(chain) - 1; i >= 0; i-- {
		if decoded, err = d.Decode(chain[i].Data); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := last.Picture.Planes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := brightest(shown)
	if a, b := brightest(decoded); max(a-x, x-a) > 8 || max(b-y, y-b) > 8 {
		t.Errorf("the ball is at %d,%d in the picture and at %d,%d in the video", x, y, a, b)
	}
}

// brightest is the middle of what is bright: the ball.
func brightest(img *image.YCbCr) (x, y int) {
	n := 1
	for i, v := range img.Y {
		if v > 128 {
			x, y, n = x+i%img.YStride, y+i/img.YStride, n+1
		}
	}
	return x / n, y / n
}

func TestRealRTSPCameraShowsMJPEGWithoutFFmpeg(t *testing.T) {
	c := startCamera(t, "mjpeg", "640x360@15", "basic", "me", "secret")
	frames, _ := supervised(t, c.source("/nowhere/ffmpeg", "me", "secret"))
	for _, f := range some(t, frames, 15, 20*time.Second) {
		if _, err := f.Picture.Planes(); err != nil || f.Picture.Source() == nil {
			t.Fatalf("a JPEG did not pass through, or cannot be decoded: %v", err)
		}
	}
}

func TestRealRTSPCameraTurnsAwayAWrongPassword(t *testing.T) {
	for _, way := range []string{"basic", "digest"} {
		c := startCamera(t, "mjpeg", "320x180@15", way, "me", "secret")
		for _, password := range []string{"", "wrong"} {
			user := map[bool]string{true: "", false: "me"}[password == ""]
			err := c.source("", user, password).Run(t.Context(), func(sight.Frame) {})
			if f := fault.From(err); f.Code != capture.CodeLogin || f.Blame != fault.Question {
				t.Errorf("%s, %q: ended with %v (%s)", way, password, err, f.Code)
			}
		}
	}
}

func TestRealRTSPCameraNeedsFFmpegForH264(t *testing.T) {
	c := startCamera(t, "h264", "320x180@15")
	err := c.source("/nowhere/ffmpeg", "", "").Run(t.Context(), func(sight.Frame) {})
	if fault.CodeOf(err) != ffmpeg.CodeMissing {
		t.Errorf("ended with %v (%s)", err, fault.CodeOf(err))
	}
}

// TestRealRTSPCameraThatFreezesOrDiesComesBack goes on by itself, and leaves nothing behind.
func TestRealRTSPCameraThatFreezesOrDiesComesBack(t *testing.T) {
	c := startCamera(t, "h264", "640x360@15")
	frames, faults := supervised(t, c.source("", "", ""))
	some(t, frames, 10, 20*time.Second)

	c.signal(syscall.SIGSTOP)
	if took := told(t, faults, "rtsp.stalled", 5*time.Second); took > 3*time.Second {
		t.Errorf("that it froze was told after %v", took)
	}
	c.signal(syscall.SIGCONT)
	drain(frames)
	start := time.Now()
	some(t, frames, 10, 20*time.Second)
	t.Logf("thawed, it showed ten pictures after %v", time.Since(start))

	drain(faults)
	c.stop()
	if took := told(t, faults, "rtsp.ended", 5*time.Second); took > time.Second {
		t.Errorf("that it died was told after %v", took)
	}
	told(t, faults, "rtsp.refused", 5*time.Second)
	c.start()
	drain(frames)
	start = time.Now()
	some(t, frames, 10, 20*time.Second)
	t.Logf("alive again, it showed ten pictures after %v", time.Since(start))
}

// TestRealRTSPCameraOutlivesItsDecoder kills ffmpeg: another one takes its place, and no zombie stays.
func TestRealRTSPCameraOutlivesItsDecoder(t *testing.T) {
	c := startCamera(t, "h264", "320x180@15")
	frames, faults := supervised(t, c.source("", "", ""))
	some(t, frames, 5, 20*time.Second)
	for _, pid := range children(t, "ffmpeg") {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	told(t, faults, ffmpeg.CodeFailed, 5*time.Second)
	drain(frames)
	some(t, frames, 5, 20*time.Second)
	if all := children(t, "ffmpeg"); len(all) != 1 {
		t.Errorf("the children are %v", all)
	}
}

// children is the processes of this one with that name, zombies among them.
func children(t *testing.T, name string) (pids []int) {
	t.Helper()
	said, err := exec.Command("ps", "-o", "pid=,comm=", "--ppid", strconv.Itoa(syscall.Getpid())).Output()
	if err != nil {
		t.Fatal(err)
	}
	for row := range strings.Lines(string(said)) {
		fields := strings.Fields(row)
		if pid, err := strconv.Atoi(fields[0]); err == nil && strings.HasPrefix(fields[1], name) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// BenchmarkRealRTSP720p30 looks at a camera for twenty seconds: what all of it costs, ffmpeg among it but not the camera, and how soon the first picture comes.
func BenchmarkRealRTSP720p30(b *testing.B) {
	for _, kind := range []string{"h264", "mjpeg"} {
		b.Run(kind, func(b *testing.B) {
			c := startCamera(b, kind, "1280x720@30")
			source := c.source("", "", "")
			glance(b, source, time.Second) // the camera has started, and what ffmpeg can do is known
			var first time.Duration
			var shown int
			runtime.GC()
			before, start := processorTime(b), time.Now()
			for b.Loop() {
				first, shown = glance(b, source, 20*time.Second)
			}
			cpu, took := processorTime(b)-before, time.Since(start)
			b.ReportMetric(100*cpu.Seconds()/took.Seconds(), "%core")
			b.ReportMetric(float64(shown)/20, "pictures/s")
			b.ReportMetric(float64(first.Milliseconds()), "ms-to-first")
		})
	}
}

// glance runs a source for a while.
func glance(b *testing.B, source capture.Source, long time.Duration) (first time.Duration, shown int) {
	start := time.Now()
	ctx, cancel := context.WithTimeout(b.Context(), long)
	defer cancel()
	err := source.Run(ctx, func(sight.Frame) {
		if shown++; shown == 1 {
			first = time.Since(start)
		}
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		b.Fatal(err)
	}
	return first, shown
}

// processorTime is what this process and its children that have ended have used.
func processorTime(b *testing.B) (all time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		all += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return all
}
