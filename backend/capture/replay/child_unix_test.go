//go:build !windows

package replay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// watched is a recording as a source, and the number of the newest ffmpeg that decodes it.
func watched(t *testing.T, uri string) (src capture.Source, newest func() int) {
	t.Helper()
	program, dir := realFFmpeg(t).Path(), t.TempDir()
	wrapper, number := filepath.Join(dir, "ffmpeg"), filepath.Join(dir, "number")
	script := fmt.Sprintf("#!/bin/sh\necho $$ >%s\nexec %s \"$@\"\n", number, program)
	if err := os.WriteFile(wrapper, []byte(script), 0o700); err != nil { //nolint:gosec // a program is run
		t.Fatal(err)
	}
	src, err := capture.Table{Scheme(Config{Program: func() (ffmpeg.Program, error) { return ffmpeg.Find(wrapper) }})}.Open(uri)
	if err != nil {
		t.Fatal(err)
	}
	return src, func() int {
		text, err := os.ReadFile(number)
		if err != nil {
			t.Fatal(err)
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		return pid
	}
}

func wantGone(t *testing.T, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("ffmpeg is left behind: %v", err)
	}
}

func TestKilledFFmpegCostsThePicturesUpToTheNextKey(t *testing.T) {
	t.Parallel()
	dir := record(t).keep(0, shoot(t, 30, 10), slow/2).done() // so large that ffmpeg has not made all of them at once
	src, newest := watched(t, "recording:"+dir)
	killed := 0
	var numbers []int
	err := src.Run(t.Context(), func(f sight.Frame) {
		n := numberOf(t, f.Picture)
		near(t, "recorded", f.Origin.At, time.Duration(n)*slow/2)
		if numbers = append(numbers, n); n == 3 {
			killed = newest()
			if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	})
	wantEnd(t, err)
	if !slices.IsSorted(numbers) || slices.ContainsFunc(numbers, func(n int) bool { return n > 6 && n < 10 }) || numbers[len(numbers)-1] < 20 || newest() == killed {
		t.Errorf("pictures %v", numbers) // a busy machine may miss some behind the keys, and the last
	}
	wantGone(t, killed)
	wantGone(t, newest())
}

func TestCancelEndsEvenAnFFmpegThatHangs(t *testing.T) {
	t.Parallel()
	dir := record(t).keep(0, shoot(t, 30, 10), slow).done()
	for _, stopped := range []bool{false, true} {
		src, newest := watched(t, "recording:"+dir+"?loop=1")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var cancelled time.Time
		err := src.Run(ctx, func(sight.Frame) {
			if !cancelled.IsZero() {
				return
			}
			if stopped {
				if err := syscall.Kill(newest(), syscall.SIGSTOP); err != nil {
					t.Error(err)
				}
			}
			cancelled = time.Now()
			cancel()
		})
		if took := time.Since(cancelled); !errors.Is(err, context.Canceled) || took > 2*time.Second {
			t.Errorf("it ended after %v with %v", took, err)
		}
		wantGone(t, newest())
	}
}
