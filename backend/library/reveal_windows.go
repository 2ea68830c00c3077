package library

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Reveal shows a file or folder in Explorer, marked in the folder it lies in. The fault names the path.
func Reveal(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return notShown(path, err)
	}
	if _, err := os.Stat(path); err != nil {
		return notShown(path, err)
	}
	explorer := filepath.Join(os.Getenv("SystemRoot"), "explorer.exe")
	child := exec.Command(explorer) //nolint:noctx // it outlives us
	// Explorer reads the line in its own way; a name on Windows has no quotation mark in it.
	child.SysProcAttr = &syscall.SysProcAttr{CmdLine: `"` + explorer + `" /select,"` + path + `"`}
	if err := child.Start(); err != nil {
		return notShown(path, err)
	}
	return child.Process.Release() // its exit status says nothing
}
