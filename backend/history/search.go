package history

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"sightline/backend/archive"
)

// The marks around a word that was found. They are of Unicode's private use, and taken out of the texts themselves.
const (
	markOn  = "\uE000"
	markOff = "\uE001"
)

const (
	usualHits = 100
	mostHits  = 1000

	// ranked is how many answers are compared to find the best. Words that more have say little about which is best, and to compare them all
	// would take a second: then the newest are the best.
	ranked = 1000

	around = 24 // words of text around what was found
)

// found is an answer by its place.
type found struct {
	number    int64
	recording string
	pos, at   int64
	score     float64 // the lower the better
	marked    string
}

// Search finds answers by their words, best first, then newest; where more than a thousand have the words, newest first. Every word must be
// there; the last one may be a beginning, of two letters at least. It finds what Refresh has indexed.
func (h *History) Search(ctx context.Context, q Query) ([]Hit, error) {
	if q.Recording != "" && !isName(q.Recording) {
		return nil, none(q.Recording)
	}
	if q.Limit <= 0 {
		q.Limit = usualHits
	}
	q.Limit = min(q.Limit, mostHits)
	var hits []Hit
	err := h.index.use(ctx, func(db *sql.DB, anew bool) error {
		if err := h.refill(ctx, db, anew); err != nil {
			return err
		}
		list, err := h.look(ctx, db, q)
		if err != nil {
			return err
		}
		hits = h.hits(list)
		return ctx.Err()
	})
	return hits, err
}

// refill fills an index that was found damaged by a search: it would find nothing otherwise.
func (h *History) refill(ctx context.Context, db *sql.DB, anew bool) error {
	if !anew {
		return nil
	}
	dirs, err := h.dirs()
	if err != nil {
		return err
	}
	return h.refresh(ctx, db, dirs)
}

// look finds places in the index, marked.
func (h *History) look(ctx context.Context, db *sql.DB, q Query) ([]found, error) {
	in, err := h.rangeOf(ctx, db, q.Recording)
	if err != nil || in.first > in.last {
		return nil, err
	}
	if strings.TrimSpace(q.Words) == "" {
		return in.newest(ctx, db, q.Limit)
	}
	expression := match(q.Words)
	if expression == "" {
		return nil, nil
	}
	list, err := in.best(ctx, db, expression)
	if err != nil {
		return nil, err
	}
	list = list[:min(len(list), q.Limit)]
	return list, markWords(ctx, db, expression, list)
}

// span is the answers to look among: those of one recording, or of a folder's, by the numbers they lie between.
type span struct {
	folder, recording string // recording is empty for all
	first, last       int64
}

// rangeOf narrows a search by what SQLite can skip; other recordings may lie in between.
func (h *History) rangeOf(ctx context.Context, db *sql.DB, recording string) (span, error) {
	s := span{folder: h.parent(), recording: recording, first: 1, last: math.MaxInt64}
	if recording == "" {
		return s, nil
	}
	const of = ` FROM answers WHERE recording = (SELECT number FROM recordings WHERE folder = ?1 AND name = ?2)`
	row := db.QueryRowContext(ctx, `SELECT coalesce((SELECT min(number)`+of+`), 0), coalesce((SELECT max(number)`+of+`), -1)`, s.folder, recording)
	return s, row.Scan(&s.first, &s.last)
}

// newest is what there is without words to look for.
func (s span) newest(ctx context.Context, db *sql.DB, limit int) ([]found, error) {
	return read(ctx, db, `SELECT a.number, r.name, a.pos, a.at, 0, substr(a.text, 1, 240)
		FROM answers a CROSS JOIN recordings r ON r.number = a.recording
		WHERE a.number BETWEEN ?1 AND ?2 AND r.folder = ?3 AND ?4 IN ('', r.name)
		ORDER BY a.number DESC LIMIT ?5`, s.first, s.last, s.folder, s.recording, limit)
}

// best are the answers for a full-text expression, the best first.
func (s span) best(ctx context.Context, db *sql.DB, expression string) ([]found, error) {
	list, err := s.matching(ctx, db, "0", expression)
	if err == nil && len(list) <= ranked {
		list, err = s.matching(ctx, db, promptWeighsLess, expression)
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(b.at, a.at)) })
	return list, err
}

// promptWeighsLess scores a word in the answer 1, one in the prompt, which many answers share, a tenth.
const promptWeighsLess = "bm25(words, 1.0, 0.1)"

// matching are the newest answers for a full-text expression, scored. They are read newest first, so that no more are looked at than wanted.
func (s span) matching(ctx context.Context, db *sql.DB, score, expression string) ([]found, error) {
	return read(ctx, db, `SELECT words.rowid, r.name, a.pos, a.at, `+score+`, ''
		FROM words CROSS JOIN answers a ON a.number = words.rowid CROSS JOIN recordings r ON r.number = a.recording
		WHERE words MATCH ?1 AND words.rowid BETWEEN ?2 AND ?3 AND r.folder = ?4 AND ?5 IN ('', r.name)
		ORDER BY words.rowid DESC LIMIT ?6`, expression, s.first, s.last, s.folder, s.recording, ranked+1)
}

func read(ctx context.Context, db *sql.DB, query string, args ...any) ([]found, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []found
	for rows.Next() {
		var f found
		if err := rows.Scan(&f.number, &f.recording, &f.pos, &f.at, &f.score, &f.marked); err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// markWords marks the words in what was found, and in nothing else: that takes as long as finding them. So the hits are put into a small index
// of their own, in memory, and found there again.
func markWords(ctx context.Context, db *sql.DB, expression string, list []found) error {
	if len(list) == 0 {
		return nil
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	numbers := make([]int64, len(list))
	for i, f := range list {
		numbers[i] = f.number
	}
	which, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`CREATE VIRTUAL TABLE IF NOT EXISTS temp.hits USING fts5 (text, prompt, tokenize="unicode61 remove_diacritics 2")`,
		`DELETE FROM temp.hits`,
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, `INSERT INTO temp.hits (rowid, text, prompt)
		SELECT number, text, prompt FROM main.answers WHERE number IN (SELECT value FROM json_each(?))`, string(which))
	if err != nil {
		return err
	}
	return readMarked(ctx, conn, expression, list)
}

func readMarked(ctx context.Context, conn *sql.Conn, expression string, list []found) error {
	rows, err := conn.QueryContext(ctx, `SELECT rowid, snippet(hits, 0, ?1, ?2, '…', ?3), snippet(hits, 1, ?1, ?2, '…', ?3)
		FROM temp.hits WHERE hits MATCH ?4`, markOn, markOff, around, expression)
	if err != nil {
		return err
	}
	defer rows.Close()
	at := make(map[int64]*found, len(list))
	for i := range list {
		at[list[i].number] = &list[i]
	}
	for rows.Next() {
		var number int64
		var text, prompt string
		if err := rows.Scan(&number, &text, &prompt); err != nil {
			return err
		}
		if !strings.Contains(text, markOn) && strings.Contains(prompt, markOn) {
			text = prompt
		}
		if f := at[number]; f != nil {
			f.marked = text
		}
	}
	return rows.Err()
}

// hits are the answers themselves, out of the files. One that is not there any more is left out.
func (h *History) hits(list []found) []Hit {
	hits := make([]Hit, 0, len(list))
	shelf := map[string]Recording{}
	for _, f := range list {
		r, known := shelf[f.recording]
		if !known {
			r = h.shelf.read(filepath.Join(h.parent(), f.recording))
			shelf[f.recording] = r
		}
		if r.Err != nil {
			continue
		}
		if e, ok := entryAt(r.Dir, f.pos); ok {
			hits = append(hits, Hit{Recording: r.ID, Title: cmp.Or(r.Title, r.Source.Name), Entry: e, Marked: f.marked, In: r})
		}
	}
	return hits
}

func entryAt(dir string, pos int64) (archive.Entry, bool) {
	for e := range archive.Entries(dir, pos) {
		return e, e.Text != ""
	}
	return archive.Entry{}, false
}
