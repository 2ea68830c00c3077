package archivetest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sightline/backend/archive/archivetest"
)

// write puts a text into a file, and gives the first error.
func write(d *archivetest.Disk, name, text string, sync bool) error {
	f, err := d.Append(filepath.Join(d.Dir(), name))
	if err != nil {
		return err
	}
	if _, err = f.Write([]byte(text)); err == nil && sync {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// left is what a file holds after a restart; "-" where there is none.
func left(d *archivetest.Disk, name string) string {
	raw, err := os.ReadFile(filepath.Join(d.Dir(), name))
	if err != nil {
		return "-"
	}
	return string(raw)
}

func TestPowerCutLeavesWhatWasSyncedAndSomeOfTheRest(t *testing.T) {
	seen := map[string]map[string]bool{"name": {}, "bytes": {}, "removed": {}}
	for seed := range uint64(60) {
		d := archivetest.New(t)
		d.Seed(seed)
		for _, err := range []error{
			write(d, "sure", "sure", true), write(d, "bytes", "sure", true), write(d, "removed", "old", true), d.SyncDir(d.Dir()),
			write(d, "bytes", " unsure", false), write(d, "name", "named", true), d.Remove(filepath.Join(d.Dir(), "removed")),
			d.MkdirAll(filepath.Join(d.Dir(), "folder")), d.Replace(filepath.Join(d.Dir(), "replaced"), []byte("whole")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		after := d.Restart()
		if left(after, "sure") != "sure" || left(after, "replaced") != "whole" || !strings.HasPrefix(left(after, "bytes"), "sure") {
			t.Fatalf("seed %d lost what was synced", seed)
		}
		for name := range seen {
			seen[name][left(after, name)] = true
		}
		if err := write(d, "sure", "more", false); !errors.Is(err, archivetest.ErrPower) {
			t.Fatalf("it is written to without power: %v", err)
		}
		if err := write(after, "sure", "more", true); err != nil {
			t.Fatalf("after the restart: %v", err)
		}
	}
	for name, kinds := range seen {
		if len(kinds) < 2 {
			t.Errorf("%s was always %v", name, kinds)
		}
	}
	if len(seen["bytes"]) < 5 || !seen["name"]["-"] || !seen["name"]["named"] || !seen["removed"]["old"] || !seen["removed"]["-"] {
		t.Errorf("too kind: %v", seen)
	}
}

func TestPlannedFaultComesWhenItWasPlanned(t *testing.T) {
	d := archivetest.New(t)
	d.FailAt(2, archivetest.ErrBroken)
	if err := write(d, "a", "1234", false); !errors.Is(err, archivetest.ErrBroken) || left(d, "a") != "12" {
		t.Errorf("%v; it holds %q", err, left(d, "a"))
	}
	if err := d.SyncDir(d.Dir()); !errors.Is(err, archivetest.ErrBroken) {
		t.Errorf("the next one: %v", err)
	}
	d.Heal()
	d.Room(3)
	if err := write(d, "a", "3456", false); !errors.Is(err, archivetest.ErrFull) || left(d, "a") != "12345" {
		t.Errorf("%v; it holds %q", err, left(d, "a"))
	}
}
