package ffmpeg

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// leash ties a child to this process: the kernel kills it when the thread that started it ends. Its group is killed as a whole, a wrapper's children too.
type leash struct{}

func (leash) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return cmd.Start()
}

func (leash) kill(cmd *exec.Cmd) { killGroup(cmd) }

// wide is how much a pipe of pictures holds, in bytes: the most that any person may ask for. With less the two take turns far more often than they need to.
const wide = 1 << 16

func widen(pipe *os.File) {
	raw, err := pipe.SyscallConn()
	if err != nil {
		return // then it stays as it is
	}
	_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, wide) })
}
