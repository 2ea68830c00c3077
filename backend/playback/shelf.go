package playback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"sightline/backend/archive"
	"sightline/backend/mp4"
)

const (
	mostIndexes = 4  // kept: about 2 MB for an hour of video
	mostVersion = 64 // bytes of a version's name
)

// wanted is what a player asks for.
type wanted struct {
	id      string
	segment int
	version string // what is played under it stays as long as it was; empty: as long as it is now
}

// shelf opens segments, and keeps the indexes of those last played: a player asks for many ranges of one. It keeps no file open, so that a
// recording can be deleted when nobody plays it.
type shelf struct {
	find func(ctx context.Context, id string) (dir string, err error)

	mu      sync.Mutex
	indexes []*index // the one used last at the end
}

// key is what an index is kept by.
type key struct {
	dir     string
	segment int
	version string
}

// index is a segment's, made by whoever needs it first.
type index struct {
	key
	turn chan struct{} // holds one value while somebody has a look at made
	made *made
}

// made is an index, and the state of the file it was made of.
type made struct {
	path  string
	head  []byte // which goes before the file
	whole int64  // bytes of the file
	info  fs.FileInfo
}

// opened is a segment as its player reads it: the head, and the file behind it.
type opened struct {
	*io.SectionReader
	io.Closer
	tag string
}

// open gives what is wanted, for one request.
func (s *shelf) open(ctx context.Context, w wanted) (*opened, error) {
	if len(w.version) > mostVersion {
		return nil, errors.New("the version's name is too long")
	}
	dir, err := s.find(ctx, w.id)
	if err != nil {
		return nil, err
	}
	return s.index(key{dir, w.segment, w.version}).open(ctx)
}

// index is the one kept for k, or a new one in the place of the one that was not used the longest.
func (s *shelf) index(k key) *index {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.indexes, func(x *index) bool { return x.key == k })
	x := &index{key: k, turn: make(chan struct{}, 1)}
	switch {
	case i >= 0:
		x = s.indexes[i]
		s.indexes = slices.Delete(s.indexes, i, i+1)
	case len(s.indexes) == mostIndexes:
		s.indexes = slices.Delete(s.indexes, 0, 1) // whoever reads by it still has it
	}
	s.indexes = append(s.indexes, x)
	return x
}

// open makes the index where there is none, or where the file is another one by now. All others wait for it, each as long as its player does.
func (x *index) open(ctx context.Context) (*opened, error) {
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if file := x.made.open(x.version != ""); file != nil {
		return x.made.before(file), nil
	}
	m, file, err := build(x.key)
	if err != nil {
		return nil, err
	}
	x.made = m
	return m.before(file), nil
}

// build reads a segment. Its state is noted before: what is written meanwhile makes the next request build anew.
func build(k key) (*made, *os.File, error) {
	manifest, err := archive.Read(k.dir)
	if err != nil {
		return nil, nil, err
	}
	if k.segment >= len(manifest.Segments) {
		return nil, nil, fmt.Errorf("there is no segment %d", k.segment)
	}
	segment := manifest.Segments[k.segment]
	path := filepath.Join(k.dir, segment.File)
	info, err := archive.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	video, err := archive.OpenVideo(k.dir, segment)
	if err != nil {
		return nil, nil, err
	}
	head, err := mp4.Index(video.Track)
	if err != nil {
		_ = video.File.Close() // it was only read
		return nil, nil, err
	}
	return &made{path: path, head: head, whole: video.Whole, info: info}, video.File, nil
}

// open is the file, where there is an index and it is good for the file as it is now; otherwise nil.
func (m *made) open(pinned bool) *os.File {
	if m == nil {
		return nil
	}
	file, err := os.Open(m.path)
	if err != nil {
		return nil
	}
	if !m.fits(file, pinned) {
		_ = file.Close() // it was only read
		return nil
	}
	return file
}

// fits says whether the index is good for the file as it is now. One that is pinned bears that the file grows.
func (m *made) fits(file *os.File, pinned bool) bool {
	now, err := file.Stat()
	if err != nil || !os.SameFile(now, m.info) {
		return false
	}
	if pinned {
		return now.Size() >= m.whole
	}
	return now.Size() == m.info.Size() && now.ModTime().Equal(m.info.ModTime())
}

// before is what a player reads. It closes file.
func (m *made) before(file *os.File) *opened {
	return &opened{
		SectionReader: mp4.Behind(m.head, file, m.whole), Closer: file,
		tag: strconv.Quote(fmt.Sprintf("%x-%x", m.whole, m.info.ModTime().UnixNano())),
	}
}

// tell writes down why there is nothing to play, unless the player has only gone away.
func tell(ctx context.Context, w wanted, err error) {
	if ctx.Err() == nil {
		slog.Warn("playback: a video cannot be played", "recording", w.id, "segment", w.segment, "error", err, "cause", errors.Unwrap(err))
	}
}
