package settings

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"sightline/backend/fault"
)

// playHere plays the parts that need Linux.
func playHere(role, dir string) error {
	switch role {
	case "guest":
		return visit(dir)
	case "filler":
		return fillDisk(dir)
	}
	return fmt.Errorf("there is no such part")
}

// visit tries everything in a folder that cannot be written, as somebody who is not root, and prints what it gets.
func visit(dir string) error {
	if err := os.Chdir(dir); err != nil { // while root can: the folders above may be closed to others
		return err
	}
	if os.Getuid() == 0 {
		if err := syscall.Setresuid(65534, 65534, 65534); err != nil {
			return err
		}
	}
	s := Open(".", func(f *fault.Error) { fmt.Println("reported", f.Code) })
	for range 2 {
		fmt.Println("read", s.Settings().Theme)
		v, err := s.Change(context.Background(), func(v *Settings) error { v.Theme = "dark"; return nil })
		fmt.Println("changed", v.Theme, fault.CodeOf(err))
	}
	return nil
}

// fillDisk saves as much as fits in a file of 1,000 bytes, and then more.
func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
		return err
	}
	s := Open(dir, nil)
	for n := range 2 {
		v, err := s.Change(context.Background(), func(v *Settings) error {
			v.Theme = "dark"
			if n == 1 {
				return fill(v, n)
			}
			return nil
		})
		fmt.Println("changed", v.Theme, len(v.Prompts), fault.CodeOf(err))
	}
	return nil
}

func output(t *testing.T, role, dir string) []string {
	t.Helper()
	cmd, _, lines := start(t, role, dir)
	got := []string{}
	for lines.Scan() {
		got = append(got, lines.Text())
	}
	must(t, cmd.Wait())
	return got
}

func TestReadOnlyFolderIsAFaultAndTheChoiceHolds(t *testing.T) {
	d := fresh(t)
	must(t, os.Chmod(d.put("settings.json", `{"version": 1, "theme": "light"}`), 0o644))
	must(t, os.Chmod(d.dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(d.dir, 0o700) })

	same(t, "output", []string{"read light", "changed dark settings.readonly", "read light", "changed dark settings.readonly"}, output(t, "guest", d.dir))
	same(t, "files", []string{"settings.json"}, ls(t, d.dir))
}

func TestBrokenFileInAReadOnlyFolderStaysAndIsReportedOnce(t *testing.T) {
	d := fresh(t)
	must(t, os.Chmod(d.put("settings.json", "{"), 0o644))
	must(t, os.Chmod(d.dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(d.dir, 0o700) })

	same(t, "output", []string{
		"reported settings.unread",
		"read auto",
		"changed dark settings.readonly",
		"read auto",
		"changed dark settings.readonly",
	}, output(t, "guest", d.dir))
}

func TestUnreadableFileIsNeverOverwritten(t *testing.T) {
	d := fresh(t)
	path := d.put("settings.json", `{"version": 1, "theme": "light"}`) // root's, for root alone
	must(t, os.Chmod(path, 0))
	must(t, os.Chmod(d.dir, 0o777))
	same(t, "output", []string{
		"reported settings.unread",
		"read auto",
		"changed dark settings.unread",
		"read auto",
		"changed dark settings.unread",
	}, output(t, "guest", d.dir))
	must(t, os.Chmod(path, 0o600))
	same(t, "theme on disk", "light", d.Settings().Theme)
}

func TestFullDiskLosesNothing(t *testing.T) {
	d := fresh(t)
	same(t, "output", []string{"changed dark 0 ", "changed dark 4 settings.full"}, output(t, "filler", d.dir))
	same(t, "theme on disk", "dark", d.Settings().Theme)
	same(t, "reports", []string{}, d.codes())
	same(t, "files", []string{"settings.json", "settings.lock"}, ls(t, d.dir))
}

func TestPipeInPlaceOfAFileIsNotWaitedFor(t *testing.T) {
	d := fresh(t)
	must(t, os.MkdirAll(d.dir, 0o700))
	must(t, syscall.Mkfifo(filepath.Join(d.dir, "settings.json"), 0o600))
	same(t, "settings", DefaultSettings(), d.Settings())
	same(t, "reports", []string{CodeBroken}, d.codes())
}
