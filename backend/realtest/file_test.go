//go:build real

package realtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sightline/backend/capture"
	"sightline/backend/capture/file"
	"sightline/backend/fault"
	"sightline/backend/ffmpeg"
	"sightline/backend/sight"
)

// Videos are made by ffmpeg and played by the source file, which knows nothing of how they were made.

// filming is an ffmpeg that makes a video.
func filming(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("ffmpeg is missing: install Debian's package ffmpeg")
	}
	return exec.Command(path, append([]string{"-nostdin", "-v", "error"}, args...)...)
}

func filmed(t *testing.T, args ...string) {
	t.Helper()
	if said, err := filming(t, args...).CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg: %v: %s", err, said)
	}
}

// played is all frames of a file, each once, and how it ended.
func played(t *testing.T, path, options string) (frames []sight.Frame, end *fault.Error) {
	t.Helper()
	source, err := capture.Table{file.Scheme(file.Config{Program: func() (ffmpeg.Program, error) { return ffmpeg.Find("") }})}.Open("file:" + path + options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	return frames, fault.From(source.Run(ctx, func(f sight.Frame) { frames = append(frames, f) }))
}

// TestFileThatChangesItsSize is what a recorder leaves whose camera was set to another size twice: it plays on, in the size it began with, and every
// picture comes once, each brighter than the one before.
func TestFileThatChangesItsSize(t *testing.T) {
	dir := t.TempDir()
	var whole []byte
	for i, size := range []string{"640x480", "1280x720", "320x240"} {
		part := filepath.Join(dir, size+".ts")
		source := "color=black:r=30:d=1:s=16x16,geq=lum='20+2*(N+" + []string{"0", "30", "60"}[i] + ")':cb=128:cr=128,scale=" + size //nolint:misspell // the filter's word
		filmed(t, "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-output_ts_offset", []string{"0", "1", "2"}[i], "-f", "mpegts", part)
		data, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		whole = append(whole, data...)
	}
	path := filepath.Join(dir, "changing.ts")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	frames, end := played(t, path, "?pace=max")
	if end.Code != capture.CodeFinished {
		t.Errorf("it ended with %#v", end)
	}
	if len(frames) < 88 || len(frames) > 90 { // a seam may cost the picture it cuts
		t.Errorf("%d pictures of 90", len(frames))
	}
	last := -1
	for i, f := range frames {
		img, err := f.Picture.Planes()
		if err != nil {
			t.Fatal(err)
		}
		luma := int(img.YCbCrAt(320, 240).Y)
		if w, h := f.Picture.Size(); w != 640 || h != 480 || luma <= last {
			t.Fatalf("picture %d has %d×%d pixels, and brightness %d after %d", i, w, h, luma, last)
		}
		last = luma
	}
}

// TestFileCutShort has a recorder die in the middle (Matroska, which is written as it goes), and a copy of an MP4 break off.
func TestFileCutShort(t *testing.T) {
	dir := t.TempDir()
	recorded := filepath.Join(dir, "recorded.mkv")
	recorder := filming(t, "-re", "-f", "lavfi", "-i", "testsrc2=r=30:s=640x360", "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-flush_packets", "1",
		"-cluster_time_limit", "500", recorded)
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	untilLarge(t, recorded, 500<<10)
	_ = recorder.Process.Kill()
	_ = recorder.Wait()
	frames, end := played(t, recorded, "?pace=max")
	if end.Code != capture.CodeFinished || len(frames) < 20 {
		t.Errorf("%d pictures of what was recorded played, and it ended with %#v", len(frames), end)
	}

	whole, cut := filepath.Join(dir, "whole.mp4"), filepath.Join(dir, "cut.mp4")
	filmed(t, "-f", "lavfi", "-i", "testsrc2=r=30:d=4:s=640x360", "-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart", whole)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cut, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	frames, end = played(t, cut, "") // at its own pace
	if end.Code != capture.CodeFinished || !strings.Contains(end.Message, "cut short") || len(frames) < 20 || len(frames) > 100 {
		t.Errorf("of half of 120, %d pictures played, and it ended with %#v", len(frames), end)
	}
	if took := time.Since(began); took < time.Second || took > 10*time.Second {
		t.Errorf("half of 4 s took %v", took)
	}
}

// untilLarge waits until a file has grown.
func untilLarge(t *testing.T, path string, size int64) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(50 * time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() >= size {
			return
		}
	}
	t.Fatalf("%s does not grow", path)
}
