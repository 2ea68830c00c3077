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

// disks asks what files are without hanging with a disk that hangs, as that of a network may for minutes. A question that gets no answer is left behind; whoever asks about
// the same file waits for the same answer, so that there is one for each file at most.
type disks struct {
	stat func(path string) (fs.FileInfo, error)

	mu   sync.Mutex
	open map[string]*question
}

// question is what a file is; info and err are there once it is answered.
type question struct {
	answered chan struct{}
	info     fs.FileInfo
	err      error
}

func newDisks() *disks { return &disks{stat: os.Stat, open: make(map[string]*question)} }

// look says whether path is an ordinary file; a pipe, which may be played as well, cannot be read twice.
func (d *disks) look(ctx context.Context, path string) (regular bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	patience := time.NewTimer(lookLimit)
	defer patience.Stop()
	q := d.ask(path)
	select {
	case <-q.answered:
		return kind(path, q.info, q.err)
	case <-ctx.Done():
		return false, ctx.Err()
	case <-patience.C:
		return false, stalled(path)
	}
}

func (d *disks) ask(path string) *question {
	d.mu.Lock()
	defer d.mu.Unlock()
	if q := d.open[path]; q != nil {
		return q
	}
	q := &question{answered: make(chan struct{})}
	d.open[path] = q
	go func() {
		q.info, q.err = d.stat(path)
		d.mu.Lock()
		delete(d.open, path)
		d.mu.Unlock()
		close(q.answered)
	}()
	return q
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
