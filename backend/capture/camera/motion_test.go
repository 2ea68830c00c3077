package camera

import (
	"bytes"
	"image/jpeg"
	"testing"

	"sightline/backend/sight"
)

// withoutTables is a JPEG as many cameras deliver it.
func withoutTables(t testing.TB, data []byte) []byte {
	t.Helper()
	short := bytes.Replace(data, standardTables(), nil, 1)
	if len(short) == len(data) {
		t.Fatal("the tables are not where they should be")
	}
	return short
}

func TestCopyJPEG(t *testing.T) {
	whole := jpegOf(t, 64, 36)
	padded := append(bytes.Clone(whole), make([]byte, 500)...)
	for name, tc := range map[string]struct{ data, want []byte }{
		"whole":             {whole, whole},
		"padded":            {padded, whole},
		"without tables":    {withoutTables(t, whole), nil}, // any that decodes
		"fill bytes":        {bytes.Join([][]byte{whole[:2], {0xFF, 0xFF}, whole[2:]}, nil), nil},
		"padded, no tables": {withoutTables(t, padded), nil},
	} {
		got, ok := copyJPEG(tc.data)
		if !ok || tc.want != nil && !bytes.Equal(got, tc.want) {
			t.Errorf("%s: %d bytes became %d, %v", name, len(tc.data), len(got), ok)
		}
		if _, err := jpeg.Decode(bytes.NewReader(got)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestACutJPEGIsNone(t *testing.T) {
	whole := jpegOf(t, 64, 36)
	for n := range len(whole) - 1 {
		if _, ok := copyJPEG(whole[:n]); ok {
			t.Fatalf("%d bytes of %d were taken", n, len(whole))
		}
	}
}

func TestTheCopyIsOurs(t *testing.T) {
	driver := jpegOf(t, 64, 36)
	want := bytes.Clone(driver)
	got, _ := copyJPEG(driver)
	clear(driver)
	if !bytes.Equal(got, want) {
		t.Error("it changed with the driver's memory")
	}
}

func FuzzCopyJPEG(f *testing.F) {
	whole := jpegOf(f, 64, 36)
	for _, seed := range [][]byte{whole, withoutTables(f, whole), whole[:100], {0xFF, 0xD8, 0xFF, 0xC4, 0, 0}, {0xFF, 0xD8, 0xFF, 0xFF}, nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		own, ok := copyJPEG(data)
		if !ok {
			return
		}
		if !bytes.HasSuffix(own, []byte(endOfImage)) {
			t.Error("no end")
		}
		_, _ = sight.FromJPEG(own)
	})
}
