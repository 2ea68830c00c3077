package export_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sightline/backend/export"
	"sightline/backend/fault"
)

func wantFault(t *testing.T, err error, code string) {
	t.Helper()
	f := fault.From(err)
	if f == nil || f.Code != code || f.Message == "" || f.Hint == "" {
		t.Errorf("got %+v, want a fault %s", f, code)
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	dir := end(t, w)
	for _, c := range []struct {
		format, ffmpeg string
		there, want    []string
	}{
		{export.CSV, "", []string{"a.csv"}, []string{"a-2.csv"}},
		{export.JSONL, "", []string{"a.jsonl", "a-2.jsonl"}, []string{"a-3.jsonl"}},
		{export.VTT, "", nil, []string{"a.vtt"}},
		{export.Markdown, "", []string{"a.md"}, []string{"a-2.md", "a-2-pictures"}},
		{export.Markdown, "", []string{"a-pictures"}, []string{"a-2.md", "a-2-pictures"}},
		{export.MP4, anFFmpeg(t), []string{"a.mp4"}, []string{"a-2.mp4"}},
		{export.MP4, "/nowhere/ffmpeg", []string{"a.vtt"}, []string{"a-2.mp4", "a-2.vtt"}},
	} {
		folder := t.TempDir()
		for _, name := range c.there {
			if err := os.WriteFile(filepath.Join(folder, name), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		result, err := export.Run(t.Context(), export.Job{Dir: dir, Format: c.format, FFmpeg: c.ffmpeg, To: filepath.Join(folder, "a."+c.format)})
		if err != nil || !slices.Equal(names(result.Files), c.want) {
			t.Errorf("%s beside %v: wrote %v, %v; want %v", c.format, c.there, names(result.Files), err, c.want)
		}
		for _, name := range c.there {
			if read(t, filepath.Join(folder, name)) != "mine" {
				t.Errorf("%s was overwritten", name)
			}
		}
		wantOnly(t, folder, append(c.there, c.want...))
	}
}

func TestFolderGivesTheExportTheRecordingsName(t *testing.T) {
	w := begin(t)
	dir := end(t, w)
	folder := t.TempDir()
	result, err := export.Run(t.Context(), export.Job{Dir: dir, Format: export.CSV, To: folder})
	if want := filepath.Join(folder, filepath.Base(dir)+".csv"); err != nil || !slices.Equal(result.Files, []string{want}) {
		t.Errorf("%v, %v; want %s", result.Files, err, want)
	}
	t.Chdir(folder)
	result, err = export.Run(t.Context(), export.Job{Dir: dir, Format: export.CSV})
	if err != nil || !slices.Equal(names(result.Files), []string{filepath.Base(dir) + "-2.csv"}) {
		t.Errorf("%v, %v", result.Files, err)
	}
}

func TestFolderThatIsNotThereIsAClearFault(t *testing.T) {
	w := begin(t)
	dir := end(t, w)
	for _, to := range []string{filepath.Join(t.TempDir(), "none", "a.csv"), filepath.Join(dir, "recording.json", "a.csv")} {
		_, err := export.Run(t.Context(), export.Job{Dir: dir, Format: export.CSV, To: to})
		wantFault(t, err, "export.folder")
	}
	_, err := export.Run(t.Context(), export.Job{Dir: t.TempDir(), Format: export.CSV, To: filepath.Join(t.TempDir(), "a.csv")})
	wantFault(t, err, "recording.none")
	_, err = export.Run(t.Context(), export.Job{Dir: dir, Format: "pdf", To: filepath.Join(t.TempDir(), "a.pdf")})
	wantFault(t, err, "export.format")
}

func TestCancelledExportLeavesNothing(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	dir := end(t, w)
	for _, format := range export.Formats() {
		folder := t.TempDir()
		_, err := export.Run(gone(t), export.Job{Dir: dir, Format: format, To: filepath.Join(folder, "a."+format)})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", format, err)
		}
		wantOnly(t, folder, nil)
	}
}

func TestFFmpegThatFailsLeavesNothingAndSaysWhy(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	dir := end(t, w)
	for code, manner := range map[string]string{"export.ffmpeg": complains, "export.disk_full": findsNoSpace} {
		folder := t.TempDir()
		_, err := export.Run(t.Context(), export.Job{Dir: dir, Format: export.MP4, To: filepath.Join(folder, "a.mp4"), FFmpeg: stub(t, manner)})
		wantFault(t, err, code)
		if hint := fault.From(err).Hint; code == "export.ffmpeg" && (!strings.HasSuffix(hint, "the codec is missing") || len(hint) > 600) {
			t.Errorf("the hint is %q", hint)
		}
		wantOnly(t, folder, nil)
	}
}

func TestFFmpegThatHangsEndsWithTheExport(t *testing.T) {
	w := begin(t)
	film(t, "320x180", time.Second).show(t, w, 0)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	dir := end(t, w)
	folder, begun := t.TempDir(), filepath.Join(t.TempDir(), "begun")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	t.Setenv(beginning, begun)
	hung := stub(t, hangs)
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(begun); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	start := time.Now()
	_, err := export.Run(ctx, export.Job{Dir: dir, Format: export.MP4, To: filepath.Join(folder, "a.mp4"), FFmpeg: hung})
	if !errors.Is(err, context.Canceled) || time.Since(start) > 25*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	wantOnly(t, folder, nil)
}

func TestFolderThatIsNotThereIsSaid(t *testing.T) {
	w := begin(t)
	tell(t, w, answer(1, 500*time.Millisecond, "A cup."))
	to := filepath.Join(t.TempDir(), "missing") + string(filepath.Separator)
	_, err := export.Run(t.Context(), export.Job{Dir: end(t, w), Format: export.CSV, To: to})
	wantFault(t, err, "export.folder")
}
