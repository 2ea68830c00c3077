package export_test

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sightline/backend/local/winetest"
)

// These make the test binary a program that stands in for ffmpeg: in which manner, and the file it makes when it has begun to hang.
const (
	stubbed   = "SIGHTLINE_TEST_FFMPEG"
	beginning = "SIGHTLINE_TEST_BEGUN"
)

// The manners.
const (
	copies       = "copies" // the video, without its subtitles
	complains    = "complains"
	findsNoSpace = "finds no space"
	hangs        = "hangs"
)

// stub is a program that stands in for ffmpeg in all that the test runs from now on.
func stub(t *testing.T, manner string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(stubbed, manner)
	return self
}

// anFFmpeg is the real one, and under wine one that copies.
func anFFmpeg(t *testing.T) string {
	t.Helper()
	if winetest.Here() {
		return stub(t, copies)
	}
	return ""
}

func standIn(manner string) (status int) {
	switch manner {
	case copies:
		if err := copyVideo(os.Args); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	case complains:
		fmt.Fprint(os.Stderr, strings.Repeat("a great deal of noise\n", 5000), "the codec is missing\n")
		return 3
	case findsNoSpace:
		fmt.Fprintln(os.Stderr, "av_interleaved_write_frame(): No space left on device")
	case hangs:
		signal.Ignore(os.Interrupt, syscall.SIGTERM)
		_ = os.WriteFile(os.Getenv(beginning), nil, 0o600) // the test sees whether it is there
		time.Sleep(time.Minute)
	}
	return 1
}

// copyVideo copies what is named first to what is named last.
func copyVideo(args []string) error {
	first := slices.Index(args, "-i") + 1
	from, err := os.Open(strings.TrimPrefix(args[first], "file:"))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(strings.TrimPrefix(args[len(args)-1], "file:"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer to.Close()
	_, err = io.Copy(to, from)
	return err
}
