package archive

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"time"
	"unicode"

	"sightline/backend/sight"
)

const (
	subtitlesName = "answers.vtt"
	vttHeader     = "WEBVTT\n\n"

	maxCue     = 10 * time.Second // an answer about the past is no subtitle any more
	lastCue    = 2 * time.Second  // at least, since a recording often ends with its last answer
	maxCueText = 1000             // characters of an answer; all of it is in answers.jsonl
	answered   = string(sight.Answered)
)

// Subtitles is entries as WebVTT.
func Subtitles(entries []Entry, seconds float64) string {
	return subtitlesOf(func(yield func(Entry, int64) bool) {
		for _, e := range entries {
			if !yield(e, 0) {
				return
			}
		}
	}, seconds)
}

func subtitlesOf(entries iter.Seq2[Entry, int64], seconds float64) string {
	var out strings.Builder
	var s subtitles
	out.WriteString(vttHeader)
	for e := range entries {
		out.WriteString(s.add(e))
	}
	out.WriteString(s.end(time.Duration(seconds * float64(time.Second))))
	return out.String()
}

// subtitles makes cues of entries as they come. A cue's end is known when the next frame is answered.
type subtitles struct {
	open  bool
	start time.Duration
	group uint64
	lines []cueLine
}

type cueLine struct{ backend, model, text string }

// add takes the next entry, and gives the cue that thereby ends, as text; mostly none.
func (s *subtitles) add(e Entry) string {
	if e.Outcome != answered {
		return ""
	}
	line := cueLine{backend: e.Backend, model: e.Model, text: cueText(e.Text)}
	start := max(e.At(), 0).Round(time.Millisecond)
	if s.open && (start <= s.start || e.Group != 0 && e.Group == s.group) {
		s.lines = append(s.lines, line) // about the same frame, or late: a player shows cues in the order of their starts
		return ""
	}
	ended := s.cue(start)
	*s = subtitles{open: true, start: start, group: e.Group, lines: []cueLine{line}}
	return ended
}

// end gives the last cue.
func (s *subtitles) end(at time.Duration) string {
	last := s.cue(max(at, s.start+lastCue))
	*s = subtitles{}
	return last
}

func (s *subtitles) cue(end time.Duration) string {
	var text strings.Builder
	for _, l := range s.lines {
		if l.text == "" {
			continue
		}
		if label := s.label(l); label != "" {
			text.WriteString(label + ": ")
		}
		text.WriteString(l.text + "\n")
	}
	if text.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("%s --> %s\n%s\n", vttTime(s.start), vttTime(min(end, s.start+maxCue)), text.String())
}

// label says who answered, where several did: by the model, where a backend was asked for several.
func (s *subtitles) label(l cueLine) string {
	if s.group == 0 && len(s.lines) == 1 {
		return ""
	}
	same := 0
	for _, other := range s.lines {
		if other.backend == l.backend {
			same++
		}
	}
	if same > 1 && l.model != "" {
		return cueText(l.backend + ", " + l.model)
	}
	return cueText(l.backend)
}

// cueText is a text that cannot end its cue, nor be taken for markup.
func cueText(text string) string {
	var lines []string
	for line := range strings.Lines(clip(strings.ToValidUTF8(text, "\uFFFD"), maxCueText)) {
		line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
		if line != "" {
			lines = append(lines, strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(line))
		}
	}
	return strings.Join(lines, "\n")
}

func clip(text string, limit int) string {
	n := 0
	for i := range text {
		if n++; n > limit {
			return text[:i] + "…"
		}
	}
	return text
}

func vttTime(d time.Duration) string {
	ms := int64(math.Round(float64(d) / float64(time.Millisecond)))
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
