package library

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"sightline/backend/local/dbustest"
)

// fileManager notes what it is asked to show.
type fileManager chan string

// ShowItems is the file manager's side of Reveal.
func (f fileManager) ShowItems(items []string, _ string) *dbus.Error {
	f <- strings.Join(items, " ")
	return nil
}

func TestFolderIsShownByTheFileManager(t *testing.T) {
	asked := make(fileManager, 1)
	dbustest.Present(t, dbustest.Start(t, dbustest.Session), "org.freedesktop.FileManager1", "org.freedesktop.FileManager1", asked)
	dir := filepath.Join(t.TempDir(), "50% of día")
	os.Mkdir(dir, 0o700)
	if err := Reveal(dir); err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != "file://"+filepath.Dir(dir)+"/50%25%20of%20d%C3%ADa" {
		t.Errorf("asked for %s", got)
	}
}

func TestWithoutAFileManagerOnTheBusTheFolderIsOpened(t *testing.T) {
	dbustest.Start(t, dbustest.Session)
	programs, dir := t.TempDir(), t.TempDir()
	note := filepath.Join(programs, "note")
	script := "#!/bin/sh\necho \"$1\" >'" + note + "'\n"
	if err := os.WriteFile(filepath.Join(programs, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", programs)
	if err := Reveal(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(note); err != nil || strings.TrimSpace(string(got)) != dir {
		t.Errorf("opened %s, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(programs, "xdg-open"), []byte("#!/bin/sh\nexit 3\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	hasCode(t, Reveal(dir), "reveal.none")
}

func TestWithoutAnythingToShowItThePersonIsTold(t *testing.T) {
	t.Setenv(dbustest.Session, "disabled:")
	t.Setenv("PATH", t.TempDir())
	begun := time.Now()
	hasCode(t, Reveal(t.TempDir()), "reveal.none")
	hasCode(t, Reveal("/nowhere/at/all"), "reveal.none")
	if took := time.Since(begun); took > revealWait {
		t.Errorf("that took %v", took)
	}
}
