//go:build !windows

package archive

import "os"

// free gives the lock back, and leaves nothing of it: its file is removed first, so that whoever waits for it sees that it is none any more.
func (l *lock) free() {
	_ = os.Remove(l.Path()) // a file that stays does no harm
	_ = l.Close()           // closing cannot fail in a way that keeps the lock
}
