// Package history lists, searches and expires the recordings on disk. The files are the truth: its index is a cache that is made anew when it
// is missing, damaged or of another version.
package history

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"sightline/backend/archive"
)

// History is the recordings in one folder. It opens its index when it is first asked, is safe for several processes, and its methods may be
// called by any goroutine.
type History struct {
	folder func() string
	files  archive.Files
	trash  func(path string) error
	lines  int // indexed or dropped by one transaction, at most

	shelf shelf
	index index
	turn  chan struct{} // holds one token while the index is brought up to date
}

// Recording is one of the list.
type Recording struct {
	// Manifest's ID is the name of its folder, also where a person renamed that: so no two of a list have the same.
	archive.Manifest
	Dir  string
	Busy bool // being recorded now

	// Err is why the manifest cannot be read, a fault: made by a newer Sightline, or damaged. Then nothing but ID, Dir and about when it
	// Started is known. It can be moved to the trash, and is never changed or removed otherwise.
	Err error
}

// Query is what is looked for.
type Query struct {
	// Words are looked for in the answers and prompts, whatever their case and accents; empty: everything. Words in "quotes" stand side by
	// side, and an answer with a -word is left out.
	Words     string
	Recording string // only in this one, by ID; empty: in all
	Limit     int    // 0: 100
}

// Hit is an answer that has the words.
type Hit struct {
	Recording string // its ID
	Title     string // of the recording, or its source's name
	Entry     archive.Entry
	Marked    string // the text around the words, each found one between U+E000 and U+E001

	In Recording // all of the recording
}

// Open is the history of the recordings in folder, with its index at path. It touches nothing yet.
func Open(path string, folder func() string) *History {
	return &History{
		folder: folder, files: archive.OS(), trash: moveToTrash, lines: maxLines,
		shelf: shelf{seen: map[string]seen{}}, index: index{path: path}, turn: make(chan struct{}, 1),
	}
}

// Close closes the index. What is asked later opens it again.
func (h *History) Close() error { return h.index.close() }

// parent is where the recordings' folders are.
func (h *History) parent() string {
	folder := h.folder()
	if abs, err := filepath.Abs(folder); err == nil {
		return abs
	}
	return filepath.Clean(folder)
}

// Find is the recording with an ID, or a fault. With a fault about its manifest the recording comes too, as List has it.
func (h *History) Find(ctx context.Context, id string) (Recording, error) {
	if err := ctx.Err(); err != nil {
		return Recording{}, err
	}
	if !isName(id) {
		return Recording{}, none(id)
	}
	dir := filepath.Join(h.parent(), id)
	if !archive.Is(dir) {
		return Recording{}, none(id)
	}
	r := h.shelf.read(dir)
	return r, r.Err
}

// isName says that an ID is the name of one folder and leads nowhere else, on any system.
func isName(id string) bool {
	return id != "" && len(id) < 256 && utf8.ValidString(id) && !strings.HasPrefix(id, ".") && filepath.IsLocal(id) &&
		!strings.ContainsAny(id, `/\:`) && !strings.ContainsFunc(id, unicode.IsControl)
}

// maxTitle is in characters.
const maxTitle = 120

// Rename gives a recording a title; an empty one takes it away. SetKeep protects it from Expire.
func (h *History) Rename(ctx context.Context, id, title string) (Recording, error) {
	title = oneLine(title)
	return h.edit(ctx, id, func(m *archive.Manifest) { m.Title = title })
}

// SetKeep is described at Rename.
func (h *History) SetKeep(ctx context.Context, id string, keep bool) (Recording, error) {
	return h.edit(ctx, id, func(m *archive.Manifest) { m.Keep = keep })
}

func (h *History) edit(ctx context.Context, id string, change func(*archive.Manifest)) (Recording, error) {
	r, err := h.Find(ctx, id)
	if err != nil {
		return Recording{}, err
	}
	if _, err := archive.Edit(h.files, r.Dir, change); err != nil {
		return Recording{}, err
	}
	h.shelf.forget(r.Dir)
	return h.Find(ctx, id)
}

// oneLine is a title without what would break a line or hide in it.
func oneLine(title string) string {
	title = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r): // joiners hold an emoji, or a script, together
			return -1
		}
		return r
	}, strings.ToValidUTF8(title, ""))
	title = strings.TrimSpace(title)
	if runes := []rune(title); len(runes) > maxTitle {
		title = strings.TrimSpace(string(runes[:maxTitle]))
	}
	return title
}

// Mend closes all recordings that were cut short, and gives them. One that cannot be mended stops no other; the error tells of it. It also
// takes away what an import or a removal has left behind that was cut short itself.
func (h *History) Mend(ctx context.Context) ([]Recording, error) {
	h.tidy()
	list, err := h.List(ctx)
	if err != nil {
		return nil, err
	}
	var mended []Recording
	var failed []error
	for _, r := range list {
		if ctx.Err() != nil {
			return mended, ctx.Err()
		}
		if r.Err != nil || r.Busy || r.State != archive.Recording {
			continue
		}
		did, err := archive.Mend(h.files, r.Dir)
		if err != nil {
			slog.Warn("a recording that was cut short could not be closed", "recording", r.ID, "cause", err)
			failed = append(failed, err)
		}
		if did {
			h.shelf.forget(r.Dir)
			mended = append(mended, h.shelf.read(r.Dir))
		}
	}
	return mended, errors.Join(failed...)
}
