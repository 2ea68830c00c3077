package export_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/archive"
	"sightline/backend/export"
	"sightline/backend/sight"
)

// table is an exported table as a spreadsheet reads it: a map for each row.
func table(t *testing.T, path string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(read(t, path))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, cells := range rows[1:] {
		row := map[string]string{}
		for i, name := range rows[0] {
			row[name] = cells[i]
		}
		all = append(all, row)
	}
	return all
}

func column(rows []map[string]string, name string) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row[name])
	}
	return all
}

func TestTableHasARowForEachOutcomeAndEmptyCellsForWhatIsNotKnown(t *testing.T) {
	w := begin(t)
	missed := archive.Entry{Line: sight.Line{Session: "abc", Seq: 2, Frame: 20, Outcome: "superseded", Captured: "2026-11-22T07:29:55Z"}, AtMS: 2000}
	failed := archive.Entry{
		Line: sight.Line{
			Session: "abc", Seq: 3, Frame: 30, Outcome: "failed", Captured: "2026-11-22T07:29:56Z", Backend: "Lab",
			Error: &sight.LineError{Code: "backend.refused", Message: "The server said no."},
		},
		AtMS: 3000,
	}
	tell(t, w, answer(1, time.Second, "A cup, \"blue\",\non a table."), missed, failed)
	result := run(t, export.Job{Dir: end(t, w), Format: export.CSV})
	got := table(t, result.Files[0])
	want := []map[string]string{
		{
			"seq": "1", "frame": "10", "captured": "2026-11-22T07:29:54Z", "at_s": "1.000", "outcome": "answered", "backend": "Lab", "model": "eye-2",
			"prompt": "What is there?", "text": "A cup, \"blue\",\non a table.", "first_token_ms": "40", "total_ms": "101", "completion_tokens": "12",
		},
		{"seq": "2", "frame": "20", "captured": "2026-11-22T07:29:55Z", "at_s": "2.000", "outcome": "superseded"},
		{
			"seq": "3", "frame": "30", "captured": "2026-11-22T07:29:56Z", "at_s": "3.000", "outcome": "failed", "backend": "Lab", "error_code": "backend.refused",
			"error": "The server said no.",
		},
	}
	for i, row := range want {
		for _, name := range []string{
			"seq", "group", "frame", "captured", "at_s", "outcome", "backend", "model", "prompt", "text", "first_token_ms", "total_ms", "age_ms", "prompt_tokens",
			"completion_tokens", "tokens_per_s", "picture", "error_code", "error",
		} {
			if name != "picture" && got[i][name] != row[name] {
				t.Errorf("row %d: %s is %q, want %q", i, name, got[i][name], row[name])
			}
		}
	}
	if got[0]["picture"] != "frames/000001.jpg" {
		t.Errorf("the picture is %q", got[0]["picture"])
	}
}

func TestNothingAModelSaysIsAFormula(t *testing.T) {
	w := begin(t)
	hostile := []string{`=HYPERLINK("http://evil","x")`, "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "＝1+1"}
	for i, text := range hostile {
		tell(t, w, answer(uint64(i+1), time.Duration(i)*time.Second, text))
	}
	tell(t, w, answer(99, 99*time.Second, "1 = 1"))
	rows := table(t, run(t, export.Job{Dir: end(t, w), Format: export.CSV}).Files[0])
	for i, text := range hostile {
		if got := rows[i]["text"]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q stands as %q", text, got)
		}
	}
	if got := rows[len(hostile)]["text"]; got != "1 = 1" {
		t.Errorf("a harmless text stands as %q", got)
	}
}

func TestPartHoldsWhatWasCapturedInIt(t *testing.T) {
	w := begin(t)
	for i := range uint64(5) {
		tell(t, w, answer(i+1, time.Duration(i)*time.Second, "It is "+string(rune('a'+i))+"."))
	}
	dir := end(t, w)
	part := export.Job{Dir: dir, From: time.Second, Up: 3 * time.Second}

	part.Format = export.CSV
	if got := column(table(t, run(t, part).Files[0]), "seq"); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("the table has %v", got)
	}
	part.Format = export.JSONL
	if got := strings.Count(read(t, run(t, part).Files[0]), "\n"); got != 2 {
		t.Errorf("%d lines", got)
	}
	part.Format = export.VTT
	text := read(t, run(t, part).Files[0])
	if !strings.HasPrefix(text, "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nIt is b.\n\n00:00:01.000 --> ") || strings.Contains(text, "It is d") {
		t.Errorf("the subtitles are\n%s", text)
	}
	part.Format = export.Markdown
	if page := read(t, run(t, part).Files[0]); strings.Count(page, "\n### ") != 2 || !strings.Contains(page, "Part: 0:01.000 to 0:03.000") {
		t.Errorf("the report is\n%s", page)
	}
	for _, senseless := range []export.Job{{From: 2 * time.Second, Up: time.Second}, {From: -1}, {From: time.Second, Up: time.Second}} {
		senseless.Dir, senseless.Format, senseless.To = dir, export.CSV, filepath.Join(t.TempDir(), "x.csv")
		_, err := export.Run(t.Context(), senseless)
		wantFault(t, err, "export.part")
	}
}

func TestLinesStayAsTheyWereWritten(t *testing.T) {
	w := begin(t)
	tell(t, w, answer(1, time.Second, "One <b>."))
	dir := end(t, w)
	path := filepath.Join(dir, "answers.jsonl")
	before := read(t, path)
	later := `{ "session":"abc", "seq":2,"frame":20,"outcome":"answered","captured":"2026-11-22T07:29:55Z","at_ms":2000, "of_a_later_version":[1, 2]}` + "\n"
	if err := os.WriteFile(path, []byte(before+"damaged{\n"+later+`{"torn`), 0o600); err != nil {
		t.Fatal(err)
	}
	result := run(t, export.Job{Dir: dir, Format: export.JSONL})
	if diff := cmp.Diff(before+later, read(t, result.Files[0])); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(result.Note, "Damaged lines were left out of the answers: 1.") {
		t.Errorf("it says %q", result.Note)
	}
}

func TestReportShowsEachAnswerWithItsPicture(t *testing.T) {
	w := begin(t)
	failed := archive.Entry{
		Line: sight.Line{
			Session: "abc", Seq: 3, Frame: 30, Outcome: "failed", Captured: "2026-11-22T07:29:56Z", Backend: "Lab",
			Error: &sight.LineError{Code: "backend.refused", Message: "The server said no."},
		},
		AtMS: 3000, Prompt: "Is there a cat?",
	}
	tell(t, w, answer(1, time.Second, "A cup.\nAnd a table."), answer(2, 2*time.Second, "A cat."), failed)
	to := filepath.Join(t.TempDir(), "my report (1).md")
	result := run(t, export.Job{Dir: end(t, w), Format: export.Markdown, To: to})
	page := read(t, to)
	for _, want := range []string{
		"# Front door\n", "- When: 22 November 2026, 07:29:53 UTC\n", "- Source: Test pattern\n", "> What is there?\n",
		"| Lab | eye-2 | 2 | 1 | 40.0 | 40.0 | 101.0 | 102.0 |\n", "Sampled pictures: 2 answered, 1 failed.\n",
		"### 0:01.000 · Lab · eye-2\n\n![The picture that was asked about](./my%20report%20%281%29-pictures/000001.jpg)\n\n> A cup.\\\n> And a table.\n",
		"Prompt from here on:\n\n> Is there a cat?\n", "Failed: The server said no.\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q:\n%s", want, page)
		}
	}
	if got, want := read(t, filepath.Join(result.Files[1], "000001.jpg")), "picture 1"; got != want {
		t.Errorf("the first picture is %q", got)
	}
	if filepath.Base(result.Files[1]) != "my report (1)-pictures" {
		t.Errorf("the pictures are in %s", result.Files[1])
	}
}

// live is markup that a program would act on: a sign of HTML or Markdown without a backslash before it.
var live = regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*[<`*_{}\\[\\]|~$]|(^|[^\\\\])(\\\\\\\\)*(&[^alg]|://|www\\.)|^([-#+=!:]|\\d+[.)])")

func TestNothingAModelSaysBreaksTheReport(t *testing.T) {
	for _, hostile := range []string{
		"![x](http://evil.example/a.png)", "<img src=http://evil.example/a.png>", "</blockquote><script>alert(1)</script>", "[link](javascript:alert(1))",
		"<http://evil.example>", "text\n\n# Heading\n\n---\n\n| a | b |\n| - | - |", "```\ncode\n```\n~~~", "1. one\n- two\n+ three\n    four\n\tfive", "text\n===\n",
		"&lt;b&gt; &#60;img src=x&#62;", "[a]: http://evil.example/b.png\n![a]", "\\![x](http://evil.example)", "https://evil.example www.evil.example",
		"line\u2028# heading\r# another", "<!-- hidden", "$$\\include{x}$$", "{{< html >}}", "\u202egnp.exe", "~~gone~~ **bold** _it_", "\\", "\\\\<b>", "- [ ] task", "```mermaid\nx\n```",
	} {
		w := begin(t)
		e := answer(1, time.Second, hostile)
		e.Backend, e.Model, e.Prompt = hostile, hostile, hostile
		tell(t, w, e, answer(2, 2*time.Second, "After it."))
		if _, err := archive.Edit(archive.OS(), w.Dir(), func(m *archive.Manifest) { m.Title = hostile }); err == nil {
			t.Log("a recording under way was renamed")
		}
		dir := end(t, w)
		if _, err := archive.Edit(archive.OS(), dir, func(m *archive.Manifest) { m.Title = hostile }); err != nil {
			t.Fatal(err)
		}
		page := read(t, run(t, export.Job{Dir: dir, Format: export.Markdown}).Files[0])
		if !strings.Contains(page, "\n> After it.\n") || strings.Count(page, "\n### ") != 2 || strings.Count(page, "\n## ") != 2 || strings.Count(page, "\n# ") != 0 {
			t.Errorf("%q changed the report:\n%s", hostile, page)
		}
		for line := range strings.Lines(page) {
			if said, ours := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "> "); ours && live.MatchString(said) {
				t.Errorf("%q stands as %q", hostile, said)
			}
			if strings.HasPrefix(line, " ") || strings.Contains(line, "<") || strings.Contains(line, "\u202e") {
				t.Errorf("%q stands as %q", hostile, line)
			}
		}
	}
}

func TestReportTakesNoFileFromOutsideTheRecording(t *testing.T) {
	w := begin(t)
	tell(t, w, answer(1, time.Second, "One."), answer(2, 2*time.Second, "Two."))
	dir := end(t, w)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(dir, "frames", "000001.jpg")
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, first); err != nil && runtime.GOOS == "windows" {
		t.Skipf("no link can be made here: Windows lets few people, and wine nobody: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	lines := strings.Replace(read(t, filepath.Join(dir, "answers.jsonl")), "frames/000002.jpg", "../../secret", 1)
	if err := os.WriteFile(filepath.Join(dir, "answers.jsonl"), []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	result := run(t, export.Job{Dir: dir, Format: export.Markdown})
	if page := read(t, result.Files[0]); len(result.Files) != 1 || strings.Contains(page, "![") || !strings.Contains(page, "Two") {
		t.Errorf("%v:\n%s", result.Files, page)
	}
}

func TestRecordingUnderWayIsExportedAsFarAsItIs(t *testing.T) {
	w := begin(t)
	film(t, "320x180", 2*time.Second).show(t, w, 0)
	tell(t, w, answer(1, time.Second, "One."), answer(2, 90*time.Second, "Two."))
	for _, format := range export.Formats() {
		run(t, export.Job{Dir: w.Dir(), Format: format})
	}
	var line map[string]any
	lines := read(t, run(t, export.Job{Dir: w.Dir(), Format: export.JSONL}).Files[0])
	if err := json.Unmarshal([]byte(strings.Split(lines, "\n")[1]), &line); err != nil || line["text"] != "Two." {
		t.Errorf("%v, %v", line, err)
	}
	if text := read(t, run(t, export.Job{Dir: w.Dir(), Format: export.VTT}).Files[0]); !strings.Contains(text, "00:01:30.000 --> ") {
		t.Errorf("the subtitles are\n%s", text)
	}
}
