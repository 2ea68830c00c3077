package library

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"sightline/backend/archive"
	"sightline/backend/fault"
	"sightline/backend/history"
	"sightline/backend/sight"
)

// What the handler gives of a recording, beside its frames/NNNNNN.jpg.
const (
	answersName = "answers.jsonl"
	thumbName   = "thumb"
)

const (
	thumbEdge    = 320 // pixels
	thumbQuality = 80
	maxThumbs    = 2                // made at once: a page that scrolls must not take all cores
	maxPicture   = 64 << 20         // bytes of a picture that is read
	patience     = 10 * time.Second // for an answer of ours: the request's own context never ends on Wails' way
)

// Handler gives the page the recordings' own files, for the window's asset server: below Path, ID/answers.jsonl (as far as its last whole
// line), ID/frames/NNNNNN.jpg, and ID/thumb, a small picture of the whole. Everything comes whole, with its length.
func Handler(l *Library) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(l.ctx, patience)
		defer cancel()
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed)
			return
		}
		f, err := l.open(ctx, r.URL)
		if err != nil {
			refuse(w, statusOf(err))
			return
		}
		defer f.Close()
		f.send(w, r.Method)
	})
}

// file is an answer.
type file struct {
	io.ReadCloser
	size      int64
	kind      string
	immutable bool // so that the page may keep it
}

func (f file) send(w http.ResponseWriter, method string) {
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Content-Length", strconv.FormatInt(f.size, 10))
	keep := "no-store"
	if f.immutable {
		keep = "private, max-age=86400, immutable"
	}
	w.Header().Set("Cache-Control", keep)
	if method == http.MethodGet {
		_, _ = io.CopyN(w, f, f.size) // fails when the page has gone, which is no news
	}
}

var errNoFile = errors.New("no such file")

// open finds what an address names.
func (l *Library) open(ctx context.Context, address *url.URL) (file, error) {
	escaped, below := strings.CutPrefix(address.EscapedPath(), Path)
	id, name, has := strings.Cut(escaped, "/")
	id, err := url.PathUnescape(id)
	if !below || !has || err != nil {
		return file{}, errNoFile
	}
	r, err := l.config.History.Find(ctx, id)
	switch {
	case err != nil:
		return file{}, err
	case name == answersName:
		return openAnswers(r.Dir)
	case name == thumbName:
		return l.thumbs.open(ctx, r.Dir)
	}
	return openPicture(r.Dir, name)
}

// openAnswers gives whole lines: the last one may just be being written.
func openAnswers(dir string) (file, error) {
	f, size, err := openFile(filepath.Join(dir, answersName))
	if err != nil {
		return file{}, err
	}
	whole, err := wholeLines(f, size)
	if err != nil {
		_ = f.Close() // it was only read
		return file{}, err
	}
	return file{ReadCloser: f, size: whole, kind: "application/x-ndjson; charset=utf-8"}, nil
}

// wholeLines is the offset behind the last line's end.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	piece := make([]byte, 64<<10)
	for end := size; end > 0; {
		from := max(0, end-int64(len(piece)))
		n, err := f.ReadAt(piece[:end-from], from)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(piece[:n], '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		end = from
	}
	return 0, nil
}

func openPicture(dir, name string) (file, error) {
	path, err := archive.Picture(dir, name)
	if err != nil {
		return file{}, errNoFile
	}
	f, size, err := openFile(path)
	return file{ReadCloser: f, size: size, kind: "image/jpeg", immutable: true}, err
}

// openFile opens a file that is one: to open something else could take for ever.
func openFile(path string) (*os.File, int64, error) {
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil, 0, errNoFile
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		_ = f.Close() // it was only read
		return nil, 0, errNoFile
	}
	return f, info.Size(), nil
}

// thumbs makes small pictures.
type thumbs struct {
	places chan struct{} // one for each that is being made

	mu    sync.Mutex
	found map[string]string // folder → the picture that stands for it
}

func newThumbs() *thumbs {
	return &thumbs{places: make(chan struct{}, maxThumbs), found: map[string]string{}}
}

// has says whether there is a picture. One that was found once is not looked for again.
func (t *thumbs) has(r history.Recording) bool {
	return r.Parts.Frames && t.of(r.Dir) != ""
}

func (t *thumbs) of(dir string) string {
	t.mu.Lock()
	path := t.found[dir]
	t.mu.Unlock()
	if path == "" {
		path = archive.Thumb(dir)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if path != "" {
		t.found[dir] = path
	}
	return path
}

// open makes the small picture once there is a place for the work.
func (t *thumbs) open(ctx context.Context, dir string) (file, error) {
	select {
	case t.places <- struct{}{}:
		defer func() { <-t.places }()
	case <-ctx.Done():
		return file{}, ctx.Err()
	}
	path := t.of(dir)
	if path == "" {
		return file{}, errNoFile
	}
	small, err := makeSmall(path)
	if err != nil {
		return file{}, errNoFile // no picture, or a damaged one
	}
	return file{ReadCloser: io.NopCloser(bytes.NewReader(small)), size: int64(len(small)), kind: "image/jpeg", immutable: true}, nil
}

func makeSmall(path string) ([]byte, error) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() // it was only read
	if size > maxPicture {
		return nil, errNoFile
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, err
	}
	picture, err := sight.FromJPEG(data)
	if err != nil {
		return nil, err
	}
	small, err := picture.JPEG(thumbEdge, thumbQuality)
	return small.JPEG, err
}

// statusOf says in HTTP why there is no answer.
func statusOf(err error) int {
	switch {
	case errors.Is(err, errNoFile) || fault.CodeOf(err) == archive.CodeNone:
		return http.StatusNotFound
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// refuse answers with a status and its name; nobody reads more than that.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}
