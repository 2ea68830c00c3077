package archive

import "os"

// free gives the lock back, and leaves nothing of it. Windows removes no file that is open, so one that somebody waits for stays.
func (l *lock) free() {
	_ = l.Close() // closing cannot fail in a way that keeps the lock
	_ = os.Remove(l.Path())
}
