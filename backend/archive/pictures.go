package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"

	"sightline/backend/fault"
)

const (
	framesName = "frames"

	// maxUnsynced is how many pictures wait for Sync with their files open; a further one syncs them all.
	maxUnsynced = 32

	// remembered is how many frames' pictures are known, so that those who were asked about the same one share its file. One would do: the
	// next frame is taken when all have answered.
	remembered = 4
)

var picturePattern = regexp.MustCompile(`^frames/\d{1,20}(-\d{1,4})?\.jpg$`)

// Picture is the path of a picture an entry names; a fault for a name that leads out of the folder. The file may be missing: pictures can be
// deleted without harm to the rest.
func Picture(dir, name string) (string, error) {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if !picturePattern.MatchString(name) || isLink(filepath.Dir(file)) || isLink(file) {
		return "", &fault.Error{
			Code: CodePicture, Message: "The recording names a picture that is not its own.",
			Hint: "Open recordings from people you trust only.", Blame: fault.Us, Cause: fmt.Errorf("picture %q of %s", name, dir),
		}
	}
	return file, nil
}

// isLink says that there is something else than a file or a folder.
func isLink(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// Thumb is the path of a picture that stands for the whole recording; empty where there is none. It is the first one that was answered, and
// failing that the first one.
func Thumb(dir string) string {
	const far = 200 // lines
	first, seen := "", 0
	for e := range Entries(dir, 0) {
		if seen++; seen > far {
			break
		}
		if e.Picture == "" {
			continue
		}
		file, err := Picture(dir, e.Picture)
		if info, missing := os.Stat(file); err != nil || missing != nil || info.Size() == 0 {
			continue
		}
		if e.Outcome == answered {
			return file
		}
		if first == "" {
			first = file
		}
	}
	return first
}

// pictures writes the pictures of a recording.
type pictures struct {
	files Files
	dir   string // the recording's
	bytes int64

	made    bool // there is a folder for them
	unnamed bool // its name is not durable yet

	unsynced []File
	frames   []framePictures // the newest, the last one at the end
}

// framePictures are the pictures about one frame.
type framePictures struct {
	number uint64
	kept   []keptPicture
}

type keptPicture struct {
	name  string
	bytes []byte
}

// keep writes a picture, unless it is there, and gives its name.
func (p *pictures) keep(number uint64, picture []byte) (string, error) {
	frame := p.frame(number)
	for _, k := range frame.kept {
		if bytes.Equal(k.bytes, picture) {
			return k.name, nil
		}
	}
	if err := p.makeFolder(); err != nil {
		return "", err
	}
	name, err := p.write(number, len(frame.kept)+1, picture)
	if err != nil {
		return "", err
	}
	frame.kept = append(frame.kept, keptPicture{name, picture})
	p.bytes += int64(len(picture))
	if len(p.unsynced) >= maxUnsynced {
		err = p.sync()
	}
	return name, err
}

// makeFolder makes the pictures' folder, but not again the recording's where a person has deleted it.
func (p *pictures) makeFolder() error {
	if p.made {
		return nil
	}
	if _, err := os.Lstat(p.dir); err != nil {
		return err
	}
	if err := p.files.MkdirAll(filepath.Join(p.dir, framesName)); err != nil {
		return err
	}
	p.made, p.unnamed = true, true
	return nil
}

func (p *pictures) frame(number uint64) *framePictures {
	for i := range p.frames {
		if p.frames[i].number == number {
			return &p.frames[i]
		}
	}
	if len(p.frames) >= remembered {
		p.frames = p.frames[1:]
	}
	p.frames = append(p.frames, framePictures{number: number})
	return &p.frames[len(p.frames)-1]
}

// write finds a name that is free, from the nth on.
func (p *pictures) write(number uint64, nth int, picture []byte) (string, error) {
	for {
		name := pictureName(number, nth)
		file := filepath.Join(p.dir, filepath.FromSlash(name))
		f, err := p.files.Create(file)
		if errors.Is(err, fs.ErrExist) && nth < 9999 {
			nth++
			continue
		}
		if err != nil {
			return "", err
		}
		if _, err := f.Write(picture); err != nil {
			_ = f.Close()
			_ = p.files.Remove(file) // half a picture is none; it stays where the disk refuses that too
			return "", err
		}
		p.unsynced = append(p.unsynced, f)
		return name, nil
	}
}

func pictureName(number uint64, nth int) string {
	if nth == 1 {
		return path.Join(framesName, fmt.Sprintf("%06d.jpg", number))
	}
	return path.Join(framesName, fmt.Sprintf("%06d-%d.jpg", number, nth))
}

// sync returns when all pictures are on disk, under their names. The folder's own name is the caller's to sync.
func (p *pictures) sync() error {
	if len(p.unsynced) == 0 {
		return nil
	}
	var first error
	for _, f := range p.unsynced {
		if err := errors.Join(f.Sync(), f.Close()); err != nil && first == nil {
			first = err
		}
	}
	p.unsynced = nil
	if first != nil {
		return first
	}
	return p.files.SyncDir(filepath.Join(p.dir, framesName))
}

// close lets go of pictures that no line names, since the disk took none.
func (p *pictures) close() {
	for _, f := range p.unsynced {
		_ = f.Close() // nothing was promised
	}
	p.unsynced = nil
}
