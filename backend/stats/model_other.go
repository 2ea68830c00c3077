//go:build !windows

package stats

import (
	"cmp"
	"context"
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v4/cpu"
)

// processorModel is what the system calls it, or else its kind.
func processorModel(ctx context.Context) string {
	info, err := cpu.InfoWithContext(ctx)
	if err != nil || len(info) == 0 {
		return runtime.GOARCH
	}
	return cmp.Or(strings.TrimSpace(info[0].ModelName), strings.TrimSpace(info[0].VendorID), runtime.GOARCH)
}
