package ffmpeg

import (
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// wantGone wants a process to have ended.
func wantGone(t *testing.T, pid int) {
	t.Helper()
	process, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return // nobody has that number
	}
	defer windows.CloseHandle(process)
	if ended, err := windows.WaitForSingleObject(process, uint32(5*time.Second/time.Millisecond)); err != nil || ended != windows.WAIT_OBJECT_0 {
		t.Fatalf("process %d is still there", pid)
	}
}
