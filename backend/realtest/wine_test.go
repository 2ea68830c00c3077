//go:build real

package realtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Windows is wine where it counts: its loader, its files, its processes (build/rigs/wine.sh).

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

// TestWhatPackagesPromiseHoldsOnWindows runs the tests of packages that know no cgo.
func TestWhatPackagesPromiseHoldsOnWindows(t *testing.T) {
	onWindows(t, nil, "./backend/fault", "./backend/sampler", "./backend/sight", "./backend/tally")
}

// onWindows runs Go tests by the rig with some variables, and gives what they said. It fails the test unless they all ended well.
func onWindows(t *testing.T, variables []string, args ...string) string {
	t.Helper()
	rig := exec.Command("build/rigs/wine.sh", append([]string{"test"}, args...)...)
	rig.Dir = "../.."
	rig.Env = append(os.Environ(), variables...)
	said, err := rig.CombinedOutput()
	if err != nil {
		t.Fatalf("wine.sh test %s: %v\n%s", strings.Join(args, " "), err, said)
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
