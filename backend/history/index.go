package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"

	"sightline/backend/archive"
	"sightline/backend/fault"
)

// version is the shape of the index. A file of another one is made anew, whether it is older or newer.
const version = 1

// schema is that shape. The words of an answer are found in words and their text lies in answers, whose numbers grow as answers are indexed:
// mostly the newest last.
const schema = `
CREATE TABLE recordings (
  number INTEGER PRIMARY KEY,
  folder TEXT NOT NULL,            -- all recordings' folder
  name   TEXT NOT NULL,            -- this one's, in it
  size   INTEGER NOT NULL,         -- of answers.jsonl when all of it was indexed; -1: it is not yet
  mtime  INTEGER NOT NULL,         -- likewise, nanoseconds
  pos    INTEGER NOT NULL,         -- bytes indexed so far
  seal   INTEGER NOT NULL,         -- checksum of the last of them
  UNIQUE (folder, name)
);
CREATE TABLE answers (
  number    INTEGER PRIMARY KEY,
  recording INTEGER NOT NULL,
  pos       INTEGER NOT NULL,      -- where its line begins
  at        INTEGER NOT NULL,      -- when its picture was taken, Unix milliseconds
  text      TEXT NOT NULL,
  prompt    TEXT NOT NULL          -- its beginning
);
CREATE INDEX answers_of ON answers (recording);
CREATE VIRTUAL TABLE words USING fts5 (
  text, prompt, content='answers', content_rowid='number', tokenize="unicode61 remove_diacritics 2"
);
INSERT INTO words (words, rank) VALUES ('automerge', 8); -- a first build is faster by a quarter, and searches are not slower
`

const (
	busyWait   = 5 * time.Second  // for another process's transaction, which takes a tenth of a second
	openWait   = 5 * time.Second  // for another process that makes the index
	idleTime   = 30 * time.Second // after which a connection, and its memory, is given back
	cacheKB    = 2048             // of pages, for each connection
	maxConns   = 3                // one brings the index up to date, the others search
	walBytes   = 4 << 20          // what is kept of the log after a first build
	logSuffix  = "-wal"
	indexMode  = 0o600
	folderMode = 0o700
)

// index is the SQLite file. It is opened when it is first used, and again when somebody has removed or replaced it.
type index struct {
	path string

	mu  sync.Mutex // held also while the file is opened, so that it is opened once
	now *handle    // nil: not open
}

// handle is the file opened. The last one who uses it closes it, once it is no longer the one in use.
type handle struct {
	db      *sql.DB
	file    fs.FileInfo // what was opened
	log     fs.FileInfo // the log beside it, which comes and goes with those who have the file open
	users   int
	retired bool
}

// use lets work use the index. Where the index turns out to be damaged it is made anew, empty, and work done again: what it had is in the files.
func (x *index) use(ctx context.Context, work func(db *sql.DB, anew bool) error) error {
	for attempt := 0; ; attempt++ {
		h, err := x.take(ctx)
		if err != nil {
			return x.explain(ctx, err)
		}
		err = work(h.db, attempt > 0)
		again := attempt < 2 && isDamage(err)
		x.giveBack(h, again)
		if !again {
			return x.explain(ctx, err)
		}
		if err := x.discard(ctx, h); err != nil {
			return x.explain(ctx, err)
		}
	}
}

// take gives the open index, which is to be given back.
func (x *index) take(ctx context.Context) (*handle, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.now != nil && !x.now.isAt(x.path) {
		x.retireLocked()
	}
	if x.now == nil {
		h, err := open(ctx, x.path)
		if err != nil {
			return nil, err
		}
		x.now = h
	}
	x.now.users++
	return x.now, nil
}

func (x *index) giveBack(h *handle, broken bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	h.users--
	if broken && x.now == h {
		x.retireLocked()
	}
	if h.retired && h.users == 0 {
		_ = h.db.Close() // nothing is under way
	}
}

func (x *index) retireLocked() {
	h := x.now
	x.now, h.retired = nil, true
	if h.users == 0 {
		_ = h.db.Close()
	}
}

func (x *index) close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.now != nil {
		x.retireLocked()
	}
	return nil
}

// isAt says that the opened file is still the one at path, and its log the one beside it. A log that came anew since is taken for another one
// at most once: then all is opened again.
func (h *handle) isAt(path string) bool {
	return isSame(path, h.file) && (h.db.Stats().OpenConnections == 0 || isSame(path+logSuffix, h.log))
}

func isSame(path string, opened fs.FileInfo) bool {
	now, err := os.Stat(path)
	return err == nil && os.SameFile(now, opened)
}

// open opens the index, and makes it where it is missing, damaged or of another version. A lock beside it lets one process at a time do so.
func open(ctx context.Context, path string) (*handle, error) {
	unlock, err := lockFile(ctx, path+".lock", openWait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	db, err := openFile(ctx, path)
	if isDamage(err) {
		if err := remove(path); err != nil {
			return nil, err
		}
		db, err = openFile(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	h := &handle{db: db}
	h.file, err = archive.Stat(path)
	if err == nil {
		h.log, err = archive.Stat(path + logSuffix)
	}
	if err != nil {
		_ = db.Close() // the first error tells more
		return nil, err
	}
	return h, nil
}

var errVersion = errors.New("index of another version")

func openFile(ctx context.Context, path string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(address(path))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConns)
	db.SetConnMaxIdleTime(idleTime)
	if err := prepare(ctx, db); err != nil {
		_ = db.Close()
		return nil, err
	}
	_ = os.Chmod(path, indexMode) // what a person's camera saw is in it; its folder is closed anyway
	return db, nil
}

// prepare makes the shape of a new file, and looks at an old one's.
func prepare(ctx context.Context, db *sql.DB) error {
	var is, tables int
	if err := db.QueryRowContext(ctx, `SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version`).Scan(&is, &tables); err != nil {
		return err
	}
	if is == version {
		return db.QueryRowContext(ctx, `SELECT count(*) FROM recordings`).Scan(&tables)
	}
	if is != 0 || tables != 0 {
		return errVersion
	}
	return inTx(ctx, db, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, schema+fmt.Sprintf("PRAGMA user_version = %d", version))
		return err
	})
}

// address is the file as SQLite opens it.
func address(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	pragmas := []string{
		fmt.Sprintf("busy_timeout(%d)", busyWait.Milliseconds()), "journal_mode(wal)", "synchronous(normal)", "temp_store(memory)",
		fmt.Sprintf("cache_size(-%d)", cacheKB), fmt.Sprintf("journal_size_limit(%d)", walBytes),
	}
	query := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}, "_error_rc": {"true"}}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

// discard removes the file that h had opened, unless another process has done so.
func (x *index) discard(ctx context.Context, h *handle) error {
	unlock, err := lockFile(ctx, x.path+".lock", openWait)
	if err != nil {
		return err
	}
	defer unlock()
	if !isSame(x.path, h.file) {
		return nil
	}
	return remove(x.path)
}

func remove(path string) error {
	for _, suffix := range []string{logSuffix, "-shm", "-journal", ""} {
		if err := os.RemoveAll(path + suffix); err != nil { // somebody may have put a folder there
			return err
		}
	}
	return nil
}

// lockRefresh waits until no other process brings the index up to date, but not for ever.
func (x *index) lockRefresh(ctx context.Context) (unlock func(), err error) {
	unlock, err = lockFile(ctx, x.path+".refresh", refreshWait)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return func() {}, nil
	}
	return unlock, err
}

func lockFile(ctx context.Context, path string, wait time.Duration) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	held := flock.New(path, flock.SetPermissions(indexMode))
	if _, err := held.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		_ = held.Close() // it may have been taken at the very end
		return nil, err
	}
	return func() { _ = held.Close() }, nil // closing cannot fail in a way that keeps the lock
}

// inTx does work in a transaction that may write from its beginning.
func inTx(ctx context.Context, db *sql.DB, work func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := work(tx); err != nil {
		_ = tx.Rollback() // the first error tells more
		return err
	}
	return tx.Commit()
}

// The primary codes of SQLite that are told apart here (https://sqlite.org/rescode.html).
const (
	sqliteError      = 1 // with "no such table": it is not ours
	sqliteBusy       = 5
	sqliteReadOnly   = 8
	sqliteInterrupt  = 9
	sqliteCorrupt    = 11
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteNotADB     = 26

	sqliteShortRead = 10 | 2<<8 // the file ends too early
	sqliteMoved     = sqliteReadOnly | 4<<8
)

// isDamage says that an index is best made anew.
func isDamage(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return errors.Is(err, errVersion)
	}
	if e.Code() == sqliteShortRead || e.Code() == sqliteMoved {
		return true
	}
	switch e.Code() & 0xff {
	case sqliteCorrupt, sqliteConstraint, sqliteMismatch, sqliteNotADB:
		return true
	case sqliteError:
		return strings.Contains(e.Error(), "no such") || strings.Contains(e.Error(), "has no column")
	}
	return false
}

// explain is why the index could not be used. A context that ended says so itself.
func (x *index) explain(ctx context.Context, err error) error {
	var e *sqlite.Error
	var known *fault.Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case ctx.Err() != nil && (errors.As(err, &e) && e.Code()&0xff == sqliteInterrupt || errors.Is(err, ctx.Err())):
		return ctx.Err()
	case errors.As(err, &e) && e.Code()&0xff == sqliteBusy:
		return busyIndex(err)
	}
	return noIndex(x.path, err)
}
