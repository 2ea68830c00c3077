package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// How long a disk may take, and the program that reads it: to say what a path is, to let the colours of a file be known, and from one picture to the next.
const (
	lookLimit = 5 * time.Second
	stall     = 10 * time.Second
)

// disks asks what files are without hanging with a disk that hangs, as that of a network may for minutes. A question that got no answer is left behind,
// one for each file at most.
type disks struct {
	stat func(path string) (fs.FileInfo, error)

	mu   sync.Mutex
	hung map[string]bool // asked about, without an answer so far
}

func newDisks() *disks { return &disks{stat: os.Stat, hung: make(map[string]bool)} }

// look says whether path is an ordinary file; a pipe, which may be played as well, cannot be read twice.
func (d *disks) look(ctx context.Context, path string) (regular bool, err error) {
	if !d.begin(path) {
		return false, stalled(path)
	}
	type answer struct {
		info fs.FileInfo
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		info, err := d.stat(path)
		d.end(path)
		answers <- answer{info, err}
	}()
	patience := time.NewTimer(lookLimit)
	defer patience.Stop()
	select {
	case a := <-answers:
		return kind(path, a.info, a.err)
	case <-ctx.Done():
		return false, ctx.Err()
	case <-patience.C:
		return false, stalled(path)
	}
}

func (d *disks) begin(path string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hung[path] {
		return false
	}
	d.hung[path] = true
	return true
}

func (d *disks) end(path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.hung, path)
}

func kind(path string, info fs.FileInfo, err error) (regular bool, fault error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, missing(path)
	case errors.Is(err, fs.ErrPermission):
		return false, denied(path)
	case err != nil:
		return false, unread(path, err)
	case info.IsDir():
		return false, folder(path)
	}
	return info.Mode().IsRegular(), nil
}
