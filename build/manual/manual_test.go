package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sightline/backend/cli"
)

func grammar(t *testing.T) words {
	t.Helper()
	commandLine, window, err := cli.Grammar()
	if err != nil {
		t.Fatal(err)
	}
	return wordsOf(commandLine, window)
}

func written(t *testing.T, args ...string) string {
	t.Helper()
	text, err := write(args)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryCommandAndFlagIsInAllOfThem(t *testing.T) {
	w := grammar(t)
	if len(w.commands) < 5 || len(w.window) < 5 {
		t.Fatalf("the command line has %d commands and a window %d flags", len(w.commands), len(w.window))
	}
	page := strings.ReplaceAll(written(t, "man", "1.2.3", "2026-11-22"), `\-`, "-")
	texts := map[string]string{"man": page, "bash": written(t, "bash"), "zsh": written(t, "zsh"), "fish": written(t, "fish")}
	for name, text := range texts {
		for _, c := range w.commands {
			if !strings.Contains(text, c.name) {
				t.Errorf("%s does not know the command %s", name, c.name)
			}
		}
		for _, f := range w.everyFlag() {
			if !strings.Contains(text, "--"+f.name) && !strings.Contains(text, "-l "+f.name+" ") {
				t.Errorf("%s does not know --%s", name, f.name)
			}
		}
	}
}

func TestTheSameSourceMakesTheSamePage(t *testing.T) {
	one := written(t, "man", "1.2.3", "2026-11-22")
	if one != written(t, "man", "1.2.3", "2026-11-22") || !strings.Contains(one, `.TH SIGHTLINE 1 "2026-11-22" "Sightline 1.2.3"`) {
		t.Errorf("the page's head or its body depends on when it is made:\n%s", one[:200])
	}
}

func TestNothingInThePageMeansSomethingElseToTroff(t *testing.T) {
	if got, want := plain(`.profile's -x ~ a\b`), `\&.profile\(aqs \-x \(ti a\eb`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, line := range strings.Split(written(t, "man", "1", "2026-11-22"), "\n") {
		if strings.HasPrefix(line, "'") || strings.Contains(line, " -") && !strings.HasPrefix(line, ".") {
			t.Errorf("a control character, or a hyphen that cannot be copied: %s", line)
		}
	}
}

// The shell itself is asked, as it is when a person presses Tab.
func TestBashCompletes(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash here")
	}
	file := filepath.Join(t.TempDir(), "completion")
	if err := os.WriteFile(file, []byte(written(t, "bash")), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"sightline wat":                   "watch",
		"sightline-cli watch --image":     "--image-edge --image-quality",
		"sightline --window door --sou":   "--source",
		"sightline watch --record ":       "", // a folder: bash's own
		"sightline export rec --fo":       "--format",
		"sightline version --no-such-one": "",
	} {
		script := `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sightline; echo "${COMPREPLY[*]}"`
		args := append([]string{"-c", script, "bash", file}, strings.Split(line, " ")...)
		out, err := exec.CommandContext(t.Context(), "bash", args...).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: got %q, want %q (%v)", line, got, want, err)
		}
	}
}

func TestMisuseSaysHowItIsUsed(t *testing.T) {
	for _, args := range [][]string{nil, {"man"}, {"tcsh"}, {"bash", "1"}} {
		if _, err := write(args); err == nil || !strings.Contains(err.Error(), "man VERSION DATE") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
