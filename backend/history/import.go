package history

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"sightline/backend/archive"
)

// partPattern knows the files of a recording by their names within it.
var partPattern = regexp.MustCompile(`^(recording\.json|answers\.(jsonl|vtt)|video(-\d{1,9})?\.mp4|frames/[\w-]{1,64}\.jpg)$`)

// Import copies a recording's folder here (linking where the disk can), mends it where it was cut short, and gives it. Of the folder it takes
// what belongs to a recording and nothing else. One that is here already is given as it is, if it is the same; another one of its ID is a
// fault. Nothing is left of an import that fails.
func (h *History) Import(ctx context.Context, dir string) (Recording, error) {
	dir, err := filepath.EvalSymlinks(dir) // what a person picks may be a link; what is in it may not
	if err != nil {
		return Recording{}, gone(dir, err)
	}
	m, err := archive.Read(dir)
	switch {
	case err != nil:
		return Recording{}, err
	case archive.Busy(dir):
		return Recording{}, making("copied")
	}
	parts, err := partsOf(ctx, dir)
	if err != nil {
		return Recording{}, err
	}
	to := filepath.Join(h.parent(), m.ID)
	if archive.Is(to) {
		return h.sameOrFault(ctx, to, m, parts)
	}
	if err := h.copyIn(ctx, dir, to, m, parts); err != nil {
		if archive.Is(to) && ctx.Err() == nil { // another process was faster
			return h.sameOrFault(ctx, to, m, parts)
		}
		return Recording{}, archive.Trouble(err, h.parent())
	}
	return h.Find(ctx, m.ID)
}

// part is a file of a recording.
type part struct {
	name string
	size int64
}

// partsOf lists them. A link in the place of one could bring anything in here, so it is refused.
func partsOf(ctx context.Context, dir string) ([]part, error) {
	var parts []part
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case d.IsDir() && name != "." && name != "frames":
			return filepath.SkipDir
		case d.IsDir() || name != "frames" && !partPattern.MatchString(name):
			return nil
		case !d.Type().IsRegular():
			return link(path)
		}
		info, err := d.Info()
		parts = append(parts, part{name, sizeOf(info)})
		return err
	})
	return parts, archive.Trouble(err, dir)
}

func sizeOf(info fs.FileInfo) int64 {
	if info == nil {
		return 0
	}
	return info.Size()
}

// sameOrFault gives the recording that is here if it is the one to import: of the same session and start, with files as large.
func (h *History) sameOrFault(ctx context.Context, here string, m archive.Manifest, parts []part) (Recording, error) {
	r, err := h.Find(ctx, filepath.Base(here))
	if err != nil {
		return Recording{}, err
	}
	if !r.Started.Equal(m.Started) || r.Session != m.Session {
		return Recording{}, exists(here)
	}
	for _, p := range parts {
		if p.name == manifestName || filepath.Ext(p.name) == ".vtt" {
			continue // written anew by an edit, or by mending
		}
		if info, err := os.Stat(filepath.Join(here, filepath.FromSlash(p.name))); err != nil || info.Size() != p.size {
			return Recording{}, exists(here)
		}
	}
	return r, nil
}

// copyIn copies into a folder of a passing name, which becomes the recording's when it is whole.
func (h *History) copyIn(ctx context.Context, from, to string, m archive.Manifest, parts []part) error {
	if err := h.files.MkdirAll(filepath.Dir(to)); err != nil {
		return err
	}
	passing, err := os.MkdirTemp(filepath.Dir(to), importing)
	if err != nil {
		return err
	}
	if err := h.fill(ctx, passing, from, m, parts); err != nil {
		sweep(passing) // the first error tells more
		return err
	}
	if err := archive.Rename(passing, to); err != nil {
		sweep(passing)
		return err
	}
	return h.files.SyncDir(filepath.Dir(to))
}

// sweep removes a folder of our own. On Windows somebody who looks at new files may have one open for a moment; what still stays then is removed by
// the next start.
func sweep(folder string) {
	for range 10 {
		if os.RemoveAll(folder) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (h *History) fill(ctx context.Context, to, from string, m archive.Manifest, parts []part) error {
	if err := os.Mkdir(filepath.Join(to, "frames"), folderMode); err != nil {
		return err
	}
	for _, p := range parts {
		name := filepath.FromSlash(p.name)
		if err := bring(ctx, filepath.Join(from, name), filepath.Join(to, name), mayLink(p.name, m.State)); err != nil {
			return err
		}
	}
	_ = os.Remove(filepath.Join(to, "frames")) // goes where it is empty
	if _, err := archive.Mend(h.files, to); err != nil {
		return err
	}
	return h.files.SyncDir(to)
}

// mayLink says that nobody writes to a file any more, so that two recordings can share it: mending cuts torn ends off.
func mayLink(name string, state archive.State) bool {
	switch filepath.Ext(name) {
	case ".jpg":
		return true
	case ".mp4":
		return state != archive.Recording
	}
	return false
}

// bring makes a file at to with what is at from.
func bring(ctx context.Context, from, to string, linked bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if linked && os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close() // it was only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, indexMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, untilDone{ctx, in})
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// untilDone is a reader that ends with its context.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
