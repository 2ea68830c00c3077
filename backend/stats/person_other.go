//go:build !linux && !windows

package stats

import (
	"os"
	"slices"

	gopsutil "github.com/shirou/gopsutil/v4/process"
)

// mine says whether the one who runs this process runs that one.
func mine(pid int) bool {
	owners, err := (&gopsutil.Process{Pid: int32(pid)}).Uids()
	return err == nil && slices.Contains(owners, uint32(os.Getuid()))
}
