package view

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sightline/backend/archive"
	"sightline/backend/session"
	"sightline/backend/settings"
	"sightline/backend/sight"
)

// recordingTo lets a page record to a folder of its own.
func recordingTo(t *testing.T, p *page, r settings.Recording) string {
	t.Helper()
	r.Folder = filepath.Join(t.TempDir(), "recordings")
	if err := p.SetRecording(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return r.Folder
}

func TestRecordingHasTheAnswersOfTheWindow(t *testing.T) {
	p := open(t, t.TempDir())
	folder := recordingTo(t, p, settings.Recording{})
	p.choose(Choices{Pace: ptr("100ms")})
	p.SetShown(true)
	p.until("picture", func(e Event) bool { return e.Source != nil && e.Source.State == string(session.Live) })
	p.Record(true)
	p.until("recording of two answers", func(e Event) bool { return e.Recording != nil && e.Recording.On && e.Recording.Answers >= 2 })
	now := p.Snapshot().Recording
	if !now.On || now.ID == "" || now.SinceMS == 0 || now.Bytes == 0 {
		t.Errorf("while it records the page sees %+v", now)
	}
	p.Record(false)
	p.until("end of the recording", func(e Event) bool { return e.Recording != nil && !e.Recording.On })
	m, entries := recorded(t, folder)
	if m.State != archive.Complete || m.Source.URI != "still:" || len(m.Asked.Askers) != 1 || m.Asked.Prompt == "" {
		t.Errorf("recorded %+v", m)
	}
	if len(entries) < now.Answers {
		t.Errorf("%d outcomes are on disk, %d were shown as recorded", len(entries), now.Answers)
	}
}

func recorded(t *testing.T, folder string) (archive.Manifest, []archive.Entry) {
	t.Helper()
	dirs, err := archive.List(folder)
	if err != nil || len(dirs) != 1 {
		t.Fatalf("recordings: %q, %v", dirs, err)
	}
	m, err := archive.Read(dirs[0])
	if err != nil {
		t.Fatal(err)
	}
	var entries []archive.Entry
	for e := range archive.Entries(dirs[0], 0) {
		entries = append(entries, e)
	}
	return m, entries
}

func TestRecordingGoesOnInAHiddenWindow(t *testing.T) {
	p := open(t, t.TempDir())
	recordingTo(t, p, settings.Recording{})
	p.Stop(context.Background())
	p.SetShown(true)
	p.until("picture", func(e Event) bool { return e.Source != nil && e.Source.State == string(session.Live) })
	p.Record(true)
	p.until("recording", func(e Event) bool { return e.Recording != nil && e.Recording.On })
	p.SetShown(false)
	before := p.Snapshot().Counts.Captured
	deadline := time.Now().Add(patience)
	for p.Snapshot().Counts.Captured < before+20 {
		if time.Now().After(deadline) {
			t.Fatal("the camera stopped while it was recorded")
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.Record(false)
	p.until("camera off, since nobody looks, asks or records", func(e Event) bool { return e.Source != nil && e.Source.State == string(session.Off) })
}

func TestRecordingThatCannotBeIsToldOf(t *testing.T) {
	p := open(t, t.TempDir())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.SetRecording(context.Background(), settings.Recording{Folder: filepath.Join(file, "below")}); err != nil {
		t.Fatal(err)
	}
	p.SetShown(true)
	p.Record(true)
	n := p.until("notice", func(e Event) bool { return e.Notice != nil }).Notice
	if n.Message == "" || n.Hint == "" {
		t.Errorf("the person is told %+v", n)
	}
	if p.Snapshot().Recording.On {
		t.Error("the page shows a recording that is none")
	}
}

func TestReplayedAnswersStandBesideTheOldOnes(t *testing.T) {
	b := newBefore()
	dir := madeRecording(t, map[float64]string{1000: "one cup", 3000: "two cups"})
	b.follow("recording:" + dir)
	for _, c := range []struct {
		at    time.Duration
		text  string
		exact bool
	}{
		{1000 * time.Millisecond, "one cup", true},
		{2500 * time.Millisecond, "one cup", false},
		{3000*time.Millisecond + 300*time.Microsecond, "two cups", true},
		{time.Hour, "two cups", false},
	} {
		got := b.at(&sight.Origin{At: c.at})
		if got == nil || got.Text != c.text || got.Exact != c.exact {
			t.Errorf("at %v stood %+v, want %q", c.at, got, c.text)
		}
	}
	if got := b.at(&sight.Origin{At: 500 * time.Millisecond}); got != nil {
		t.Errorf("before the first question stood %+v", got)
	}
	if got := b.at(nil); got != nil {
		t.Errorf("of a live picture was said %+v", got)
	}
	b.follow("still:")
	if got := b.at(&sight.Origin{At: time.Second}); got != nil {
		t.Errorf("of another source was said %+v", got)
	}
}

// madeRecording has an answer at each time, in milliseconds.
func madeRecording(t *testing.T, answers map[float64]string) string {
	t.Helper()
	w, err := archive.Create(archive.OS(), t.TempDir(), archive.Manifest{Started: time.Now(), Parts: archive.Parts{Answers: true}})
	if err != nil {
		t.Fatal(err)
	}
	for at, text := range answers {
		e := archive.Entry{AtMS: at, Line: sight.Line{Seq: uint64(at), Outcome: "answered", Text: text, Model: "old"}}
		if err := w.Answer(e, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return w.Dir()
}
