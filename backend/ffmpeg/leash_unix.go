//go:build !windows

package ffmpeg

import (
	"os/exec"
	"syscall"
)

// killGroup kills a child and all it started. A child that hangs ignores SIGTERM.
func killGroup(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended already
}
