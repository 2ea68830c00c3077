package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sightline/backend/vlm/vlmtest"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"sightline-cli": main}) }

// TestScripts runs the program itself, as a person or a script would. $VLM is a backend, $REFUSING one that wants a key, $FAILING one that
// is always out of order.
func TestScripts(t *testing.T) {
	vlm := vlmtest.Start(t, vlmtest.Script{Words: 3})
	refusing := vlmtest.Start(t, vlmtest.Script{Key: "sesame", Words: 3})
	failing := vlmtest.Start(t, vlmtest.Script{Refuse: &vlmtest.Refusal{Status: 500}})
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for _, dir := range []string{"CONFIG_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"} {
				env.Setenv("XDG_"+dir, filepath.Join(env.WorkDir, strings.ToLower(dir)))
			}
			env.Setenv("VLM", vlm.URL)
			env.Setenv("REFUSING", refusing.URL)
			env.Setenv("FAILING", failing.URL)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"account": account},
	})
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
	var last struct{ Summary map[string]float64 }
	if err := json.Unmarshal(raw, &last); err != nil || last.Summary == nil {
		return fmt.Errorf("the last line is no summary: %s", raw)
	}
	total := 0
	for _, outcome := range []string{"answered", "superseded", "unchanged", "failed", "cancelled"} {
		n, ok := last.Summary[outcome]
		if !ok || int(n) != counts[outcome] {
			return fmt.Errorf("summary says %v %s, the lines say %d", n, outcome, counts[outcome])
		}
		total += int(n)
	}
	if int(last.Summary["sampled"]) != total || last.Summary["captured"] < last.Summary["sampled"]/2 || last.Summary["seconds"] <= 0 || last.Summary["fps"] <= 0 {
		return fmt.Errorf("the summary does not add up: %s", raw)
	}
	return nil
}
