package settings

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	settle    = 50 * time.Millisecond // one change makes several events
	lookAgain = 2 * time.Second       // where no events come: on a network's disk, through a link, where the system has no watch left
)

// Watch calls changed whenever settings.json has been changed, by this process or another one, until ctx ends; and once at its start, for what
// was changed since the caller looked last. Changes that come close together are told of once. It blocks; changed is called from its goroutine,
// never twice at a time. The folder is made where it is missing, so that it can be watched.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	w := &watch{path: s.settingsFile().path}
	defer w.close()
	w.open()
	w.changedSince()
	changed()
	again := time.NewTicker(s.again)
	defer again.Stop()
	for {
		if err := w.wait(ctx, again.C); err != nil {
			return err
		}
		if w.changedSince() {
			changed()
		}
	}
}

// watch looks at one file. Events of its folder only say when to look, so that one that is lost costs time and nothing else.
type watch struct {
	path   string
	folder *fsnotify.Watcher // nil where none can be had
	seen   os.FileInfo       // nil: no file
}

// open asks the system for the folder's events: a file that is replaced would take a watch of its own along.
func (w *watch) open() {
	_ = os.MkdirAll(filepath.Dir(w.path), 0o700) // where that fails, so does the watch
	folder, err := fsnotify.NewWatcher()
	if err != nil {
		slog.Debug("settings are not watched", "cause", err)
		return
	}
	if err := folder.Add(filepath.Dir(w.path)); err != nil {
		slog.Debug("settings are not watched", "cause", err)
		_ = folder.Close() // it watches nothing
		return
	}
	w.folder = folder
}

func (w *watch) close() {
	if w.folder != nil {
		_ = w.folder.Close() // nobody listens any more
		w.folder = nil
	}
}

// wait returns when it is time to look.
func (w *watch) wait(ctx context.Context, again <-chan time.Time) error {
	var events chan fsnotify.Event
	var errs chan error
	if w.folder != nil {
		events, errs = w.folder.Events, w.folder.Errors
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again:
			w.renew()
			return nil
		case err := <-errs: // events were lost
			slog.Debug("settings may have changed unseen", "cause", err)
			return pause(ctx, settle)
		case e := <-events:
			if filepath.Base(e.Name) == filepath.Base(w.path) {
				return pause(ctx, settle)
			}
		}
	}
}

// renew watches a folder that could not be watched so far, or that was removed, or replaced by another one, since.
func (w *watch) renew() {
	if w.folder == nil || len(w.folder.WatchList()) == 0 {
		w.close()
		w.open()
	}
}

// changedSince says whether the file is another one than when it was asked last.
func (w *watch) changedSince() bool {
	was := w.seen
	now, err := os.Stat(w.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		w.seen = nil
		return was != nil
	case err != nil: // it may still be what it was
		return false
	}
	w.seen = now
	return was == nil || !os.SameFile(was, now) || !was.ModTime().Equal(now.ModTime()) || was.Size() != now.Size()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
