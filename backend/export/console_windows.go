package export

import (
	"os/exec"
	"syscall"
)

// hideConsole keeps a black window from opening for the program.
func hideConsole(cmd *exec.Cmd) {
	const createNoWindow = 0x08000000
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: createNoWindow}
}
