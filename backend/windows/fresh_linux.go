package windows

import (
	"math"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Fresh lets a window that another one opened begin with nothing but its three standard descriptors, and gives the arguments as they are then.
// What a program has open its children inherit, unless each descriptor says otherwise, and those of WebKit and Wails do not. So the child
// marks them all and becomes itself once more, before it does anything. It is to be called first.
func Fresh(args []string) []string {
	if len(args) == 0 || args[0] != flagFresh {
		return args
	}
	args = args[1:]
	CloseOnExec()
	if self, err := os.Executable(); err == nil {
		_ = syscall.Exec(self, append([]string{os.Args[0]}, args...), os.Environ()) // returns where it failed: it goes on with what it has
	}
	return args
}

// CloseOnExec marks all descriptors of this process but the first three, so that what it starts from now on inherits none of them.
func CloseOnExec() {
	if unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	entries, _ := os.ReadDir("/proc/self/fd") // before Linux 5.11
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd >= 3 {
			syscall.CloseOnExec(fd)
		}
	}
}
