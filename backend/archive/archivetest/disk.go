// Package archivetest is a disk for tests of what writes recordings: one that is full, is taken away, fails, hangs, or whose power is cut.
package archivetest

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"sightline/backend/archive"
)

// ErrPower is what every operation gives after the power was cut.
var ErrPower = errors.New("the power is off")

// Disk is a folder on the real disk, whose faults are planned. What is written to it lies there at once, for everybody to read; beside that it
// knows what a power cut would leave: whatever was synced, and of everything else a random part. It is safe for concurrent use.
type Disk struct {
	t   testing.TB
	dir string

	mu     sync.Mutex
	random *rand.Rand
	before func(op, path string)
	ops    int
	left   int   // operations until the planned fault; 0: none is planned
	fault  error // ErrPower: a power cut
	faulty bool  // it has come
	room   int64 // bytes; negative: there is enough

	handles atomic.Int32 // files that are open

	now, kept map[string]*node // by path: what there is, and what is there for certain after a power cut
}

// node is a file or a folder, whatever its names are.
type node struct {
	folder bool
	synced []byte
	last   []byte // of a removed file: what it held
	gone   bool
}

// New is a disk without faults, in a folder of the test's own.
func New(t testing.TB) *Disk {
	t.Helper()
	return in(t, t.TempDir(), rand.New(rand.NewPCG(1, 1)))
}

// in is a disk on which all that is in dir is synced.
func in(t testing.TB, dir string, random *rand.Rand) *Disk {
	t.Helper()
	d := &Disk{t: t, dir: dir, random: random, room: -1, now: map[string]*node{}, kept: map[string]*node{}}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		n := &node{folder: e.IsDir()}
		if !n.folder {
			if n.synced, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		d.now[path], d.kept[path] = n, n
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Dir is the disk's folder.
func (d *Disk) Dir() string { return d.dir }

// Seed makes what a power cut leaves another one, the same for the same seed.
func (d *Disk) Seed(seed uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.random = rand.New(rand.NewPCG(seed, seed))
}

// Ops is how many operations there were. A Close is none.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Open is how many files are open: on Windows nobody could move or delete them.
func (d *Disk) Open() int { return int(d.handles.Load()) }

// CutAt cuts the power in the middle of the nth operation from now on; 1 is the next one. Restart shows what is left.
func (d *Disk) CutAt(n int) { d.FailAt(n, ErrPower) }

// FailAt lets the nth operation from now on and all that follow fail; a write then writes a half. Usual errors are ErrReadOnly, ErrGone,
// ErrBroken, fs.ErrPermission, fs.ErrNotExist.
func (d *Disk) FailAt(n int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left, d.fault, d.faulty = n, err, false
}

// Room leaves room for so many bytes more; then the disk is full.
func (d *Disk) Room(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room = bytes
}

// Heal takes back all planned faults. A power cut stays one.
func (d *Disk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.faulty && errors.Is(d.fault, ErrPower) {
		return
	}
	d.left, d.faulty, d.room = 0, false, -1
}

// Before calls look before each operation, from the goroutine that does it; where it waits, the disk hangs. The operations are mkdir, create,
// append, write, sync, replace, truncate, remove and syncdir.
func (d *Disk) Before(look func(op, path string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before = look
}

// begin takes the lock and says what becomes of an operation that needs room for so many bytes: whether all of it happens, and else how many of its
// bytes do. The operation in which the power is cut may happen and yet fail.
func (d *Disk) begin(op, path string, bytes int64) (happens bool, part int64, err error) {
	d.mu.Lock()
	look := d.before
	d.mu.Unlock()
	if look != nil {
		look(op, path)
	}
	d.mu.Lock()
	d.ops++
	if d.faulty {
		return false, 0, &fs.PathError{Op: op, Path: path, Err: d.fault}
	}
	if d.left > 0 {
		if d.left--; d.left == 0 {
			d.faulty = true
			return errors.Is(d.fault, ErrPower) && d.random.IntN(2) == 0, bytes / 2, &fs.PathError{Op: op, Path: path, Err: d.fault}
		}
	}
	if d.room >= 0 && bytes > d.room {
		part, d.room = d.room, 0
		return false, part, &fs.PathError{Op: op, Path: path, Err: ErrFull}
	}
	if d.room >= 0 {
		d.room -= bytes
	}
	return true, bytes, nil
}

// whole runs an operation that happens or not: there is no half of it.
func (d *Disk) whole(op, path string, bytes int64, do func() error) error {
	happens, _, err := d.begin(op, path, bytes)
	defer d.mu.Unlock()
	if !happens {
		return err
	}
	if failed := do(); err == nil {
		err = failed
	}
	return err
}

// MkdirAll is described at archive.Files, as are the others.
func (d *Disk) MkdirAll(dir string) error {
	return d.whole("mkdir", dir, 0, func() error {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		for at := dir; len(at) > len(d.dir); at = filepath.Dir(at) {
			if d.now[at] == nil {
				d.now[at] = &node{folder: true}
			}
		}
		return nil
	})
}

// Create is described at archive.Files.
func (d *Disk) Create(path string) (archive.File, error) {
	return d.open("create", path, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
}

// Append is described at archive.Files.
func (d *Disk) Append(path string) (archive.File, error) {
	return d.open("append", path, os.O_CREATE|os.O_APPEND|os.O_WRONLY)
}

func (d *Disk) open(op, path string, flag int) (archive.File, error) {
	var opened *file
	err := d.whole(op, path, 0, func() error {
		f, err := os.OpenFile(path, flag, 0o600)
		if err != nil {
			return err
		}
		if d.now[path] == nil {
			d.now[path] = &node{}
		}
		d.handles.Add(1)
		opened = &file{disk: d, path: path, node: d.now[path], real: f}
		return nil
	})
	if err != nil {
		if opened != nil {
			_ = opened.Close() // the power was cut behind it
		}
		return nil, err
	}
	return opened, nil
}

// Replace is described at archive.Files.
func (d *Disk) Replace(path string, data []byte) error {
	return d.whole("replace", path, int64(len(data)), func() error {
		if err := os.WriteFile(path+".new", data, 0o600); err != nil {
			return err
		}
		if err := archive.Rename(path+".new", path); err != nil {
			return err
		}
		n := &node{synced: data}
		d.now[path], d.kept[path] = n, n
		return nil
	})
}

// Truncate is described at archive.Files.
func (d *Disk) Truncate(path string, size int64) error {
	return d.whole("truncate", path, 0, func() error {
		if err := os.Truncate(path, size); err != nil {
			return err
		}
		return d.synced(path, d.now[path])
	})
}

// Remove is described at archive.Files.
func (d *Disk) Remove(path string) error {
	return d.whole("remove", path, 0, func() error {
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if n := d.now[path]; n != nil {
			n.last, n.gone = data, true
			delete(d.now, path)
		}
		return os.Remove(path)
	})
}

// SyncDir is described at archive.Files.
func (d *Disk) SyncDir(dir string) error {
	return d.whole("syncdir", dir, 0, func() error {
		if _, err := os.Stat(dir); err != nil {
			return err
		}
		for path := range d.kept {
			if filepath.Dir(path) == dir && path != d.dir && d.now[path] == nil {
				delete(d.kept, path)
			}
		}
		for path, n := range d.now {
			if filepath.Dir(path) == dir {
				d.kept[path] = n
			}
		}
		return nil
	})
}

// synced notes that a file's content is on disk, as it is now.
func (d *Disk) synced(path string, n *node) error {
	if n == nil || n.gone {
		return nil
	}
	data, err := os.ReadFile(path)
	n.synced = data
	return err
}

// file is an open file of a Disk.
type file struct {
	disk *Disk
	path string
	node *node
	real *os.File
}

// Write is described at archive.File, as are the others.
func (f *file) Write(p []byte) (int, error) {
	happens, part, err := f.disk.begin("write", f.path, int64(len(p)))
	defer f.disk.mu.Unlock()
	if happens {
		part = int64(len(p))
	}
	n, failed := f.real.Write(p[:part])
	if err == nil {
		err = failed
	}
	return n, err
}

// Sync is described at archive.File.
func (f *file) Sync() error {
	return f.disk.whole("sync", f.path, 0, func() error { return f.disk.synced(f.path, f.node) })
}

// Close is described at archive.File.
func (f *file) Close() error {
	err := f.real.Close()
	if !errors.Is(err, fs.ErrClosed) {
		f.disk.handles.Add(-1)
	}
	return err
}

// Restart is the disk after a power cut, at a path of its own: what was synced is there, and of everything else a random part. Nothing of it is
// locked. Without a power cut before, the power is cut now.
func (d *Disk) Restart() *Disk {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault, d.faulty = ErrPower, true
	dir := d.t.TempDir()
	for _, path := range d.paths() {
		n := d.survivor(path)
		to := filepath.Join(dir, path[len(d.dir):])
		if _, err := os.Stat(filepath.Dir(to)); n == nil || err != nil {
			continue // its folder is lost
		}
		if err := d.restore(n, path, to); err != nil {
			d.t.Fatal(fmt.Errorf("restart: %w", err))
		}
	}
	return in(d.t, dir, d.random)
}
