package shared

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/capturetest"
	"sightline/backend/fault"
	"sightline/backend/local"
)

// These tests meet on disk, over real sockets.

func TestHolderKeepsEveryPromiseOfASource(t *testing.T) {
	s := Scheme(newCamera(t).scheme(), filepath.Join(t.TempDir(), "cameras"))
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return sourceOf(t, s) }, FPS: 30, Width: 32, Height: 24, Measure: 700 * time.Millisecond,
	})
}

func TestViewerKeepsEveryPromiseOfASource(t *testing.T) {
	s := Scheme(newCamera(t).scheme(), filepath.Join(t.TempDir(), "cameras"))
	holder := opened(t, s, "camera:", nil)
	waitFor(t, holder, 1)
	capturetest.Run(t, capturetest.Case{
		Open: func() capture.Source { return sourceOf(t, s) }, FPS: 30, Width: 32, Height: 24, Measure: 700 * time.Millisecond,
	})
}

func TestViewersFramesAreAsOldAsTheHolders(t *testing.T) {
	c := newCamera(t)
	s := Scheme(c.scheme(), filepath.Join(t.TempDir(), "cameras"))
	holder := opened(t, s, "camera:", nil)
	waitFor(t, holder, 1)
	viewer := opened(t, s, "camera:", nil)
	waitFor(t, viewer, 30)
	viewer.close()
	holder.close()
	taken := make(map[uint64]time.Time)
	for _, f := range holder.seen() {
		taken[look(t, f.Picture)] = f.Captured
	}
	off := make([]time.Duration, 0, 30)
	for _, f := range viewer.seen() {
		at, known := taken[look(t, f.Picture)]
		if !known {
			t.Fatal("the viewer saw a picture that the holder did not")
		}
		off = append(off, f.Captured.Sub(at))
	}
	// Each is late by its way through the socket; a busy machine may hold up a few.
	exact := 0
	for _, d := range off {
		if d < 0 {
			t.Errorf("a frame is younger than it was, by %v", d)
		}
		if d < 5*time.Millisecond {
			exact++
		}
	}
	if exact < len(off)/2 {
		t.Errorf("off by %v", off)
	}
}

func TestNothingIsLeftOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("counts what is open in /proc")
	}
	s := Scheme(newCamera(t).scheme(), filepath.Join(t.TempDir(), "cameras"))
	once := func() {
		holder := opened(t, s, "camera:", nil)
		waitFor(t, holder, 2)
		viewers := []*window{opened(t, s, "camera:", nil), opened(t, s, "camera:", nil)}
		waitFor(t, viewers[0], 2)
		waitFor(t, viewers[1], 2)
		holder.close()
		waitFor(t, viewers[0], len(viewers[0].seen())+3)
		viewers[0].close()
		waitFor(t, viewers[1], len(viewers[1].seen())+3)
		viewers[1].close()
	}
	once()
	before := descriptors(t)
	for range 3 {
		once()
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors are open after %d", after, before)
	}
}

func TestFolderThatCannotBeUsedIsAClearFault(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := Scheme(newCamera(t).scheme(), filepath.Join(file, "nothing", "here"))
	opened(t, s, "camera:", nil).ends(t, local.CodeFolder)
	if runtime.GOOS == "windows" {
		return // a pipe has a short name, however long its path is
	}
	s = Scheme(newCamera(t).scheme(), filepath.Join(t.TempDir(), strings.Repeat("long", 30)))
	opened(t, s, "camera:", nil).ends(t, local.CodePath)
}

func (w *window) ends(t *testing.T, code string) {
	t.Helper()
	if <-w.ended; fault.CodeOf(w.err) != code {
		t.Errorf("ended with %v", w.err)
	}
}

func sourceOf(t *testing.T, s capture.Scheme) capture.Source {
	t.Helper()
	src, err := capture.Table{s}.Open("camera:")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// waitFor waits until w has seen n frames.
func waitFor(t *testing.T, w *window, n int) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); len(w.seen()) < n; time.Sleep(5 * time.Millisecond) {
		select {
		case <-w.ended:
			t.Fatalf("Run has returned: %v", w.err)
		default:
		}
		if time.Now().After(limit) {
			t.Fatalf("saw %d frames of %d", len(w.seen()), n)
		}
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(open)
}

// TestNothingQueuesOnTheWay: a socket's buffer would hold a hundred of these pictures.
func TestNothingQueuesOnTheWay(t *testing.T) {
	c := newCamera(t)
	s := Scheme(c.scheme(), filepath.Join(t.TempDir(), "cameras"))
	holder := opened(t, s, "camera:", nil)
	waitFor(t, holder, 1)
	var newest []int // when each frame came
	slow := opened(t, s, "camera:", func(int) {
		newest = append(newest, int(c.taken.Load()))
		time.Sleep(300 * time.Millisecond)
	})
	waitFor(t, slow, 5)
	slow.close()
	holder.close()
	number := make(map[uint64]int)
	for i, f := range holder.seen() {
		number[look(t, f.Picture)] = i + 1
	}
	for i, f := range slow.seen() {
		if behind := newest[i] - number[look(t, f.Picture)]; behind > 6 {
			t.Errorf("frame %d came %d frames behind the newest", i, behind)
		}
	}
}
