package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sightline/backend/fault"
	"sightline/backend/mp4"
)

// Is says whether a folder looks like a recording; it reads one name only.
func Is(dir string) bool {
	info, err := os.Lstat(filepath.Join(dir, manifestName))
	return err == nil && info.Mode().IsRegular()
}

// List is the folders of the recordings below parent, sorted by name; none where parent is missing. Links are not followed.
func List(parent string) ([]string, error) {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unread(err, parent)
	}
	var dirs []string
	for _, e := range entries {
		if dir := filepath.Join(parent, e.Name()); e.IsDir() && Is(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs, nil
}

// Video is an open segment.
type Video struct {
	Segment
	*mp4.Track
	File *os.File // the caller closes it
}

// OpenVideo opens a segment of the recording, by its place in the manifest. It may still be growing: the track is as long as it was then.
func OpenVideo(dir string, s Segment) (*Video, error) {
	path := filepath.Join(dir, s.File)
	if !videoPattern.MatchString(s.File) || isLink(path) {
		return nil, noVideo(path, fmt.Errorf("segment %q is not the recording's own", s.File))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, noVideo(path, err)
	}
	v := &Video{Segment: s, File: f}
	if v.Track, err = readTrack(f); err != nil {
		_ = f.Close() // it was only read
		return nil, noVideo(path, err)
	}
	return v, nil
}

func readTrack(f *os.File) (*mp4.Track, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return mp4.Read(f, info.Size())
}

func noVideo(path string, cause error) error {
	return &fault.Error{
		Code: CodeVideo, Message: "The video could not be read.", Hint: fmt.Sprintf("Look whether %s is there and plays elsewhere.", path),
		Blame: fault.Us, Cause: cause,
	}
}
