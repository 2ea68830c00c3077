package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"sightline/backend/sight"
)

// Writer writes one recording. It belongs to one goroutine; the files it gives may belong to another one. What it has not synced may be lost
// with the power; what it has, never is.
//
// Any error is a fault which says why the disk took no more. After one the writer takes no more either, and gives the same error again; it can
// still be closed, which saves what can be saved.
type Writer struct {
	files Files
	dir   string
	lock  *lock
	m     Manifest
	err   error // why the disk took no more

	manifestBytes int64
	segments      []*segment
	pictures      pictures
	answers       stream
	vtt           stream
	subtitles     subtitles
	lines, synced int
}

// Create begins a recording in a new folder below parent (made where it is missing) and holds the recording's lock until Close: as long as it
// is held, no other process mends or moves the recording. The manifest is durable when Create returns. m needs Started, Version, Session,
// About and Parts; ID, State and Format are given here. Credentials in addresses are left out.
func Create(f Files, parent string, m Manifest) (*Writer, error) {
	if err := makeParent(f, parent); err != nil {
		return nil, Trouble(err, parent)
	}
	m.Format, m.State, m.Reason = Format, Recording, nil
	m.About, m.Segments, m.Outcomes, m.Seconds = m.About.withoutSecrets(), []Segment{}, Outcomes{}, 0
	for {
		m.ID = newID(m.Started)
		dir := filepath.Join(parent, m.ID)
		if _, err := os.Lstat(dir); err == nil {
			continue // the letters were drawn before
		}
		w, err := begin(f, dir, m)
		if err != nil {
			return nil, Trouble(err, parent)
		}
		if w != nil {
			return w, nil
		}
	}
}

// makeParent makes the folder of all recordings, durably with those it lies in.
func makeParent(f Files, parent string) error {
	var missing []string
	for at := filepath.Clean(parent); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(at) == at {
			break
		}
		missing = append(missing, at)
	}
	if len(missing) == 0 {
		return nil
	}
	if err := f.MkdirAll(parent); err != nil {
		return err
	}
	for _, dir := range missing {
		if err := f.SyncDir(filepath.Dir(dir)); err != nil {
			return err
		}
	}
	return nil
}

func newID(started time.Time) string {
	const letters = "0123456789abcdefghjkmnpqrstvwxyz"
	id := []byte(started.Local().Format("2006-01-02_15-04-05") + "_")
	for range 4 {
		id = append(id, letters[rand.IntN(len(letters))]) //nolint:gosec // it only tells recordings of one second apart
	}
	return string(id)
}

// begin gives no writer where another process was faster with the same folder.
func begin(f Files, dir string, m Manifest) (*Writer, error) {
	if err := f.MkdirAll(dir); err != nil {
		return nil, err
	}
	held, err := lockWriter(dir)
	if err != nil || held == nil {
		return nil, err
	}
	if Is(dir) {
		held.free()
		return nil, nil
	}
	w := &Writer{
		files: f, dir: dir, lock: held, m: m, pictures: pictures{files: f, dir: dir},
		answers: stream{files: f, path: filepath.Join(dir, answersName)}, vtt: stream{files: f, path: filepath.Join(dir, subtitlesName)},
	}
	if err := w.writeManifest(true); err != nil {
		held.free()
		_ = os.Remove(dir) // goes where it is empty
		return nil, err
	}
	return w, nil
}

// Dir is the recording's folder.
func (w *Writer) Dir() string { return w.dir }

// Manifest is what is known of the recording so far.
func (w *Writer) Manifest() Manifest {
	m := w.m
	m.Bytes = w.Bytes()
	m.Segments = []Segment{}
	for _, s := range w.segments {
		if s.file != nil || !s.ended.Load() { // not one whose file could not be made
			m.Segments = append(m.Segments, s.Segment)
		}
	}
	return m
}

// writeManifest keeps what a person edited meanwhile.
func (w *Writer) writeManifest(first bool) error {
	path := filepath.Join(w.dir, manifestName)
	held, err := take(filepath.Join(w.dir, editLock), editTries)
	if err != nil {
		return err
	}
	if held != nil { // else somebody hangs in mid-edit: rather that edit is lost than the recording
		defer held.free()
	}
	if !first {
		now, err := Read(w.dir)
		switch {
		case err == nil:
			w.m.Title, w.m.Keep = now.Title, now.Keep
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s is gone, or was moved: %w", w.dir, fs.ErrNotExist)
		}
	}
	raw, err := encode(w.Manifest())
	if err != nil {
		return err
	}
	w.manifestBytes = int64(len(raw))
	if err := w.files.Replace(path, raw); err != nil || !first {
		return err
	}
	return w.files.SyncDir(filepath.Dir(w.dir))
}

// fail keeps the first error there is.
func (w *Writer) fail(err error) error {
	if err != nil && w.err == nil {
		w.err = Trouble(err, w.dir)
	}
	return w.err
}

// Video begins a new segment that starts at a time since the recording's start, and gives its file, which the caller closes. The manifest
// that names it is durable before.
func (w *Writer) Video(at time.Duration, width, height int, source *Source) (File, error) {
	if w.err != nil {
		return nil, w.err
	}
	s := &segment{Segment: Segment{File: videoName(len(w.segments) + 1), StartMS: *sight.Milliseconds(max(at, 0)), Width: width, Height: height}}
	if source != nil {
		clean := source.withoutSecrets()
		s.Source = &clean
	}
	w.segments = append(w.segments, s)
	path := filepath.Join(w.dir, s.File)
	if err := w.writeManifest(false); err != nil {
		return nil, w.fail(err)
	}
	f, err := w.files.Create(path)
	if err == nil {
		s.file, s.path = f, path
		err = w.files.SyncDir(w.dir)
	}
	if err != nil {
		s.ended.Store(true)
		if f != nil {
			_ = f.Close() // nobody else has it
		}
		return nil, w.fail(err)
	}
	return s, nil
}

func videoName(nth int) string {
	if nth == 1 {
		return "video.mp4"
	}
	return fmt.Sprintf("video-%04d.mp4", nth)
}

// segment is a file of video.
type segment struct {
	Segment
	file  File
	path  string
	size  atomic.Int64
	ended atomic.Bool
}

// Write counts what it writes.
func (s *segment) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.size.Add(int64(n))
	return n, Trouble(err, s.path)
}

// Sync notices, too, that the file was deleted, which writing to it does not.
func (s *segment) Sync() error {
	if err := s.file.Sync(); err != nil {
		return Trouble(err, s.path)
	}
	_, err := os.Lstat(s.path)
	return Trouble(err, s.path)
}

// Close ends the segment: what Length tells from now on is not its length.
func (s *segment) Close() error {
	s.ended.Store(true)
	return Trouble(s.file.Close(), s.path)
}

// Length notes how far the video has come since the recording's start, for the manifest that is written next. Answers are noted by themselves.
func (w *Writer) Length(at time.Duration) {
	w.m.Seconds = max(w.m.Seconds, seconds(at.Seconds()))
	if n := len(w.segments); n > 0 && !w.segments[n-1].ended.Load() {
		s := &w.segments[n-1].Segment
		s.Seconds = max(s.Seconds, seconds(at.Seconds()-s.StartMS/1000))
	}
}

// Answer writes an outcome, with the picture it is about (nil: none is kept), which must not change any more. Its Picture field is set here.
// Several entries of one group about the same bytes share one file.
func (w *Writer) Answer(e Entry, picture []byte) error {
	if w.err != nil || !w.m.Parts.Answers {
		return w.err
	}
	e.Picture = ""
	if len(picture) > 0 && w.m.Parts.Frames {
		number := e.Group
		if number == 0 {
			number = e.Seq
		}
		name, err := w.pictures.keep(number, picture)
		if err != nil {
			return w.fail(err)
		}
		e.Picture = name
	}
	return w.fail(w.writeLine(e))
}

func (w *Writer) writeLine(e Entry) error {
	line, err := encodeEntry(e)
	if err != nil {
		return err
	}
	if w.answers.size == 0 { // the file of subtitles comes with that of answers
		if err := w.vtt.write([]byte(vttHeader)); err != nil {
			return err
		}
	}
	if err := w.answers.write(line); err != nil {
		return err
	}
	w.lines++
	w.m.Outcomes.add(e.Outcome)
	w.m.Seconds = max(w.m.Seconds, seconds(e.AtMS/1000))
	if cue := w.subtitles.add(e); cue != "" {
		return w.vtt.write([]byte(cue))
	}
	return nil
}

func (o *Outcomes) add(outcome string) {
	switch sight.Outcome(outcome) {
	case sight.Answered:
		o.Answered++
	case sight.Superseded:
		o.Superseded++
	case sight.Unchanged:
		o.Unchanged++
	case sight.Failed:
		o.Failed++
	case sight.Cancelled:
		o.Cancelled++
	}
}

// Sync returns when all answers and their pictures are on disk, and gives how many lines that are. It also notices that the folder is gone.
func (w *Writer) Sync() (lines int, err error) {
	if w.err != nil {
		return w.synced, w.err
	}
	return w.synced, w.fail(w.sync())
}

// sync puts the pictures on disk before the lines that name them.
func (w *Writer) sync() error {
	if w.synced < w.lines {
		if err := w.pictures.sync(); err != nil {
			return err
		}
		if w.synced == 0 || w.pictures.unnamed {
			if err := w.files.SyncDir(w.dir); err != nil {
				return err
			}
			w.pictures.unnamed = false
		}
		if err := w.answers.sync(); err != nil {
			return err
		}
	}
	if _, err := os.Lstat(filepath.Join(w.dir, manifestName)); err != nil {
		return err
	}
	w.synced = w.lines
	return nil
}

// Bytes is the size of all files so far; video counts by what was written to its File.
func (w *Writer) Bytes() int64 {
	bytes := w.manifestBytes + w.pictures.bytes + w.answers.size + w.vtt.size
	for _, s := range w.segments {
		bytes += s.size.Load()
	}
	return bytes
}

// Close ends the recording: subtitles get their last cue, the manifest its state, and the lock is freed. reason is why it ended; nil: a
// person's wish. The files of Video are closed before.
//
// Its fault is the first one of this Close; what the writer failed with before is not told again. Where even the manifest could not be written, the
// recording stays as one that was cut short, for Mend.
func (w *Writer) Close(reason error) error {
	if w.lock == nil {
		return nil // it was closed before
	}
	defer func() { w.lock.free(); w.lock = nil }()
	if reason == nil {
		reason = w.err
	}
	err := w.end()
	w.m.State, w.m.Reason = Complete, sight.NewLineError(reason)
	return Trouble(firstOf(err, w.writeManifest(false)), w.dir)
}

// end saves each thing by itself, whatever became of the others.
func (w *Writer) end() error {
	err := firstOf(w.answers.mend(), w.vtt.mend())
	if cue := w.subtitles.end(time.Duration(w.m.Seconds * float64(time.Second))); cue != "" {
		err = firstOf(err, w.vtt.write([]byte(cue)), w.vtt.mend())
	}
	err = firstOf(err, w.sync(), w.vtt.sync(), w.answers.close(), w.vtt.close())
	w.pictures.close()
	return err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
