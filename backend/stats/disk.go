package stats

import (
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/shirou/gopsutil/v4/disk"
)

// Free is how many bytes this person may still write where dir is, or will be: it need not be there yet. On a disk that does not answer it
// waits as long as the system does.
func Free(dir string) (uint64, error) {
	for {
		usage, err := disk.Usage(dir)
		parent := filepath.Dir(dir)
		if err == nil {
			return usage.Free, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || parent == dir {
			return 0, err
		}
		dir = parent
	}
}
