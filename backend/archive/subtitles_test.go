package archive_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"sightline/backend/archive"
)

func TestAnswerIsShownUntilTheNextOneButTenSecondsAtMost(t *testing.T) {
	list := []archive.Entry{
		said(1, 1500*time.Millisecond, "One."), missed(2, 2*time.Second), said(3, 3*time.Second, "Two."), said(4, time.Hour+time.Minute, "Three."),
	}
	want := "WEBVTT\n\n" +
		"00:00:01.500 --> 00:00:03.000\nOne.\n\n" +
		"00:00:03.000 --> 00:00:13.000\nTwo.\n\n" +
		"01:01:00.000 --> 01:01:04.500\nThree.\n\n"
	if got := archive.Subtitles(list, 3664.5); got != want {
		t.Errorf("got %s", got)
	}
}

func TestLastAnswerCanBeRead(t *testing.T) {
	got := archive.Subtitles([]archive.Entry{said(1, 5*time.Second, "Bye.")}, 5)
	if want := "WEBVTT\n\n00:00:05.000 --> 00:00:07.000\nBye.\n\n"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestOneCueShowsAllWhoWereAskedAboutAFrame(t *testing.T) {
	other := compared(1, 3, time.Second, "gpu-box", "A cat.")
	other.Model = "gemma3"
	list := []archive.Entry{
		compared(1, 2, time.Second, "laptop", "A dog."), compared(1, 1, time.Second, "gpu-box", "Two\n\nlines."), other, said(4, 2*time.Second, "Alone."),
	}
	want := "WEBVTT\n\n" +
		"00:00:01.000 --> 00:00:02.000\nlaptop: A dog.\ngpu-box, qwen2.5vl: Two\nlines.\ngpu-box, gemma3: A cat.\n\n" +
		"00:00:02.000 --> 00:00:04.000\nAlone.\n\n"
	if got := archive.Subtitles(list, 4); got != want {
		t.Errorf("got %s", got)
	}
}

func TestNoAnswerBreaksTheSubtitles(t *testing.T) {
	for _, text := range []string{
		"a --> b", "00:00:00.000 --> 00:00:01.000\nforged", "first\n\n\nNOTE second", "\r\n\r\nx\ry\r", "<script>alert(1)</script>", "&amp;",
		"nul \x00 bell \x07", "bad \xff utf-8", "line\u2028separator\u0085next", " \t ", "", strings.Repeat("long ", 5000), "WEBVTT",
	} {
		e := compared(1, 1, time.Second, text, text)
		got := archive.Subtitles([]archive.Entry{e, said(2, 2*time.Second, text), compared(3, 3, -time.Second, text, "late")}, 3)
		wantSubtitles(t, got)
	}
	if got := archive.Subtitles(nil, 0); got != "WEBVTT\n\n" {
		t.Errorf("of nothing: %q", got)
	}
}

var cueTimes = regexp.MustCompile(`^(\d\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d\d+):(\d\d):(\d\d)\.(\d{3})$`)

// wantSubtitles checks the grammar of WebVTT, as far as it is used.
func wantSubtitles(t *testing.T, text string) {
	t.Helper()
	blocks := strings.Split(strings.TrimSuffix(text, "\n\n"), "\n\n")
	if blocks[0] != "WEBVTT" {
		t.Fatalf("it begins %q", blocks[0])
	}
	last := -1
	for _, block := range blocks[1:] {
		times, cue, _ := strings.Cut(block, "\n")
		m := cueTimes.FindStringSubmatch(times)
		if m == nil {
			t.Fatalf("no cue: %q", block)
		}
		from, to := millis(m[1:5]), millis(m[5:9])
		if from <= last || to <= from || strings.TrimSpace(cue) == "" || strings.ContainsAny(cue, "<>\r") {
			t.Fatalf("a bad cue after %d ms: %q", last, block)
		}
		if i := strings.IndexFunc(cue, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }); i >= 0 {
			t.Fatalf("a control character in %q", cue)
		}
		last = from
	}
}

func millis(clock []string) int {
	var h, m, s, ms int
	_, _ = fmt.Sscan(strings.Join(clock, " "), &h, &m, &s, &ms)
	return ((h*60+m)*60+s)*1000 + ms
}
