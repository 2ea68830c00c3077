package ffmpeg

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sightline/backend/fault"
)

// program is a file that could be run.
func program(t *testing.T, dir, name string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // it is to be run
		t.Fatal(err)
	}
	return path
}

func TestFFmpegIsFoundWhereItIsSaidToBe(t *testing.T) {
	set, variable, onPath := program(t, t.TempDir(), "one"), program(t, t.TempDir(), "two"), program(t, t.TempDir(), "ffmpeg")
	t.Setenv("PATH", filepath.Dir(onPath))
	t.Setenv(Variable, "")
	wantFound(t, "", onPath)
	t.Setenv(Variable, variable)
	wantFound(t, "", variable)
	wantFound(t, set, set)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	mine := program(t, home, "mine")
	wantFound(t, "~"+string(os.PathSeparator)+filepath.Base(mine), mine)
}

func wantFound(t *testing.T, set, want string) {
	t.Helper()
	p, err := Find(set)
	if err != nil || p.Path() != want {
		t.Errorf("set to %q it is %q, %v; want %q", set, p.Path(), err, want)
	}
}

func TestMissingFFmpegSaysHowToInstallIt(t *testing.T) {
	bin := t.TempDir()
	t.Setenv("PATH", bin)
	t.Setenv(Variable, "")
	wantHint(t, "", "Install")
	if runtime.GOOS != "windows" {
		program(t, bin, "dnf")
		wantHint(t, "", "sudo dnf install")
		program(t, bin, "apt")
		wantHint(t, "", "sudo apt install ffmpeg")
	}
}

// TestWrongPathIsNamed: another ffmpeg is not taken in silence.
func TestWrongPathIsNamed(t *testing.T) {
	t.Setenv("PATH", filepath.Dir(program(t, t.TempDir(), "ffmpeg")))
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{filepath.Join(t.TempDir(), "none"), t.TempDir(), text} {
		t.Setenv(Variable, "")
		wantHint(t, wrong, "settings")
		t.Setenv(Variable, wrong)
		wantHint(t, "", Variable)
		_, err := Find("")
		if !strings.Contains(err.Error(), wrong) {
			t.Errorf("%v does not name %s", err, wrong)
		}
	}
}

func wantHint(t *testing.T, set, hint string) {
	t.Helper()
	_, err := Find(set)
	f := fault.From(err)
	if f == nil || f.Code != CodeMissing || !strings.Contains(f.Hint, hint) || !strings.HasSuffix(f.Hint, ".") || !strings.HasSuffix(f.Message, ".") {
		t.Errorf("set to %q it gave %#v", set, f)
	}
}

func TestGPUIsOnlyAskedWhereItCanBeOpened(t *testing.T) {
	dir := t.TempDir()
	if got := vaapi(dir); got != "" {
		t.Errorf("without a GPU: %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "renderD128"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := vaapi(dir); got != "vaapi" {
		t.Errorf("with one: %q", got)
	}
}
