//go:build !windows

package ffmpeg

import (
	"syscall"
	"testing"
	"time"
)

// wantGone wants nothing left of a process, not even its status.
func wantGone(t *testing.T, pid int) {
	t.Helper()
	for limit := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}
