//go:build !linux && !windows

package ffmpeg

import (
	"os/exec"
	"syscall"
)

// leash kills a child's group as a whole. Where this process ends without a word, the child ends as its pipes do.
type leash struct{}

func (leash) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd.Start()
}

func (leash) kill(cmd *exec.Cmd) { killGroup(cmd) }
