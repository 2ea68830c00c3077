// Package windows knows which windows exist: each is one process, which holds a lock and can be raised or ended from the others.
package windows

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"sightline/backend/fault"
	"sightline/backend/keys"
	"sightline/backend/settings"
)

// Codes of the faults given here.
const (
	CodeLock   = "windows.lock"   // the runtime folder takes no lock
	CodeBusy   = "windows.busy"   // another start or end of a window did not come to its end
	CodeSilent = "windows.silent" // the window is open and does not answer
	CodeOpen   = "windows.open"   // the new window did not come up
)

// Main is the ID of the first window.
const Main = "main"

// Desk is where all windows of one person lie. All its fields are needed but Keys.
//
// What windows decide with one another (which comes back, which is forgotten) they decide one at a time, under one lock. A window holds a
// lock of its own for as long as it lives, however it ends; its file's time says when the window was active last.
type Desk struct {
	Dir   string          // the locks and sockets
	Store *settings.Store // the windows' saved state; the one with a saved state comes back
	Keys  *keys.Keys      // those held for this run go along to a window opened from here; nil: none

	patience time.Duration // with a window that does not answer; 0: answerWait
}

// Window is the place of this process among the windows.
type Window struct {
	ID string

	desk Desk
	lock *flock.Flock
	lost []string // IDs of the windows that come back with this one
}

// Dir is where the locks and sockets lie: the runtime directory, or a private temporary one where there is none.
func Dir() string {
	if info, err := os.Stat(xdg.RuntimeDir); err == nil && info.IsDir() {
		return filepath.Join(xdg.RuntimeDir, "sightline")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("sightline-%d", os.Getuid()))
}

// freshID is one that no window has.
func freshID(taken []string) string {
	for {
		if id := "w-" + strings.ToLower(rand.Text()[:6]); !slices.Contains(taken, id) {
			return id
		}
	}
}

// folder is where the windows of one store meet: those of another one, with settings of its own, are none of theirs.
func (d Desk) folder() string {
	return filepath.Join(d.Dir, "windows", fmt.Sprintf("%.4x", sha256.Sum256([]byte(d.Store.Folder()))))
}

func (d Desk) lockOf(id string) string   { return filepath.Join(d.folder(), id+".lock") }
func (d Desk) socketOf(id string) string { return filepath.Join(d.folder(), id+".sock") }

func noLock(dir string, cause error) error {
	return &fault.Error{
		Code: CodeLock, Message: "Sightline cannot note which window it is in " + dir + ".",
		Hint: "Check that the folder is yours and can be written.", Blame: fault.Us, Cause: cause,
	}
}
