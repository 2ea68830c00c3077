package history

import (
	"context"
	"database/sql"
	"errors"
	"hash/crc32"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"sightline/backend/archive"
)

const answersName = "answers.jsonl"

const (
	maxLines  = 5000    // of one transaction
	maxTexts  = 4 << 20 // bytes of one transaction
	maxPrompt = 400     // bytes of a prompt that are found: it is the same for many answers
	sealed    = 256     // bytes before the place indexed so far by which it is known again

	// refreshWait is for another process that brings the index up to date. Who is at it longer makes a first build, which goes well with
	// another one beside it, or was stopped in its midst.
	refreshWait = 20 * time.Second
)

// Refresh brings the index up to date with the files: what is new, what grew, what is gone. It costs little when nothing changed. What it has
// done when ctx ends is kept.
func (h *History) Refresh(ctx context.Context) error {
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	dirs, err := h.dirs()
	if err != nil {
		return err
	}
	return h.index.use(ctx, func(db *sql.DB, _ bool) error { return h.refresh(ctx, db, dirs) })
}

// known is what the index has of one recording.
type known struct {
	number      int64 // 0: nothing
	size, mtime int64 // of answers.jsonl when all of it was indexed
	pos         int64 // bytes indexed so far
	seal        int64 // see sealOf
}

// refresh does it while no other process does: SQLite lets one write at a time, and those who wait for one that writes much may wait in vain.
func (h *History) refresh(ctx context.Context, db *sql.DB, dirs []string) error {
	unlock, err := h.index.lockRefresh(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	indexed, err := readKnown(ctx, db)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		has := indexed[dir]
		file, err := answersOf(dir)
		if err != nil {
			continue // it has none, or no longer one: what is left in indexed is dropped
		}
		if has.number != 0 && has.size == file.Size() && has.mtime == file.ModTime().UnixNano() {
			delete(indexed, dir)
			continue
		}
		r := h.shelf.read(dir)
		if r.Err != nil {
			continue
		}
		delete(indexed, dir)
		if err := h.takeIn(ctx, db, r, file); err != nil {
			return err
		}
	}
	return h.dropGone(ctx, db, indexed)
}

// answersOf looks at a recording's answers.
func answersOf(dir string) (fs.FileInfo, error) {
	file, err := os.Lstat(filepath.Join(dir, answersName))
	if err == nil && !file.Mode().IsRegular() {
		return nil, fs.ErrInvalid
	}
	return file, err
}

// readKnown is what the index has, by folder.
func readKnown(ctx context.Context, db *sql.DB) (map[string]known, error) {
	rows, err := db.QueryContext(ctx, `SELECT folder, name, number, size, mtime, pos, seal FROM recordings`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	indexed := map[string]known{}
	for rows.Next() {
		var folder, name string
		var k known
		if err := rows.Scan(&folder, &name, &k.number, &k.size, &k.mtime, &k.pos, &k.seal); err != nil {
			return nil, err
		}
		indexed[filepath.Join(folder, name)] = k
	}
	return indexed, rows.Err()
}

// dropGone drops what was not found in the folder, and of other folders, which another process may look at, what is not there any more.
func (h *History) dropGone(ctx context.Context, db *sql.DB, left map[string]known) error {
	folder := h.parent()
	for dir, k := range left {
		if filepath.Dir(dir) != folder && archive.Is(dir) {
			continue
		}
		if err := h.drop(ctx, db, k.number); err != nil {
			return err
		}
	}
	return nil
}

// drop forgets a recording, in transactions of bounded size. Its mark goes first, so that nobody goes on from it.
func (h *History) drop(ctx context.Context, db *sql.DB, number int64) error {
	for more := true; more; {
		err := inTx(ctx, db, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE recordings SET size = -1, pos = -1 WHERE number = ?`, number)
			if err != nil {
				return err
			}
			more, err = h.dropSome(ctx, tx, number)
			if err != nil || more {
				return err
			}
			_, err = tx.ExecContext(ctx, `DELETE FROM recordings WHERE number = ?`, number)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// dropSome says whether there is more to drop. The index of words is told what it had: it keeps no texts of its own.
func (h *History) dropSome(ctx context.Context, tx *sql.Tx, number int64) (more bool, err error) {
	const some = `SELECT number FROM answers WHERE recording = ? ORDER BY number LIMIT ?`
	_, err = tx.ExecContext(ctx, `INSERT INTO words (words, rowid, text, prompt)
		SELECT 'delete', number, text, prompt FROM answers WHERE number IN (`+some+`)`, number, h.lines)
	if err != nil {
		return false, err
	}
	gone, err := tx.ExecContext(ctx, `DELETE FROM answers WHERE number IN (`+some+`)`, number, h.lines)
	if err != nil {
		return false, err
	}
	n, err := gone.RowsAffected()
	return n == int64(h.lines), err
}

// takeIn indexes what is new in a recording, whose answers were looked at before.
func (h *History) takeIn(ctx context.Context, db *sql.DB, r Recording, file fs.FileInfo) error {
	for {
		var did step
		err := inTx(ctx, db, func(tx *sql.Tx) (err error) {
			did, err = h.takeSome(ctx, tx, r, file)
			return err
		})
		switch {
		case errors.Is(err, errUnreadable):
			slog.Debug("the answers of a recording cannot be read", "recording", r.ID, "cause", err)
			return nil // the others can be
		case err != nil:
			return err
		case did.changed != 0:
			if err := h.drop(ctx, db, did.changed); err != nil {
				return err
			}
		case did.all:
			return nil
		}
	}
}

// step is what one transaction did.
type step struct {
	all     bool  // nothing is left to do
	changed int64 // this recording's answers are others than those that were indexed: it is to be dropped and begun again
}

var errUnreadable = errors.New("answers cannot be read")

// takeSome looks first what the index has by now: another process may have been faster.
func (h *History) takeSome(ctx context.Context, tx *sql.Tx, r Recording, file fs.FileInfo) (step, error) {
	has, err := knownOf(ctx, tx, r.Dir)
	if err != nil {
		return step{}, err
	}
	if has.number != 0 && has.size == file.Size() && has.mtime == file.ModTime().UnixNano() {
		return step{all: true}, nil
	}
	if has.number != 0 && (has.pos < 0 || has.pos > file.Size() || sealOf(r.Dir, has.pos) != has.seal) {
		return step{changed: has.number}, nil
	}
	b, err := gather(ctx, r, has.pos, h.lines)
	if err != nil {
		return step{}, err
	}
	has.pos, has.size, has.mtime, has.seal = b.pos, -1, 0, sealOf(r.Dir, b.pos)
	if b.all {
		has.size, has.mtime = file.Size(), file.ModTime().UnixNano()
	}
	number, err := mark(ctx, tx, r.Dir, has)
	if err != nil {
		return step{}, err
	}
	return step{all: b.all}, b.write(ctx, tx, number)
}

func knownOf(ctx context.Context, tx *sql.Tx, dir string) (k known, err error) {
	folder, name := filepath.Split(dir)
	row := tx.QueryRowContext(ctx, `SELECT number, size, mtime, pos, seal FROM recordings WHERE folder = ? AND name = ?`, filepath.Clean(folder), name)
	err = row.Scan(&k.number, &k.size, &k.mtime, &k.pos, &k.seal)
	if errors.Is(err, sql.ErrNoRows) {
		return known{}, nil
	}
	return k, err
}

// mark notes how far a recording is indexed, and gives its number.
func mark(ctx context.Context, tx *sql.Tx, dir string, k known) (number int64, err error) {
	folder, name := filepath.Split(dir)
	row := tx.QueryRowContext(ctx, `INSERT INTO recordings (folder, name, size, mtime, pos, seal) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (folder, name) DO UPDATE SET size = excluded.size, mtime = excluded.mtime, pos = excluded.pos, seal = excluded.seal
		RETURNING number`, filepath.Clean(folder), name, k.size, k.mtime, k.pos, k.seal)
	return number, row.Scan(&number)
}

// batch is what one transaction writes.
type batch struct {
	lines []line
	pos   int64 // behind the last line
	all   bool  // there was no more
}

// line is an answer as it is indexed.
type line struct {
	pos, at      int64
	text, prompt string
}

// gather reads so many lines from pos on.
func gather(ctx context.Context, r Recording, pos int64, most int) (batch, error) {
	var damage archive.Damage
	b := batch{pos: pos, all: true}
	read, texts := 0, 0
	for e, behind := range archive.Survey(r.Dir, pos, &damage) {
		if e.Text != "" {
			at := r.Started.UnixMilli() + int64(e.AtMS)
			b.lines = append(b.lines, line{pos: b.pos, at: at, text: plain(e.Text), prompt: plain(beginning(e.Prompt, maxPrompt))})
		}
		b.pos = behind
		read++
		texts += len(e.Text)
		if read >= 4*most || len(b.lines) >= most || texts >= maxTexts {
			b.all = false
			return b, nil
		}
		if err := ctx.Err(); err != nil {
			return b, err
		}
	}
	if damage.Err != nil {
		return b, errors.Join(errUnreadable, damage.Err)
	}
	b.pos = damage.Whole
	return b, nil
}

// rowsAtOnce are written by one statement: that takes half the time of one each.
const rowsAtOnce = 50

func (b batch) write(ctx context.Context, tx *sql.Tx, recording int64) error {
	if len(b.lines) == 0 {
		return nil
	}
	var last int64
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(number), 0) FROM answers`).Scan(&last); err != nil {
		return err
	}
	many, err := tx.PrepareContext(ctx, insertAnswers(rowsAtOnce))
	if err != nil {
		return err
	}
	defer many.Close()
	rest := b.lines
	for ; len(rest) >= rowsAtOnce; rest = rest[rowsAtOnce:] {
		if _, err := many.ExecContext(ctx, values(recording, rest[:rowsAtOnce])...); err != nil {
			return err
		}
	}
	if len(rest) > 0 {
		if _, err := tx.ExecContext(ctx, insertAnswers(len(rest)), values(recording, rest)...); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO words (rowid, text, prompt) SELECT number, text, prompt FROM answers WHERE number > ?`, last)
	return err
}

func insertAnswers(rows int) string {
	return `INSERT INTO answers (recording, pos, at, text, prompt) VALUES ` + strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?), ", rows), ", ")
}

func values(recording int64, lines []line) []any {
	args := make([]any, 0, 5*len(lines))
	for _, l := range lines {
		args = append(args, recording, l.pos, l.at, l.text, l.prompt)
	}
	return args
}

// plain is a text without what marks the words in a Hit, and without zeros, at which SQLite would end it.
func plain(text string) string {
	if !strings.ContainsAny(text, markOn+markOff+"\x00") && utf8.ValidString(text) {
		return text
	}
	return strings.NewReplacer(markOn, " ", markOff, " ", "\x00", " ").Replace(strings.ToValidUTF8(text, "\uFFFD"))
}

// beginning is at most n bytes of a text, whole characters.
func beginning(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// sealOf is the checksum of what lies before a place in the answers. By it they are known to be the ones that were indexed, only longer.
func sealOf(dir string, pos int64) int64 {
	f, err := os.Open(filepath.Join(dir, answersName))
	if err != nil {
		return -1
	}
	defer f.Close() // it was only read
	n := min(pos, sealed)
	bytes := make([]byte, n)
	if _, err := f.ReadAt(bytes, pos-n); err != nil {
		return -1
	}
	return int64(crc32.ChecksumIEEE(bytes))
}
