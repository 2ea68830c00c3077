package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

const (
	manifestName = "recording.json"
	maxManifest  = 4 << 20 // bytes; one is 1 kB, and 150 bytes more for each segment
	maxTitle     = 200     // characters
)

var (
	idPattern    = regexp.MustCompile(`^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[0-9a-z]{4}$`)
	videoPattern = regexp.MustCompile(`^video(-\d{4,9})?\.mp4$`)
)

// Read is a recording's manifest. A folder that is no recording, or one of a newer Sightline, is a fault that says so.
func Read(dir string) (Manifest, error) {
	m, _, err := read(dir)
	return m, err
}

// read gives the manifest's bytes, too.
func read(dir string) (Manifest, []byte, error) {
	path := filepath.Join(dir, manifestName)
	raw, err := readUpTo(path, maxManifest)
	switch {
	case errors.Is(err, fs.ErrNotExist) || isOneOf(err, gone()):
		return Manifest{}, nil, none(dir, err)
	case errors.Is(err, errTooLong):
		return Manifest{}, nil, broken(err, path)
	case err != nil:
		return Manifest{}, nil, unread(err, path)
	}
	m, err := parse(raw)
	switch {
	case errors.Is(err, errNewer):
		return Manifest{}, nil, newer(dir)
	case err != nil:
		return Manifest{}, nil, broken(err, path)
	}
	return m, raw, nil
}

var (
	errTooLong = errors.New("the file is too long")
	errNewer   = errors.New("the format is newer")
)

func readUpTo(path string, limit int64) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		return nil, errTooLong
	}
	return raw, err
}

// parse looks at the format alone first: what a newer one means by the other fields is not known.
func parse(raw []byte) (Manifest, error) {
	var version struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(raw, &version); err != nil {
		return Manifest{}, err
	}
	if version.Format > Format {
		return Manifest{}, errNewer
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return Manifest{}, err
	}
	return m, m.check()
}

// check finds what would lead programs astray: names out of the folder, and lengths nobody can count with.
func (m *Manifest) check() error {
	switch {
	case m.Format < 1:
		return errors.New("no format")
	case !idPattern.MatchString(m.ID):
		return fmt.Errorf("no ID: %q", m.ID)
	case m.State != Recording && m.State != Complete && m.State != CutShort:
		return fmt.Errorf("no state: %q", m.State)
	case m.Started.IsZero():
		return errors.New("no start")
	case !isLength(m.Seconds) || m.Bytes < 0:
		return errors.New("no length or size")
	}
	for _, s := range m.Segments {
		if !videoPattern.MatchString(s.File) || !isLength(s.Seconds) || !isLength(s.StartMS/1000) || s.Width < 0 || s.Height < 0 {
			return fmt.Errorf("no segment: %+v", s)
		}
	}
	return nil
}

// isLength says that so many seconds fit a time.Duration: a century at most.
func isLength(seconds float64) bool { return seconds >= 0 && seconds < 100*366*24*3600 }

// encode is JSON as people read it, too.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Edit changes a manifest's Title or Keep, atomically, also while the recording is being made. What else change does is not written, and what
// a later version has put into the manifest stays.
func Edit(f Files, dir string, change func(*Manifest)) (Manifest, error) {
	return rewrite(f, dir, func(m *Manifest, o *object) error {
		wanted := *m
		change(&wanted)
		m.Title, m.Keep = cleanTitle(wanted.Title), wanted.Keep
		return errors.Join(o.set("title", m.Title, m.Title == ""), o.set("keep", m.Keep, !m.Keep))
	})
}

// rewrite reads a manifest, changes it, and replaces it if that made a difference.
func rewrite(f Files, dir string, change func(*Manifest, *object) error) (Manifest, error) {
	if _, err := Read(dir); err != nil {
		return Manifest{}, err // where there is no recording, no lock is left either
	}
	held, err := lockEdit(dir)
	if err != nil {
		return Manifest{}, err
	}
	defer held.free()
	m, raw, err := read(dir)
	if err != nil {
		return Manifest{}, err
	}
	var o object
	if err := json.Unmarshal(raw, &o); err != nil {
		return Manifest{}, broken(err, filepath.Join(dir, manifestName))
	}
	before, err := encode(o)
	if err != nil {
		return Manifest{}, err
	}
	if err := change(&m, &o); err != nil {
		return Manifest{}, err
	}
	after, err := encode(o)
	if err != nil || bytes.Equal(before, after) {
		return m, err
	}
	return m, Trouble(f.Replace(filepath.Join(dir, manifestName), after), dir)
}

// cleanTitle is one line.
func cleanTitle(title string) string {
	title = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(title, ""))
	runes := []rune(strings.TrimSpace(title))
	return strings.TrimSpace(string(runes[:min(len(runes), maxTitle)]))
}

// seconds rounds to what is worth writing down.
func seconds(s float64) float64 { return math.Round(s*1000) / 1000 }
