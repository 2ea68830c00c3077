package archive

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
)

// Files is the disk a recording is written to. OS is the real one; package archivetest has one that fails, and whose power is cut. Files are
// read as they lie: whatever a Files writes is at its path at once.
type Files interface {
	MkdirAll(dir string) error
	Create(path string) (File, error)       // a new file, an error where there is one
	Append(path string) (File, error)       // made where it is missing
	Replace(path string, data []byte) error // atomic and durable: the old one or the new one, whatever happens
	Truncate(path string, size int64) error // durable when it returns
	Remove(path string) error               // a file; no error where there is none
	SyncDir(dir string) error               // makes the names in dir durable
}

// File is an open file.
type File interface {
	io.Writer
	Sync() error // returns when everything written is on disk
	Close() error
}

// Pictures of what a person's camera saw are for this person alone.
const (
	dirMode  = 0o700
	fileMode = 0o600
)

// Rename gives a file or a folder another name, in the place of the file that has it. Where the system refuses that while somebody looks into
// either, it waits half a second for them.
func Rename(from, to string) error { return rename(from, to) }

// Stat is os.Stat for who compares later by os.SameFile: Windows would otherwise look only then which file it is, and find the one that has come
// in its place.
func Stat(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil {
		_ = os.SameFile(info, info)
	}
	return info, err
}

// OS is the real disk.
func OS() Files { return osFiles{} }

type osFiles struct{}

func (osFiles) MkdirAll(dir string) error { return os.MkdirAll(dir, dirMode) }

func (osFiles) Create(path string) (File, error) {
	return opened(os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode))
}

func (osFiles) Append(path string) (File, error) {
	return opened(os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, fileMode))
}

// opened keeps a nil *os.File from becoming a File that is not nil.
func opened(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return f, nil
}

// fresh ends the name of what Replace writes before it takes its place.
const fresh = ".new"

func (o osFiles) Replace(path string, data []byte) error {
	if err := writeDurably(path+fresh, data); err != nil {
		_ = os.Remove(path + fresh) // a full disk needs the room
		return err
	}
	if err := rename(path+fresh, path); err != nil {
		_ = os.Remove(path + fresh)
		return err
	}
	return o.SyncDir(filepath.Dir(path))
}

// writeDurably overwrites what an earlier attempt has left.
func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, bytes.NewReader(data)); err != nil {
		_ = f.Close() // the first error tells more
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func (osFiles) Truncate(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	if err := f.Truncate(size); err != nil {
		_ = f.Close() // the first error tells more
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

func (osFiles) Remove(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

func (osFiles) SyncDir(dir string) error { return syncDir(dir) }
