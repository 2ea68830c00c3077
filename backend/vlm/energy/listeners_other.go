//go:build !linux

package energy

import (
	"context"
	"net/netip"
	"slices"

	gopsutilnet "github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"
)

// listeners is who listens on a port, as far as the system tells.
func listeners(ctx context.Context, port int) ([]int, error) {
	all, err := gopsutilnet.ConnectionsWithContext(ctx, "tcp")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, c := range all {
		at, err := netip.ParseAddr(c.Laddr.IP)
		if c.Status != "LISTEN" || int(c.Laddr.Port) != port || err != nil || !local(at) {
			continue
		}
		if pid := int(c.Pid); pid > 0 && !slices.Contains(pids, pid) {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// nameOf is empty where it cannot be told.
func nameOf(pid int) string {
	name, _ := (&process.Process{Pid: int32(pid)}).Name()
	return name
}
