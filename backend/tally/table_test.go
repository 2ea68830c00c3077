package tally_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sightline/backend/sight"
	"sightline/backend/tally"
)

// TestFiguresAreTheContract holds the wire format: what stands in testdata/figures.json is what the page reads.
func TestFiguresAreTheContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := begin()
		for range 4 {
			s.answered("qwen", 600*time.Millisecond, tokens(300, 21, 50), costs(42.5, true))
		}
		s.failed("qwen", 300*time.Millisecond)
		s.refused("qwen")
		s.answered("basic", 8*time.Millisecond)
		got, err := json.MarshalIndent(s.tally.Figures(3), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden, err := os.ReadFile("testdata/figures.json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(bytes.TrimSpace(golden)), string(got)); diff != "" {
			t.Errorf("the wire is (-golden +now):\n%s", diff)
		}
		var back tally.Figures
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.tally.Figures(3), back); diff != "" {
			t.Errorf("what comes back is another (-sent +came):\n%s", diff)
		}
	})
}

func TestNothingBreaksTheJSON(t *testing.T) {
	s := begin()
	for _, joules := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1} {
		s.answered("qwen", 0, costs(joules, true), tokens(0, 5, math.Inf(1)))
	}
	s.tally.Observe(sight.Observation{Outcome: sight.Answered}) // a frame of no time, from nobody
	s.tally.Observe(sight.Observation{Outcome: sight.Failed})
	f := s.tally.Figures(0)
	if _, err := json.Marshal(f); err != nil {
		t.Fatal(err)
	}
	if e := f.Askers[0].All.Energy; e.Answers != 0 || f.Entries[0].Shared {
		t.Errorf("energy that is no number counts: %+v", e)
	}
}

func TestTableIsReadBack(t *testing.T) {
	s := begin()
	for range 4 {
		s.answered("qwen, the \"large\"\none", 600*time.Millisecond, tokens(300, 21, 50), costs(42.5, true))
	}
	s.answered("qwen, the \"large\"\none", time.Second, costs(1, false))
	s.refused("qwen, the \"large\"\none")
	rows := table(t, s.tally, false)
	if len(rows) != 6 {
		t.Fatalf("%d rows", len(rows))
	}
	want := map[string]string{
		"seq": "4", "captured": "2026-03-04T12:00:01.795Z", "backend": "Desk", "model": "qwen, the \"large\"\none", "outcome": "answered", "warmup": "false",
		"age_ms": "5", "first_token_ms": "100", "total_ms": "600", "tokens_per_s": "50", "prompt_tokens": "300", "completion_tokens": "21",
		"energy_j": "42.5", "energy_shared": "true",
	}
	if diff := cmp.Diff(want, rows[3]); diff != "" {
		t.Errorf("the fourth row (-want +got):\n%s", diff)
	}
	if rows[4]["energy_shared"] != "false" || rows[4]["completion_tokens"] != "" {
		t.Errorf("the fifth row is %v", rows[4])
	}
	if last := rows[5]; last["outcome"] != "failed" || last["age_ms"]+last["total_ms"]+last["energy_j"]+last["energy_shared"] != "" {
		t.Errorf("what is not known is not empty: %v", last)
	}
}

// Whoever adds up the table finds what the page shows.
func TestTableAddsUpToTheFigures(t *testing.T) {
	s := begin()
	for n := range 100 {
		s.answered("qwen", time.Duration(n*n)*1234*time.Microsecond)
	}
	sum, count := 0.0, 0
	for _, row := range table(t, s.tally, true) {
		total, err := strconv.ParseFloat(row["total_ms"], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum, count = sum+total, count+1
	}
	warm := s.figures(t).Warm
	if count != warm.Answers || count != 97 {
		t.Errorf("the table has %d rows, the figures %d", count, warm.Answers)
	}
	wantNear(t, "mean", warm.Total.Mean, sum/float64(count), 0)
}

func TestNoCellIsCarriedOutByASpreadsheet(t *testing.T) {
	for _, model := range []string{"=1+1", "+cmd", "-x", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "\x00=1"} {
		s := begin()
		s.answered(model, time.Second)
		if got := table(t, s.tally, false)[0]["model"]; !strings.HasPrefix(got, "'") {
			t.Errorf("%q stands there as %q", model, got)
		}
	}
}

func TestTableOfMoreThanIsKeptBeginsWithTheOldest(t *testing.T) {
	s := begin()
	for range tally.Keep + 7 {
		s.answered("qwen", time.Second)
	}
	rows := table(t, s.tally, false)
	if len(rows) != tally.Keep || rows[0]["seq"] != "8" || rows[tally.Keep-1]["seq"] != strconv.Itoa(tally.Keep+7) {
		t.Errorf("%d rows, from %s to %s", len(rows), rows[0]["seq"], rows[len(rows)-1]["seq"])
	}
}

func TestFullDiskIsTold(t *testing.T) {
	s := begin()
	s.answered("qwen", time.Second)
	if err := s.tally.CSV(full{}, false); !errors.Is(err, errFull) {
		t.Errorf("the error is %v", err)
	}
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// table is a tally's table as another program reads it, by the names in its first line.
func table(t *testing.T, from *tally.Tally, warm bool) []map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := from.CSV(&out, warm); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := make(map[string]string)
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func whenCollected(picture *sight.Picture, gone chan struct{}) {
	runtime.AddCleanup(picture, func(gone chan struct{}) { close(gone) }, gone)
}

// wantCollected collects until the picture is gone, for ten seconds at most.
func wantCollected(t *testing.T, gone <-chan struct{}) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		runtime.GC()
		select {
		case <-gone:
			return
		case <-deadline:
			t.Fatal("the picture is still held")
		default:
			runtime.Gosched()
		}
	}
}
