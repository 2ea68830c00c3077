package jpeg

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"sightline/backend/fault"
)

func FuzzSize(f *testing.F) {
	addFiles(f, func(data []byte) { f.Add(data) })
	f.Fuzz(func(t *testing.T, data []byte) {
		w, h, err := Size(data)
		if err != nil {
			wantOurFault(t, err)
			return
		}
		if w < 1 || h < 1 || w > maxSide || h > maxSide || w*h > MaxPixels {
			t.Errorf("size %d×%d", w, h)
		}
	})
}

func FuzzDecode(f *testing.F) {
	addFiles(f, func(data []byte) { f.Add(data, byte(33), byte(22)) })
	f.Fuzz(func(t *testing.T, data []byte, w, h byte) {
		width, height := int(w)+1, int(h)+1
		if fw, fh, err := Size(data); err == nil && fw*fh > 1<<20 {
			t.Skip("takes too long here")
		}
		img, err := Decode(data, width, height)
		if err != nil {
			wantOurFault(t, err)
			return
		}
		if img.Rect.Min.X != 0 || img.Rect.Min.Y != 0 || img.Rect.Dx() != width || img.Rect.Dy() != height {
			t.Errorf("decoded to %v, want %d×%d", img.Rect, width, height)
		}
		if err := checkPlanes(img); err != nil {
			t.Error(err)
		}
		encoded(t, img, 80)
	})
}

// addFiles seeds with every picture in testdata, whole, cut, and with one byte changed.
func addFiles(f *testing.F, add func([]byte)) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "*.jpg"))
	if err != nil || len(paths) == 0 {
		f.Fatal("no pictures in testdata", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		changed := append([]byte(nil), data...)
		changed[len(changed)*3/4] ^= 0x55
		add(data)
		add(data[:len(data)*2/3])
		add(changed)
	}
}

func wantOurFault(t *testing.T, err error) {
	t.Helper()
	for _, code := range []string{CodeBroken, CodeUnsupported, CodeTooLarge} {
		if errors.Is(err, &fault.Error{Code: code}) {
			return
		}
	}
	t.Errorf("unknown error: %v", err)
}
