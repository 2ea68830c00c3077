package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sightline/backend/archive"
	"sightline/backend/sight"
)

func TestWordsAreFoundAsAPersonTypesThem(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "A red car in front of a café.", "The car is blue.", "Nobody is there.", "Don't cross, it's well-known.", "車が 止まっている")
	for words, want := range map[string][]string{
		"nobody":           {"[Nobody] is there."},
		"NOBODY There":     {"[Nobody] is [there]."},
		"cafe":             {"A red car in front of a [café]."},
		"CAFÉ":             {"A red car in front of a [café]."},
		"blu":              {"The car is [blue]."},
		"blu car":          nil,                                   // only the last word is a beginning
		"a":                {"[A] red car in front of [a] café."}, // one letter is a word
		"車":                {"[車が] 止まっている"},
		"car blu":          {"The [car] is [blue]."},
		`"red car"`:        {"A [red car] in front of a café."},
		`"car red"`:        nil,
		`"the ca"`:         nil,
		`"the ca`:          {"[The car] is blue."}, // it is still being typed
		"car -red":         {"The [car] is blue."},
		`car -"is blue"`:   {"A red [car] in front of a café."},
		"-nobody":          {"[Nobody] is there."},
		"don't":            {"[Don't] cross, it's well-known."},
		"well-kno":         {"Don't cross, it's [well-known]."},
		"car, OR nobody":   nil,
		"nobody* (is)":     {"[Nobody] [is] there."},
		"text:nobody":      nil,
		"!!! nobody ???":   {"[Nobody] is there."},
		"🚗":                nil,
		"seen nobody":      {"[Nobody] is there."}, // the prompt has the one, the answer the other
		"zebra":            nil,
		"nobody NEAR(car)": nil,
	} {
		var marked []string
		for _, m := range want {
			marked = append(marked, id+": "+m)
		}
		if got := p.find(words); !slices.Equal(got, marked) {
			t.Errorf("%s: found %q, want %q", words, got, marked)
		}
	}
	if got := p.find(" \n"); len(got) != 5 || got[0] != id+": 車が 止まっている" {
		t.Errorf("without words: %q", got)
	}
	if got := p.find("seen"); len(got) != 5 || got[0] != id+": What is to be [seen]?" {
		t.Errorf("by the prompt alone: %q", got)
	}
}

func TestHitIsTheAnswerItself(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "nothing", "a zebra \ue000crossing\ue001\x00", "nothing")
	p.Rename(p.ctx(), id, "At the zoo")
	p.find("")
	hits, err := p.Search(p.ctx(), Query{Words: "zebra"})
	if err != nil || len(hits) != 1 {
		t.Fatalf("%v, %v", hits, err)
	}
	h := hits[0]
	if h.Title != "At the zoo" || h.Entry.Seq != 2 || h.Entry.AtMS != 2000 || h.Entry.Picture == "" || h.In.Dir != filepath.Join(p.folder, id) {
		t.Errorf("got %+v", h)
	}
	if h.Marked != "a "+markOn+"zebra"+markOff+"  crossing  " {
		t.Errorf("marked %q", h.Marked)
	}
}

func TestBestComesFirstAndThenTheNewest(t *testing.T) {
	p := newPlace(t)
	long := "a car" + strings.Repeat(" and much else that was seen", 20)
	first, second := p.record(1, "a car", long), p.record(2, "a car", "no vehicle")
	got := p.find("car")
	if len(got) != 3 || got[0] != second+": a [car]" || got[1] != first+": a [car]" || !strings.HasSuffix(got[2], "…") {
		t.Errorf("found %q", got)
	}
	hits, err := p.Search(p.ctx(), Query{Words: "car", Limit: 1})
	if err != nil || len(hits) != 1 {
		t.Errorf("limit 1: %v, %v", hits, err)
	}
}

func TestOneRecordingIsSearchedAlone(t *testing.T) {
	p := newPlace(t)
	first, second := p.begin(1), p.begin(2)
	for i := range uint64(4) { // in turns, so that they lie among each other in the index
		p.say(first, i+1, "a car")
		p.find("")
		p.say(second, i+1, "a red car")
		p.find("")
	}
	first.Close(nil)
	second.Close(nil)
	for _, words := range []string{"car", "", "red"} {
		for _, w := range []*archive.Writer{first, second} {
			id := filepath.Base(w.Dir())
			hits, err := p.Search(p.ctx(), Query{Words: words, Recording: id})
			want := 4
			if words == "red" && w == first {
				want = 0
			}
			if err != nil || len(hits) != want {
				t.Errorf("%q: %d hits, %v; want %d", words, len(hits), err, want)
			}
			for _, h := range hits {
				if h.Recording != id {
					t.Errorf("found one of %s", h.Recording)
				}
			}
		}
	}
	if hits, err := p.Search(p.ctx(), Query{Words: "car", Recording: "another"}); err != nil || len(hits) != 0 {
		t.Errorf("in one that is not there: %v, %v", hits, err)
	}
}

func TestOnlyWhatWasSaidIsFound(t *testing.T) {
	p := newPlace(t)
	w := p.begin(1)
	for i, e := range []archive.Entry{
		{Line: sight.Line{Outcome: "failed", Text: "half an answer", Error: &sight.LineError{Code: "x", Message: "half"}}},
		{Line: sight.Line{Outcome: "superseded"}, Prompt: "half"},
		{Line: sight.Line{Outcome: "failed", Error: &sight.LineError{Code: "x", Message: "half"}}, Prompt: "half"},
	} {
		e.Session, e.Seq, e.Captured = "s", uint64(i+1), "2026-11-22T07:00:00Z"
		if err := w.Answer(e, nil); err != nil {
			t.Fatal(err)
		}
	}
	w.Close(nil)
	if got := p.find("half"); len(got) != 1 || !strings.HasSuffix(got[0], ": [half] an answer") {
		t.Errorf("found %q", got)
	}
}

func TestGrowingRecordingIsFoundAsItGrows(t *testing.T) {
	p := newPlace(t)
	other := p.again()
	w := p.begin(1)
	for i := range uint64(5) {
		p.say(w, i+1, fmt.Sprintf("car number %d", i))
		if got := p.find("car"); len(got) != int(i)+1 {
			t.Errorf("after %d answers %d are found", i+1, len(got))
		}
		if got := p.findIn(other, fmt.Sprint("number ", i)); len(got) != 1 {
			t.Errorf("another window finds %q", got)
		}
	}
	torn, _ := os.OpenFile(filepath.Join(w.Dir(), answersName), os.O_APPEND|os.O_WRONLY, 0)
	torn.WriteString(`{"session":"s","seq":6,"outcome":"answered","text":"a car tha`)
	if got := p.find("car"); len(got) != 5 {
		t.Errorf("with half a line %d are found", len(got))
	}
	torn.WriteString("t came\",\"at_ms\":6000}\nrubbish\n")
	torn.Close()
	if got := p.find("car"); len(got) != 6 {
		t.Errorf("with the whole line %d are found", len(got))
	}
	w.Close(nil)
	if got := p.find("car"); len(got) != 6 {
		t.Errorf("when it is closed %d are found", len(got))
	}
}

func TestWhatIsGoneOrChangedIsNotFoundAnyMore(t *testing.T) {
	p := newPlace(t)
	first, second, third := p.record(1, "a car"), p.record(2, "a car"), p.record(3, "a car", "a car")
	p.find("car")
	os.RemoveAll(filepath.Join(p.folder, first))
	if hits, err := p.Search(p.ctx(), Query{Words: "car"}); err != nil || len(hits) != 3 {
		t.Errorf("before the index knows: %q, %v", shown(hits), err)
	}
	p.rewrite(second, answersName, func(s string) string { return strings.ReplaceAll(s, "a car", "a bus") })
	os.Remove(filepath.Join(p.folder, third, answersName))
	if got := p.find("car"); len(got) != 0 {
		t.Errorf("found %q", got)
	}
	if got := p.find("bus"); !slices.Equal(got, []string{second + ": a [bus]"}) {
		t.Errorf("found %q", got)
	}
	p.healthy()
}

// healthy looks whether the index of words fits the texts.
func (p *place) healthy() {
	p.t.Helper()
	h, err := open(p.ctx(), p.index)
	if err != nil {
		p.t.Fatal(err)
	}
	defer h.db.Close()
	if _, err := h.db.Exec(`INSERT INTO words (words, rank) VALUES ('integrity-check', 1)`); err != nil {
		p.t.Error(err)
	}
}

func TestAnotherFolderHasItsOwnAnswers(t *testing.T) {
	p := newPlace(t)
	here := p.record(1, "a car")
	p.find("car")
	elsewhere := *p
	elsewhere.folder = filepath.Join(filepath.Dir(p.folder), "elsewhere")
	elsewhere.History = elsewhere.again()
	there := elsewhere.record(2, "a car")
	for range 2 {
		if got := elsewhere.find("car"); !slices.Equal(got, []string{there + ": a [car]"}) {
			t.Errorf("there: %q", got)
		}
		if got := p.find("car"); !slices.Equal(got, []string{here + ": a [car]"}) {
			t.Errorf("here: %q", got)
		}
	}
}

func TestLargeRecordingIsIndexedAndDroppedInParts(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "first")
	p.rewrite(id, answersName, func(line string) string { return strings.Repeat(line, 2*someLines+someLines/2) })
	p.find("")
	if n := p.count(); n != 2*someLines+someLines/2 {
		t.Errorf("%d answers are indexed", n)
	}
	os.RemoveAll(filepath.Join(p.folder, id))
	p.find("")
	if n := p.count(); n != 0 {
		t.Errorf("%d answers are left", n)
	}
	p.healthy()
}

// count is how many answers are indexed.
func (p *place) count() (n int) {
	p.t.Helper()
	h, err := open(p.ctx(), p.index)
	if err != nil {
		p.t.Fatal(err)
	}
	defer h.db.Close()
	if err := h.db.QueryRow(`SELECT count(*) FROM answers`).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestCancelledRefreshKeepsWhatItHasDone(t *testing.T) {
	p := newPlace(t)
	for n := range 5 {
		p.record(n, "a car")
	}
	ctx, cancel := context.WithCancel(p.ctx())
	cancel()
	if err := p.Refresh(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := p.Search(ctx, Query{Words: "car"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := p.find("car"); len(got) != 5 {
		t.Errorf("found %q", got)
	}
}

func TestSpoiltIndexIsMadeAnew(t *testing.T) {
	for name, spoil := range map[string]func(p *place, data []byte) []byte{
		"missing":     func(*place, []byte) []byte { return nil },
		"empty":       func(*place, []byte) []byte { return []byte{} },
		"no database": func(*place, []byte) []byte { return []byte("I am a diary, not an index.") },
		"cut off":     func(_ *place, data []byte) []byte { return data[:len(data)/2] },
		"overwritten": func(_ *place, data []byte) []byte {
			for i := 4096; i < len(data); i++ {
				data[i] = 0x5a
			}
			return data
		},
		"header alone": func(_ *place, data []byte) []byte { return data[:100] },
		"newer":        func(p *place, _ []byte) []byte { p.exec("PRAGMA user_version = 99"); return p.bytes() },
		"older":        func(p *place, _ []byte) []byte { p.exec("PRAGMA user_version = 0"); return p.bytes() },
		"without a table": func(p *place, _ []byte) []byte {
			p.exec("DROP TABLE answers")
			return p.bytes()
		},
		"without words": func(p *place, _ []byte) []byte {
			p.exec("DROP TABLE words")
			return p.bytes()
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			id := p.record(1, "a car")
			p.find("car")
			p.Close()
			data := spoil(p, p.bytes())
			os.RemoveAll(p.index)
			if data != nil {
				if err := os.WriteFile(p.index, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.find("car"); !slices.Equal(got, []string{id + ": a [car]"}) {
				t.Errorf("found %q", got)
			}
			p.healthy()
		})
	}
}

func (p *place) bytes() []byte {
	p.t.Helper()
	data, err := os.ReadFile(p.index)
	if err != nil {
		p.t.Fatal(err)
	}
	return data
}

func (p *place) exec(statement string) {
	p.t.Helper()
	h, err := open(p.ctx(), p.index)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := h.db.Exec(statement); err != nil {
		p.t.Fatal(err)
	}
	h.db.Close()
}

func TestIndexThatIsSpoiltWhileOpenIsMadeAnew(t *testing.T) {
	p := newPlace(t)
	var texts []string
	for i := range 200 {
		texts = append(texts, fmt.Sprintf("car number %d and what it is like", i))
	}
	p.record(1, texts...)
	p.find("car")
	p.Close()
	p.find("car 1") // the log is in the file, and the file open
	f, _ := os.OpenFile(p.index, os.O_WRONLY, 0)
	f.WriteAt(make([]byte, len(p.bytes())-4096), 4096)
	f.Close()
	p.record(2, "a car")
	if got := p.find("car"); len(got) != 100 {
		t.Errorf("found %d", len(got))
	}
	p.healthy()
}

func TestIndexDeletedWhileOpenIsMadeAnew(t *testing.T) {
	for name, pattern := range map[string]string{"all of it": "*", "the file alone": "history.db", "its log": "history.db-*"} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			other := p.again()
			p.record(1, "a car")
			p.find("car")
			p.findIn(other, "car")
			files, _ := filepath.Glob(filepath.Join(filepath.Dir(p.index), pattern))
			for _, file := range files {
				os.RemoveAll(file)
			}
			p.record(2, "a car")
			for range 3 {
				if got := p.find("car"); len(got) != 2 {
					t.Errorf("found %q", got)
				}
				if got := p.findIn(other, "car"); len(got) != 2 {
					t.Errorf("another window finds %q", got)
				}
			}
			if n := p.count(); n != 2 {
				t.Errorf("%d answers are indexed", n)
			}
			p.record(3, "a car")
			if got := p.findIn(other, "car"); len(got) != 3 {
				t.Errorf("another window finds %q", got)
			}
			if got := p.findIn(p.again(), "car"); len(got) != 3 {
				t.Errorf("a third window finds %q", got)
			}
			p.healthy()
		})
	}
}

func TestManyWindowsMakeTheIndexAtOnce(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a car")
	p.rewrite(id, answersName, func(line string) string { return strings.Repeat(line, 30*someLines) })
	for n := range 20 {
		p.record(2+n, "a car", "a bus")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			h := p.again()
			if err := h.Refresh(p.ctx()); err != nil {
				t.Error(err, errors.Unwrap(err))
			}
			if hits, err := h.Search(p.ctx(), Query{Words: "bus"}); err != nil || len(hits) != 20 {
				t.Errorf("%d hits, %v", len(hits), err)
			}
		})
	}
	all.Wait()
	if n := p.count(); n != 30*someLines+40 {
		t.Errorf("%d answers are indexed, want each once", n)
	}
	p.healthy()
}

func TestTwoProcessesMakeTheIndexAtOnce(t *testing.T) {
	p := newPlace(t)
	id := p.record(1, "a car")
	p.rewrite(id, answersName, func(line string) string { return strings.Repeat(line, 20*someLines+7) })
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			c := exec.CommandContext(p.ctx(), os.Args[0])
			c.Env = append(os.Environ(), "SIGHTLINE_TEST_FOLDER="+p.folder, "SIGHTLINE_TEST_INDEX="+p.index)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	p.find("car")
	all.Wait()
	if n := p.count(); n != 20*someLines+7 {
		t.Errorf("%d answers are indexed, want each once", n)
	}
	p.healthy()
}

func TestWithoutAPlaceForTheIndexThePersonIsTold(t *testing.T) {
	p := newPlace(t)
	p.record(1, "a car")
	if err := os.WriteFile(filepath.Dir(p.index), nil, 0o600); err != nil { // a file where its folder should be
		t.Fatal(err)
	}
	hasCode(t, p.Refresh(p.ctx()), CodeIndex)
	_, err := p.Search(p.ctx(), Query{Words: "car"})
	hasCode(t, err, CodeIndex)
	if ids := p.ids(); len(ids) != 1 {
		t.Errorf("the list needs no index: %v", ids)
	}
}

func FuzzWhateverIsTypedIsNoError(f *testing.F) {
	for _, words := range []string{
		"", "car", `"`, `""`, `"a`, `a"b"c`, "-", "--", "-a -b", `-"`, "*", "a*", "^a", "a:b", "{a b}:c", "a AND", "OR", "NOT", "NEAR(a b, 2)", "(", ")",
		"'", "';--", "a + b", "\x00", "a\x00b", "\xff\xfe", "🚗", "東京", "हिन्दी", "é", "e\u0301", strings.Repeat("a ", 5000), strings.Repeat(`"`, 99), "\ue000", "ﷺ",
		"%", "_", "a-b-c", "-a b", "1e9", "0x", "a\u2028b", "ſ K",
	} {
		f.Add(words)
	}
	p := newPlace(f)
	p.record(1, "a car", "two cars in 東京", "हिन्दी e\u0301")
	p.find("")
	f.Fuzz(func(t *testing.T, words string) {
		if _, err := p.Search(context.Background(), Query{Words: words}); err != nil {
			t.Errorf("%q: %v: %v", words, err, errors.Unwrap(err))
		}
	})
}
