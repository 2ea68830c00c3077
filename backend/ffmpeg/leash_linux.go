package ffmpeg

import (
	"os/exec"
	"syscall"
)

// leash ties a child to this process: the kernel kills it when the thread that started it ends. Its group is killed as a whole, a wrapper's children too.
type leash struct{}

func (leash) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd.Start()
}

func (leash) kill(cmd *exec.Cmd) { killGroup(cmd) }
