package stats

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/shirou/gopsutil/v4/disk"
)

// diskPatience is how long a disk may take. Healthy ones answer from memory, within microseconds; a network drive needs its server.
const diskPatience = 200 * time.Millisecond

// Free is how many bytes this person may still write where dir is, or will be: it need not be there yet. On a disk that does not answer it
// waits as long as the system does.
func Free(dir string) (uint64, error) {
	at, err := usage(dir)
	if err != nil {
		return 0, err
	}
	return at.Free, nil
}

// usage looks where dir is, or will be.
func usage(dir string) (*Disk, error) {
	for above := dir; ; {
		at, err := disk.Usage(above)
		parent := filepath.Dir(above)
		if err == nil {
			return &Disk{Folder: dir, Free: at.Free, Total: at.Total}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) || parent == above {
			return nil, err
		}
		above = parent
	}
}

// disks waits for no disk that hangs, and asks it again only when it has answered. It is used by one goroutine at a time.
type disks struct {
	usage func(dir string) (*Disk, error)
	out   map[string]*errand[*Disk] // folders whose disk has not answered yet
}

// read is nil where the disk does not tell.
func (d *disks) read(ctx context.Context, folder string) *Disk {
	if folder == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, diskPatience)
	defer cancel()
	asked := d.out[folder]
	if asked == nil {
		asked = &errand[*Disk]{}
	}
	at, known := asked.run(ctx, func() *Disk {
		at, _ := d.usage(folder) // an error means that nothing is known, as does nil
		return at
	})
	d.keep(folder, asked, known)
	return at
}

func (d *disks) keep(folder string, asked *errand[*Disk], answered bool) {
	if answered {
		delete(d.out, folder)
		return
	}
	if d.out == nil {
		d.out = map[string]*errand[*Disk]{}
	}
	d.out[folder] = asked
}
