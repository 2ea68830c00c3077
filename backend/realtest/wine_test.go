//go:build real

package realtest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Windows is wine where it counts: its loader, its files, its processes (build/rigs/wine.sh).

// withCodecs are the packages tried there as the installer's programs are built: with libjpeg-turbo, openh264, ONNX Runtime and Windows' own cameras.
// All others get by without C, and are there sooner.
var withCodecs = []string{
	"capture/camera", "capture/replay", "cli", "cmd/sightline-cli", "export", "h264", "jpeg", "mp4", "playback", "recorder", "vision", "wiring",
}

// TestWhatPackagesPromiseHoldsOnWindows runs the tests of all packages. What wine cannot do a test says itself, and is left out there.
func TestWhatPackagesPromiseHoldsOnWindows(t *testing.T) {
	var with, without []string
	for _, name := range strings.Fields(output(t, exec.Command("go", "list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}", "../..."))) {
		if slices.Contains(withCodecs, strings.TrimPrefix(name, "sightline/backend/")) {
			with = append(with, name)
		} else {
			without = append(without, name)
		}
	}
	if len(with) != len(withCodecs) {
		t.Fatalf("of %q there are %q", withCodecs, with)
	}
	t.Run("without C", func(t *testing.T) { count(t, len(without), onWindows(t, nil, append(without, "-v")...)) })
	t.Run("with codecs", func(t *testing.T) { count(t, len(with), onWindows(t, codecs(t), append(with, "-v")...)) })
}

// count tells how many tests there were, and why some of them were not tried.
func count(t *testing.T, packages int, said string) {
	t.Helper()
	if tested := len(regexp.MustCompile(`(?m)^ok  \t`).FindAllString(said, -1)); tested != packages {
		t.Errorf("%d of %d packages were tested:\n%s", tested, packages, said)
	}
	passed := len(regexp.MustCompile(`(?m)^--- PASS: Test`).FindAllString(said, -1))
	skipped := regexp.MustCompile(`(?m)^ +\w+_test\.go:\d+: (.*)\r?\n--- SKIP: (\w+)`).FindAllStringSubmatch(said, -1)
	t.Logf("%d packages: %d tests passed, %d not tried", packages, passed, len(skipped))
	for _, s := range skipped {
		t.Logf("not tried: %s: %s", s[2], s[1])
	}
}

// TestCommandsAnswerOnWindows has the program, and what it writes, in folders of a person whose name is not English.
func TestCommandsAnswerOnWindows(t *testing.T) {
	home := filepath.Join(t.TempDir(), "Zoë Müller")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(home, "sightline-cli.exe")
	models := modelsForWindows(t)
	build := exec.Command("go", "build", "-ldflags", "-X sightline/backend/cli.Version=1.2.3", "-o", program, "../cmd/sightline-cli")
	build.Env = append(os.Environ(), append(codecs(t), "GOOS=windows", "GOARCH=amd64")...)
	output(t, build)
	run := func(args ...string) string {
		t.Helper()
		rig := exec.Command("../../build/rigs/wine.sh", append([]string{"run", program}, args...)...)
		rig.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "SIGHTLINE_WINE_LIMIT=60", "SIGHTLINE_MODELS="+models, "XDG_CONFIG_HOME="+windowsPath(filepath.Join(home, "config")))
		return strings.ReplaceAll(output(t, rig), "\r", "")
	}
	if said := run("version"); said != "sightline 1.2.3\n" {
		t.Errorf("version: %q", said)
	}
	if said := run("devices"); !strings.Contains(said, "sample: ") || !strings.Contains(said, "pattern: ") {
		t.Errorf("devices: %q", said)
	}
	if said := run("doctor"); strings.Count(said, "✓ ") != 3 || strings.Contains(said, "✗") {
		t.Errorf("doctor: %q", said)
	}
	films := filepath.Join(home, "Zoës Filme")
	lines := strings.Split(strings.TrimSpace(run("watch", "--source", "sample:", "--backend", "builtin:", "--every", "300ms",
		"--answers", "2", "--for", "50s", "--json", "--record", windowsPath(films))), "\n")
	var last struct {
		Summary struct{ Captured, Answered, Failed int }
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Summary.Answered < 2 || last.Summary.Failed > 0 || last.Summary.Captured < 2 {
		t.Errorf("watch: %q", lines)
	}
	probe := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", recordingIn(t, films, "video.mp4"))
	if said := output(t, probe); !strings.Contains(said, "h264") {
		t.Errorf("its film: %q", said)
	}
}

// recordingIn is a file of the one recording in a folder.
func recordingIn(t *testing.T, folder, file string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "20*", file))
	if err != nil || len(found) != 1 {
		t.Fatalf("there are %q, %v", found, err)
	}
	return found[0]
}

// TestNVIDIAsDLLIsReadAsOnWindows builds stand-ins for NVIDIA's nvml.dll, and runs the tests that read them as a Windows program.
func TestNVIDIAsDLLIsReadAsOnWindows(t *testing.T) {
	stubs := t.TempDir()
	for name, flag := range map[string]string{"nvml.dll": "-DNEW", "old.dll": "-DOLD", "hollow.dll": "-DHOLLOW"} {
		compile := exec.Command("x86_64-w64-mingw32-gcc", "-Wall", "-Wextra", "-Werror", flag, "-shared",
			"-o", filepath.Join(stubs, name), "../gpu/testdata/nvmldll.c")
		if said, err := compile.CombinedOutput(); err != nil {
			t.Fatalf("x86_64-w64-mingw32-gcc (apt: gcc-mingw-w64-x86-64): %v\n%s", err, said)
		}
	}
	said := onWindows(t, []string{"SIGHTLINE_NVML_STUBS=" + windowsPath(stubs)}, "-tags", "real", "-v", "./backend/gpu")
	for _, test := range testsIn(t, "../gpu/nvml_windows_test.go", "../gpu/nvml_windows_real_test.go") {
		if !strings.Contains(said, "--- PASS: "+test) {
			t.Errorf("%s did not pass:\n%s", test, said)
		}
	}
}

// onWindows runs Go tests by the rig with some variables, and gives what they said. It fails the test unless they all ended well.
func onWindows(t *testing.T, variables []string, args ...string) string {
	t.Helper()
	rig := exec.Command("build/rigs/wine.sh", append([]string{"test"}, args...)...)
	rig.Dir = "../.."
	rig.Env = append(os.Environ(), append(variables, "SIGHTLINE_WINE_LIMIT=120", "SIGHTLINE_MODELS="+modelsForWindows(t))...)
	said, err := rig.CombinedOutput()
	if err != nil {
		well := regexp.MustCompile(`(?m)^(=== .*| *--- PASS: .*|PASS)\n`)
		t.Fatalf("wine.sh test %s: %v\n%s", strings.Join(args, " "), err, well.ReplaceAll(said, nil))
	}
	return string(said)
}

// modelsForWindows is a folder of what the detector needs there.
func modelsForWindows(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "models")
	output(t, exec.Command("../../build/models.sh", "install", folder, "windows"))
	return windowsPath(folder)
}

// codecs are the variables by which Go builds as build/packages/windows.sh does.
func codecs(t *testing.T) []string {
	t.Helper()
	libs := strings.TrimSpace(output(t, exec.Command("../../build/windows/libs.sh")))
	return []string{
		"CGO_ENABLED=1", "CC=x86_64-w64-mingw32-gcc", "CXX=x86_64-w64-mingw32-g++",
		"CGO_CFLAGS=-O2 -I" + libs + "/include", "CGO_CXXFLAGS=-O2", "CGO_LDFLAGS=-static -L" + libs + "/lib",
	}
}

// output is what a command says on its standard output. It fails the test unless the command ends well.
func output(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	var complaints strings.Builder
	command.Stderr = &complaints
	said, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s\n%s", strings.Join(command.Args, " "), err, said, complaints.String())
	}
	return string(said)
}

// windowsPath is a path of this computer as programs under wine see it.
func windowsPath(path string) string { return `Z:` + strings.ReplaceAll(path, "/", `\`) }

// testsIn are the names of the tests in some files.
func testsIn(t *testing.T, paths ...string) []string {
	t.Helper()
	var names []string
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
			names = append(names, string(found[1]))
		}
	}
	if len(names) == 0 {
		t.Fatalf("no tests in %q", paths)
	}
	return names
}
