package settings

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"sightline/backend/fault"
)

const (
	patience = 5 * time.Second // a change takes milliseconds, on a very slow disk a second or two: who holds the lock longer is stuck

	// retry is how often the lock is tried: a file lock cannot be waited for with a deadline. It is short, because somebody who changes
	// one thing after another leaves the lock free for a moment only, which the others must hit.
	retry = time.Millisecond
)

// locker is the lock between processes, which also holds between goroutines. The system frees it when its process ends, however that happens.
//
// It lies beside what it guards, not in the runtime directory: processes that share the files must share the lock, and not every one of them
// has the same runtime directory.
type locker struct {
	path     string
	patience time.Duration
}

// take takes the lock, and makes its folder when missing.
func (l locker) take(ctx context.Context) (unlock func(), err error) {
	dir := filepath.Dir(l.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, cannotWrite(err, dir)
	}
	ctx, cancel := context.WithTimeout(ctx, l.patience)
	defer cancel()
	held := flock.New(l.path, flock.SetPermissions(0o600))
	_, err = held.TryLockContext(ctx, retry)
	switch {
	case err == nil:
		return func() { _ = held.Close() }, nil // closing cannot fail in a way that keeps the lock
	case errors.Is(err, context.Canceled):
		return nil, err
	case errors.Is(err, context.DeadlineExceeded):
		return nil, busy(err)
	}
	return nil, cannotWrite(err, dir)
}

func busy(cause error) error {
	return &fault.Error{
		Code:    CodeBusy,
		Message: "The settings are held by another program.",
		Hint:    "Close other Sightline windows that do not respond; until then your choices last for this run only.",
		Blame:   fault.Us,
		Cause:   cause,
	}
}
