package history

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"sightline/backend/archive"
)

// Names of folders that are on their way out, or in. What was cut short leaves them behind, and tidy takes them away.
const (
	removing  = ".removing-"
	importing = ".importing-"

	abandoned = 24 * time.Hour // after which an import is no longer under way
)

// Expire removes the oldest recordings until all together are within limit bytes (0: there is no limit): never one that is kept, is being
// recorded, was cut short and not mended, or cannot be read, and never the newest, which a person has only just made. It gives those it removed, and a fault where the limit cannot be met. Removed is
// removed for good: the trash would take the same room.
func (h *History) Expire(ctx context.Context, limit int64) ([]Recording, error) {
	if limit <= 0 {
		return nil, nil
	}
	h.tidy()
	list, err := h.List(ctx)
	if err != nil {
		return nil, err
	}
	var total int64
	for _, r := range list {
		total += r.size()
	}
	var expired []Recording
	var failed []error
	newest := slices.IndexFunc(list, func(r Recording) bool { return r.Err == nil && r.State != archive.Recording })
	for i, r := range slices.Backward(list) {
		if total <= limit || i == newest || ctx.Err() != nil {
			break
		}
		switch err := h.remove(r); {
		case err == nil:
			expired = append(expired, r)
			total -= r.size()
		case errors.Is(err, fs.ErrNotExist): // another process was faster
			total -= r.size()
		case !errors.Is(err, errStays):
			slog.Warn("a recording beyond the limit could not be removed", "recording", r.ID, "cause", err)
			failed = append(failed, err)
		}
	}
	if total > limit && ctx.Err() == nil {
		return expired, overLimit(errors.Join(failed...))
	}
	return expired, ctx.Err()
}

// size is what a recording takes on disk. Where its manifest does not say, it is looked up.
func (r Recording) size() int64 {
	if r.Err == nil && r.State != archive.Recording {
		return r.Bytes
	}
	var size int64
	_ = filepath.WalkDir(r.Dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is not counted
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

var errStays = errors.New("not to be removed")

// remove removes a recording for good, if that is right by what its files say now. Its folder gets another name first: of two processes that
// do this at once, one succeeds, and nobody finds half a recording.
func (h *History) remove(r Recording) error {
	m, err := archive.Read(r.Dir)
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return fs.ErrNotExist
	case err != nil || m.Keep || m.State == archive.Recording || archive.Busy(r.Dir):
		return errStays
	}
	out := filepath.Join(filepath.Dir(r.Dir), removing+r.ID+"-"+strconv.FormatUint(rand.Uint64(), 36))
	if err := archive.Rename(r.Dir, out); err != nil {
		return err
	}
	h.shelf.forget(r.Dir)
	if err := os.RemoveAll(out); err != nil {
		slog.Warn("what is left of an expired recording is removed later", "folder", out, "cause", err)
	}
	return nil
}

// tidy takes away what was left behind.
func (h *History) tidy() {
	entries, err := os.ReadDir(h.parent())
	if err != nil {
		return // there are no recordings yet
	}
	for _, e := range entries {
		left := strings.HasPrefix(e.Name(), removing)
		if strings.HasPrefix(e.Name(), importing) {
			info, err := e.Info()
			left = err == nil && time.Since(info.ModTime()) > abandoned
		}
		if left && e.IsDir() {
			_ = os.RemoveAll(filepath.Join(h.parent(), e.Name())) // the next start tries again
		}
	}
}
