package archive

import (
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/fault"
)

// Two locks lie in a recording's folder while they are held. The system frees them when their process ends, however that happens, and a copy
// of their files is not locked.
const (
	writerLock = "recording.lock" // held as long as the recording is written, or mended
	editLock   = "recording.edit" // held for the moment in which recording.json is read, changed and replaced

	// How often a lock is tried before it counts as held. Tries are counted, and not time, so that a busy machine makes no difference.
	lookTries = 20   // somebody's look at it passes within microseconds
	denials   = 100  // a file that is just being removed is gone within microseconds
	editTries = 1000 // an edit passes within milliseconds, on a very slow disk a second
	lockRetry = 2 * time.Millisecond
)

// lock is a held lock.
type lock struct{ *flock.Flock }

// lockWriter takes the writer's lock; it gives none where a process has it.
func lockWriter(dir string) (*lock, error) { return take(filepath.Join(dir, writerLock), lookTries) }

// lockEdit waits for the edit lock.
func lockEdit(dir string) (*lock, error) {
	held, err := take(filepath.Join(dir, editLock), editTries)
	if held == nil && err == nil {
		return nil, &fault.Error{
			Code: CodeBusy, Message: "The recording is being changed by another program, which does not come to its end.",
			Hint: "Close other Sightline windows that do not respond.", Blame: fault.Us,
		}
	}
	return held, err
}

// take takes a lock, or gives none where that is held all the time.
func take(path string, tries int) (*lock, error) {
	denied := 0
	for range tries {
		held := flock.New(path, flock.SetPermissions(fileMode))
		got, err := held.TryLock()
		if denied++; err != nil && (!passes(err) || denied > denials) {
			return nil, Trouble(err, filepath.Dir(path))
		}
		if got && isThere(held) {
			return &lock{held}, nil
		}
		_ = held.Close()
		if !got { // else it was removed meanwhile, and is no lock any more
			time.Sleep(lockRetry)
		}
	}
	return nil, nil
}

func isThere(held *flock.Flock) bool {
	there, err := os.Stat(held.Path())
	if err != nil {
		return false
	}
	mine, err := held.Stat()
	return err == nil && os.SameFile(there, mine)
}

// Busy says whether a process writes the recording now.
func Busy(dir string) bool {
	path := filepath.Join(dir, writerLock)
	look := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := look.TryRLock() // shared, so that looks do not take each other for a writer
	if err != nil {
		return false // mostly since there is no such file
	}
	_ = look.Close()
	return !free
}
