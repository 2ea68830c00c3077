package archive

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sightline/backend/mp4"
)

// Mend closes a recording that was cut short: torn ends are cut off (never a whole fragment or a whole line), subtitles are written anew, and
// the manifest says how long it is and that it was cut short. It says false, and changes nothing, where nothing is to be done or a process
// writes it now.
//
// It may itself be cut short at any moment: the manifest comes last, so that the next Mend does all of it again.
func Mend(f Files, dir string) (bool, error) {
	m, err := Read(dir)
	if err != nil || m.State != Recording {
		return false, err
	}
	held, err := lockWriter(dir)
	if err != nil || held == nil {
		return false, err
	}
	defer held.free()
	if m, err = Read(dir); err != nil || m.State != Recording { // another one was faster
		return false, err
	}
	if err := (&mending{files: f, dir: dir, m: m}).run(); err != nil {
		return false, Trouble(err, dir)
	}
	return true, nil
}

// mending is one run of Mend, under the writer's lock.
type mending struct {
	files    Files
	dir      string
	m        Manifest
	seconds  float64 // until the end of the last answer or picture
	outcomes Outcomes
	segments []Segment
}

func (r *mending) run() error {
	for _, step := range []func() error{r.mendAnswers, r.mendVideos, r.mendSubtitles, r.tidy, r.mendManifest} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// mendAnswers cuts off a line without its end, and counts the others. Damaged lines in their midst stay: what is in them is not ours to drop.
func (r *mending) mendAnswers() error {
	var damage Damage
	for e := range Survey(r.dir, 0, &damage) {
		r.outcomes.add(e.Outcome)
		r.seconds = max(r.seconds, e.AtMS/1000)
	}
	if damage.Err != nil {
		return damage.Err
	}
	return r.cut(answersName, damage.Whole)
}

// cut shortens a file to size where it is longer.
func (r *mending) cut(name string, size int64) error {
	path := filepath.Join(r.dir, name)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Size() <= size {
		return err
	}
	return r.files.Truncate(path, size)
}

func (r *mending) mendVideos() error {
	for _, s := range r.m.Segments {
		track, err := r.look(s.File)
		if err != nil {
			return err
		}
		if track == nil || len(track.Samples) == 0 {
			if err := r.files.Remove(filepath.Join(r.dir, s.File)); err != nil {
				return err
			}
			continue
		}
		if !track.Indexed {
			if err := r.cut(s.File, track.Whole); err != nil {
				return err
			}
		}
		s.Seconds = seconds(track.Length.Seconds())
		r.seconds = max(r.seconds, s.StartMS/1000+s.Seconds)
		r.segments = append(r.segments, s)
	}
	return nil
}

// look is a segment's track; nil where there is none, not even a beginning. A disk that cannot be read is an error, and no reason to take
// a file for a torn one.
func (r *mending) look(name string) (*mp4.Track, error) {
	f, err := os.Open(filepath.Join(r.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	disk := &watched{ReaderAt: f}
	track, err := mp4.Read(disk, info.Size())
	if disk.err != nil {
		return nil, unread(disk.err, filepath.Join(r.dir, name))
	}
	if err != nil {
		return nil, nil // no beginning, no track
	}
	return track, nil
}

// watched notes what went wrong with a disk.
type watched struct {
	io.ReaderAt
	err error
}

// ReadAt reads.
func (w *watched) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func (r *mending) mendSubtitles() error {
	if _, err := os.Stat(filepath.Join(r.dir, answersName)); errors.Is(err, fs.ErrNotExist) {
		return r.files.Remove(filepath.Join(r.dir, subtitlesName))
	}
	var damage Damage
	text := subtitlesOf(Survey(r.dir, 0, &damage), r.seconds)
	if damage.Err != nil {
		return damage.Err
	}
	return r.files.Replace(filepath.Join(r.dir, subtitlesName), []byte(text))
}

// tidy removes what a Replace that was cut short has left.
func (r *mending) tidy() error {
	return firstOf(r.files.Remove(filepath.Join(r.dir, manifestName+fresh)), r.files.Remove(filepath.Join(r.dir, subtitlesName+fresh)))
}

func (r *mending) mendManifest() error {
	bytes, err := size(r.dir)
	if err != nil {
		return err
	}
	_, err = rewrite(r.files, r.dir, func(m *Manifest, o *object) error {
		segments, err := mendedSegments(o, r.segments)
		return firstOf(err,
			o.set("state", CutShort, false), o.set("seconds", seconds(r.seconds), false), o.set("bytes", bytes, false),
			o.set("outcomes", r.outcomes, false), o.set("segments", segments, false))
	})
	return err
}

// mendedSegments are those that are left, with what a later version has put into them.
func mendedSegments(o *object, left []Segment) ([]object, error) {
	var written []object
	if err := json.Unmarshal(o.get("segments"), &written); err != nil && o.get("segments") != nil {
		return nil, err
	}
	kept := []object{}
	for _, w := range written {
		var name string
		if err := json.Unmarshal(w.get("file"), &name); err != nil {
			return nil, err
		}
		at := slices.IndexFunc(left, func(s Segment) bool { return s.File == name })
		if at < 0 {
			continue
		}
		if err := w.set("seconds", left[at].Seconds, false); err != nil {
			return nil, err
		}
		kept = append(kept, w)
	}
	return kept, nil
}

// size is that of all files of a recording, but for locks.
func size(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a lock that was freed meanwhile
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
