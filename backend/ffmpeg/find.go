package ffmpeg

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"sightline/backend/fault"
)

// Variable is the environment variable that names the program.
const Variable = "SIGHTLINE_FFMPEG"

// Find looks for ffmpeg: at set, where that is not empty, else at $SIGHTLINE_FFMPEG, else beside this program, else on PATH. Where there is none, the
// fault says how to install it.
func Find(set string) (Program, error) {
	if set != "" {
		return named(set, "Correct its path in the settings, or leave it empty to have it looked for.")
	}
	if set = os.Getenv(Variable); set != "" {
		return named(set, "Correct "+Variable+", or unset it to have it looked for.")
	}
	if self, err := os.Executable(); err == nil {
		if path, err := exec.LookPath(filepath.Join(filepath.Dir(self), "ffmpeg")); err == nil { // on Windows, LookPath tries .exe
			return at(path), nil
		}
	}
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return Program{}, &fault.Error{
			Code: CodeMissing, Message: "The program ffmpeg, which decodes video, is not on this machine.", Hint: installHint(), Blame: fault.Us, Cause: err,
		}
	}
	return at(path), nil
}

// named is the program that a person names; nothing else is taken in its place.
func named(set, hint string) (Program, error) {
	path, err := exec.LookPath(expanded(set))
	if err != nil {
		return Program{}, &fault.Error{
			Code: CodeMissing, Message: "There is no program at " + set + ", where ffmpeg is said to be.", Hint: hint, Blame: fault.Us, Cause: err,
		}
	}
	return at(path), nil
}

func at(path string) Program {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return Program{path: path, hardware: hardware(), learned: new(lessons)}
}

// expanded puts the home folder in place of a leading ~.
func expanded(path string) string {
	rest, tilde := strings.CutPrefix(path, "~")
	home, err := os.UserHomeDir()
	if !tilde || err != nil || rest == "" || !os.IsPathSeparator(rest[0]) {
		return path
	}
	return filepath.Join(home, rest)
}

// installHint names the way this system installs programs.
func installHint() string {
	if runtime.GOOS == "windows" {
		return "Install it with: winget install Gyan.FFmpeg."
	}
	for _, way := range []struct{ tool, command string }{
		{"apt", "sudo apt install ffmpeg"},
		{"dnf", "sudo dnf install ffmpeg-free"},
		{"pacman", "sudo pacman -S ffmpeg"},
		{"zypper", "sudo zypper install ffmpeg"},
		{"apk", "sudo apk add ffmpeg"},
		{"brew", "brew install ffmpeg"},
	} {
		if _, err := exec.LookPath(way.tool); err == nil {
			return "Install it with: " + way.command + "."
		}
	}
	return "Install ffmpeg from your system's packages, or say in the settings where it is."
}

// namesSequence says that ffmpeg would take the name for the pattern of a sequence of pictures, not for one picture.
func namesSequence(name string) bool {
	if !strings.Contains(name, "%") {
		return false
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif", ".jps", ".mpo", ".png", ".pns", ".apng", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".tga", ".targa", ".ppm", ".pgm", ".pbm", ".pnm",
		".pam", ".jp2", ".j2k", ".j2c", ".jxl", ".exr", ".hdr", ".dpx", ".psd", ".pcx", ".ico", ".svg", ".sgi", ".ras", ".xbm", ".xpm", ".xwd", ".qoi", ".dds", ".heic", ".avif":
		return true
	}
	return false
}
