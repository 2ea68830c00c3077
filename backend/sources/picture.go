package sources

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
)

// kept is the JPEG quality of a kept picture that is no JPEG already.
const kept = 95

// diskTime is how long the disk may take to keep a picture.
const diskTime = 10 * time.Second

// SavePicture keeps the picture that is seen, as a JPEG, and gives its path.
func (s *Sources) SavePicture() (string, error) {
	picture, ok := s.c.Seen.Picture()
	if !ok {
		return "", &fault.Error{
			Code: "picture.none", Message: "There is no picture to keep.", Blame: fault.Source, Hint: "Switch the camera on or choose another source.",
		}
	}
	type written struct {
		path string
		err  error
	}
	done := make(chan written, 1)
	go func() { // a network disk may let it hang: then nobody waits for it any more
		path, err := write(s.c.Folder(), picture)
		done <- written{path, err}
	}()
	limit := time.NewTimer(diskTime)
	defer limit.Stop()
	select {
	case w := <-done:
		return w.path, w.err
	case <-limit.C:
		return "", unkept(s.c.Folder(), errors.New("the disk took too long"))
	}
}

// write makes a file that was not there before, whole or not at all.
func write(folder string, picture *sight.Picture) (string, error) {
	encoded, err := picture.JPEG(0, kept)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", unkept(folder, err)
	}
	file, err := os.CreateTemp(folder, ".picture-*")
	if err != nil {
		return "", unkept(folder, err)
	}
	defer os.Remove(file.Name()) // once it has its name, there is nothing left to remove
	_, err = file.Write(encoded.JPEG)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err != nil {
		return "", unkept(folder, err)
	}
	return name(file.Name(), folder, time.Now())
}

// name gives a file the first name that is free: two pictures may be kept within a second, by two windows.
func name(file, folder string, now time.Time) (string, error) {
	stamp := now.Format("2006-01-02_15-04-05")
	for n := 1; n < 100; n++ {
		path := filepath.Join(folder, stamp+".jpg")
		if n > 1 {
			path = filepath.Join(folder, fmt.Sprintf("%s_%d.jpg", stamp, n))
		}
		err := os.Link(file, path)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil { // a disk without links
			err = rename(file, path)
		}
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", unkept(folder, err)
		}
	}
	return "", unkept(folder, fs.ErrExist)
}

func rename(file, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	return os.Rename(file, path)
}

// RevealPicture shows a kept picture in the system's file manager.
func (s *Sources) RevealPicture(path string) error {
	if filepath.Dir(path) != filepath.Clean(s.c.Folder()) {
		return &fault.Error{
			Code: "picture.elsewhere", Message: "That is no picture that was kept here.", Hint: "Look in " + s.c.Folder() + ".", Blame: fault.Question,
		}
	}
	return s.c.Reveal(path)
}

func unkept(folder string, cause error) error {
	return &fault.Error{
		Code: "picture.unkept", Message: fmt.Sprintf("The picture could not be kept in %s.", folder), Blame: fault.Us, Cause: cause,
		Hint: "Check that the folder is yours and can be written, and that its disk has room.",
	}
}
