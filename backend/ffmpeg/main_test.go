package ffmpeg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// These make the test binary another program: one that stands in for ffmpeg, in a manner, or one that starts an ffmpeg to be killed with it. Their names are not ours
// to take away from a child.
const (
	standing = "TEST_STANDS_IN_FOR_FFMPEG"
	parent   = "TEST_STARTS_FFMPEG"
)

// The manners.
const (
	decodes       = "decodes"
	old           = "old"           // an ffmpeg that does not know -fps_mode and -fpsmax
	bare          = "bare"          // one without the filter colorspace
	deadHardware  = "dead hardware" // decoding by hardware fails at once
	hungHardware  = "hung hardware" // or hangs
	hangs         = "hangs"         // says nothing and cannot be told to end
	lingers       = "lingers"       // the same, in a child of its own
	writesRubbish = "writes rubbish"
	writesHuge    = "writes huge pictures"
	endsMidway    = "ends midway"
	complains     = "complains"
	tellsSecrets  = "tells its environment"
)

// tiny is the size of the pictures that stand-ins make, each of six bytes of what they are given.
const tiny = "YUV4MPEG2 W2 H2 F30:1 Ip A1:1 C420jpeg\n"

func TestMain(m *testing.M) {
	if manner := os.Getenv(standing); manner != "" {
		os.Exit(standIn(manner, os.Args[1:]))
	}
	if path := os.Getenv(parent); path != "" {
		os.Exit(startAndSay(path))
	}
	goleak.VerifyTestMain(m)
}

func standIn(manner string, args []string) (status int) {
	say := func(text string) int { fmt.Fprintln(os.Stderr, text); return 1 }
	hardware := slices.Contains(args, "-hwaccel")
	switch {
	case manner == old && slices.Contains(args, "-fps_mode"):
		return say("Unrecognized option 'fps_mode'.\nError splitting the argument list: Option not found")
	case manner == old && slices.Contains(args, "-fpsmax"):
		return say("Unrecognized option 'fpsmax'.\nError splitting the argument list: Option not found")
	case manner == bare && strings.Contains(strings.Join(args, " "), "colorspace="):
		return say("[AVFilterGraph @ 0x55d0c0ffee00] No such filter: 'colorspace'")
	case manner == deadHardware && hardware:
		return say("Device creation failed: -5.")
	case manner == hangs || (manner == hungHardware && hardware):
		signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
		time.Sleep(time.Minute)
	case manner == lingers:
		return linger()
	case manner == writesRubbish:
		fmt.Print("HTTP/1.1 200 OK\r\n\r\n")
		time.Sleep(time.Minute)
	case manner == writesHuge:
		fmt.Print("YUV4MPEG2 W100000 H100000 F30:1 C420jpeg\n")
		time.Sleep(time.Minute)
	case manner == endsMidway:
		fmt.Print(tiny + "FRAME\nabcdefFRAME\nabc")
		return 0
	case manner == complains:
		return say(strings.Repeat("a great deal of noise\n", 5000) + "rtsp://joe:secret@10.1.2.3:554/yard: 401 Unauthorized\n[tcp @ 0x55d0c0ffee00] 192.168.7.9:554 from /home/joe/x refused")
	case manner == tellsSecrets:
		return say(strings.Join(os.Environ(), "\n"))
	}
	return decodeTiny()
}

func decodeTiny() (status int) {
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprint(out, tiny)
	for six := make([]byte, 6); ; {
		if _, err := io.ReadFull(os.Stdin, six); err != nil {
			return 0
		}
		fmt.Fprintf(out, "FRAME\n%s", six)
		if out.Flush() != nil {
			return 1
		}
	}
}

// linger has a child hold all pipes, and its number in the file that is named, and ends itself.
func linger() (status int) {
	self, _ := os.Executable()
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), standing+"="+hangs)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return 1
	}
	_ = os.WriteFile(os.Getenv("TEST_PID"), fmt.Append(nil, cmd.Process.Pid), 0o600)
	time.Sleep(time.Minute)
	return 0
}

// startAndSay starts the program, says the number of its process, and waits to be killed.
func startAndSay(path string) (status int) {
	p, err := Find(path)
	if err != nil {
		return 1
	}
	_ = os.Unsetenv(parent)
	_ = os.Setenv(standing, hangs) // for the child
	d, err := p.Start(context.Background(), Input{Rate: Passthrough, Args: []string{"-f", "h264"}})
	if err != nil {
		return 1
	}
	fmt.Println(d.child.cmd.Process.Pid)
	time.Sleep(time.Minute)
	d.Close()
	return 0
}

// stub is a program that stands in for ffmpeg.
func stub(t *testing.T, manner string) Program {
	t.Helper()
	t.Setenv(standing, manner)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Find(self)
	if err != nil {
		t.Fatal(err)
	}
	p.hardware = ""
	return p
}

// genuine is the ffmpeg of this machine.
func genuine(t testing.TB) Program {
	t.Helper()
	p, err := Find("")
	if err != nil {
		t.Skipf("ffmpeg is missing: %v", err)
	}
	return p
}

// all takes pictures until there are no more.
func all(d *Decoder) (pictures []*image.YCbCr, err error) {
	for {
		picture, err := d.Next()
		if errors.Is(err, io.EOF) {
			return pictures, nil
		}
		if err != nil {
			return pictures, err
		}
		pictures = append(pictures, picture)
	}
}

func start(t testing.TB, p Program, in Input) *Decoder {
	t.Helper()
	if in.Rate == "" {
		in.Rate = Passthrough
	}
	d, err := p.Start(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// within fails where what takes longer than it may.
func within(t *testing.T, limit time.Duration, what string, do func()) {
	t.Helper()
	began := time.Now()
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	select {
	case <-done:
	case <-time.After(limit + 10*time.Second):
		t.Fatalf("%s hangs", what)
	}
	if took := time.Since(began); took > limit {
		t.Errorf("%s took %v; want at most %v", what, took, limit)
	}
}
