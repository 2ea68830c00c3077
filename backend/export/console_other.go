//go:build !windows

package export

import "os/exec"

// hideConsole has nothing to hide here.
func hideConsole(*exec.Cmd) {}
