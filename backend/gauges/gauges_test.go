package gauges

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sightline/backend/fault"
	"sightline/backend/sight"
	"sightline/backend/stats"
	"sightline/backend/tally"
	"sightline/backend/vlm/load"
)

func open(t *testing.T) (*Gauges, *tally.Tally) {
	t.Helper()
	counted := tally.New()
	g := New(Config{
		Machine: func(ctx context.Context, folder string, details bool) stats.Snapshot {
			if !details {
				return stats.Snapshot{}
			}
			return stats.Snapshot{Disk: &stats.Disk{Folder: folder}}
		},
		Folder: func() string { return "/recordings" }, Tally: counted,
		Loads: func(ctx context.Context) []load.Load {
			if ctx.Err() != nil {
				return nil
			}
			return []load.Load{{Server: "vLLM"}}
		},
	})
	t.Cleanup(func() { Close(g) })
	return g, counted
}

func answer(seq uint64) sight.Observation {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return sight.Observation{
		Seq: seq, Outcome: sight.Answered, Frame: sight.Frame{Captured: at},
		Answer: sight.Answer{Backend: "Lab", Model: "big", Sent: at.Add(time.Millisecond), Ended: at.Add(time.Second)},
	}
}

func TestDetailsAreOfTheFolderOfRecordings(t *testing.T) {
	g, _ := open(t)
	if d := g.Machine(true).Disk; d == nil || d.Folder != "/recordings" {
		t.Errorf("the disk is %+v", d)
	}
	if d := g.Machine(false).Disk; d != nil {
		t.Errorf("without details the disk is %+v", d)
	}
}

func TestFiguresAreExportedWholeOrNotAtAll(t *testing.T) {
	g, counted := open(t)
	for seq := range uint64(5) {
		counted.Observe(answer(seq + 1))
	}
	if f := g.Figures(0); len(f.Entries) != 5 || len(f.Askers) != 1 {
		t.Fatalf("figures of five answers: %+v", f)
	}
	path := filepath.Join(t.TempDir(), "figures.csv")
	if err := g.Export(path, false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if rows := strings.Count(string(text), "\n"); err != nil || rows != 6 {
		t.Errorf("%d lines instead of a head and five rows: %v\n%s", rows, err, text)
	}
	if err := g.Export(path, true); err != nil {
		t.Fatal(err)
	}
	if text, _ = os.ReadFile(path); strings.Count(string(text), "\n") != 3 {
		t.Errorf("without the three answers that warmed up:\n%s", text)
	}
	nowhere := filepath.Join(t.TempDir(), "missing", "figures.csv")
	if f := fault.From(g.Export(nowhere, false)); f == nil || f.Hint == "" {
		t.Errorf("a folder that is not there: %v", f)
	}
	g.StartOver()
	if f := g.Figures(0); len(f.Entries) != 0 {
		t.Errorf("after starting over there are %d entries", len(f.Entries))
	}
}

func TestClosedGaugesAskNobody(t *testing.T) {
	g, _ := open(t)
	if l := g.Loads(); len(l) != 1 {
		t.Errorf("loads are %+v", l)
	}
	Close(g)
	if l := g.Loads(); l == nil || len(l) != 0 {
		t.Errorf("closed, loads are %#v", l)
	}
}
