// Package ffmpegtest has the ffmpeg of this machine make videos for tests.
//
// It knows nothing of package ffmpeg, whose own tests use it.
package ffmpegtest

import (
	"fmt"
	"image"
	"os/exec"
	"path/filepath"
	"testing"
)

// Clip makes a video, by what stands on ffmpeg's command line before its name. Where there is no ffmpeg the test is skipped.
func Clip(t testing.TB, name string, args ...string) (path string) {
	t.Helper()
	program, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skipf("ffmpeg is missing: %v", err)
	}
	path = filepath.Join(t.TempDir(), name)
	all := append([]string{"-nostdin", "-v", "error"}, args...)
	if said, err := exec.Command(program, append(all, "file:"+path)...).CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v: %s", name, err, said)
	}
	return path
}

// Steps are the arguments for n pictures at 30 a second, each of 24 brighter than the one before: 8 steps of luma a picture, from 20 on. rest are
// more filters.
func Steps(n int, rest string) []string {
	source := fmt.Sprintf("color=black:s=96x64:r=30,trim=end_frame=%d,geq=lum='20+8*mod(N,24)':cb=128:cr=128%s", n, rest) //nolint:misspell // the filter's word
	return []string{"-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"}
}

// NumberOf is which of Steps a picture is, among 24: its range is stretched on the way.
func NumberOf(img *image.YCbCr) int {
	luma := int(img.YCbCrAt(img.Rect.Dx()/2, img.Rect.Dy()/2).Y)
	return (luma*219/255 + 16 - 20 + 4) / 8
}
