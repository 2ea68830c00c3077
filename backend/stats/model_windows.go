package stats

import (
	"context"
	"runtime"
	"strings"

	"golang.org/x/sys/windows/registry"
)

// processorModel reads it where Windows notes it at each start: gopsutil would ask WMI, which takes up to seconds.
func processorModel(context.Context) string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, `HARDWARE\DESCRIPTION\System\CentralProcessor\0`, registry.QUERY_VALUE)
	if err != nil {
		return runtime.GOARCH
	}
	defer func() { _ = key.Close() }()
	model, _, err := key.GetStringValue("ProcessorNameString")
	if model = strings.TrimSpace(model); err != nil || model == "" {
		return runtime.GOARCH
	}
	return model
}
