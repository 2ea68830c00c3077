package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFullLogIsPutAsideOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state", "sightline.log")
	write(t, path, "first\n")
	write(t, path, strings.Repeat("x", limit+1))
	write(t, path, "second\n")
	if got, _ := os.ReadFile(path); string(got) != "second\n" {
		t.Errorf("the log holds %d bytes, want a new one", len(got))
	}
	if got, _ := os.ReadFile(path + ".1"); !strings.HasPrefix(string(got), "first\n") {
		t.Error("the old log was not kept")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
