//go:build !windows

package local_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sightline/backend/local"
)

func TestNobodyElseGetsIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "run")
	path := filepath.Join(dir, "place")
	listen(t, path)
	wantMode(t, dir, fs.ModeDir|0o700)
	wantMode(t, path, fs.ModeSocket|0o600)
}

func TestFolderThatWasOpenIsClosed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	listen(t, filepath.Join(dir, "place"))
	wantMode(t, dir, fs.ModeDir|0o700)
}

func TestFolderThatCannotBePrivateIsRefused(t *testing.T) {
	base := t.TempDir()
	shared, elsewhere, link, file := filepath.Join(base, "shared"), filepath.Join(base, "elsewhere"), filepath.Join(base, "link"), filepath.Join(base, "file")
	must(t, os.Mkdir(shared, 0o700), os.Chmod(shared, 0o777|fs.ModeSticky), os.Mkdir(elsewhere, 0o755), os.Symlink(elsewhere, link), os.WriteFile(file, nil, 0o600))
	for _, dir := range []string{shared, link, file, "/proc/nothing/here"} {
		_, err := local.Listen(filepath.Join(dir, "place"))
		wantFault(t, err, local.CodeFolder)
	}
	wantMode(t, elsewhere, fs.ModeDir|0o755)
	wantMode(t, shared, fs.ModeDir|fs.ModeSticky|0o777)
}

func TestFolderOfSomebodyElseIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	must(t, os.Mkdir(dir, 0o700))
	if err := os.Chown(dir, 4242, -1); err != nil {
		dir = "/usr" // not as root: then what belongs to root is somebody else's
	}
	wantFault(t, local.Folder(dir), local.CodeFolder)
}

func TestWhatACrashLeftIsTakenAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	crashed, ok := listen(t, path).(*net.UnixListener)
	if !ok {
		t.Fatal("not a Unix socket")
	}
	crashed.SetUnlinkOnClose(false)
	crashed.Close()
	_, err := local.Dial(t.Context(), path)
	wantFault(t, err, local.CodeSilent)
	listen(t, path)
	dial(t, path)
}

func TestFileThatIsNoSocketIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "place")
	must(t, os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, []byte("precious"), 0o600))
	_, err := local.Listen(path)
	wantFault(t, err, local.CodeTaken)
	if text, _ := os.ReadFile(path); string(text) != "precious" {
		t.Errorf("the file now holds %q", text)
	}
}

func TestPathThatIsTooLongIsAClearFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("x", 108))
	_, err := local.Listen(path)
	wantFault(t, err, local.CodePath)
	_, err = local.Dial(t.Context(), path)
	wantFault(t, err, local.CodePath)
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != want {
		t.Errorf("%s: mode %v, %v; want %v", path, info.Mode(), err, want)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
