package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sightline/backend/vlm/vlmtest"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"sightline-cli": main}) }

// TestScripts runs the program itself, as a person or a script would. $VLM is a backend, $TWO one with two models, $REFUSING one that wants a key, $FAILING one that
// is always out of order, $SEEING one that sees colours, $BLIND one that refuses pictures.
func TestScripts(t *testing.T) {
	vlm := vlmtest.Start(t, vlmtest.Script{Words: 3})
	refusing := vlmtest.Start(t, vlmtest.Script{Key: "sesame", Words: 3})
	two := vlmtest.Start(t, vlmtest.Script{Words: 3, Models: []string{"one", "two"}})
	failing := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	seeing := vlmtest.Start(t, vlmtest.Script{Sees: true, Between: 20 * time.Millisecond}) // slow enough for the clock of Windows
	blind := vlmtest.Start(t, vlmtest.Script{Sees: true, Blind: true})
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for _, dir := range []string{"CONFIG_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"} {
				env.Setenv("XDG_"+dir, filepath.Join(env.WorkDir, strings.ToLower(dir)))
			}
			env.Setenv("SIGHTLINE_MODELS", "off") // quick, where something else is tried
			env.Setenv("MODELS", models(t))
			env.Setenv("VLM", vlm.URL)
			env.Setenv("TWO", two.URL)
			env.Setenv("REFUSING", refusing.URL)
			env.Setenv("FAILING", failing.URL)
			env.Setenv("SEEING", seeing.URL)
			env.Setenv("BLIND", blind.URL)
			return photograph(filepath.Join(env.WorkDir, "pictures"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"account": account, "groups": groups, "fill": fill, "first": first},
	})
}

// photograph puts a photograph of a person into a folder.
func photograph(folder string) error {
	picture, err := os.ReadFile(filepath.Join("..", "..", "capture", "sample", "photos", "camera.jpg"))
	if err == nil {
		err = os.Mkdir(folder, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "1.jpg"), picture, 0o600)
	}
	return err
}

// models is the folder of the detector's networks: where the tests are told, else where they are built.
func models(t *testing.T) string {
	if dir := os.Getenv("SIGHTLINE_MODELS"); dir != "" {
		return dir
	}
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "build", "bin", "models"))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// fill FILE TO writes FILE to TO with the values of its variables in their places.
func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill FILE TO")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
}

// first VARIABLE PATTERN sets a variable to the first file of such a name, as the system writes it from here.
func first(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: first VARIABLE PATTERN")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(found) == 0 {
		ts.Fatalf("there is no %s", args[1])
	}
	name, err := filepath.Rel(ts.MkAbs("."), found[0])
	ts.Check(err)
	ts.Setenv(args[0], name)
}

// account FILE [OUTCOME=N...] checks the lines of `watch --json`: each is an object with what every line must have and nothing that is null,
// none stands for another's sample, the summary comes last, and the counts add up. Given outcomes must have come at least so often.
func account(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: account FILE [OUTCOME=N...]")
	}
	lines := bytes.Split(bytes.TrimSpace([]byte(ts.ReadFile(args[0]))), []byte("\n"))
	counts := map[string]int{}
	seen := map[float64]bool{}
	for _, raw := range lines[:len(lines)-1] {
		line := map[string]any{}
		if err := json.Unmarshal(raw, &line); err != nil {
			ts.Fatalf("%s: %v", raw, err)
		}
		ts.Check(checkLine(line))
		seq, _ := line["seq"].(float64)
		if seen[seq] {
			ts.Fatalf("seq %v ends twice", seq)
		}
		seen[seq] = true
		counts[line["outcome"].(string)]++
	}
	ts.Check(checkSummary(lines[len(lines)-1], counts))
	for _, want := range args[1:] {
		outcome, n, _ := strings.Cut(want, "=")
		if got := fmt.Sprint(counts[outcome]); len(got) < len(n) || len(got) == len(n) && got < n {
			ts.Fatalf("%d %s, want at least %s", counts[outcome], outcome, n)
		}
	}
}

// groups FILE N checks that the lines of `compare --json` come in groups of N about one frame each, each with a seq and a backend of its own.
func groups(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: groups FILE N")
	}
	type line struct {
		Seq, Group, Frame uint64
		Backend, Model    string
	}
	found := map[uint64][]line{}
	for raw := range strings.Lines(ts.ReadFile(args[0])) {
		var l line
		ts.Check(json.Unmarshal([]byte(raw), &l))
		if l.Seq != 0 {
			found[l.Group] = append(found[l.Group], l)
		}
	}
	for group, lines := range found {
		askers := map[string]bool{}
		for _, l := range lines {
			askers[l.Backend+l.Model+fmt.Sprint(l.Seq)] = true
			if l.Frame != lines[0].Frame || l.Backend == "" || group == 0 {
				ts.Fatalf("group %d: %+v", group, lines)
			}
		}
		if fmt.Sprint(len(lines)) != args[1] || len(askers) != len(lines) {
			ts.Fatalf("group %d has %d lines, want %s: %+v", group, len(lines), args[1], lines)
		}
	}
}

func checkLine(line map[string]any) error {
	for _, key := range []string{"session", "seq", "frame", "outcome", "captured"} {
		if line[key] == nil {
			return fmt.Errorf("%v has no %s", line, key)
		}
	}
	if _, err := time.Parse(time.RFC3339Nano, line["captured"].(string)); err != nil {
		return err
	}
	needs := map[string][]string{
		"answered": {"backend", "model", "image", "age_ms", "first_token_ms", "total_ms", "text"},
		"failed":   {"backend", "error"},
	}[line["outcome"].(string)]
	for _, key := range needs {
		if line[key] == nil {
			return fmt.Errorf("an %v line has no %s: %v", line["outcome"], key, line)
		}
	}
	for key, value := range line {
		if value == nil {
			return fmt.Errorf("%s is null", key)
		}
	}
	return nil
}

func checkSummary(raw []byte, counts map[string]int) error {
	var last struct{ Summary map[string]any }
	if err := json.Unmarshal(raw, &last); err != nil || last.Summary == nil {
		return fmt.Errorf("the last line is no summary: %s", raw)
	}
	number := func(name string) float64 {
		n, ok := last.Summary[name].(float64)
		if !ok {
			return -1
		}
		return n
	}
	total := 0
	for _, outcome := range []string{"answered", "superseded", "unchanged", "failed", "cancelled"} {
		n := number(outcome)
		if int(n) != counts[outcome] {
			return fmt.Errorf("summary says %v %s, the lines say %d", n, outcome, counts[outcome])
		}
		total += int(n)
	}
	captured, sampled := number("captured"), number("sampled")
	perFrame := 1.0
	if columns, ok := last.Summary["columns"].([]any); ok {
		perFrame = float64(len(columns))
	}
	if int(sampled) != total || captured < sampled/perFrame/2 || number("seconds") <= 0 || number("fps") <= 0 {
		return fmt.Errorf("the summary does not add up: %s", raw)
	}
	return nil
}
