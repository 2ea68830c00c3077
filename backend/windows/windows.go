// Package windows knows which windows exist: each is one process, which holds a file lock for as long as it lives.
package windows

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"sightline/backend/fault"
)

// most is how many windows one person can have.
const most = 64

// Dir is where the locks lie: the runtime directory, or a private temporary one where there is none.
func Dir() string {
	if info, err := os.Stat(xdg.RuntimeDir); err == nil && info.IsDir() {
		return filepath.Join(xdg.RuntimeDir, "sightline")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("sightline-%d", os.Getuid()))
}

// Claim takes the window with the wanted ID, or, where another process has that one, the next that is free: ID-2, ID-3 and so on. Two
// windows never share their choices. release gives it back; so does the end of the process, however it comes.
func Claim(dir, wanted string) (id string, release func(), err error) {
	if err := ours(dir); err != nil {
		return "", nil, noLock(dir, err)
	}
	for n := 1; n <= most; n++ {
		id := wanted
		if n > 1 {
			id = fmt.Sprintf("%s-%d", wanted, n)
		}
		lock := flock.New(filepath.Join(dir, id+".lock"), flock.SetPermissions(0o600))
		got, err := lock.TryLock()
		if err != nil {
			return "", nil, noLock(dir, err)
		}
		if got {
			return id, func() { _ = lock.Unlock() }, nil // the process ends anyway
		}
	}
	return "", nil, &fault.Error{Code: "windows.many", Message: fmt.Sprintf("There are %d windows already.", most), Hint: "Close one that is no longer needed.", Blame: fault.Us}
}

// ours makes a folder for this person alone. One that somebody else has laid there in advance cannot be closed to them, and is refused.
func ours(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.Chmod(dir, 0o700)
}

func noLock(dir string, cause error) error {
	return &fault.Error{
		Code: "windows.lock", Message: "Sightline cannot note which window it is in " + dir + ".",
		Hint: "Check that the folder is yours and can be written.", Blame: fault.Us, Cause: cause,
	}
}
