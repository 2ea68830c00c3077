package settings

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
)

// Processes are this test program again, playing the part that roleEnv names in the folder that dirEnv names.
const (
	roleEnv = "SIGHTLINE_SETTINGS_ROLE"
	dirEnv  = "SIGHTLINE_SETTINGS_DIR"
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role, os.Getenv(dirEnv)); err != nil {
		fmt.Fprintln(os.Stderr, role, "ended with", err)
		os.Exit(1)
	}
}

func play(role, dir string) error {
	switch role {
	case "counter":
		return count(dir)
	case "holder":
		return hold(dir)
	case "writer":
		return writeOn(dir)
	}
	return playHere(role, dir)
}

// count adds one, 50 times.
func count(dir string) error {
	s := Open(dir, nil)
	s.lock.patience = time.Minute // what counts here is the sum, not the speed of the disk
	for range 50 {
		if _, err := s.Change(context.Background(), func(v *Settings) error { v.Times.Total++; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// hold takes the lock and keeps it until it is told to end.
func hold(dir string) error {
	unlock, err := Open(dir, nil).lock.take(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	fmt.Println("held")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// writeOn writes one whole document after another until it is killed, and says so each time.
func writeOn(dir string) error {
	s := Open(dir, nil)
	for n := 1; ; n++ {
		if _, err := s.Change(context.Background(), func(v *Settings) error { return fill(v, n) }); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// fill makes a document of 64 kB that tells whether it is whole: all of its prompts are the same.
func fill(s *Settings, n int) error {
	s.Prompts = s.Prompts[:0]
	for i := range 4 {
		id := fmt.Sprintf("p%d", i)
		s.Prompts = append(s.Prompts, Prompt{ID: id, Name: id, Text: strings.Repeat(fmt.Sprint(n%10), MaxText)})
	}
	return nil
}

func start(t *testing.T, role, dir string) (cmd *exec.Cmd, stdin io.Closer, lines *bufio.Scanner) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"="+role, dirEnv+"="+dir, "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd, in, bufio.NewScanner(out)
}

func TestProcessesChangingAtOnceLoseNothing(t *testing.T) {
	d := fresh(t)
	one, _, _ := start(t, "counter", d.dir)
	two, _, _ := start(t, "counter", d.dir)
	must(t, one.Wait())
	must(t, two.Wait())
	if total := d.Settings().Times.Total; total != 100 {
		t.Errorf("counted %v of 100", total)
	}
	same(t, "reports", []string{}, d.codes())
}

func TestKilledWriterLeavesAWholeFile(t *testing.T) {
	d := fresh(t)
	for round := range 8 {
		cmd, _, lines := start(t, "writer", d.dir)
		for range round + 1 {
			if !lines.Scan() {
				t.Fatal("the writer died of itself")
			}
		}
		if round%2 == 0 {
			awaitHalfWritten(d) // else somewhere before it
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()

		prompts := d.Settings().Prompts
		if len(prompts) != 4 || prompts[0].Text != prompts[3].Text {
			t.Fatalf("round %d: not whole: %d prompts", round, len(prompts))
		}
	}
	same(t, "reports", []string{}, d.codes())

	d.put("settings.json123", "left by a writer that was killed")
	_, err := d.theme("dark")
	must(t, err)
	same(t, "files", []string{"settings.json", "settings.lock"}, ls(t, d.dir))
}

// awaitHalfWritten returns when a new document is being written, and not yet in its place.
func awaitHalfWritten(d *desk) {
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if found, _ := filepath.Glob(filepath.Join(d.dir, "settings.json[0-9]*")); len(found) > 0 {
			return
		}
	}
	d.t.Error("no document was seen being written")
}

func ls(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestLockHeldElsewhereIsAFaultAndTheChoiceHolds(t *testing.T) {
	d := fresh(t)
	holder, stdin, lines := start(t, "holder", d.dir)
	if !lines.Scan() {
		t.Fatal("the lock was not taken")
	}
	path := d.put("settings.json", `{"version": 1, "theme": "light"}`)
	d.lock.patience = 100 * time.Millisecond

	got, err := d.theme("dark")
	if fault.CodeOf(err) != CodeBusy || !Unsaved(err) || got.Theme != "dark" {
		t.Errorf("got %q, %v; want the choice to hold and %s", got.Theme, err, CodeBusy)
	}
	d.left("windows/main.json", "{}")
	if err := d.ForgetWindow(t.Context(), "main"); fault.CodeOf(err) != CodeBusy {
		t.Errorf("forgetting a window: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Change(ctx, func(*Settings) error { return nil }); err == nil {
		t.Error("changed after its context ended")
	}
	same(t, "theme on disk", "light", d.Settings().Theme)

	must(t, os.WriteFile(path, []byte("damaged"), 0o600))
	same(t, "theme of a damaged file", "auto", d.Settings().Theme)
	same(t, "reports", []string{CodeUnread}, d.codes())
	raw, err := os.ReadFile(path)
	must(t, err)
	same(t, "damaged file", "damaged", string(raw))

	must(t, stdin.Close())
	must(t, holder.Wait())
	d.lock.patience = patience
	_, err = d.theme("dark")
	must(t, err)
	same(t, "set aside", []string{"damaged"}, d.aside("settings.json"))
}
