//go:build linux

// Feed plays JPEG files into a v4l2loopback device, over and over, which makes that an MJPEG webcam.
//
//	feed DEVICE WIDTH HEIGHT FPS FILE...
//
// It creates /tmp/feeding once the first picture is in, for the script that waits for a camera to be there.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// format is V4L2's struct v4l2_format for a picture in one plane, padded to the size that 64-bit Linux gives it.
type format struct {
	kind, _       uint32
	width, height uint32
	fourcc        [4]byte
	field         uint32
	stride, size  uint32
	colours       uint32
	_             [164]byte
}

const (
	setFormat   = 0xc0d05605 // VIDIOC_S_FMT
	videoOutput = 2          // V4L2_BUF_TYPE_VIDEO_OUTPUT
	progressive = 1          // V4L2_FIELD_NONE
	sRGB        = 8          // V4L2_COLORSPACE_SRGB
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "feed:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 5 {
		return fmt.Errorf("usage: feed DEVICE WIDTH HEIGHT FPS FILE")
	}
	var numbers [3]int
	for i := range numbers {
		n, err := strconv.Atoi(args[1+i])
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no width, height or rate", args[1+i])
		}
		numbers[i] = n
	}
	pictures, err := read(args[4:])
	if err != nil {
		return err
	}
	device, err := open(args[0], numbers[0], numbers[1])
	if err != nil {
		return err
	}
	defer device.Close()
	return play(device, pictures, time.Second/time.Duration(numbers[2]))
}

func read(files []string) ([][]byte, error) {
	pictures := make([][]byte, len(files))
	for i, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		pictures[i] = data
	}
	return pictures, nil
}

func open(path string, width, height int) (*os.File, error) {
	device, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	f := format{
		kind: videoOutput, width: uint32(width), height: uint32(height), fourcc: [4]byte{'M', 'J', 'P', 'G'},
		field: progressive, size: uint32(width * height * 2), colours: sRGB,
	}
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, device.Fd(), setFormat, uintptr(unsafe.Pointer(&f))); errno != 0 {
		return nil, fmt.Errorf("set the format of %s: %w", path, errno)
	}
	return device, nil
}

func play(device *os.File, pictures [][]byte, period time.Duration) error {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for i := 0; ; i++ {
		if _, err := device.Write(pictures[i%len(pictures)]); err != nil {
			return err
		}
		if i == 0 {
			if err := os.WriteFile("/tmp/feeding", nil, 0o600); err != nil {
				return err
			}
		}
		<-tick.C
	}
}
